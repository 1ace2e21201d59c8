"""That what is sent is processed in some regions alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from advisor.catalog.countries import EUROPEAN_UNION
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

_EU = frozenset(("eu", *(code.lower() for code in EUROPEAN_UNION)))
"""Region codes inside the European Union."""

_BRITAIN = frozenset(("uk", "gb"))
"""The United Kingdom as the catalog and channels write it, and as ISO 3166 does."""

FACT = "processing_regions"


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    asked, day = question.requirements.data.regions, question.catalog.as_of
    if not asked:
        return
    regions = frozenset(region.lower() for region in asked)
    allowed = regions | (_EU if "eu" in regions else frozenset()) | (_BRITAIN if regions & _BRITAIN else frozenset())
    yield Constraint(
        KIND,
        f"processed only in {', '.join(sorted(regions))}",
        ("regions", allowed, day),
        lambda candidate: _test(candidate, allowed, day),
        by_facts(FACT),
    )


def _test(candidate: Candidate, allowed: frozenset[str], day: date) -> TestResult:
    if is_self_hosted(candidate):
        return TestResult(SATISFIED, OWN_HARDWARE)
    fact = candidate.offering.fact(FACT, day)
    if not fact.is_usable:
        return from_state(fact, FACT)
    inside = bool(fact.value) and all(region in allowed for region in fact.value)
    words = f"processed in {', '.join(fact.value)}"
    return TestResult(SATISFIED if inside else VIOLATED, words, fact.source, (FACT, fact))


KIND = ConstraintKind("data.regions", DATA, "data.regions", _make, dropped("allow processing anywhere"))
