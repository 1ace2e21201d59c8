"""Writers in tight loops, so that a kill meets them in the middle of a write; what must hold is as for the commands."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from advisor.catalog import user_catalog
from advisor.errors import UsageError
from advisor.files.atomic import replace_text
from tests.files.killed import Job

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
import sys
from datetime import UTC, datetime
from pathlib import Path
from advisor.probe.run_file import EndLine, RunFile
who, count = sys.argv[1], 0
file = RunFile(Path(f"run-{who}.jsonl"))
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


class _Loop:
    """Two writers that say after each write how many they have finished."""

    script = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: Sequence[subprocess.Popen[str]] = ()
        self.first: list[int] = []

    def commands(self) -> Sequence[Sequence[str]]:
        return [["-c", self.script, who] for who in ("one", "two")]

    def has_begun(self, started: Sequence[subprocess.Popen[str]]) -> bool:
        self.first = [int(one.stdout.readline()) for one in started if one.stdout is not None]
        return True


class Saved(_Loop):
    """One file, replaced whole again and again."""

    script = _WRITER

    def look(self) -> None:
        lines = (self.folder / "saved.txt").read_text().splitlines()
        assert len(lines) == 40_000
        assert len(set(lines)) == 1
        who, count = lines[0].split()
        assert int(count) >= self.first[0 if who == "one" else 1]

    def go_on(self) -> None:
        replace_text(self.folder / "saved.txt", "next\n", error=UsageError)


class RunFiles(_Loop):
    """The files of two runs: whole lines, and at most one that is torn at the end."""

    script = _RUN

    def look(self) -> None:
        for who, count in zip(("one", "two"), self.first, strict=True):
            *whole, torn = (self.folder / f"run-{who}.jsonl").read_bytes().split(b"\n")
            assert len(whole) >= count
            assert all(line.endswith(b"}") for line in whole)
            assert not torn.endswith(b"}")

    def go_on(self) -> None:
        for path in self.folder.glob("run-*"):
            assert path.stat().st_mode & 0o077 == 0


class Kept(_Loop):
    """The user's own catalog, brought up to date again and again."""

    script = _CATALOG

    def look(self) -> None:
        found = user_catalog.read(user_catalog.CURRENT)
        assert found is None or sha256(found.path.read_bytes()).hexdigest() == found.sha256

    def go_on(self) -> None:
        assert user_catalog.read(user_catalog.CURRENT) is not None
        self.look()
        user_catalog.keep(b"next", shipped=self.folder / "shipped.json", made_on="2026-11-30", sources={})


def loops() -> Mapping[str, Callable[[Path], Job]]:
    """What makes each for a folder."""
    return {"writer": Saved, "run file": RunFiles, "own catalog": Kept}
