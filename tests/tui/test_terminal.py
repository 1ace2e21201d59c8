"""A real terminal, real keys, the program as it is installed: what Pilot cannot see."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

from advisor.catalog import load_catalog
from advisor.probe.run_file import Phase, find_run
from advisor.requirements.file import load_requirements
from advisor.solver import advise
from tests.tui.world import SUPPORT_BOT

ROOT = Path(__file__).parents[2]
WAIT_S = 60.0
AGAIN_AFTER_S = 8.0
_NUMBERS = count()
"""Each server has a name of its own: one that was just told to end still holds its socket."""

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not on this machine")


class Terminal:
    """One tmux server of our own with one window."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._name = f"advisor-{os.getpid()}-{next(_NUMBERS)}-{folder.name[-20:]}"
        program = f"{shlex.join([sys.executable, *(arguments or ('-m', 'advisor'))])}; echo left with $?; sleep 60"
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
        self._tmux(
            "-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", "-c", str(folder), program, env=environment
        )

    def _tmux(self, *args: str, env: dict[str, str] | None = None) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._name, *args], capture_output=True, text=True, check=True, timeout=30, env=env
        )
        return done.stdout

    def press(self, key: str) -> None:
        """One key a call: a burst would be reordered."""
        self._tmux("send-keys", key)

    def press_until(self, key: str, text: str) -> None:
        """The key once more while nothing comes of it: one that meets a closing dialog is lost."""
        deadline = time.monotonic() + WAIT_S
        pressed = 0.0
        while text not in (shown := self._tmux("capture-pane", "-p")):
            assert time.monotonic() < deadline, f"pressed {key} for {text!r}, saw\n{shown}"
            if time.monotonic() - pressed > AGAIN_AFTER_S:  # sooner, it could undo what is only slow to be drawn
                self.press(key)
                pressed = time.monotonic()
            time.sleep(0.05)

    def resize(self, width: int, height: int) -> None:
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def wait_for(self, text: str) -> str:
        """The screen once it shows a text."""
        deadline = time.monotonic() + WAIT_S
        while text not in (shown := self._tmux("capture-pane", "-p")):
            assert time.monotonic() < deadline, f"waited for {text!r}, saw\n{shown}"
            time.sleep(0.05)
        return shown

    def close(self) -> None:
        self._tmux("kill-server")


@contextmanager
def _opened(folder: Path, *arguments: str) -> Iterator[Terminal]:
    try:
        terminal = Terminal(folder, *arguments)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"tmux starts no server here: {error.stderr}")
    yield terminal
    terminal.close()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with _opened(tmp_path) as terminal:
        yield terminal


