"""How fast the terminal program is on the shipped catalog: the first paint, and from an answer to the new picture.

``python benchmarks/tui.py`` prints medians with the spread (minimum to maximum). The first paint is taken from the
outside: a process on a terminal of its own, until the start screen stands there (goal: 600 ms), and until the first
answer does, Esc having been pressed on it. The repaint is taken from the inside: from an answer being given until the
screen with the new advice has been drawn (goal: a median of 60 ms).
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
STARTS = 12
ANSWERS = 60
COLUMNS, LINES = 120, 34


def main() -> None:
    print(f"{'what':56} {'median':>10}   spread")
    painted, answered = zip(*(start() for _ in range(STARTS + 1)), strict=True)
    show("first paint, a new process", list(painted[1:]))
    show("first answer on the screen, a new process", list(answered[1:]))
    for template in ("support-bot", "proof-of-concept"):
        for name, times in asyncio.run(repaints(template)).items():
            show(f"{name}, {template}", times)


def start() -> tuple[float, float]:
    """Seconds until the start screen is on the terminal, and until an answer is."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        process, terminal = pty.fork()
        if process == 0:
            os.chdir(folder)
            environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
            os.execve(sys.executable, [sys.executable, "-m", "advisor"], environment)  # noqa: S606
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        try:
            painted = wait_for(terminal, b"What are you building?") - began
            os.write(terminal, b"\x1b")
            return painted, wait_for(terminal, b"/month") - began
        finally:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(terminal)


def wait_for(terminal: int, text: bytes) -> float:
    """When a text had come."""
    seen = b""
    while text not in seen:
        if not select.select([terminal], [], [], 30)[0]:
            raise TimeoutError(f"{text!r} did not come")
        seen = seen[-len(text) :] + os.read(terminal, 65536)
    return time.perf_counter()


async def repaints(template: str) -> dict[str, list[float]]:
    """Seconds from an answer to its picture, by kind of answer."""
    from advisor.requirements.questionnaire.answers import from_requirements
    from advisor.requirements.templates import load_template
    from advisor.tui.app import AdvisorApp
    from advisor.tui.widgets.reply import Reply

    app = AdvisorApp(Path(tempfile.gettempdir()) / "there-is-no-such-file.yaml")
    times: list[float] = []
    async with app.run_test(size=(COLUMNS, LINES)) as pilot:
        main_screen = app.main
        main_screen.session.begin(from_requirements(app.session.questionnaire, load_template(template)), None)
        main_screen.changed()
        replies = [("budget", 900), ("context_tokens", 30_000), ("retention", 10), ("within_points", 70)]
        for number in range(ANSWERS + 4):
            while main_screen.is_busy:  # noqa: ASYNC110 - the program has no event for a stopwatch
                await asyncio.sleep(0.001)
            await pilot.pause()
            name, base = replies[number % 4]
            drawn = asyncio.Event()
            began = time.perf_counter()
            main_screen.on_reply_given(Reply.Given(name, base + number, done=False))
            while main_screen.is_busy:  # noqa: ASYNC110
                await asyncio.sleep(0)
            main_screen.call_after_refresh(drawn.set)
            await drawn.wait()
            if number >= 4:
                times.append(time.perf_counter() - began)
    return {"from an answer to the picture": times}


def show(name: str, times: list[float]) -> None:
    middle, low, high = (1000 * value for value in (statistics.median(times), min(times), max(times)))
    print(f"{name:56} {middle:7.1f} ms   {low:.1f} to {high:.1f} ms, n={len(times)}")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
