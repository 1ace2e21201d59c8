from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.errors import InvalidRequirements, RequirementsError
from advisor.requirements.questionnaire.answers import NO_ANSWERS, answer, draft, from_requirements
from advisor.requirements.questionnaire.answers_file import read_answers
from advisor.requirements.questionnaire.interview import Interview
from advisor.requirements.questionnaire.questions import load_questionnaire
from advisor.requirements.templates import load_template, templates

QUESTIONS = load_questionnaire()


def passed_over(interview: Interview) -> list[tuple[str, int]]:
    """What is asked of somebody who passes every question over."""
    asked = []
    while (turn := interview.turn) is not None:
        asked.append((turn.question.id if turn.question else "another", turn.workload))
        interview = interview.skip()
    return asked


def test_the_rarer_questions_are_asked_on_request_only() -> None:
    basic = passed_over(Interview(QUESTIONS))
    everything = passed_over(Interview(QUESTIONS, everything=True))
    assert set(basic) < set(everything)
    assert ("certifications", 0) not in basic
    assert basic[0] == ("stage", 0)
    assert len(basic) == len(set(basic))


def test_passing_everything_over_changes_nothing() -> None:
    answers = from_requirements(QUESTIONS, load_template("support-bot"))
    interview = Interview(QUESTIONS, answers)
    while interview.turn is not None:
        interview = interview.skip()
    assert interview.answers == answers


def test_what_is_answered_is_asked_even_if_it_is_rare() -> None:
    answers = from_requirements(QUESTIONS, load_template("support-bot"))
    assert ("certifications", 0) in passed_over(Interview(QUESTIONS, answers))


def test_an_answer_opens_the_questions_that_hang_on_it_and_back_closes_them() -> None:
    interview = Interview(QUESTIONS)
    while interview.turn and interview.turn.question and interview.turn.question.id != "requests":
        interview = interview.skip()
    before = interview
    interview = interview.reply("300k")
    assert ("input_tokens", 0) in passed_over(interview)
    assert interview.back() == before
    assert ("input_tokens", 0) not in passed_over(before)


def test_another_job_is_asked_about_before_the_closing_questions() -> None:
    interview = Interview(QUESTIONS, answer(QUESTIONS, NO_ANSWERS, "stage", "production"))
    while interview.turn is None or interview.turn.question is not None:
        interview = interview.skip()
    asked = passed_over(interview.reply(True))
    assert asked[0] == ("name", 1)
    assert asked[-3:] == [("preferences", 0), ("shared_budget", 0), ("max_vendors", 0)]
    assert ("another", 1) in asked


def test_what_is_missing_is_asked_again() -> None:
    interview = Interview(QUESTIONS, answer(QUESTIONS, NO_ANSWERS, "stage", "production"))
    missing = draft(QUESTIONS, interview.answers).missing(QUESTIONS)
    assert [question.id for question in missing] == ["preferences"]
    assert passed_over(interview.again(frozenset({"preferences"}))) == [("preferences", 0)]


def test_a_wrong_reply_leaves_the_interview_where_it_is() -> None:
    interview = Interview(QUESTIONS)
    with pytest.raises(RequirementsError, match="stage: expected one of"):
        interview.reply("later")
    assert interview.turn is not None
    assert Interview(QUESTIONS).back() == Interview(QUESTIONS)


ANSWERS = """\
stage: production
preferences: "?"
uses: [commercial, 3]
requests: 300k
workloads:
  - {name: a, input_tokens: 10, output_tokens: 5}
  - {name: b, tools: true}
"""


def test_a_file_of_answers_is_read_by_question(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(ANSWERS)
    requirements = draft(QUESTIONS, read_answers(QUESTIONS, path)).requirements
    assert requirements is not None
    assert requirements.uses == ("commercial", "serve")
    assert requirements.preferences == ("quality", "cost", "latency")
    assert [workload.name for workload in requirements.workloads] == ["a", "b"]
    assert requirements.workloads[0].traffic is not None
    assert requirements.workloads[0].traffic.requests_per_month == 300_000
    assert requirements.workloads[1].needs.tools


def test_every_wrong_answer_in_a_file_is_listed_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text("stage: later\nstages: x\nworkloads:\n- {budget: -5}\n- 5\n")
    with pytest.raises(InvalidRequirements) as caught:
        read_answers(QUESTIONS, path)
    lines = caught.value.message.removeprefix(f"{path}").split(f"\n{path}")
    assert [line.split(": ")[0] for line in lines] == [":1", ":2", ":4", ":5"]
    assert "did you mean stage" in lines[1]


def test_a_file_of_answers_is_no_place_for_very_many_jobs(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text("workloads:\n" + "- {tools: true}\n" * 1_001)
    with pytest.raises(RequirementsError, match="expected at most 1,000 jobs, found 1,001"):
        read_answers(QUESTIONS, path)
    path.write_text("".join(f"wrong{number}: 1\n" for number in range(200)))
    with pytest.raises(InvalidRequirements) as caught:
        read_answers(QUESTIONS, path)
    assert len(caught.value.problems) == 50


@pytest.mark.parametrize("text", ["", "- a", "stage"])
def test_a_file_without_answers_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(text)
    with pytest.raises(RequirementsError, match="expected answers by question id"):
        read_answers(QUESTIONS, path)


@pytest.mark.parametrize("name", [template.name for template in templates()])
def test_a_template_can_be_given_as_a_file_of_answers(tmp_path: Path, name: str) -> None:

    answers = from_requirements(QUESTIONS, load_template(name))
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({**answers.whole, "workloads": list(answers.workloads)}))
    assert draft(QUESTIONS, read_answers(QUESTIONS, path)).requirements == load_template(name)
