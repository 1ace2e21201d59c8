"""A picture of every screen at both sizes, from the small catalog; `pytest --snapshot-update` draws them anew."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

import advisor.tui.app
from advisor.tui.app import AdvisorApp
from advisor.tui.screens.dialogs import Pick
from advisor.tui.widgets.questions import Questions
from tests.tui.world import (
    NARROW,
    SUPPORT_BOT,
    WIDE,
    few_questions,
    main,
    press,
    running,
    settle,
    small_app,
    small_catalog,
)

FILE = Path("advisor.yaml")
PICTURE = Path(__file__).parents[2] / "docs" / "images" / "tui.svg"

Compare = Callable[..., bool]
Lead = Callable[[Pilot[Any]], Awaitable[None]]


@pytest.fixture(autouse=True)
def _same_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(Input, "cursor_blink", property(lambda _: False, lambda *_: None), raising=False)
    FILE.write_text(SUPPORT_BOT)
    Path("bad.yaml").write_text("workloads:\n  - {name: Bad Name, traffic: {requests_per_month: -5}}\n")


def keys(*names: str) -> Lead:
    async def lead(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await press(pilot, *names)

    return lead


def on(question: str, *names: str) -> Lead:
    async def lead(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        main(pilot).query_one(Questions).go_to(question)
        await settle(pilot)
        await press(pilot, *names)

    return lead


async def compared(pilot: Pilot[Any]) -> None:
    await settle(pilot)
    await press(pilot, "f3")
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def drawn(*names: str) -> Lead:
    async def lead(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await press(pilot, *names)
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()

    return lead


async def picked(pilot: Pilot[Any]) -> None:
    await settle(pilot)
    choices = [("bot", "bot", "Answers customers."), ("poc", "poc", "Tries things out.")]
    pilot.app.push_screen(Pick("Start from a template", choices))
    await pilot.pause()


async def broken(pilot: Pilot[Any]) -> None:
    await settle(pilot)
    await press(pilot, "ctrl+o")
    pilot.app.screen.query_one(Input).value = "bad.yaml"
    await press(pilot, "enter")


LEADS: dict[str, Lead] = {
    "questions": keys(),
    "reply": on("uses", "enter", "down"),
    "topic": on("retention", "up", "up"),
    "figure": on("budget", "enter"),
    "answer": keys("f2", "down", "space"),
    "ruled-out": keys("f5", "enter"),
    "ladder": keys("f7", "down"),
    "frontier": keys("f6", "left"),
    "frontier-out": keys("f6", "down"),
    "licenses": keys("f10", "down"),
    "what-if": on("within_points", "f4", "down"),
    "nothing-passes": on("budget", "enter", "1", "enter"),
    "candidate": drawn("f2", "enter"),
    "candidate-second": drawn("f2", "down", "enter"),
    "candidate-out": drawn("f5", "end", "enter"),
    "compare": compared,
    "help": keys("f1"),
    "pick": picked,
    "problem": broken,
    "leave": keys("f8", "ctrl+q"),
    "name": keys("ctrl+e"),
}


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x34"])
@pytest.mark.parametrize("screen", LEADS)
def test_screen(snap_compare: Compare, screen: str, size: tuple[int, int]) -> None:
    assert snap_compare(small_app(FILE), terminal_size=size, run_before=LEADS[screen])


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x34"])
def test_screen_without_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(small_app(FILE), terminal_size=size, run_before=keys("f2", "down"))


async def picture(app: AdvisorApp) -> str:
    """The screen of the README, without the address of a font."""
    async with running(app, WIDE) as pilot:
        await on("within_points", "f4", "down")(pilot)
        return re.sub(r"@font-face \{.*?\}\s*", "", pilot.app.export_screenshot(title="advisor"), flags=re.DOTALL)


async def test_the_picture_in_the_readme_is_fresh(request: pytest.FixtureRequest) -> None:
    drawn = await picture(small_app(FILE))
    if request.config.getoption("update_snapshots"):
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        PICTURE.write_text(drawn, encoding="utf-8")
    assert PICTURE.read_text(encoding="utf-8") == drawn


class Hasty(AdvisorApp):
    """Keys are pressed before the screen is there."""

    CSS_PATH = str(Path(advisor.tui.app.__file__).with_name("advisor.tcss"))

    def on_mount(self) -> None:
        assert not self.main.is_mounted
        for key in ("f2", "f4", "f6", "f8", "ctrl+t"):
            self.simulate_key(key)


async def test_keys_that_come_before_the_screen_is_built_do_nothing() -> None:
    app = Hasty(catalog=small_catalog(), questionnaire=few_questions())
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.fault is None
        assert not app.main.session.is_unsaved
        await press(pilot, "f8")
        assert app.main.session.is_unsaved


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x34"])
def test_start(snap_compare: Compare, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    FILE.unlink()
    monkeypatch.setattr("advisor.tui.app.detect_gpus", lambda _: ())
    app = AdvisorApp(catalog=small_catalog(), questionnaire=few_questions(), starts=True)
    assert snap_compare(app, terminal_size=size, press=["down"])
