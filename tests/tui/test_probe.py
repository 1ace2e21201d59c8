"""Probing from the results: the plan, the real worker against a server of known times, and the ranking afterwards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from textual.widgets import Button

from advisor.probe.run_file import find_run, run_files
from advisor.tui.probe_session import NOTHING_MEASURED, ProbeStage
from advisor.tui.screens.probe import ProbeScreen
from advisor.tui.widgets.row_list import Rows
from advisor.tui.widgets.title_bars import TitleBar
from tests.probe.truth import Truth
from tests.tui.probes import KEY, app, send, text, two_channels, until
from tests.tui.world import WIDE, main, press, running

pytestmark = pytest.mark.usefixtures("probing_folder")


def sent(truth: Truth) -> int:
    return len(truth.log())


async def test_the_cost_is_shown_first_and_esc_sends_nothing(truth: Truth) -> None:
    before = sent(truth)
    async with running(app(two_channels()), WIDE) as pilot:
        await press(pilot, "f2", "p")
        assert isinstance(pilot.app.screen, ProbeScreen)
        probing = main(pilot).probing
        await until(pilot, ProbeStage.READY)
        assert "At most 22 requests, $" in text(pilot, "#probe-head")
        assert len(probing.plan.candidates) == 2
        await press(pilot, "enter")
        button = str(pilot.app.screen.query_one("#send", Button).label)
        assert "send 22 requests, at most $" in button
        await press(pilot, "tab", "enter")
        assert isinstance(pilot.app.screen, ProbeScreen)
        assert probing.stage is ProbeStage.READY
        states = [row.cells[0].text for row in pilot.app.screen.query_one(Rows)._rows]
        assert sorted(states) == ["✓ ready", "✓ ready", "✗ not callable"]
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, ProbeScreen)
        await until(pilot, ProbeStage.OVER)
    assert sent(truth) == before
    assert not list(run_files())


async def test_it_runs_on_in_the_background_and_the_ranking_counts_it(truth: Truth) -> None:
    async with running(app(two_channels()), WIDE) as pilot:
        assert main(pilot).session.measured == NOTHING_MEASURED
        assert main(pilot).solved.advice.workloads[0].recommended == "one/first"
        await press(pilot, "ctrl+r")
        await until(pilot, ProbeStage.READY)
        await send(pilot)
        await press(pilot, "b")
        assert not isinstance(pilot.app.screen, ProbeScreen)
        while not main(pilot).probing.lines:
            await pilot.pause(0.02)
        assert "PROBE" in str(main(pilot).query_one(TitleBar).query_one("#mode").render())
        await press(pilot, "ctrl+r")
        await until(pilot, ProbeStage.OVER)
        assert "✓ done" in text(pilot, "#probe-head")
        assert "is faster than" in text(pilot, "#probe-words")
        row = pilot.app.screen.query_one(Rows)._rows[0]
        assert len(row.cells[2].text) == 10
        await press(pilot, "escape")
        assert {one.quantity for one in main(pilot).session.measured.fresh} == {"ttft_ms_p95", "output_tokens_per_s"}
        assert main(pilot).solved.advice.workloads[0].recommended == "two/second"
    assert find_run(None).end is not None
    assert KEY not in "".join(line.model_dump_json() for line in find_run(None).requests)


async def test_esc_stops_and_keeps_what_was_measured(truth: Truth) -> None:
    async with running(app(two_channels()), WIDE) as pilot:
        await press(pilot, "ctrl+r")
        await until(pilot, ProbeStage.READY)
        await send(pilot)
        while main(pilot).probing.answered < 4:
            await pilot.pause(0.01)
        await press(pilot, "escape")
        await until(pilot, ProbeStage.OVER)
        assert "■ stopped" in text(pilot, "#probe-head")
    run = find_run(None)
    assert run.end is not None
    assert run.end.reason == "interrupted"
    assert 4 <= len(run.requests) < 22


async def test_a_missing_key_is_named_and_nothing_is_sent_for_it(truth: Truth) -> None:
    async with running(app(two_channels(second="mistral")), WIDE) as pilot:
        await press(pilot, "ctrl+r")
        await until(pilot, ProbeStage.READY)
        assert "the cost of asking 1 candidate, then y sends." in text(pilot, "#probe-head")
        rows = pilot.app.screen.query_one(Rows)
        while rows.key != "two/second":
            await press(pilot, "down")
        assert "✗ no key: not set: MISTRAL_API_KEY" in text(pilot, "#probe-words")


async def test_without_any_key_it_cannot_be_started(truth: Truth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    before = sent(truth)
    async with running(app(two_channels()), WIDE) as pilot:
        await press(pilot, "ctrl+r")
        await until(pilot, ProbeStage.READY)
        assert "✗ no key for any candidate" in text(pilot, "#probe-head")
        await press(pilot, "enter")
        assert main(pilot).probing.stage is ProbeStage.READY
    assert sent(truth) == before


async def test_leaving_the_program_ends_the_worker(truth: Truth) -> None:
    async with running(app(two_channels()), WIDE) as pilot:
        await press(pilot, "ctrl+r")
        await until(pilot, ProbeStage.READY)
        await send(pilot)
        probing = main(pilot).probing
        while not probing.lines:
            await pilot.pause(0.01)
    assert find_run(None).end is not None


@pytest.fixture
def _broken_run(probing_folder: None) -> None:
    folder = Path(".advisor/probes")
    folder.mkdir(parents=True)
    (folder / "broken.jsonl").write_text("{}\n")


@pytest.mark.usefixtures("_broken_run")
async def test_a_run_that_cannot_be_read_is_said_and_left_out() -> None:
    async with running(app(two_channels()), WIDE) as pilot:
        assert main(pilot).session.measured.fresh == ()
        assert "broken.jsonl" in main(pilot).session.measured.left_out[0]
        assert any("broken.jsonl" in notice.message for notice in pilot.app._notifications)


def test_the_program_never_imports_the_client_library() -> None:
    code = (
        "import sys, advisor.tui.app, advisor.tui.screens.probe, advisor.tui.probe_session;"
        "print([m for m in sys.modules if m.split('.')[0] in ('litellm', 'openai', 'httpx')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
