"""The near end of the pipes to the worker process."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from functools import partial

from pydantic import TypeAdapter, ValidationError

from advisor.errors import ProbeError
from advisor.files.paths import cache_folder
from advisor.probe.faults import Fault
from advisor.probe.redaction import Redactor
from advisor.probe.worker_protocol import CallAnswer, CallTarget, Cancel, KeyCheck, Keys, Ready, Report, Send

_READY_WITHIN_S = 120.0


class WorkerClient:
    """A worker process: start it early, attach to it inside an event loop, close it in the end.

    ``environment`` is what the worker inherits; its keys never come over the pipes.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = _for_worker(environment)
        self._redactor = Redactor(environment)
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: dict[int, asyncio.Future[CallAnswer]] = {}
        self._keys: asyncio.Future[Keys] | None = None
        self._errors: deque[str] = deque(maxlen=30)
        self._tasks: list[asyncio.Task[None]] = []
        self._transports: list[asyncio.ReadTransport] = []
        self._ended = False
        self.ready: Ready | None = None

    def start(self) -> None:
        """Start the process; it imports litellm while other things are done here."""
        self._process = _spawn(self._environment)

    @property
    def pid(self) -> int:
        """The worker's process. Raises ProbeError if it was not started or is closed."""
        if self._process is None:
            raise ProbeError("the worker process was not started")
        return self._process.pid

    async def attach(self) -> Ready:
        """Read what the worker says from now on, and wait until it is ready. Raises ProbeError if it ends before."""
        process = self._running()
        loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[Ready] = loop.create_future()
        for pipe, take in ((process.stdout, self._take_report), (process.stderr, self._take_error)):
            reader = asyncio.StreamReader(limit=1 << 26)
            transport, _ = await loop.connect_read_pipe(partial(asyncio.StreamReaderProtocol, reader), pipe)
            self._transports.append(transport)
            self._tasks.append(asyncio.create_task(self._read(reader, take)))
        try:
            self.ready = await asyncio.wait_for(self._ready, _READY_WITHIN_S)
        except TimeoutError:
            raise ProbeError(f"the worker process was not ready within {_READY_WITHIN_S:g} s") from None
        return self.ready

    async def keys(self, targets: tuple[CallTarget, ...]) -> Keys:
        """Which variables with keys are there and which are missing."""
        self._keys = asyncio.get_running_loop().create_future()
        self._write(KeyCheck(targets=targets))
        return await self._keys

    async def send(self, order: Send) -> CallAnswer:
        """One request; if the worker has ended, an answer that says so. Canceling gives the request up."""
        if self._ended:
            return self._worker_ended(order.id)
        future: asyncio.Future[CallAnswer] = asyncio.get_running_loop().create_future()
        self._answers[order.id] = future
        try:
            self._write(order)
            return await future
        except asyncio.CancelledError:
            self._write(Cancel(id=order.id))
            raise
        finally:
            self._answers.pop(order.id, None)

    def close(self) -> None:
        """End the worker; inside the event loop if it was attached to one. May be called again."""
        process, self._process, self._ended = self._process, None, True
        if process is None:
            return
        for task in self._tasks:
            task.cancel()
        for transport in self._transports:
            transport.close()
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self.start()
        if self._process is None:
            raise ProbeError("the worker process was not started")
        return self._process

    def _write(self, line: KeyCheck | Send | Cancel) -> None:
        stdin = self._process.stdin if self._process else None
        try:
            if stdin is not None:
                stdin.write(line.model_dump_json().encode() + b"\n")
                stdin.flush()
        except BrokenPipeError:
            self._end()

    async def _read(self, reader: asyncio.StreamReader, take: object) -> None:
        while line := await reader.readline():
            take(line)  # type: ignore[operator]
        if take == self._take_report:
            self._end()

    def _take_report(self, line: bytes) -> None:
        try:
            report = _REPORTS.validate_json(line)
        except ValidationError:
            self._take_error(line)
            return
        if isinstance(report, Ready):
            self._ready.set_result(report)
        elif isinstance(report, Keys):
            if self._keys is not None and not self._keys.done():
                self._keys.set_result(report)
        elif (future := self._answers.get(report.id)) is not None and not future.done():
            future.set_result(report)

    def _take_error(self, line: bytes) -> None:
        self._errors.append(line.decode(errors="replace").rstrip())

    def _end(self) -> None:
        """Tell whoever waits for the worker that it has ended."""
        self._ended = True
        for number, future in self._answers.items():
            if not future.done():
                future.set_result(self._worker_ended(number))
        for waiting in (self._ready, self._keys):
            if waiting is not None and not waiting.done():
                waiting.set_exception(ProbeError(f"the worker process ended: {self._last_words()}"))

    def _worker_ended(self, number: int) -> CallAnswer:
        return CallAnswer(id=number, fault=Fault.WORKER_ENDED, message=self._last_words())

    def _last_words(self) -> str:
        return self._redactor.clean(" ".join(list(self._errors)[-3:])) or "without a word"


_REPORTS: TypeAdapter[CallAnswer | Ready | Keys] = TypeAdapter(Report)


def _spawn(environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "advisor.probe.worker.main"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**environment, "ADVISOR_WORKER_PARENT": str(os.getpid())},
        start_new_session=True,  # Ctrl-C is for this process, which then ends the worker in order
    )


def _for_worker(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the worker's environment: keys that are empty are as good as unset, and litellm keeps off the network."""
    passed = {name: value for name, value in environment.items() if value or "KEY" not in name}
    # Without it the import fetches a price list; .env files would bring keys that were not in the check.
    passed |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION", "LITELLM_TELEMETRY": "False"}
    if passed.pop("PYTHONDONTWRITEBYTECODE", None):
        # Compiling litellm anew takes as long as importing it; the bytecode goes where caches go, not beside the code.
        passed["PYTHONPYCACHEPREFIX"] = str(cache_folder("bytecode"))
    return passed
