"""That license and terms allow a use that is asked."""

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
    GroupKey,
    TestResult,
    WorkloadQuestion,
    per_offering,
)
from advisor.solver.constraints.group import LICENSE
from advisor.solver.constraints.kind import Constraint, ConstraintKind, FailedConstraint, RequirementChange

if TYPE_CHECKING:
    from advisor.requirements.schema import Organization


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    """One constraint for each use asked."""
    organization, catalog = question.requirements.organization, question.catalog
    for use in question.requirements.uses:
        yield Constraint(
            KIND,
            f"a license that allows {use}",
            ("license", use, organization, catalog.as_of),
            _license_test(catalog, use, organization),
            GroupKey("license", per_offering(partial(license_basis, catalog))),
            part=use.value,
        )


def _license_test(catalog: Catalog, use: str, organization: Organization) -> Callable[[Candidate], TestResult]:
    """Return the test of one use."""

    def test(candidate: Candidate) -> TestResult:
        answer = judge_offering(catalog, candidate.offering, (use,), organization)
        state = {Verdict.FORBIDDEN: VIOLATED, Verdict.UNKNOWN: UNKNOWN}.get(answer.verdict, SATISFIED)
        return TestResult(state, answer.words, answer.source)

    return test


def _change(failing: FailedConstraint) -> RequirementChange:
    use = failing.constraint.part
    rest = tuple(one for one in failing.requirements.uses if one.value != use)
    return RequirementChange(f"give up the use {use}", {failing.key: rest}, failing.price)


KIND = ConstraintKind("license", LICENSE, "uses", _make, _change)
