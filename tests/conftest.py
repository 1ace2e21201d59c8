"""What every test gets: folders of its own, no color, and no relaxation to the network."""

from __future__ import annotations

import gc
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from advisor.probe import worker_client
from tests.prepared_worker import Forker
from tests.shipped import share_catalogs

# A busy machine is no fault of the code: figures belong in benchmarks.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

# A job in the background is started with Ctrl-C ignored, and the programs that tests start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Each test has a cache of its own: without this a worker would compile litellm anew into every one of them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "HF_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise OSError(f"tests reach loopback only, not {address[0]}")
        real(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(scope="session", autouse=True)
def _shared_catalogs() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        share_catalogs(patch.setattr)
        yield


@pytest.fixture(scope="session", autouse=True)
def _prepared_workers() -> Iterator[None]:
    if not hasattr(os, "pidfd_open"):  # Linux; elsewhere each worker starts from nothing
        yield
        return
    forker = Forker()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker_client, "_spawn", forker.start)
        yield
    forker.close()


@pytest.fixture(autouse=True)
def _memory_is_freed() -> Iterator[None]:
    """A command stops the collection of cycles, because it lives for a blink; a worker lives for minutes."""
    yield
    gc.enable()
