"""That the weights are open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from advisor.catalog.records import Candidate
from advisor.solver.constraints.base import SATISFIED, VIOLATED, TestResult, WorkloadQuestion, from_state
from advisor.solver.constraints.group import DEPLOYMENT
from advisor.solver.constraints.kind import Constraint, ConstraintKind, dropped

FACT = "weights"


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    day = question.catalog.as_of
    if question.requirements.deployment.open_weights:
        yield Constraint(KIND, "open weights", ("open", day), lambda candidate: _test(candidate, day))


def _test(candidate: Candidate, day: date) -> TestResult:
    fact = candidate.offering.fact(FACT, day)
    if not fact.is_usable:
        return from_state(fact, FACT)
    state = SATISFIED if fact.value == "open" else VIOLATED
    return TestResult(state, f"{fact.value} weights", fact.source, (FACT, fact))


KIND = ConstraintKind(
    "deployment.open_weights", DEPLOYMENT, "deployment.open_weights", _make, dropped("allow closed weights")
)
