"""The five commands that write files, run by two processes on the same files and killed with -9: what must hold then.

For the tests, which kill each pair once, and for ``benchmarks/kills.py``, which does so hundreds of times.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random
from typing import NamedTuple, Protocol
from unittest.mock import patch

from advisor.catalog.source.build import build
from advisor.cli import main
from advisor.decision import lock_file
from advisor.probe.run_file import read_run
from advisor.requirements.file import load_requirements, save
from tests.catalog.test_update import wheels
from tests.catalog_files import Files
from tests.licenses.hub_server import Repo
from tests.licenses.hub_server import serve as serving_hub
from tests.probe.truth import serving as serving_truth
from tests.tui.world import SUPPORT_BOT

ROOT = Path(__file__).parents[2]

_DEADLINE_S = 120.0


class Kill(NamedTuple):
    """What came of one."""

    died: int
    """How many processes were alive when they were killed."""
    worker_s: float = 0.0
    """How long the longest living worker of a killed probe lived on."""


class Job(Protocol):
    """One command: two processes run it on the files of a folder."""

    def commands(self) -> Sequence[Sequence[str]]:
        """Arguments of Python, for each of the two."""

    def has_begun(self, started: Sequence[subprocess.Popen[str]]) -> bool:
        """Whether something is finished that must not be lost."""

    def look(self) -> None:
        """Fail if something that was finished is lost, or something is torn."""

    def go_on(self) -> None:
        """The next start: it must work, and remove what the dead have left."""


def kill(job: Job, folder: Path, random: Random, longest_s: float) -> Kill:
    """Start two, kill both at a moment of up to ``longest_s`` after they have begun, look at the files, and go on."""
    environment = os.environ | own_folders(folder) | {"PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = [
        subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for command in job.commands()
    ]
    deadline = time.monotonic() + _DEADLINE_S
    while not job.has_begun(started):
        assert time.monotonic() < deadline, "it did not begin"
        time.sleep(0.002)
    time.sleep(random.uniform(0.0, longest_s))  # the moment is what is under test
    workers = [child for one in started for child in _children(one.pid)]
    died = sum(one.poll() is None for one in started)
    for one in started:
        one.send_signal(signal.SIGKILL)
    for one in started:
        one.communicate()
    killed_at = time.monotonic()
    while any(_is_running(worker) for worker in workers):
        assert time.monotonic() < deadline, "a worker lives on without its parent"
        time.sleep(0.02)
    lived_s = time.monotonic() - killed_at if workers else 0.0
    with patch.dict(os.environ, own_folders(folder)), chdir(folder), _quiet():
        job.look()
        job.go_on()
    assert not [path for path in folder.rglob("*") if ".advisor-" in path.name or path.name.startswith("advisor-")]
    return Kill(died, lived_s)


def own_folders(folder: Path) -> Mapping[str, str]:
    """Folders of the system's, below the one of the test; that of temporary files, too."""
    made = {name: folder / name.lower() for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME", "TMPDIR")}
    for path in made.values():
        path.mkdir(exist_ok=True)
    return {name: str(path) for name, path in made.items()} | {"NO_COLOR": "1"}


class Probe:
    """Two probes in one folder; what was answered before the last request is in their files."""

    def __init__(self, folder: Path, address: str, log: Callable[[], list[dict[str, object]]]) -> None:
        self._folder = folder
        self._address = address
        self._log = log
        self._model = f"openai/steady-ttft1-itl1-n2-{folder.name}"

    def commands(self) -> Sequence[Sequence[str]]:
        options = ["--api-base", f"{self._address}/v1", "--requests", "10000", "--max-requests", "20000", "--yes"]
        return [["-m", "advisor", "probe", f"{self._model}-{who}", *options] for who in ("one", "two")]

    def has_begun(self, _: Sequence[subprocess.Popen[str]]) -> bool:
        return sum(path.read_bytes().count(b"\n") > 1 for path in self._files()) == 2

    def look(self) -> None:
        asked = [str(entry["model"]) for entry in self._log()]
        for path in self._files():
            assert path.stat().st_mode & 0o077 == 0
            run = read_run(path)
            (line,) = run.head.candidates
            sent = asked.count(line.model.removeprefix("openai/"))
            # Each result is on disk before the next request leaves: only the last one can be missing.
            assert sent - 1 <= len(run.requests) <= sent, (sent, len(run.requests))

    def go_on(self) -> None:
        for path in self._files():
            assert main(["probe", "show", str(path), "-f", "json"]) == 0

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob(".advisor/probes/*.jsonl"))


