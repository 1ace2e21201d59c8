"""The worker does not outlive who started it, whatever it was in the middle of."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")

_PARENT = """
import os, sys, time
from advisor.probe.worker_client import WorkerClient
client = WorkerClient(os.environ)
client.start()
client._process.stdin.write(b'{"op": "send", "id": 1, "tar')
client._process.stdin.flush()
print(client.pid, flush=True)
time.sleep(600)
"""

_PATIENCE_S = 30.0
"""The machine may be busy; the worker itself looks twice a second."""


def test_it_ends_with_its_parent_in_the_middle_of_a_line() -> None:
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.kill()
    until = time.monotonic() + _PATIENCE_S
    while _is_alive(worker) and time.monotonic() < until:
        time.sleep(0.1)
    assert not _is_alive(worker)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    try:  # one that has ended and that nobody waited for is no worker any more
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
