from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import RequirementsError
from advisor.requirements.fields import fields
from advisor.requirements.file import parse_requirements
from advisor.requirements.questionnaire.answers import (
    NO_ANSWERS,
    Answers,
    add_workload,
    answer,
    draft,
    from_requirements,
    remove_workload,
    state,
    visible,
    withdraw,
)
from advisor.requirements.questionnaire.questions import Question, load_questionnaire
from advisor.requirements.schema import Requirements, Stage, Use
from advisor.requirements.templates import read_template, templates

QUESTIONS = load_questionnaire()
IDS = [question.id for question in QUESTIONS.questions]

GOOD: dict[str, Any] = {
    "text": {
        "country": "DE",
        "name": "support-bot",
        "knowledge_cutoff": "2025-06",
        "release_not_older_than": "2025-01-31",
        "image_size": "1240x1754",
    },
    "number": {
        "horizon": "24",
        "cached_share": "0.5",
        "batch_share": "0.25",
        "alive_months": "6",
        "tokenizer_factor": "1.5",
        "weekend_share": "0.1",
    },
    "names": {"languages": "de, en", "peak_hours": "08:00-18:00, 19:00-20:00"},
}


def reply_to(question: Question) -> str:
    """A reply that each question accepts, as a person would type it."""
    if question.choices:
        return question.choices[-1].value
    if question.kind == "yes-no":
        return "yes"
    plain = {"text": "h100-80gb", "number": "20", "names": "some-name"}
    return str(GOOD[question.kind].get(question.id, plain[question.kind]))


def answered(*replies: tuple[str, Any]) -> Answers:
    answers = NO_ANSWERS
    for name, reply in replies:
        answers = answer(QUESTIONS, answers, name, reply)
    return answers


UNASKED = (
    "difference_that_matters",
    "workloads.traffic.reasoning_tokens.",
    "portfolio.commitments",
    "portfolio.rate_limits",
    "portfolio.peak_factor",
    "portfolio.workloads",
)
"""Written by hand: lists of discounts, of rate limits, and of what planning needs to know of single workloads."""


def test_every_field_has_a_question() -> None:
    asked = {question.key for question in QUESTIONS.questions}
    own = [field for field in fields() if field.is_leaf and not field.key.startswith(UNASKED)]
    assert [field.key for field in own if field.key not in asked] == ["schema_version"]


@pytest.mark.parametrize("name", IDS)
def test_every_question_can_be_reached_and_sets_its_key(name: str) -> None:
    question = QUESTIONS.question(name)
    answers = add_workload(NO_ANSWERS) if question.several else NO_ANSWERS
    for needed in question.when_any[:1]:
        answers = answer(QUESTIONS, answers, needed, reply_to(QUESTIONS.question(needed)))
    for needed, values in question.when.items():
        reply = values[0] if values else reply_to(QUESTIONS.question(needed))
        answers = answer(QUESTIONS, answers, needed, reply)
    assert question in visible(QUESTIONS, answers)
    answers = answer(QUESTIONS, answers, name, reply_to(question))
    assert answers.to(question)[name] not in (None, "")


@pytest.mark.parametrize("name", IDS)
def test_every_question_can_be_answered_with_i_dont_know(name: str) -> None:
    answers = answered((name, "?"))
    assert answers.to(QUESTIONS.question(name))[name] is None
    assert draft(QUESTIONS, answers).requirements is not None


def test_a_whole_interview_leads_to_requirements() -> None:
    answers = NO_ANSWERS
    for question in QUESTIONS.questions:
        if question in visible(QUESTIONS, answers):
            answers = answer(QUESTIONS, answers, question.id, reply_to(question))
    requirements, open_points = draft(QUESTIONS, answers)
    assert open_points == ()
    assert requirements is not None
    assert requirements.stage is Stage.PRODUCTION
    assert requirements.uses == (Use.RESEARCH,)
    assert requirements.workloads[0].name == "support-bot"
    assert requirements.workloads[0].traffic is not None
    assert from_requirements(QUESTIONS, requirements) == answers


@pytest.mark.parametrize("name", [template.name for template in templates()])
def test_requirements_become_answers_and_come_back_equal(name: str) -> None:
    requirements = read_template(name).requirements
    assert draft(QUESTIONS, from_requirements(QUESTIONS, requirements)) == (requirements, ())


