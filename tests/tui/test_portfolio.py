"""All jobs planned together, on the screen as the planner has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from advisor.portfolio.build import SharedLimits
from advisor.portfolio.from_catalog import pose_catalog
from advisor.portfolio.solve import plan
from advisor.requirements.file import load_requirements
from advisor.tui.screens.portfolio import PortfolioScreen
from advisor.tui.widgets.frontier import Plot
from advisor.tui.widgets.row_list import Rows
from tests.tui.world import NARROW, TWO_JOBS, WIDE, main, press, running, small_app, small_catalog

FILE = Path("jobs.yaml")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    FILE.write_text(TWO_JOBS)
    Path("poor.yaml").write_text(TWO_JOBS.replace("budget_usd_per_month: 1200", "budget_usd_per_month: 1"))


async def opened(pilot: Pilot[Any]) -> PortfolioScreen:
    await press(pilot, "ctrl+g")
    screen = pilot.app.screen
    assert isinstance(screen, PortfolioScreen)
    await settled(pilot, screen)
    return screen


async def settled(pilot: Pilot[Any], screen: PortfolioScreen) -> None:
    while screen.is_busy and pilot.app.is_running:
        await pilot.pause(0.01)
    await pilot.pause()


def words(screen: PortfolioScreen, part: str) -> str:
    return str(screen.query_one(part).render())


def served(screen: PortfolioScreen) -> list[str]:
    rows = screen.query_one("#plan-rows", Rows)._rows
    return [row.cells[1].text for row in rows if row.key and row.key.startswith("job:")]


async def test_the_screen_shows_the_plan_that_the_planner_makes() -> None:
    wanted = plan(pose_catalog(small_catalog(), load_requirements(FILE), SharedLimits()).problem)
    async with running(small_app(FILE), WIDE) as pilot:
        screen = await opened(pilot)
        assert "✓ proven best" in words(screen, "#plan-head")
        assert f"{wanted.score:,.1f}" in words(screen, "#plan-head")
        assert served(screen) == [choice.way.id for choice in wanted.choices]
        plot = screen.query_one(Plot)
        assert plot.current is not None
        assert plot.current.usd == float(wanted.cost_usd or 0)


async def test_the_arrows_walk_along_the_front_and_show_each_plan() -> None:
    async with running(small_app(FILE), NARROW) as pilot:
        screen = await opened(pilot)
        plot = screen.query_one(Plot)
        assert [point.usd for point in plot.walk] == sorted(point.usd for point in plot.walk)
        before = served(screen)
        await press(pilot, "right", "right")
        assert served(screen) != before
        assert f"{plot.at + 1} of {len(plot.walk)} on the front" in words(screen, "#plan-point")
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, PortfolioScreen)


async def test_a_budget_that_nothing_meets_comes_with_its_way_out() -> None:
    async with running(small_app(Path("poor.yaml")), WIDE) as pilot:
        screen = await opened(pilot)
        said = words(screen, "#plan-head")
        assert "✗ no plan" in said
        assert "cannot hold together" in said
        rows = screen.query_one("#plan-rows", Rows)
        assert rows._rows[0].cells[1].text.startswith("raise the budget by $")
        await press(pilot, "1")
        await settled(pilot, screen)
        assert "✓ proven best" in words(screen, "#plan-head")
        assert served(screen)
        await press(pilot, "ctrl+z")
        await settled(pilot, screen)
        assert "✗ no plan" in words(screen, "#plan-head")
        await press(pilot, "1")
        await settled(pilot, screen)
        await press(pilot, "escape")
        session = main(pilot).session
        assert session.kept.unasked["portfolio"]["budget_usd_per_month"] > 1
