"""The main job in the terminal, with the real solver, the shipped catalog and the shipped questions."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from advisor.catalog import load_catalog
from advisor.requirements.file import load_requirements
from advisor.requirements.schema import Stage
from advisor.solver import advise
from advisor.solver.explain.sentences import why_not_sentences
from advisor.solver.explain.why_not import why_not
from advisor.tui.app import AdvisorApp
from advisor.tui.screens.candidate import CandidateScreen
from advisor.tui.screens.compare import CompareScreen
from advisor.tui.screens.dialogs import Ask
from advisor.tui.widgets.frontier import Plot
from advisor.tui.widgets.questions import Questions
from advisor.tui.widgets.reply import Reply
from advisor.tui.widgets.row_list import Rows
from advisor.tui.widgets.title_bars import Headline
from tests.tui.world import NARROW, SUPPORT_BOT, WIDE, main, press, running, settle, small_app

AS_OF = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def headline(pilot: Pilot[Any]) -> str:
    return str(main(pilot).query_one(Headline).text)


async def go_to(pilot: Pilot[Any], question: str) -> None:
    main(pilot).query_one(Questions).go_to(question)
    await settle(pilot)


async def type_in(pilot: Pilot[Any], text: str) -> None:
    await press(pilot, *text, "enter")


def saved_example(path: Path) -> Path:
    path.write_text(SUPPORT_BOT)
    return path


async def test_a_stranger_answers_and_saves_what_the_solver_then_answers_the_same(tmp_path: Path) -> None:
    catalog = load_catalog(AS_OF)
    async with running(AdvisorApp(catalog=catalog)) as pilot:
        await go_to(pilot, "stage")
        await press(pilot, "enter", "down", "enter")
        assert main(pilot).session.answers.whole["stage"] == "production"
        await go_to(pilot, "uses")
        await press(pilot, "down", "space")
        await go_to(pilot, "requests")
        main(pilot).query_one(Reply).enter()
        await type_in(pilot, "20k")
        await type_in(pilot, "1500")
        await type_in(pilot, "300")
        assert "/month" in headline(pilot)
        await press(pilot, "ctrl+s", "enter")
        assert not main(pilot).session.is_unsaved
        shown = headline(pilot)
    requirements = load_requirements(tmp_path / "advisor.yaml")
    assert requirements.stage is Stage.PRODUCTION
    traffic = requirements.workloads[0].traffic
    assert traffic is not None
    assert (traffic.requests_per_month, traffic.input_tokens, traffic.output_tokens) == (20_000, 1500, 300)
    first = advise(catalog, requirements).workloads[0].standings[0]
    assert first.candidate.offering.model.id in shown


async def test_an_answer_changes_the_advice_and_undo_brings_it_back(tmp_path: Path) -> None:
    async with running(small_app(saved_example(tmp_path / "bot.yaml"))) as pilot:
        before = headline(pilot)
        await go_to(pilot, "budget")
        await press(pilot, "enter")
        main(pilot).query_one("#field", Input).value = ""
        await type_in(pilot, "700")
        after = headline(pilot)
        assert after != before
        assert main(pilot).session.is_unsaved
        await press(pilot, "ctrl+z")
        assert headline(pilot) == before
        await press(pilot, "ctrl+y")
        assert headline(pilot) == after


async def test_dont_know_is_an_answer_that_no_file_states(tmp_path: Path) -> None:
    async with running(small_app(saved_example(tmp_path / "bot.yaml"))) as pilot:
        await go_to(pilot, "budget")
        await press(pilot, "f8")
        assert main(pilot).session.answers.workloads[0]["budget"] is None
        assert "don't know" in main(pilot).query_one(Questions).text
        await press(pilot, "ctrl+s")
        await press(pilot, "ctrl+q")
    assert "budget" not in (tmp_path / "bot.yaml").read_text()


async def test_what_is_no_answer_is_said_and_changes_nothing(tmp_path: Path) -> None:
    async with running(small_app(saved_example(tmp_path / "bot.yaml"))) as pilot:
        before = main(pilot).session.answers
        await go_to(pilot, "retention")
        await press(pilot, "enter")
        main(pilot).query_one("#field", Input).value = ""
        await type_in(pilot, "-3")
        assert "expected at least 0" in str(main(pilot).query_one("#problem", Static).render())
        assert main(pilot).session.answers == before


async def test_what_if_shows_a_difference_and_esc_leaves_no_trace(tmp_path: Path) -> None:
    async with running(small_app(saved_example(tmp_path / "bot.yaml"))) as pilot:
        answers, before = main(pilot).session.kept, headline(pilot)
        await go_to(pilot, "within_points")
        await press(pilot, "f4", "down")
        assert main(pilot).session.is_what_if
        assert "WHAT-IF" in headline(pilot)
        assert "WHAT-IF" in str(main(pilot).query_one("#mode", Static).render())
        assert main(pilot).session.kept == answers
        options = main(pilot).query_one("#options", Rows).text
        assert "…" not in options
        assert "+" in options
        await press(pilot, "escape")
        assert headline(pilot) == before
        assert not main(pilot).session.can_undo


async def test_what_if_is_kept_by_enter_as_one_step(tmp_path: Path) -> None:
    async with running(small_app(saved_example(tmp_path / "bot.yaml"))) as pilot:
        await go_to(pilot, "within_points")
        await press(pilot, "f4", "down", "enter")
        assert main(pilot).session.answers.workloads[0]["within_points"] == 75
        assert not main(pilot).session.is_what_if
        await press(pilot, "ctrl+z")
        assert main(pilot).session.answers.workloads[0]["within_points"] == 60


async def test_a_digit_takes_a_way_back_in(tmp_path: Path) -> None:
    async with running(small_app(saved_example(tmp_path / "bot.yaml"))) as pilot:
        found = main(pilot).solved.workload(0)
        before = {standing.id for standing in found.standings}
        await press(pilot, "f5")
        assert "[1]" in main(pilot).query_one("#causes", Rows).text
        await press(pilot, "1")
        after = {standing.id for standing in main(pilot).solved.workload(0).standings}
        gained = [set(way.lets_in) for way in found.relaxations]
        assert after - before in gained
        await press(pilot, "ctrl+z")
        assert {standing.id for standing in main(pilot).solved.workload(0).standings} == before


async def test_a_cause_opens_to_its_candidates_and_those_to_their_page(tmp_path: Path) -> None:
    async with running(small_app(saved_example(tmp_path / "bot.yaml"))) as pilot:
        await press(pilot, "f5", "enter")
        causes = main(pilot).query_one("#causes", Rows)
        inside = next(key for key in causes.keys if key.startswith("out:"))
        causes.go_to(inside)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, CandidateScreen)
        await press(pilot, "escape")
        assert pilot.app.screen is main(pilot)


async def test_the_page_of_a_candidate_says_how_sure_it_is_and_what_it_would_take(tmp_path: Path) -> None:
    async with running(small_app(saved_example(tmp_path / "bot.yaml"))) as pilot:
        found = main(pilot).solved.workload(0)
        await press(pilot, "f2", "down", "enter")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        said = page(pilot)
        assert f"seed {found.stability.seed}" in said
        for one in found.stability.shares[:3]:
            assert f"{one.share:.1%} [{one.low:.1%}, {one.high:.1%}]  {one.candidate}" in said
        second = found.standings[1].id
        wanted = main(pilot).solved.counted
        least = why_not(main(pilot).session.catalog, wanted, wanted.workloads[0], second)
        assert all(sentence in said for sentence in why_not_sentences(least))


async def test_the_nearest_misses_are_listed_and_open_to_what_lets_them_in(tmp_path: Path) -> None:
    async with running(small_app(saved_example(tmp_path / "bot.yaml"))) as pilot:
        nearest = main(pilot).solved.workload(0).nearest_misses
        await press(pilot, "f5")
        causes = main(pilot).query_one("#causes", Rows)
        assert [key for key in causes.keys if key.startswith("out:nearest:")] == [
            f"out:nearest:{miss.candidate}" for miss in nearest
        ]
        causes.go_to(f"out:nearest:{nearest[0].candidate}")
        await press(pilot, "enter")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "the nearest miss" in page(pilot)
        assert nearest[0].change in page(pilot)


def page(pilot: Pilot[Any]) -> str:
    """What the page of a candidate says."""
    return "\n".join(str(part.render()) for part in pilot.app.screen.query("#page Static").results(Static))


async def test_marked_candidates_stand_side_by_side(tmp_path: Path) -> None:
    async with running(small_app(saved_example(tmp_path / "bot.yaml"))) as pilot:
        await press(pilot, "f2", "space")
        await press(pilot, "f3")
        assert pilot.app.screen is main(pilot)
        await press(pilot, "down", "space", "f3")
        assert isinstance(pilot.app.screen, CompareScreen)
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "★" in pilot.app.screen.query_one(Rows).text


async def test_the_frontier_is_walked_with_the_arrows() -> None:
    async with running(small_app()) as pilot:
        await press(pilot, "f6")
        plot = main(pilot).query_one(Plot)
        last = plot.current
        await press(pilot, "left")
        assert plot.current is not None
        assert last is not None
        assert plot.current.usd < last.usd
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, CandidateScreen)


async def test_a_narrow_screen_shows_one_side_and_always_the_answer(tmp_path: Path) -> None:
    async with running(small_app(saved_example(tmp_path / "bot.yaml")), NARROW) as pilot:
        assert main(pilot).query_one("#left").display
        assert not main(pilot).query_one("#right").display
        await press(pilot, "f2")
        assert not main(pilot).query_one("#left").display
        assert main(pilot).query_one("#right").display
        assert main(pilot).query_one(Headline).display
        await pilot.resize_terminal(*WIDE)
        await settle(pilot)
        assert main(pilot).query_one("#left").display
        assert main(pilot).query_one("#right").display


@pytest.mark.parametrize("size", [(20, 5), (200, 60), (80, 24), (1, 1)])
async def test_any_size_is_survived_with_the_answers(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(small_app(saved_example(tmp_path / "bot.yaml"))) as pilot:
        answers = main(pilot).session.answers
        for view in ("f2", "f5", "f6", "f7"):
            await press(pilot, view)
            await pilot.resize_terminal(*size)
            await settle(pilot)
        await pilot.resize_terminal(*WIDE)
        await settle(pilot)
        assert main(pilot).session.answers == answers
        assert "support-bot" in main(pilot).query_one(Questions).text


async def test_the_mouse_is_enough(tmp_path: Path) -> None:
    async with running(small_app(saved_example(tmp_path / "bot.yaml"))) as pilot:
        questions = main(pilot).query_one(Questions)
        for row, key in ((9, "topic:data"), (10, "training")):
            await pilot.click("#questions", offset=(8, row))
            await settle(pilot)
            assert questions.key == key
        await pilot.click("#options", offset=(6, 1))
        await settle(pilot)
        assert main(pilot).session.answers.whole["training"] == "allowed"


async def test_a_template_is_a_start_that_can_be_undone() -> None:
    async with running(AdvisorApp(catalog=load_catalog(AS_OF))) as pilot:
        await press(pilot, "f9")
        rows = pilot.app.screen.query_one(Rows)
        rows.go_to("proof-of-concept")
        await press(pilot, "enter")
        assert main(pilot).session.answers.workloads[0]
        await press(pilot, "ctrl+z")
        assert not main(pilot).session.answers.workloads[0]


async def test_a_second_job_has_answers_of_its_own(tmp_path: Path) -> None:
    async with running(small_app(saved_example(tmp_path / "bot.yaml"))) as pilot:
        main(pilot).action_add_job()
        await settle(pilot)
        assert "job 2 of 2" in headline(pilot)
        await press(pilot, "ctrl+t")
        assert "job 1 of 2: support-bot" in headline(pilot)
        main(pilot).action_remove_job()
        await settle(pilot)
        assert len(main(pilot).session.answers.workloads) == 1


async def test_help_tells_of_the_question_in_view() -> None:
    async with running(small_app()) as pilot:
        await press(pilot, "f1")
        text = str(pilot.app.screen.query_one(Static).render())
        assert "What must it be good at?" in text
        assert "Ctrl+S" in text
        await press(pilot, "f1")
        assert pilot.app.screen is main(pilot)


async def test_leaving_with_unsaved_answers_asks_first() -> None:
    async with running(small_app()) as pilot:
        await press(pilot, "f8", "ctrl+q")
        assert isinstance(pilot.app.screen, Ask)
        await press(pilot, "enter")
        assert pilot.app.screen is main(pilot)
        await press(pilot, "ctrl+c")
        assert isinstance(pilot.app.screen, Ask)
        await pilot.click("#discard")
        await pilot.pause()
    assert pilot.app.return_code == 0
