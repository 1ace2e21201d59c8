"""Constraints on the license: each use that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from advisor.catalog import Catalog
from advisor.catalog.records import Candidate
from advisor.licenses.verdict import Verdict, judge_offering, license_basis
from advisor.solver.constraints.base import (
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    Constraint,
    GroupKey,
    TestResult,
    WorkloadQuestion,
    per_offering,
)

if TYPE_CHECKING:
    from advisor.requirements.schema import Organization


def license_terms(question: WorkloadQuestion) -> Iterator[Constraint]:
    """One constraint for each use asked."""
    organization, catalog = question.requirements.organization, question.catalog
    for use in question.requirements.uses:
        key = ("license", use, organization, catalog.as_of)
        yield Constraint(
            f"license.{use}",
            "license",
            f"a license that allows {use}",
            key,
            _license_test(catalog, use, organization),
            GroupKey("license", per_offering(partial(license_basis, catalog))),
        )


def _license_test(catalog: Catalog, use: str, organization: Organization) -> Callable[[Candidate], TestResult]:
    """Return the test of one use."""

    def test(candidate: Candidate) -> TestResult:
        answer = judge_offering(catalog, candidate.offering, (use,), organization)
        state = {Verdict.FORBIDDEN: VIOLATED, Verdict.UNKNOWN: UNKNOWN}.get(answer.verdict, SATISFIED)
        return TestResult(state, answer.words, answer.source)

    return test
