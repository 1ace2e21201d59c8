"""That a model can be fine-tuned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from advisor.catalog.records import Candidate
from advisor.solver.constraints.base import (
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    TestResult,
    WorkloadQuestion,
    by_facts,
    from_state,
    is_self_hosted,
)
from advisor.solver.constraints.group import NEEDS
from advisor.solver.constraints.kind import Constraint, ConstraintKind, dropped

METHODS, LAST_DAY, OPEN_TO, WEIGHTS = "fine_tuning", "fine_tuning_last_day_date", "fine_tuning_open_to", "weights"


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    day = question.catalog.as_of
    if question.workload.needs.fine_tuning:
        yield Constraint(
            KIND,
            "can be fine-tuned",
            ("fine_tuning", day),
            lambda candidate: _test(candidate, day),
            by_facts(METHODS, LAST_DAY, OPEN_TO, WEIGHTS),
        )


def _test(candidate: Candidate, day: date) -> TestResult:
    if is_self_hosted(candidate):
        weights = candidate.offering.fact(WEIGHTS, day)
        return TestResult(SATISFIED, "open weights on your own hardware", weights.source, (WEIGHTS, weights))
    methods = candidate.offering.fact(METHODS, day)
    if not methods.is_usable:
        return from_state(methods, METHODS)
    last = candidate.offering.fact(LAST_DAY, day)
    if last.is_usable and last.value < day:
        return TestResult(VIOLATED, f"no new jobs since {last.value}", last.source, (LAST_DAY, last))
    open_to = candidate.offering.fact(OPEN_TO, day)
    if methods.value and open_to.is_usable and open_to.value == "existing-customers":
        words = "new jobs are open to those who tuned before only"
        return TestResult(UNKNOWN, words, open_to.source, (OPEN_TO, open_to))
    words = ", ".join(methods.value) if methods.value else "not offered"
    return TestResult(SATISFIED if methods.value else VIOLATED, words, methods.source, (METHODS, methods))


KIND = ConstraintKind(
    "needs.fine_tuning", NEEDS, "workloads.needs.fine_tuning", _make, dropped("do without fine-tuning")
)
