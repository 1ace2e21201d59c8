"""A corporate mirror (olah) between the client and the Hub changes no answer; skipped where it is not installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from advisor.licenses.evidence import Outcome
from advisor.licenses.hub import Hub as Client
from tests.licenses.hub_server import Hub, Repo

OLAH = os.environ.get("ADVISOR_OLAH") or shutil.which("olah-cli")
STARTS_WITHIN_S = 40


@pytest.fixture
def mirror(hub: Hub, tmp_path: Path) -> Iterator[str]:
    """The address of a mirror in front of the loopback Hub."""
    if OLAH is None:
        pytest.skip("olah is not installed; ADVISOR_OLAH may name its command")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    upstream = hub.endpoint.removeprefix("http://")
    command = [OLAH, "--host", "127.0.0.1", "--port", str(port), "--hf-scheme", "http", "--hf-netloc", upstream]
    command += ["--hf-lfs-netloc", upstream, "--mirror-scheme", "http", "--mirror-netloc", f"127.0.0.1:{port}"]
    folders = ["--repos-path", str(tmp_path / "repos"), "--log-path", str(tmp_path / "logs")]
    process = subprocess.Popen([*command, *folders], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path)
    try:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while True:
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, "the mirror ended"
            assert time.monotonic() < deadline, "the mirror did not start"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_a_mirror_changes_no_answer(hub: Hub, mirror: str) -> None:
    card = {"license": "other", "license_name": "owl-terms", "base_model": "owls/egg"}
    hub.models["owls/owl"] = Repo(card=card, files={"LICENSE": b"Be wise, and do not sell owls."})
    direct, mirrored = Client(hub.endpoint).evidence("owls/owl"), Client(mirror).evidence("owls/owl")
    assert mirrored.outcome is Outcome.READ
    same = {"endpoint", "read_at"}
    assert direct.model_dump(exclude=same) == mirrored.model_dump(exclude=same)


def test_what_is_missing_behind_a_mirror_is_missing(mirror: str) -> None:
    assert Client(mirror).evidence("owls/none").outcome in (Outcome.NOT_FOUND, Outcome.DENIED)
