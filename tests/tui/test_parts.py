"""The parts that know no screen: the sitting, the choices, the words, fitting text."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from advisor.errors import RequirementsError
from advisor.reports.recommendation.compare import compare_candidates
from advisor.requirements.questionnaire.answers import NO_ANSWERS, Answers
from advisor.requirements.questionnaire.questions import load_questionnaire
from advisor.tui.format import money
from advisor.tui.key_help import key_groups, markdown
from advisor.tui.reply_options import alternatives, options
from advisor.tui.screens.main import MainScreen
from advisor.tui.session import Session
from advisor.tui.solve import asks, ruled_out_by, solve
from advisor.tui.widgets.row_list import fitted
from tests.tui.world import few_questions, small_catalog


def session() -> Session:
    return Session(small_catalog(), few_questions())


@given(st.lists(st.sampled_from(["reply", "undo", "redo", "try", "keep", "drop"]), max_size=12))
def test_undo_of_every_step_leads_back_to_the_beginning(moves: list[str]) -> None:
    sitting = session()
    for number, move in enumerate(moves):
        if move in ("reply", "try"):
            changed = sitting.with_reply("retention", number)
            sitting.step(changed) if move == "reply" else sitting.try_out(changed)
        else:
            {"undo": sitting.undo, "redo": sitting.redo, "keep": sitting.keep, "drop": sitting.drop}[move]()
    while sitting.can_undo:
        sitting.undo()
    assert sitting.kept == NO_ANSWERS


def test_a_step_forgets_what_was_undone() -> None:
    sitting = session()
    sitting.step(sitting.with_reply("retention", 3))
    sitting.undo()
    sitting.step(sitting.with_reply("retention", 4))
    assert not sitting.can_redo


def test_a_relaxation_takes_out_and_sets() -> None:
    sitting = session()
    sitting.step(Answers({"retention": 3}, ({"name": "bot", "budget": 10},)))
    changed = sitting.with_edits({"data.retention_days": None, "workloads.bot.budget_usd_per_month": Decimal(25)})
    assert changed == Answers({}, ({"name": "bot", "budget": 25},))


def test_a_wrong_reply_leaves_the_answers() -> None:
    sitting = session()
    with pytest.raises(RequirementsError, match="retention"):
        sitting.with_reply("retention", "often")
    assert sitting.answers == NO_ANSWERS


def test_production_is_solved_before_its_order_is_answered(tmp_path: Path) -> None:
    solved = solve(small_catalog(), few_questions(), Answers({"stage": "production"}), tmp_path)
    assert solved.advice is not None
    assert solved.assumed == ("preferences",)


def test_a_sample_is_kept_as_figures_for_the_screens_that_solve_again(tmp_path: Path) -> None:
    (tmp_path / "prompts.jsonl").write_text('{"prompt": "How do I reset it?", "answer": "Choose reset."}\n' * 30)
    answers = Answers({}, ({"requests": 10_000, "sample": "prompts.jsonl"},))
    found = solve(small_catalog(), load_questionnaire(), answers, tmp_path)
    assert found.advice is not None
    assert found.requirements is not None
    assert found.counted is not None
    stated, figures = (one.workloads[0].traffic for one in (found.requirements, found.counted))
    assert stated is not None
    assert figures is not None
    assert (stated.input_tokens, bool(figures.input_tokens)) == (None, True)
    shown = found.advice.workloads[0].standings[0]
    assert shown.cost is not None
    compared = compare_candidates(small_catalog(), [shown.candidate], found.counted)
    assert any(f"${shown.cost.usd_per_month_mean:,.2f}" in cell for row in compared.rows for cell in row.cells)


def test_a_missing_sample_is_an_error_of_the_answer_not_of_the_program(tmp_path: Path) -> None:
    answers = Answers({}, ({"requests": 10, "sample": "nowhere.jsonl"},))
    solved = solve(small_catalog(), load_questionnaire(), answers, tmp_path)
    assert solved.error is not None
    assert "nowhere.jsonl" in solved.error.message


def test_what_an_answer_rules_out_is_counted(tmp_path: Path) -> None:
    solved = solve(small_catalog(), few_questions(), Answers({"training": "forbidden"}), tmp_path)
    found = solved.workload(0)
    assert found is not None
    assert ruled_out_by(few_questions(), found)["training"] == len(found.excluded) == 4


def test_every_constraint_belongs_to_a_question() -> None:
    questions = load_questionnaire().questions
    for constraint in (
        "license.serve",
        "data.training_on_inputs",
        "data.retention_days",
        "data.regions",
        "data.certifications",
        "deployment.api",
        "deployment.own_gpus",
        "deployment.open_weights",
        "deployment.channels",
        "deployment.labs",
        "deployment.alive_months",
        "needs.context_tokens",
        "needs.modalities",
        "languages.de",
        "quality.within_points_of_best",
        "quality.at_least",
        "latency.ttft_ms_p95",
        "budget_usd_per_month",
    ):
        assert [question.id for question in questions if asks(question, constraint)], constraint


@pytest.mark.parametrize("name", [question.id for question in load_questionnaire().questions])
def test_every_option_of_every_question_is_an_answer(name: str) -> None:
    sitting = Session(small_catalog(), load_questionnaire())
    question = sitting.questionnaire.question(name)
    for option in options(question, {}, sitting.catalog):
        assert name in sitting.with_reply(name, option.reply).to(question)


def test_figures_around_the_answer_are_tried_and_the_answer_is_among_them() -> None:
    question = few_questions().question("budget")
    found = alternatives(question, {"budget": 1000}, small_catalog())
    assert [option.reply for option in found][:-1] == [500, 750, 1000, 1250, 1500, 2000]
    assert [option.label for option in found if option.sign == "(●)"] == ["1,000 USD a month"]


@given(st.text(max_size=60), st.integers(0, 40))
def test_fitted_text_is_never_wider_than_its_column(text: str, width: int) -> None:
    assert cell_len(fitted(text, width)) <= width


@pytest.mark.parametrize(
    ("usd", "words"), [(None, "unknown"), (0.5, "$0.50"), (99.994, "$99.99"), (1234, "$1,234"), (2_500_000, "$2.50M")]
)
def test_money_is_short(usd: float | None, words: str) -> None:
    assert money(usd) == words


def test_the_keys_come_from_the_bindings() -> None:
    everywhere = dict(key_groups(MainScreen.BINDINGS)[0][1])
    assert everywhere["F4"] == "Try other answers to the question in view"
    assert "| Ctrl+S | Save advisor.yaml |" in markdown(MainScreen.BINDINGS)
