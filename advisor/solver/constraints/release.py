"""What kind of release a model is: no preview, and not older than a day; two constraints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from advisor.catalog.records import Candidate
from advisor.solver.candidates import is_preview
from advisor.solver.constraints.base import (
    SATISFIED,
    VIOLATED,
    TestResult,
    WorkloadQuestion,
    by_facts,
    from_state,
)
from advisor.solver.constraints.group import NEEDS
from advisor.solver.constraints.kind import Constraint, ConstraintKind, FailedConstraint, RequirementChange, dropped

DAY_USD = Decimal(1)
"""USD a month that a release one day older counts as."""

FACT, STAGE = "released_date", "release_stage"


def _make_preview(question: WorkloadQuestion) -> Iterator[Constraint]:
    day = question.catalog.as_of
    if not question.workload.needs.release.preview:
        yield Constraint(PREVIEW, "no preview", ("no preview", day), lambda candidate: _no_preview(candidate, day))


def _make_age(question: WorkloadQuestion) -> Iterator[Constraint]:
    wanted, day = question.workload.needs.release.not_older_than, question.catalog.as_of
    if wanted is not None:
        first = date.fromisoformat(wanted)
        yield Constraint(
            NOT_OLDER_THAN,
            f"released on {first} or later",
            ("released", first, day),
            lambda candidate: _young(candidate, first, day),
            by_facts(FACT),
        )


def _no_preview(candidate: Candidate, day: date) -> TestResult:
    """By the stage on record, else by its names: what is a preview is called one by its maker."""
    stage = candidate.offering.fact(STAGE, day)
    if is_preview(candidate, day):
        return TestResult(VIOLATED, "a preview", stage.source, (STAGE, stage))
    words = str(stage.value) if stage.is_usable else "not called a preview"
    return TestResult(SATISFIED, words, stage.source, (STAGE, stage))


def _young(candidate: Candidate, first: date, day: date) -> TestResult:
    fact = candidate.offering.fact(FACT, day)
    if not fact.is_usable:
        return from_state(fact, FACT)
    short = (first - fact.value).days
    state = SATISFIED if short <= 0 else VIOLATED
    return TestResult(state, f"released {fact.value}", fact.source, (FACT, fact), short if short > 0 else None)


def _older(failing: FailedConstraint) -> RequirementChange | None:
    known, short = failing.outcome.fact, failing.outcome.short_by
    if known is None or short is None:
        return None
    found, price = known[1].value, min(Decimal(int(short)) * DAY_USD, failing.price)
    return RequirementChange(f"accept a release of {found}", {failing.key: found.isoformat()}, price)


PREVIEW = ConstraintKind(
    "needs.release.preview",
    NEEDS,
    "workloads.needs.release.preview",
    _make_preview,
    dropped("accept a preview", value=True),
)
NOT_OLDER_THAN = ConstraintKind(
    "needs.release.not_older_than", NEEDS, "workloads.needs.release.not_older_than", _make_age, _older
)
