"""Workers of probes, forked from one that has imported the client library: importing it takes seconds each time.

They are the worker as it is, in a process of its own with the environment that it was given. How one starts from
nothing is tested where the command itself is a process: in ``tests/probe``, test_worker_life and test_command.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MOST_BYTES = 1 << 18
"""Of an environment in JSON."""


class Forked:
    """A worker that somebody else started: as much of Popen as its client uses."""

    def __init__(self, pid: int, stdin: int, stdout: int, stderr: int) -> None:
        self.pid = pid
        self.stdin, self.stdout, self.stderr = os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb"), os.fdopen(stderr, "rb")
        self._ended: int | None = None
        with suppress(ProcessLookupError):  # it has ended already
            self._ended = os.pidfd_open(pid)

    def kill(self) -> None:
        """End it."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        """Return once it has ended."""
        if self._ended is not None:
            select.select([self._ended], [], [])
            os.close(self._ended)
            self._ended = None


class Forker:
    """The process that has imported the library; started when the first worker is asked for."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    def start(self, environment: Mapping[str, str]) -> Forked:
        """Fork a worker with an environment, in the folder of the caller."""
        line = self._line or self._begin(environment)
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        ours_err, theirs_err = os.pipe()
        order = json.dumps({"environment": dict(environment), "folder": os.getcwd()}).encode()  # noqa: PTH109
        socket.send_fds(line, [order], [theirs_in, theirs_out, theirs_err])
        for one in (theirs_in, theirs_out, theirs_err):
            os.close(one)
        return Forked(int(line.recv(64)), ours_in, ours_out, ours_err)

    def close(self) -> None:
        """End it; workers end with it."""
        if self._line is not None and self._process is not None:
            self._line.close()
            self._process.wait()

    def _begin(self, environment: Mapping[str, str]) -> socket.socket:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        plain = {name: value for name, value in environment.items() if name.startswith(("LITELLM_", "PATH", "HOME"))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.prepared_worker", str(theirs.fileno())],
            cwd=ROOT,
            env=plain,
            stdin=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
        )
        theirs.close()
        return self._line


def serve(line: socket.socket) -> None:
    """Fork a worker for each order until nobody asks any more."""
    from advisor.probe.worker import main as worker

    for name in _imported_at_the_first_call():
        with suppress(ImportError):
            import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those that end are not waited for here
    while True:
        order, files, _, _ = socket.recv_fds(line, MOST_BYTES, 3)
        if not order:
            return
        pid = os.fork()
        if not pid:
            line.close()
            _become(worker, json.loads(order), files)
        for one in files:
            os.close(one)
        line.send(str(pid).encode())


def _imported_at_the_first_call() -> list[str]:
    """Which modules the first call imports, found out in a fork: no thread or loop of that call is left here."""
    from advisor.probe.worker.calls import Caller

    theirs, ours = os.pipe()
    if not os.fork():
        asyncio.run(Caller().warm_up())
        os.write(ours, "\n".join(sys.modules).encode())
        os._exit(0)
    os.close(ours)
    with open(theirs, encoding="utf-8") as told:  # noqa: PTH123
        names = told.read().split("\n")
    os.wait()
    return [name for name in names if name not in sys.modules and name != "__mp_main__"]


def _become(worker: Any, order: Mapping[str, Any], files: list[int]) -> None:
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        for target, source in enumerate(files):
            os.dup2(source, target)
            os.close(source)
        os.environ.clear()
        os.environ.update(order["environment"] | {worker.PARENT_VARIABLE: str(os.getppid())})
        os.chdir(order["folder"])
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - the worker's, as long as it lives
        random.seed()
        worker._BEGAN = time.monotonic()
        worker.main()
    finally:
        os._exit(1)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
