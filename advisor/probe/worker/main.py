"""The worker process: the only place that imports litellm. Orders come in on stdin, reports go out on stdout.

It is started while the person reads the plan, imports litellm, makes one call that never leaves the process (so that
what litellm sets up at its first call is set up), and says that it is ready. It ends when stdin does, and when its
parent is gone, whatever it is doing then.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import time
from typing import Any, TextIO

from pydantic import ValidationError

_BEGAN = time.monotonic()

_LOOK_S = 0.5

PARENT_VARIABLE = "ADVISOR_WORKER_PARENT"
"""Holds the process that started this one: it may have ended before it could be asked for."""


def main() -> int:
    """Serve orders until stdin ends."""
    # litellm and its dependencies print to stdout; the reports go out on a copy that only this module has.
    _end_with_parent()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    gc.disable()  # nothing that the imports make becomes garbage
    from advisor.probe.worker.calls import Caller

    gc.enable()

    try:
        asyncio.run(_Worker(Caller(), out).serve())
    except (OSError, ValueError, ValidationError):
        os._exit(1)  # nobody reads, or what came is no order: the line of a parent that ended in the middle of it
    finally:
        # litellm leaves threads behind that would be waited for.
        os._exit(0)


def _end_with_parent() -> None:
    """Watch in a thread of its own whether the parent lives: the pipes say so only when they are read or written."""
    parent = int(os.environ.get(PARENT_VARIABLE) or os.getppid())

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_S)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


class _Worker:
    def __init__(self, caller: Any, out: TextIO) -> None:
        self._caller = caller
        self._out = out
        self._running: dict[int, asyncio.Task[None]] = {}

    async def serve(self) -> None:
        from pydantic import TypeAdapter

        from advisor.probe.worker_protocol import Cancel, KeyCheck, Order, Ready

        orders: TypeAdapter[Any] = TypeAdapter(Order)
        reader = await _stdin()
        await self._caller.warm_up()
        # What the imports made stays for good; looking through it again and again would hold up the stamps.
        gc.collect()
        gc.freeze()
        self._say(Ready(litellm=self._caller.version, after_s=time.monotonic() - _BEGAN, memory_mb=_memory_mb()))
        while line := await reader.readline():
            order = orders.validate_json(line)
            if isinstance(order, KeyCheck):
                self._say(self._caller.keys(order.targets))
            elif isinstance(order, Cancel):
                if task := self._running.get(order.id):
                    task.cancel()
            else:
                task = asyncio.create_task(self._answer(order))
                self._running[order.id] = task

    async def _answer(self, order: Any) -> None:
        try:
            self._say(await self._caller.call(order))
        except Exception as error:  # noqa: BLE001 - whoever waits for the answer must get one
            self._say(self._caller.failed(order.id, error))
        finally:
            self._running.pop(order.id, None)

    def _say(self, report: Any) -> None:
        self._out.write(report.model_dump_json(exclude_defaults=False) + "\n")
        self._out.flush()


async def _stdin() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=1 << 26)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def _memory_mb() -> float:
    """Return the most memory that this process has held, in MB."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    sys.exit(main())
