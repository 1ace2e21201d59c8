"""That an offering is still served, where sources differ on whether it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from advisor.catalog import Catalog
from advisor.catalog.cache import memoize
from advisor.catalog.records import Candidate
from advisor.solver.constraints.base import SATISFIED, UNKNOWN, TestResult, WorkloadQuestion, by_facts
from advisor.solver.constraints.group import DEPLOYMENT
from advisor.solver.constraints.kind import Constraint, ConstraintKind, no_change

REPORTED, LATER = "reported_end_date", ("retirement_date", "retirement_not_before_date")


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    day = question.catalog.as_of
    if _has_reported_ends(question.catalog):
        yield Constraint(
            KIND,
            "still served",
            ("in-service", day),
            lambda candidate: _test(candidate, day),
            by_facts(REPORTED, *LATER),
        )


def _has_reported_ends(catalog: Catalog) -> bool:
    """Whether an end in the past is reported of anything; most catalogs of tests have none."""
    found: bool = memoize(
        catalog, "reported ends", lambda: any(REPORTED in one.facts for one in catalog.offerings.values())
    )
    return found


def _test(candidate: Candidate, day: date) -> TestResult:
    """Unknown where an end that has passed is reported and nothing later says that the offering lives."""
    ended = candidate.offering.fact(REPORTED, day)
    if not ended.is_usable or ended.value > day:
        return TestResult(SATISFIED, "no end that has passed is reported")
    for name in LATER:
        later = candidate.offering.fact(name, day)
        if later.is_usable and later.value > day:
            return TestResult(SATISFIED, f"served until {later.value}", later.source, (name, later))
    words = f"may have ended on {ended.value}: sources differ"
    return TestResult(UNKNOWN, words, ended.source, (REPORTED, ended))


KIND = ConstraintKind("deployment.in_service", DEPLOYMENT, None, _make, no_change)
