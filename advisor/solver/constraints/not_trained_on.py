"""That a model was not trained on some kinds of data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from advisor.catalog.records import Candidate
from advisor.facts import State
from advisor.solver.constraints.base import (
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    TestResult,
    WorkloadQuestion,
    by_facts,
    from_state,
)
from advisor.solver.constraints.group import DEPLOYMENT
from advisor.solver.constraints.kind import Constraint, ConstraintKind, dropped

FACT = "training_data"


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    kinds, day = frozenset(question.requirements.deployment.not_trained_on), question.catalog.as_of
    if kinds:
        yield Constraint(
            KIND,
            f"not trained on {', '.join(sorted(kinds))}",
            ("not-trained-on", kinds, day),
            lambda candidate: _test(candidate, kinds, day),
            by_facts(FACT),
        )


def _test(candidate: Candidate, kinds: frozenset[str], day: date) -> TestResult:
    """Return what the maker says of another model of its own settles nothing of this one."""
    fact = candidate.offering.fact(FACT, day)
    if not fact.is_usable:
        return from_state(fact, FACT)
    words = f"trained on {', '.join(fact.value)}"
    if fact.state is State.INHERITED:
        return TestResult(UNKNOWN, f"{words}, said of another model", fact.source, (FACT, fact))
    return TestResult(SATISFIED if kinds.isdisjoint(fact.value) else VIOLATED, words, fact.source, (FACT, fact))


KIND = ConstraintKind(
    "deployment.not_trained_on", DEPLOYMENT, "deployment.not_trained_on", _make, dropped("allow any training data")
)
