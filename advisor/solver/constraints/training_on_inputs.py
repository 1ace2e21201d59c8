"""That nobody trains on what is sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from advisor.catalog.records import Candidate
from advisor.solver.constraints.base import (
    OWN_HARDWARE,
    SATISFIED,
    VIOLATED,
    TestResult,
    WorkloadQuestion,
    by_facts,
    from_state,
    is_self_hosted,
)
from advisor.solver.constraints.group import DATA
from advisor.solver.constraints.kind import Constraint, ConstraintKind, dropped

FACT = "training_on_inputs"


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    day = question.catalog.as_of
    if question.requirements.data.training_on_inputs == "forbidden":
        yield Constraint(
            KIND,
            "no training on what is sent",
            ("training", day),
            lambda candidate: _test(candidate, day),
            by_facts(FACT),
        )


def _test(candidate: Candidate, day: date) -> TestResult:
    if is_self_hosted(candidate):
        return TestResult(SATISFIED, OWN_HARDWARE)
    fact = candidate.offering.fact(FACT, day)
    if not fact.is_usable:
        return from_state(fact, FACT)
    words = {
        "never": "never trains on inputs",
        "opt-in": "trains on inputs only if you opt in",
        "opt-out": "trains on inputs unless you opt out",
        "default": "trains on inputs",
    }.get(fact.value, str(fact.value))
    state = SATISFIED if fact.value in ("never", "opt-in") else VIOLATED
    return TestResult(state, words, fact.source, (FACT, fact))


KIND = ConstraintKind(
    "data.training_on_inputs", DATA, "data.training_on_inputs", _make, dropped("allow training on inputs")
)
