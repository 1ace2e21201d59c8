"""That a model knows the world until at least a month: what it was trained on must reach so far."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from advisor.catalog.records import Candidate
from advisor.solver.constraints.base import (
    NOTHING_KNOWN,
    SATISFIED,
    VIOLATED,
    KnownBounds,
    TestResult,
    Threshold,
    WorkloadQuestion,
    by_facts,
    from_state,
)
from advisor.solver.constraints.group import NEEDS
from advisor.solver.constraints.kind import Constraint, ConstraintKind, FailedConstraint, RequirementChange

FACT = "knowledge_cutoff_date"

MONTH_USD = Decimal(25)
"""USD a month that knowing one month less counts as."""


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    wanted, day = question.workload.needs.knowledge_cutoff, question.catalog.as_of
    if wanted is None:
        return
    least = _month_number(date.fromisoformat(f"{wanted}-01"))
    yield Constraint(
        KIND,
        f"knowledge until {wanted} or later",
        ("knowledge", least, day),
        lambda candidate: _test(candidate, least, day),
        by_facts(FACT),
        Threshold(("knowledge", day), least, lambda candidate: _reach(candidate, day)),
    )


def _test(candidate: Candidate, least: int, day: date) -> TestResult:
    fact = candidate.offering.fact(FACT, day)
    if not fact.is_usable:
        return from_state(fact, FACT)
    short = least - _month_number(fact.value)
    state = SATISFIED if short <= 0 else VIOLATED
    return TestResult(
        state, f"knowledge until {fact.value:%Y-%m}", fact.source, (FACT, fact), short if short > 0 else None
    )


def _reach(candidate: Candidate, day: date) -> KnownBounds:
    fact = candidate.offering.fact(FACT, day)
    if not fact.is_usable:
        return NOTHING_KNOWN
    month = _month_number(fact.value)
    return KnownBounds(month, month)


def _month_number(day: date) -> int:
    """Months since the year 0, so that a difference is one in months."""
    return day.year * 12 + day.month - 1


def _change(failing: FailedConstraint) -> RequirementChange | None:
    wanted, short = failing.workload.needs.knowledge_cutoff, failing.outcome.short_by
    if wanted is None or short is None:
        return None
    year, month = divmod(_month_number(date.fromisoformat(f"{wanted}-01")) - int(short), 12)
    found = f"{year:04}-{month + 1:02}"
    price = min(Decimal(int(short)) * MONTH_USD, failing.price)
    return RequirementChange(f"accept knowledge until {found}", {failing.key: found}, price)


KIND = ConstraintKind("needs.knowledge_cutoff", NEEDS, "workloads.needs.knowledge_cutoff", _make, _change)
