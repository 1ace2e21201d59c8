"""From answers to an answer: the same solver as everywhere, and what of the answers could not be used yet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.errors import AdvisorError
from advisor.requirements.diagnose import RequirementsProblem
from advisor.requirements.questionnaire.answers import Answers, answer, draft, visible
from advisor.requirements.questionnaire.parse_reply import DONT_KNOW
from advisor.requirements.questionnaire.questions import Question, Questionnaire
from advisor.requirements.schema import Requirements
from advisor.requirements.traffic.resolve import counted
from advisor.solver import advise
from advisor.solver.answer import Advice, WorkloadAdvice
from advisor.solver.constraints.registry import kind_for
from advisor.tui.probe_session import NOTHING_MEASURED, ProbeMeasurements


class SolvedAnswers(NamedTuple):
    """Answers with what they lead to.

    ``requirements`` are as stated; ``advice`` rests on ``counted``, the same with samples of traffic in figures.
    ``assumed`` names the questions for which "I don't know" was put because nothing can be solved without an answer to
    them. ``measured`` is what the user's own probes said when it was solved.
    """

    answers: Answers
    requirements: Requirements | None
    advice: Advice | None
    open_points: tuple[RequirementsProblem, ...] = ()
    assumed: tuple[str, ...] = ()
    error: AdvisorError | None = None
    measured: ProbeMeasurements | None = None
    counted: Requirements | None = None

    def workload(self, index: int) -> WorkloadAdvice | None:
        """Return the answer for one workload; None if there is none yet."""
        if self.advice is None or index >= len(self.advice.workloads):
            return None
        return self.advice.workloads[index]


def solve(
    catalog: Catalog,
    questionnaire: Questionnaire,
    answers: Answers,
    folder: Path,
    measured: ProbeMeasurements = NOTHING_MEASURED,
) -> SolvedAnswers:
    """Solve the answers; traffic samples are looked for in ``folder``. Errors are part of what is given back."""
    complete, assumed = _complete(questionnaire, answers)
    found = draft(questionnaire, complete)
    partial = SolvedAnswers(answers, found.requirements, None, found.open_points, assumed, measured=measured)
    if found.requirements is None:
        return partial
    try:
        with_figures = counted(found.requirements, folder)
        advice = advise(catalog, with_figures, measurements=measured.fresh)
        return partial._replace(advice=advice, counted=with_figures)
    except AdvisorError as error:
        return partial._replace(error=error)


def _complete(questionnaire: Questionnaire, answers: Answers) -> tuple[Answers, tuple[str, ...]]:
    """Return the answers with "I don't know" where a question that is asked may not stay unanswered."""
    needed = [question for question in questionnaire.questions if question.assume is not None]
    asked = {question.id for question in visible(questionnaire, answers)}
    assumed = tuple(q.id for q in needed if q.id in asked and q.id not in answers.to(q))
    for name in assumed:
        answers = answer(questionnaire, answers, name, DONT_KNOW)
    return answers, assumed


def asks(question: Question, constraint: str) -> bool:
    """Whether a constraint, by its id, comes from the answer to a question."""
    return kind_for(constraint).is_asked_by(question.key)


def ruled_out_by(questionnaire: Questionnaire, found: WorkloadAdvice) -> Mapping[str, int]:
    """How many candidates each question's answer rules out, alone or with others, by question id.

    Where an answer makes several constraints it is the figure of the one that rules out most.
    """
    counts: dict[str, int] = {}
    for question in questionnaire.questions:
        behind = [count for constraint, (count, _) in found.excluded.counts.items() if asks(question, constraint)]
        if behind:
            counts[question.id] = max(behind)
    return counts
