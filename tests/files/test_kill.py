"""Kill -9 at a random moment, with two processes on the same files: nothing finished is lost, nothing torn or left."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")

_WRITER = """
import sys
from pathlib import Path
from advisor.errors import UsageError
from advisor.files.atomic import replace_text
who, count = sys.argv[1], 0
while True:
    count += 1
    replace_text(Path("saved.txt"), f"{who} {count}\\n" * 40_000, error=UsageError)
    print(count, flush=True)
"""

_RUN = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from advisor.probe.run_file import EndLine, RunFile
who, count = sys.argv[1], 0
file = RunFile(Path(f"run-{who}-{os.getpid()}.jsonl"))
while True:
    count += 1
    file.append(EndLine(ended_at=datetime.now(UTC), reason="x" * 3_000, requests=count, spent_usd=0,
                        first_request_after_s=None, worker_memory_mb=None))
    print(count, flush=True)
"""

_CATALOG = """
import sys
from pathlib import Path
from advisor.catalog import user_catalog
who, count = sys.argv[1], 0
shipped = Path("shipped.json")
shipped.write_text("{}")
while True:
    count += 1
    content = f"{who} {count} ".encode() * 20_000
    user_catalog.keep(content, shipped=shipped, made_on="2026-11-29", sources={who: str(count)})
    print(count, flush=True)
"""

_RANDOM = random.Random(20261129)


def kill_two(script: str, folder: Path) -> list[int]:
    """Two writers on the same files, killed after the first has finished something; how much each says it finished."""
    environment = os.environ | {"XDG_DATA_HOME": str(folder / "data")}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", script, who], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
        )
        for who in ("one", "two")
    ]
    said = [_first(writer) for writer in writers]
    time.sleep(_RANDOM.uniform(0.0, 0.15))  # the moment is what is under test
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
    rest = [writer.communicate()[0].split() for writer in writers]
    return [int(lines[-1]) if lines else first for first, lines in zip(said, rest, strict=True)]


def _first(writer: subprocess.Popen[str]) -> int:
    assert writer.stdout is not None
    return int(writer.stdout.readline())


def saved(folder: Path, finished: list[int]) -> None:
    lines = (folder / "saved.txt").read_text().splitlines()
    assert len(lines) == 40_000
    assert len(set(lines)) == 1
    who, count = lines[0].split()
    assert int(count) >= finished[0 if who == "one" else 1]


def run(folder: Path, finished: list[int]) -> None:
    for who, count in zip(("one", "two"), finished, strict=True):
        *whole, torn = next(folder.glob(f"run-{who}-*")).read_bytes().split(b"\n")
        assert len(whole) >= count
        assert all(line.endswith(b"}") for line in whole)
        assert not torn.endswith(b"}") or torn == b""
    for path in folder.glob("run-*"):
        assert path.stat().st_mode & 0o077 == 0
        path.unlink()


def kept(folder: Path, _: list[int]) -> None:
    script = (
        "from advisor.catalog import user_catalog as u; from hashlib import sha256\n"
        "found = u.read('current'); assert found is not None\n"
        "assert sha256(found.path.read_bytes()).hexdigest() == found.sha256\n"
    )
    environment = os.environ | {"XDG_DATA_HOME": str(folder / "data")}
    subprocess.run([sys.executable, "-c", script], cwd=folder, env=environment, check=True)


Look = Callable[[Path, list[int]], None]

SCRIPTS: dict[str, tuple[str, Look]] = {
    "saved": (_WRITER, saved),
    "run": (_RUN, run),
    "catalog": (_CATALOG, kept),
}
"""What is killed, and what looks at the files afterwards."""


@pytest.mark.parametrize(("kind", "kills"), [("saved", 4), ("run", 3), ("catalog", 3)])
def test_ten_kills(kind: str, kills: int, tmp_path: Path) -> None:
    script, look = SCRIPTS[kind]
    for _ in range(kills):
        look(tmp_path, kill_two(script, tmp_path))
    kill_two(script, tmp_path)  # the next start works, and clears what the dead have left
    left = list(tmp_path.rglob(".*.tmp"))
    assert len(left) <= 4  # of the last two alone: each may have held a file and its note