replies = st.sampled_from([(question, reply_to(question)) for question in QUESTIONS.questions]) | st.sampled_from(
    [(question, "?") for question in QUESTIONS.questions]
)


@given(st.lists(replies, max_size=30))
def test_answers_and_requirements_are_two_views_of_one_thing(given_replies: list[tuple[Question, str]]) -> None:
    answers = answered(*((question.id, reply) for question, reply in given_replies))
    requirements, open_points = draft(QUESTIONS, answers)
    if requirements is None:
        assert open_points
    else:
        again = draft(QUESTIONS, from_requirements(QUESTIONS, requirements))
        assert again == (requirements, ())
    for question in QUESTIONS.questions:
        if question.id in answers.to(question):
            assert question in visible(QUESTIONS, answers)


@pytest.mark.parametrize(
    ("name", "reply", "expected"),
    [
        ("stage", "later", "expected one of proof-of-concept, production, found 'later'"),
        ("stage", "3", "expected one of"),
        ("uses", "commercial, fun", "expected some of internal, commercial"),
        ("requests", -5, "expected at least 0, found -5"),
        ("requests", "9,000", "such as 20000, 20_000 or 20k"),
        ("requests", "1.5", "expected a whole number"),
        ("requests", True, "expected a number of requests a month"),
        ("revenue", "nan", "expected a number of USD a year"),
        ("country", "Germany", "expected two capital letters"),
        ("country", 5, "expected text"),
        ("peak_hours", "8-18", "expected hours such as"),
        ("languages", [1], "expected names with commas"),
        ("api", "perhaps", "expected yes or no"),
        ("horizon", "100", "expected at most 60"),
    ],
)
def test_a_wrong_reply_is_refused_with_what_was_expected(name: str, reply: Any, expected: str) -> None:
    with pytest.raises(RequirementsError, match=expected):
        answered((name, reply))


@pytest.mark.parametrize(
    ("name", "reply", "value"),
    [
        ("stage", "2", "production"),
        ("stage", "A proof of concept", "proof-of-concept"),
        ("uses", "commercial, serve", ["commercial", "serve"]),
        ("uses", "1,1,2", ["internal", "commercial"]),
        ("uses", "none", []),
        ("requests", "300k", 300_000),
        ("requests", "300_000", 300_000),
        ("revenue", "4.5M", 4_500_000),
        ("dimension", "legal", "legal"),
        ("languages", ["no"], ["no"]),
        ("tools", True, True),
        ("preferences", "cost,quality", ["cost", "quality"]),
    ],
)
def test_a_reply_is_understood_as_it_is_meant(name: str, reply: Any, value: Any) -> None:
    answers = answered((name, reply))
    assert answers.to(QUESTIONS.question(name))[name] == value


def test_an_unknown_question_is_answered_with_near_ones() -> None:
    with pytest.raises(RequirementsError, match="no question 'budgets'") as caught:
        answered(("budgets", "5"))
    assert (caught.value.hint or "").startswith("did you mean budget")


def test_half_a_block_is_left_out_and_named() -> None:
    requirements, open_points = draft(QUESTIONS, answered(("requests", "5"), ("own_gpus", "h100-80gb")))
    assert requirements is not None
    assert requirements.workloads[0].traffic is None
    assert requirements.deployment.own_gpus is None
    assert {point.key for point in open_points} == {"workloads.0.traffic", "deployment.own_gpus.count"}


def test_production_waits_for_an_order_and_takes_i_dont_know_for_one() -> None:
    answers = answered(("stage", "production"))
    requirements, open_points = draft(QUESTIONS, answers)
    assert requirements is None
    assert [point.key for point in open_points] == ["preferences"]
    requirements, _ = draft(QUESTIONS, answer(QUESTIONS, answers, "preferences", None))
    assert requirements is not None
    assert requirements.preferences == ("quality", "cost", "latency")


def test_one_quality_floor_replaces_another() -> None:
    answers = answered(("within_points", 40), ("at_least_score", 70), ("at_least_case_set", "mine"))
    assert "within_points" not in answers.workloads[0]
    answers = answer(QUESTIONS, answers, "at_least_model", "some-model")
    assert set(answers.workloads[0]) == {"at_least_model"}


