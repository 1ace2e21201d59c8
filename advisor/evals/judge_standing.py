"""How far the judge of an evaluation is to be trusted: its replies about answers that people have labeled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from advisor.evals.cases import Case
from advisor.evals.judge_gate import CONSTANT, Gate, Judged, gate
from advisor.evals.labels import Label
from advisor.evals.plan import Plan
from advisor.evals.results import score_answer
from advisor.evals.run import Judge, constant_cases
from advisor.evals.run_file import AnswerLine, JudgmentLine, answer_id, output_hash
from advisor.evals.scorers import choose
from advisor.evals.scorers.base import JudgedScorer, Score
from advisor.probe.worker_protocol import Content


def judge_gate(
    plan: Plan,
    judge: Judge,
    *,
    labels: Mapping[str, float],
    said: Iterable[Label],
    answers: Iterable[AnswerLine],
    judgments: Mapping[str, JudgmentLine],
) -> Gate:
    """Test a judge on every labeled answer that it has judged in its present words, of whichever candidate."""
    contents = {
        answer_id(line.case, output_hash(line.answer.content)): line.answer.content
        for line in answers
        if line.answer.content
    }
    cases = {case.id: case for case in plan.order}
    case_of = {answer_id(label.case, label.output): cases[label.case] for label in said if label.case in cases}
    judged = []
    for output, value in labels.items():
        content, case = contents.get(output), case_of.get(output)
        if content is None or case is None or not isinstance(choose(case, judged=True), JudgedScorer):
            continue
        found = score_answer(case, plan, judge, content, judgments)
        if isinstance(found, Score) and found.scorer != "checks":
            judged.append(Judged(found.value, value, _length(case, content)))
    constant = [
        found.value
        for case in constant_cases(plan.order)
        if isinstance(found := score_answer(case, plan, judge, Content(text=CONSTANT), judgments), Score)
    ]
    return gate(judged, constant)


def _length(case: Case, content: Content) -> float:
    return float(len(content.text) - len(case.previous or ""))
