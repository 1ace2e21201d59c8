"""A real terminal, real keys, the program as it is installed: what Pilot cannot see."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.requirements.files import load_requirements

ROOT = Path(__file__).parents[2]
WAIT_S = 60.0

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not on this machine")


class Terminal:
    """One tmux server of our own with one window."""

    def __init__(self, folder: Path) -> None:
        self._name = f"advisor-{os.getpid()}-{folder.name[-20:]}"
        program = f"{shlex.quote(sys.executable)} -m advisor; echo left with $?; sleep 60"
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


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    try:
        opened = Terminal(tmp_path)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"tmux starts no server here: {error.stderr}")
    yield opened
    opened.close()


def test_answer_save_and_leave(terminal: Terminal, tmp_path: Path) -> None:
    terminal.wait_for("pass ·")
    terminal.press("Down")
    terminal.wait_for("▸ · uses")
    terminal.press("F8")
    terminal.wait_for("? uses")
    terminal.resize(80, 24)
    terminal.wait_for("unsaved")
    terminal.press("C-s")
    terminal.wait_for("Under which name?")
    terminal.press("Enter")
    terminal.wait_for("Saved advisor.yaml")
    terminal.press("C-q")
    assert "Traceback" not in terminal.wait_for("left with 0")
    assert load_requirements(tmp_path / "advisor.yaml").workloads


def test_ctrl_c_asks_before_answers_are_lost(terminal: Terminal, tmp_path: Path) -> None:
    terminal.wait_for("pass ·")
    terminal.press("F8")
    terminal.wait_for("? stage")
    terminal.press("C-c")
    terminal.wait_for("There are answers that no file has.")
    terminal.press("Left")
    terminal.press("Enter")
    assert "Traceback" not in terminal.wait_for("left with 0")
    assert not (tmp_path / "advisor.yaml").exists()