def test_workloads_are_asked_one_by_one() -> None:
    answers = add_workload(answered(("requests", 5)))
    shown = {question.id for question in visible(QUESTIONS, answers, 1)}
    assert "input_tokens" not in shown
    answers = answer(QUESTIONS, answers, "tools", "yes", workload=1)
    requirements = draft(QUESTIONS, answers).requirements
    assert requirements is not None
    assert [workload.needs.tools for workload in requirements.workloads] == [False, True]
    assert remove_workload(answers, 0).workloads == ({"tools": True},)
    assert remove_workload(NO_ANSWERS, 0) == NO_ANSWERS


def test_a_withdrawn_answer_leaves_the_earlier_answers_as_they_were() -> None:
    before = answered(("stage", "production"))
    after = withdraw(QUESTIONS, before, "stage")
    assert after == NO_ANSWERS
    assert before.whole == {"stage": "production"}


@pytest.mark.parametrize("question", QUESTIONS.questions, ids=IDS)
def test_each_question_explains_itself(question: Question) -> None:
    assert question.text
    assert question.help.endswith(".")
    assert question.unknown
    assert QUESTIONS.title(question.section)


def test_ids_and_keys_are_unique() -> None:
    pairs = list(product(QUESTIONS.questions, repeat=2))
    assert not [one.id for one, other in pairs if one is not other and one.id == other.id]
    assert not [one.key for one, other in pairs if one is not other and one.key == other.key]


def test_an_empty_interview_is_a_proof_of_concept_without_constraints() -> None:
    assert draft(QUESTIONS, NO_ANSWERS).requirements == Requirements.model_validate(
        {"workloads": [{"name": "workload-1"}]}
    )


def test_what_workloads_share_is_asked_where_there_are_several() -> None:
    shared = QUESTIONS.question("shared_budget")
    assert shared not in visible(QUESTIONS, NO_ANSWERS)
    assert shared in visible(QUESTIONS, add_workload(NO_ANSWERS))


def test_the_worth_of_a_rule_is_asked_where_there_is_one_in_any_workload() -> None:
    worth = QUESTIONS.question("giving_up_latency")
    answers = add_workload(NO_ANSWERS)
    assert worth not in visible(QUESTIONS, answers)
    assert worth in visible(QUESTIONS, answer(QUESTIONS, answers, "ttft", "900", 1))


def test_a_block_that_is_asked_about_in_part_keeps_the_rest() -> None:
    text = (
        "workloads: [{name: a}, {name: b}]\n"
        "portfolio: {max_vendors: 2, peak_factor: 3,\n"
        "  workloads: [{name: a, fallback_share: 0.01}, {name: b, weight: 2}]}\n"
    )
    answers = from_requirements(QUESTIONS, parse_requirements(text).requirements)
    assert answers.whole["max_vendors"] == 2
    changed = withdraw(QUESTIONS, answer(QUESTIONS, answers, "shared_budget", "900"), "max_vendors")
    back = draft(QUESTIONS, state(changed, "portfolio.workloads.a.fallback_share", None)).requirements
    assert back is not None
    assert back.portfolio is not None
    assert back.portfolio is not None
    shared = back.portfolio
    assert shared.budget_usd_per_month == 900
    assert (shared.max_vendors, int(shared.peak_factor)) == (None, 3)
    assert [one.fallback_share for one in shared.workloads] == [None, None]
    assert shared.workloads[1].weight == 2
    kept = draft(QUESTIONS, changed).requirements
    assert kept is not None
    assert kept.portfolio is not None
    assert kept.portfolio.workloads[0].fallback_share is not None


def test_blocks_that_no_question_is_about_are_carried_through() -> None:
    text = (Path(__file__).parents[2] / "examples" / "portfolio" / "three-workloads.yaml").read_text()
    stated = parse_requirements(text.replace("schema_version: 1", "schema_version: 1\nquality_point_usd_per_month: 5"))
    back = draft(QUESTIONS, from_requirements(QUESTIONS, stated.requirements)).requirements
    assert back == stated.requirements
    assert back is not None
    assert back.portfolio is not None
    assert back.quality_point_usd_per_month == 5
