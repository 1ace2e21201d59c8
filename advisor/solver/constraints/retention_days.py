"""That a channel keeps what is sent no longer than so many days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from advisor.catalog.records import Candidate
from advisor.facts import Fact
from advisor.solver.constraints.base import (
    OWN_HARDWARE,
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    GroupKey,
    TestResult,
    WorkloadQuestion,
    by_facts,
    from_state,
    is_self_hosted,
)
from advisor.solver.constraints.group import DATA
from advisor.solver.constraints.kind import (
    Constraint,
    ConstraintKind,
    FailedConstraint,
    RequirementChange,
    by_degrees,
    dropped,
)

DAY_USD = Decimal(20)
"""USD a month that one more day of retention counts as."""

FACT, ZERO = "retention_days", "zero_retention"

_BY_TERMS = by_facts(FACT, ZERO)
_BY_CHANNEL = GroupKey(
    ("channel", _BY_TERMS.key), lambda candidate: (candidate.offering.channel.id, _BY_TERMS.of(candidate))
)


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    asked, day = question.requirements.data.retention_days, question.catalog.as_of
    if asked is None:
        return
    most = asked.at_most
    yield Constraint(
        KIND,
        f"kept at most {most} days" if most else "nothing kept",
        ("retention", most, day),
        lambda candidate: _test(candidate, most, day),
        _BY_CHANNEL,
    )


def _test(candidate: Candidate, most: int, day: date) -> TestResult:
    """By the days kept; zero retention that anyone can switch on counts, one that must be approved is unknown."""
    if is_self_hosted(candidate):
        return TestResult(SATISFIED, OWN_HARDWARE)
    days, zero = (candidate.offering.fact(name, day) for name in (FACT, ZERO))
    named = (FACT, days)
    if days.is_usable and days.value <= most:
        return TestResult(SATISFIED, f"kept {days.value:g} days", days.source, named)
    if zero.is_usable and zero.value in ("default", "self-serve"):
        words = "nothing kept by default" if zero.value == "default" else "nothing kept once you switch retention off"
        switch = f"switch on zero retention at {candidate.offering.channel.name}{_where(zero)}"
        todo = None if zero.value == "default" else switch
        return TestResult(SATISFIED, words, zero.source, (ZERO, zero), None, todo)
    if zero.is_usable and zero.value == "on-approval":
        kept = f"kept {days.value:g} days" if days.is_usable else "retention unknown"
        ask = f"ask {candidate.offering.channel.name} for zero retention{_where(zero)}"
        words = f"{kept}; zero retention on approval"
        return TestResult(UNKNOWN, words, zero.source, (ZERO, zero), None, ask)
    if not days.is_usable:
        return from_state(days, FACT)
    return TestResult(VIOLATED, f"kept {days.value:g} days", days.source, named, days.value - most)


def _where(fact: Fact) -> str:
    """Return the page that says how."""
    return f" ({fact.source.url})" if fact.source else ""


def _longer(failing: FailedConstraint) -> RequirementChange | None:
    stated, short = failing.requirements.data.retention_days, failing.outcome.short_by
    if stated is None or short is None:
        return None
    days = int(stated.at_most + short)
    price = min(Decimal(str(short)) * DAY_USD, failing.price)
    return RequirementChange(f"let it be kept {days} days", {f"{failing.key}.at_most": days}, price)


KIND = ConstraintKind(
    "data.retention_days",
    DATA,
    "data.retention_days",
    _make,
    by_degrees(_longer, dropped("drop the limit on retention")),
)
