"""The plan of a probe before its start: the ways, the figures, what they come to, and the bounds that it judges."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from textual.widgets import Input, Static

from advisor.probe.plan import quick_settings
from advisor.probe.run_file import Mode, find_run, run_files
from advisor.requirements.questionnaire.questions import load_questionnaire
from advisor.tui.app import AdvisorApp
from advisor.tui.probe_session import ProbeStage
from advisor.tui.probe_settings import DECIDED, FIELDS, FIXED, LOAD, QUICK, ProbeDraft, parse_settings, usual_text
from advisor.tui.screens.candidate import CandidateScreen
from advisor.tui.screens.probe import ProbeScreen
from advisor.tui.screens.probe_plan import PlanForm
from advisor.tui.widgets.row_list import Rows
from tests.tui.probes import ANSWERS, STEADY_LATE, app, send, text, two_channels, until
from tests.tui.world import NARROW, WIDE, main, press, running, settle

pytestmark = pytest.mark.usefixtures("probing_folder")

# Above what no hosted model can begin sooner than (`LEAST_WAIT_S`), below what the late server takes.
BOUND = ANSWERS + "    latency: {ttft_ms_p95: 230}\nunknown: {latency: ask}\n"


def test_what_is_left_open_is_what_is_usual_for_the_way() -> None:
    usual = quick_settings(2)
    assert parse_settings(ProbeDraft(), usual, 2).settings == usual._replace(caps=usual.caps)
    fixed = parse_settings(ProbeDraft(FIXED), usual, 2).settings
    assert fixed is not None
    assert (fixed.mode, fixed.rounds, fixed.rate_per_s) == (Mode.ROUNDS, 72, None)
    load = parse_settings(ProbeDraft(LOAD, rounds="100", rate="0.1"), usual, 2).settings
    assert load is not None
    assert load.rate_per_s == 0.1
    # A thousand seconds of arrivals on average must not run into the cap on time.
    assert load.caps.seconds > 1000


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (ProbeDraft(FIXED, rounds="ten"), "requests: expected a whole number from 1 to 10,000, found 'ten'"),
        (ProbeDraft(FIXED, rounds="7.5"), "requests: expected a whole number"),
        (ProbeDraft(FIXED, rounds="0"), "requests: expected"),
        (ProbeDraft(LOAD, rate="nan"), "rate: expected a number from 0.01 to 1,000"),
        (ProbeDraft(QUICK, usd="0,50"), "money: expected a number from 0 to 10,000, found '0,50'"),
        (ProbeDraft(QUICK, usd="sNaN"), "money: expected"),
        (ProbeDraft(QUICK, seconds="-1"), "time: expected"),
    ],
)
def test_what_is_wrong_is_said_with_what_was_expected(draft: ProbeDraft, said: str) -> None:
    settings, wrong = parse_settings(draft, quick_settings(2), 2)
    assert settings is None
    assert any(said in words for words in wrong)


def test_comparing_takes_two_and_figures_without_meaning_do_not_count() -> None:
    assert "at least two" in parse_settings(ProbeDraft(DECIDED), quick_settings(1), 1).wrong[0]
    assert parse_settings(ProbeDraft(QUICK, rate="x"), quick_settings(1), 1).settings is not None
    assert [usual_text(field, ProbeDraft(QUICK), quick_settings(2), 2) for field in FIELDS] == [
        "10",
        "",
        "128",
        "0.50",
        "120",
    ]


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x34"])
async def test_the_plan_and_its_cost_follow_the_form(size: tuple[int, int]) -> None:
    async with running(app(two_channels()), size) as pilot:
        await press(pilot, "ctrl+r")
        await until(pilot, ProbeStage.READY)
        before = text(pilot, "#probe-head")
        assert "At most 22 requests, $0.0" in before
        await press(pilot, "e", "down", "down")
        assert isinstance(pilot.app.screen, PlanForm)
        assert pilot.app.screen.query_one("#rounds", Input).placeholder == "72"
        assert pilot.app.screen.query_one("#rate", Input).disabled
        assert "At most 146 requests" in text(pilot, "#comes-to")
        await press(pilot, "tab", "3", "0", "tab", "tab", ".", "0", "2")
        assert "At most 62 requests, $0.0200 and" in text(pilot, "#comes-to")
        assert "The cap on money may end it early." in text(pilot, "#comes-to")
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, ProbeScreen)
        assert "At most 62 requests, $0.0200 and" in text(pilot, "#probe-head")
        assert "Fixed number: 30 requests each" in text(pilot, "#probe-head")
        await press(pilot, "e", "up", "escape")
        assert "Fixed number: 30 requests each" in text(pilot, "#probe-head")
    assert not list(run_files())


async def test_a_figure_that_is_wrong_keeps_the_form_open() -> None:
    async with running(app(two_channels())) as pilot:
        await press(pilot, "ctrl+r")
        await until(pilot, ProbeStage.READY)
        await press(pilot, "e", "tab", "x", "ctrl+s")
        assert isinstance(pilot.app.screen, PlanForm)
        assert "✗ requests: expected a whole number" in text(pilot, "#comes-to")
        await press(pilot, "backspace", "3", "ctrl+s")
        assert "Fixed number: 3 requests each" in text(pilot, "#probe-head")
        await press(pilot, "e", "up", "up", "ctrl+s")
        assert "Quick: 10 requests each" in text(pilot, "#probe-head")


async def test_the_form_by_mouse() -> None:
    async with running(app(two_channels())) as pilot:
        await press(pilot, "ctrl+r")
        await until(pilot, ProbeStage.READY)
        await press(pilot, "e")
        await pilot.click("#ways", offset=(8, 3))
        await settle(pilot)
        await pilot.click("#use")
        await settle(pilot)
        assert "Load: 100 requests each, 1 a second" in text(pilot, "#probe-head")


async def test_a_way_that_is_chosen_is_the_one_that_runs() -> None:
    async with running(app(two_channels())) as pilot:
        await press(pilot, "ctrl+r")
        await until(pilot, ProbeStage.READY)
        await press(pilot, "e", "down", "ctrl+s")
        await send(pilot)
        await until(pilot, ProbeStage.OVER)
        assert "is faster than" in text(pilot, "#probe-words")
    run = find_run(None)
    assert run.end is not None
    assert (run.head.mode, run.end.reason) == (Mode.UNTIL_DECIDED, "decided")
    assert len({line.round for line in run.requests}) < 64


async def test_a_way_that_needs_two_gives_place_when_one_has_no_key() -> None:
    async with running(app(two_channels(second="mistral"))) as pilot:
        await press(pilot, "ctrl+r", "e", "down", "ctrl+s")
        await until(pilot, ProbeStage.READY)
        if isinstance(pilot.app.screen, PlanForm):  # the keys were known before the way was chosen: the form refuses it
            assert "it takes at least two candidates that can be asked" in text(pilot, "#comes-to")
            await press(pilot, "escape")
        assert "Quick: 10 requests each" in text(pilot, "#probe-head")


@pytest.fixture
def _bound(probing_folder: None) -> None:
    Path("advisor.yaml").write_text(BOUND)


@pytest.mark.usefixtures("_bound")
async def test_bounds_are_judged_by_own_measurements_and_shown() -> None:
    async with running(_asking_all()) as pilot:
        await press(pilot, "ctrl+r")
        await until(pilot, ProbeStage.READY)
        assert "? unknown: first token within 230 ms (p95) (not measured)" in text(pilot, "#probe-words")
        await send(pilot)
        await until(pilot, ProbeStage.OVER)
        rows = {row.key: [cell.text for cell in row.cells] for row in pilot.app.screen.query_one(Rows)._rows}
        assert rows["one/first"][-1] == "✗ violated"
        # Ten answers cannot bound the 95th percentile from above.
        assert rows["two/second"][-1] == "? unknown"
        assert rows["nowhere/second"][-1] == "-"
        await press(pilot, "escape", "f2", "enter")
        assert isinstance(pilot.app.screen, CandidateScreen)
        shown = "\n".join(str(part.render()) for part in pilot.app.screen.query("#page Static").results(Static))
        assert "Latency by your own probes" in shown
        assert "ms or more, n=10" in shown
        out = {entry.id: entry.because for entry in main(pilot).solved.advice.workloads[0].excluded}
        assert "latency.ttft_ms_p95" in {cause.constraint for cause in out["one/first"]}


@pytest.mark.usefixtures("_bound")
async def test_an_old_measurement_is_said_and_does_not_count() -> None:
    async with running(_asking_all()) as pilot:
        await press(pilot, "ctrl+r")
        await until(pilot, ProbeStage.READY)
        await send(pilot)
        await until(pilot, ProbeStage.OVER)
    (path,) = run_files()
    path.write_text("".join(_aged(line) for line in path.read_text().splitlines()))
    async with running(_asking_all()) as pilot:
        assert any("more than 30 days ago" in notice.message for notice in pilot.app._notifications)
        assert "one/first" in {one.id for one in main(pilot).solved.advice.workloads[0].standings}
        await press(pilot, "ctrl+r")
        assert "does not count after 30 days" in text(pilot, "#probe-words")


def _asking_all() -> AdvisorApp:
    """The program with every question, so that the bounds of the file are kept."""
    return AdvisorApp(catalog=two_channels(slow=STEADY_LATE), questionnaire=load_questionnaire())


def _aged(line: str) -> str:
    content = json.loads(line)
    if "started_at" in content:
        content["started_at"] = "2025-01-01T12:00:00Z"
    return json.dumps(content) + "\n"
