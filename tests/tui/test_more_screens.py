"""A picture of each screen that is opened from the results, at both sizes, from fixed findings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from advisor.tui.screens.probe import ProbeScreen
from tests.tui.probes import bounds, over, planned, under_way
from tests.tui.world import NARROW, TWO_JOBS, WIDE, press, settle, small_app

FILE = Path("jobs.yaml")

Lead = Callable[[Pilot[Any]], Awaitable[None]]


@pytest.fixture(autouse=True)
def _same_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NO_COLOR", raising=False)
    FILE.write_text(TWO_JOBS)


async def probe_plan(pilot: Pilot[Any]) -> None:
    await settle(pilot)
    pilot.app.push_screen(ProbeScreen(planned(), "The tied set."))
    await press(pilot, "down", "down", "down")


async def probe_form(pilot: Pilot[Any]) -> None:
    await probe_plan(pilot)
    await press(pilot, "e", "down", "tab", "2", "0")


async def probe_over(pilot: Pilot[Any]) -> None:
    await settle(pilot)
    pilot.app.push_screen(ProbeScreen(over(), "The tied set.", bounds(500)))


async def probe_run(pilot: Pilot[Any]) -> None:
    await settle(pilot)
    pilot.app.push_screen(ProbeScreen(under_way(), "The tied set."))
    await press(pilot, "down")


async def probe_failed(pilot: Pilot[Any]) -> None:
    await settle(pilot)
    pilot.app.push_screen(ProbeScreen(under_way(), "The tied set."))
    await press(pilot, "down", "down")


async def portfolio(pilot: Pilot[Any]) -> None:
    await settle(pilot)
    await press(pilot, "ctrl+g")
    await pilot.app.workers.wait_for_complete()
    await press(pilot, "left")


LEADS: dict[str, Lead] = {
    "probe-plan": probe_plan,
    "probe-form": probe_form,
    "probe-run": probe_run,
    "probe-over": probe_over,
    "probe-failed": probe_failed,
    "portfolio": portfolio,
}


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x34"])
@pytest.mark.parametrize("screen", LEADS)
def test_screen(snap_compare: Callable[..., bool], screen: str, size: tuple[int, int]) -> None:
    assert snap_compare(
        small_app(FILE if screen == "portfolio" else None), terminal_size=size, run_before=LEADS[screen]
    )