class Bulk:
    """Two reviews of one list into one file: the second is refused, and neither spoils it."""

    def __init__(self, folder: Path, endpoint: str, names: Sequence[str]) -> None:
        self._output = folder / "out.jsonl"
        self._names = names
        (folder / "list.txt").write_text("\n".join(names))
        self._command = ["license", "bulk", "list.txt", "-o", "out.jsonl", "--endpoint", endpoint, "--jobs", "2"]
        self._before: list[str] = []

    def commands(self) -> Sequence[Sequence[str]]:
        return [["-m", "advisor", *self._command]] * 2

    def has_begun(self, _: Sequence[subprocess.Popen[str]]) -> bool:
        return self._output.exists() and self._output.read_bytes().count(b"\n") >= 2

    def look(self) -> None:
        *self._before, _ = self._output.read_text().split("\n")
        found = [json.loads(line)["target"] for line in self._before]
        assert len(set(found)) == len(found)

    def go_on(self) -> None:
        assert main(self._command) == 0
        lines = self._output.read_text().splitlines()
        assert lines[: len(self._before)] == self._before
        assert sorted(json.loads(line)["target"] for line in lines) == sorted(self._names)
        assert not list(self._output.parent.glob(".*.lock"))


_SAVER = """
import asyncio, os, sys
from pathlib import Path
from advisor.tui.screens.dialogs import Ask
from tests.tui.world import press, running, small_app

async def save():
    async with running(small_app(Path("advisor.yaml"))) as pilot:
        count = 0
        while True:
            await press(pilot, "ctrl+s")
            if isinstance(pilot.app.screen, Ask):
                await press(pilot, "enter")
            count += 1
            os.write(1, b"%d\\n" % count)

asyncio.run(save())
"""


class Save:
    """Two sittings in the terminal with one file, each saving over the other."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "advisor.yaml"
        self._path.write_text(SUPPORT_BOT)

    def commands(self) -> Sequence[Sequence[str]]:
        return [["-c", _SAVER]] * 2

    def has_begun(self, started: Sequence[subprocess.Popen[str]]) -> bool:
        return all(one.stdout is not None and one.stdout.readline() for one in started)

    def look(self) -> None:
        assert load_requirements(self._path).workloads[0].name == "support-bot"
        assert self._path.read_text().endswith("\n")

    def go_on(self) -> None:
        assert main(["validate", "advisor.yaml"]) == 0
        save(self._path, load_requirements(self._path))


class Decide:
    """Two decisions over one lock; one of them stands, whole."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "advisor.lock"
        (folder / "advisor.yaml").write_bytes((ROOT / "examples/support-bot.yaml").read_bytes())

    def commands(self) -> Sequence[Sequence[str]]:
        again = "from advisor.cli import main\nwhile True: assert main(['decide']) in (0, 3)"
        return [["-c", again]] * 2

    def has_begun(self, _: Sequence[subprocess.Popen[str]]) -> bool:
        return self._path.exists()

    def look(self) -> None:
        assert lock_file.load(self._path)
        assert self._path.read_text().endswith("\n")

    def go_on(self) -> None:
        with (self._path.with_suffix(".yaml")).open("a") as requirements:
            requirements.write("# Changed, so that it is checked and kept anew.\n")
        assert main(["decide"]) in (0, 3)
        self.look()


_REFRESH = """
from datetime import date
from pathlib import Path
from advisor.catalog.refresh.command import refresh
while True:
    refresh(Path("catalog"), Path("wheels"), today=date(2026, 11, 29), pinned=False)
    print("done", flush=True)
"""


class Refresh:
    """Two rebuilds of the generated rows of one catalog: each file is whole, and the catalog compiles."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "catalog"
        self._root.mkdir()
        Files(self._root)
        (self._root / "prices" / "nest.yaml").unlink()
        wheels(folder / "wheels")

    def commands(self) -> Sequence[Sequence[str]]:
        return [["-c", _REFRESH]] * 2

    def has_begun(self, started: Sequence[subprocess.Popen[str]]) -> bool:
        return all(one.stdout is not None and one.stdout.readline() for one in started)

    def look(self) -> None:
        assert json.loads(build(self._root))["offerings"]

    def go_on(self) -> None:
        command = [sys.executable, "-c", f"{_REFRESH}    break"]  # in a process that looks for its own temporary folder
        subprocess.run(command, check=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
        self.look()


@contextmanager
def jobs() -> Iterator[Mapping[str, Callable[[Path], Job]]]:
    """What makes each job for a folder; the servers that two of them ask run as long as the block does."""
    names = [f"owls/o{number}" for number in range(12)]
    with serving_truth() as truth, serving_hub() as hub:
        hub.models |= {name: Repo(card={"license": "mit"}) for name in names}
        hub.delay_s = 0.02
        yield {
            "probe": lambda folder: Probe(folder, truth.address, truth.log),
            "bulk": lambda folder: Bulk(folder, hub.endpoint, names),
            "save": Save,
            "decide": Decide,
            "refresh": Refresh,
        }


@contextmanager
def _quiet() -> Iterator[None]:
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        yield


def _children(process: int) -> list[int]:
    """Its children, where the system tells (Linux)."""
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def _is_running(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
