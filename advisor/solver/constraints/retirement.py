"""That no retirement is announced for so many months."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import date

from advisor.catalog import Catalog
from advisor.catalog.records import Candidate
from advisor.facts import Fact
from advisor.solver.calendar import add_months
from advisor.solver.constraints.base import (
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    GroupKey,
    TestResult,
    WorkloadQuestion,
    is_self_hosted,
)
from advisor.solver.constraints.group import RETIREMENT
from advisor.solver.constraints.kind import Constraint, ConstraintKind, dropped
from advisor.solver.makers import end_of_offer, is_resold

END, NOT_BEFORE, WEIGHTS = "retirement_date", "retirement_not_before_date", "weights"


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    months, catalog = question.requirements.alive_months, question.catalog
    if months:
        end = add_months(catalog.as_of, months)
        yield Constraint(
            KIND,
            f"no retirement announced before {end}",
            ("alive", end, catalog.as_of),
            lambda candidate: _test(candidate, end, catalog),
            _BY_LIFE,
        )


def _by_life(candidate: Candidate) -> Hashable:
    """Return what the life of closed weights depends on is also what their maker announces of the model."""
    offering = candidate.offering
    identities = (offering.facts.identity(name) for name in (END, NOT_BEFORE, WEIGHTS))
    return (offering.channel.id, offering.model.id, *identities)


_BY_LIFE = GroupKey("life", _by_life)


def _test(candidate: Candidate, end: date, catalog: Catalog) -> TestResult:
    day = catalog.as_of
    if is_self_hosted(candidate):
        weights = candidate.offering.fact(WEIGHTS, day)
        return TestResult(SATISFIED, "open weights on your own hardware", weights.source, (WEIGHTS, weights))
    announced = end_of_offer(catalog, candidate.offering)
    retirement = candidate.offering.fact(END, day)
    if announced is None:
        promised = candidate.offering.fact(NOT_BEFORE, day)
        if promised.is_usable and promised.value >= end:
            words = f"served at least until {promised.value}"
            return TestResult(SATISFIED, words, promised.source, (NOT_BEFORE, promised))
        who = "by its maker" if is_resold(catalog, candidate.offering) else ""
        words = f"none announced {who} as of {day}".replace("  ", " ")
        return TestResult(UNKNOWN, words, retirement.source, (END, retirement))
    short = (end - announced.day).days
    known = (END, retirement if retirement.is_usable else Fact(announced.day, source=announced.source))
    return TestResult(
        SATISFIED if short <= 0 else VIOLATED, announced.words, announced.source, known, max(short, 0) or None
    )


KIND = ConstraintKind(
    "deployment.alive_months",
    RETIREMENT,
    "deployment.alive_months",
    _make,
    dropped("accept an announced retirement inside the horizon", value=0),
)