@pytest.fixture
def probing(tmp_path: Path, probing_folder: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """The program on two candidates that a server of known times answers for, in gray."""
    code = (
        "from advisor.tui.app import AdvisorApp; from tests.tui.probes import two_channels;"
        "AdvisorApp(catalog=two_channels()).run()"
    )
    monkeypatch.setenv("NO_COLOR", "1")
    with _opened(tmp_path, "-c", code) as terminal:
        yield terminal


STRANGER = (
    ("8", "What must the model be good at"),
    ("Down", "▸ ( ) Doing exactly"),
    ("Enter", "How many requests"),
    ("Down", "▸ ( ) Trying it out"),
    ("Down", "▸ ( ) A support bot for 1,000 users"),
    ("Enter", "In which regions"),
    ("Enter", "[x] European Union"),
    ("Right", "May the model be called"),
    ("Enter", "How long may it take"),
    ("F8", "What may it cost a month"),
    ("3", "3"),
    ("0", "30"),
    ("0", "300"),
    ("Enter", "What decides most is answered"),
    ("F2", "● Answer"),
    ("C-s", "Under which name?"),
    ("Enter", "Saved advisor.yaml"),
)
"""What a stranger presses, and what the screen then shows."""


def test_a_stranger_holds_a_saved_answer_after_25_keys(terminal: Terminal, tmp_path: Path) -> None:
    assert len(STRANGER) <= 25
    terminal.wait_for("What are you building?")
    for key, shown in STRANGER:
        terminal.press(key)
        terminal.wait_for(shown)
    terminal.wait_for("/month")
    terminal.resize(80, 24)
    terminal.press("C-q")
    assert "Traceback" not in terminal.wait_for("left with 0")
    requirements = load_requirements(tmp_path / "advisor.yaml")
    (job,) = requirements.workloads
    assert job.traffic is not None
    assert (job.traffic.requests_per_month, job.dimension) == (20_000, "instruction-following")
    assert job.budget_usd_per_month == Decimal(300)
    assert requirements.data.regions == ("eu",)
    standings = advise(load_catalog(), requirements).workloads[0].standings
    assert standings


def test_ctrl_c_asks_before_answers_are_lost(terminal: Terminal, tmp_path: Path) -> None:
    terminal.wait_for("What are you building?")
    terminal.press("Escape")
    terminal.wait_for("pass ·")
    terminal.press("F8")
    terminal.wait_for("? task")
    terminal.press("C-c")
    terminal.wait_for("You have unsaved changes.")
    terminal.press("Left")
    terminal.press("Enter")
    assert "Traceback" not in terminal.wait_for("left with 0")
    assert not (tmp_path / "advisor.yaml").exists()


def test_the_end_of_the_terminal_loses_no_answer(tmp_path: Path) -> None:
    (tmp_path / "bot.yaml").write_text(SUPPORT_BOT)
    with _opened(tmp_path, "-m", "advisor", "bot.yaml") as terminal:
        terminal.wait_for("pass ·")
        terminal.press("F8")
        terminal.wait_for("● unsaved")
    with _opened(tmp_path, "-m", "advisor", "bot.yaml") as terminal:
        terminal.wait_for("There is a draft of bot.yaml")
        terminal.press("Enter")
        terminal.wait_for("● unsaved")


def test_a_crash_is_said_and_never_ends_as_if_all_were_well(tmp_path: Path) -> None:
    code = (
        "import sys; from advisor.cli import main; from advisor.tui.app import AdvisorApp\n"
        "def crash(self): secret = 'sk-' + '123'; raise RuntimeError('out of paper')\n"
        "AdvisorApp.on_ready = crash; sys.exit(main([]))"
    )
    with _opened(tmp_path, "-c", code) as terminal:
        shown = terminal.wait_for("left with 70")
    assert "out of paper" in shown
    assert "sk-123" not in shown


def test_a_probe_is_planned_anew_runs_in_the_background_and_moves_the_ranking(probing: Terminal) -> None:
    probing.wait_for("first")
    probing.press("C-r")
    probing.wait_for("At most 22 requests, $")
    probing.wait_for("not callable")
    probing.press("e")
    probing.wait_for("▸ (•) Quick")
    for shown in ("▸ (•) Until decided", "▸ (•) Fixed number"):
        probing.press("Down")
        probing.wait_for(shown)
    probing.press("Tab")
    for key, shown in (("2", "At most 6 requests"), ("5", "At most 52 requests")):
        probing.press(key)
        probing.wait_for(shown)
    probing.press("C-s")
    probing.wait_for("Fixed number: 25 requests each")
    probing.press_until("Enter", "y: send 52 requests, at most $")
    probing.press_until("y", "● probing")
    probing.resize(80, 24)
    probing.press("b")
    probing.wait_for("PROBE ")
    probing.wait_for("Probe over: 2 candidates measured")
    probing.press("F2")
    probing.wait_for("▶  ▹ second")
    probing.press("C-q")
    probing.wait_for("left with 0")
    run = find_run(None)
    assert run.end is not None
    assert run.end.reason == "done"
    assert sum(line.phase is Phase.MEASURED for line in run.requests) == 50
