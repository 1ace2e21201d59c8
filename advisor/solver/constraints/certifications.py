"""That a channel holds some certifications, all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from advisor.catalog.records import Candidate
from advisor.solver.constraints.base import (
    OWN_HARDWARE,
    SATISFIED,
    TestResult,
    WorkloadQuestion,
    by_facts,
    has_all,
    is_self_hosted,
)
from advisor.solver.constraints.group import DATA
from advisor.solver.constraints.kind import Constraint, ConstraintKind, dropped

FACT = "certifications"


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    names = tuple(name.lower() for name in question.requirements.data.certifications)
    day = question.catalog.as_of
    if names:
        yield Constraint(
            KIND,
            f"certified {', '.join(names)}",
            ("certifications", names, day),
            lambda candidate: _test(candidate, names, day),
            by_facts(FACT),
        )


def _test(candidate: Candidate, held: tuple[str, ...], day: date) -> TestResult:
    if is_self_hosted(candidate):
        return TestResult(SATISFIED, OWN_HARDWARE)
    return has_all(FACT, candidate.offering.fact(FACT, day), held, exhaustive=False)


KIND = ConstraintKind("data.certifications", DATA, "data.certifications", _make, dropped("drop the certifications"))
