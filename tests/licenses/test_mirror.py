"""A corporate mirror (olah) between the client and the Hub changes no answer.

``make test`` installs it beside the other environments; the tests are skipped where that could not be done.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from advisor.licenses.evidence.hub import Hub as Client
from advisor.licenses.evidence.records import FetchOutcome
from tests.licenses.hub_server import SHA, Hub, Repo, serve

INSTALLED = Path(__file__).parents[2] / ".venv-mirror" / "bin" / "olah-cli"
OLAH = os.environ.get("ADVISOR_OLAH") or shutil.which(INSTALLED) or shutil.which("olah-cli")
STARTS_WITHIN_S = 60

pytestmark = pytest.mark.skipif(OLAH is None, reason="no mirror is installed; ADVISOR_OLAH may name its command")

OWL = {"license": "other", "license_name": "owl-terms", "base_model": "owls/egg"}
REPOSITORIES = {
    "owls/owl": Repo(card=OWL, files={"LICENSE": b"Be wise, and do not sell owls."}),
    "owls/egg": Repo(card={"license": "mit"}, files={"LICENSE": b"Eggs are free."}),
    "owls/list": Repo(card={"license": ["mit", "cc-by-nc-4.0"]}),
    "owls/none": Repo(files={"NOTICE": b"Nothing is declared."}),
    "owls/gated": Repo(card={"license": "llama3.1", "extra_gated_prompt": "Agree first."}, gated="manual"),
    "owls/shut": Repo(card={"license": "mit"}, gated="auto", readable=False, files={"LICENSE": b"Eggs are free."}),
    "owls/limited": Repo(status=429, headers={"Retry-After": "7"}),
}


class Served(NamedTuple):
    """A Hub, and the address of a mirror of it."""

    hub: Hub
    mirror: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One mirror in front of a Hub for all tests: it takes a second or two to start."""
    assert OLAH is not None
    folder = tmp_path_factory.mktemp("mirror")
    with serve() as hub:
        hub.models |= REPOSITORIES
        port = _free_port()
        process = _started(OLAH, hub, port, folder)
        try:
            _wait(process, port, folder)
            yield Served(hub, f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(timeout=20)


def _started(command: str, hub: Hub, port: int, folder: Path) -> subprocess.Popen[bytes]:
    upstream, own = hub.endpoint.removeprefix("http://"), f"127.0.0.1:{port}"
    options = ["--host", "127.0.0.1", "--port", str(port), "--hf-scheme", "http", "--hf-netloc", upstream]
    options += ["--hf-lfs-netloc", upstream, "--mirror-scheme", "http", "--mirror-netloc", own]
    options += ["--repos-path", str(folder / "repos"), "--log-path", str(folder / "logs")]
    with (folder / "said").open("wb") as said:
        return subprocess.Popen([command, *options], stdout=said, stderr=said, cwd=folder)


def _free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while True:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, (folder / "said").read_text(encoding="utf-8", errors="replace")
        assert time.monotonic() < deadline, "the mirror did not start"
        time.sleep(0.1)


@pytest.mark.parametrize("revision", [None, SHA])
@pytest.mark.parametrize("name", [name for name, repo in REPOSITORIES.items() if repo.status == 200])
def test_a_mirror_changes_no_answer(served: Served, name: str, revision: str | None) -> None:
    direct, mirrored = (Client(one).evidence(name, revision) for one in (served.hub.endpoint, served.mirror))
    assert mirrored.outcome is FetchOutcome.READ
    differing = {"endpoint", "read_at"}
    assert direct.model_dump(exclude=differing) == mirrored.model_dump(exclude=differing)


@pytest.mark.parametrize(
    ("name", "revision", "outcomes"),
    [
        ("owls/gone", None, (FetchOutcome.NOT_FOUND, FetchOutcome.DENIED)),
        ("owls/owl", "v9", (FetchOutcome.REVISION_MISSING, FetchOutcome.NOT_FOUND)),
        ("owls/limited", None, (FetchOutcome.RATE_LIMITED, FetchOutcome.SERVER_DOWN)),
    ],
)
def test_a_failure_behind_a_mirror_is_a_failure(
    served: Served, name: str, revision: str | None, outcomes: tuple[FetchOutcome, ...]
) -> None:
    assert Client(served.mirror).evidence(name, revision).outcome in outcomes


def test_the_command_reviews_a_lineage_through_the_mirror_that_the_environment_names(
    served: Served, tmp_path: Path
) -> None:
    verdicts = []
    for endpoint in (served.hub.endpoint, served.mirror):
        done = subprocess.run(
            [sys.executable, "-m", "advisor", "check-license", "owls/owl", "owls/list", "-f", "json", "--no-cache"],
            env={**os.environ, "HF_ENDPOINT": endpoint, "XDG_CACHE_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 1, done.stderr
        results = json.loads(done.stdout)["results"]
        verdicts.append([(one["target"], one["verdict"], len(one["lineage"]["nodes"])) for one in results])
    assert verdicts[0] == verdicts[1]
    assert verdicts[0][0][2] == 2
