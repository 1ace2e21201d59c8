"""What the user's own probe has shown outranks what the catalog says of an ability."""

from __future__ import annotations

from collections.abc import Hashable

from advisor.catalog.records import Candidate
from advisor.facts import Measurement
from advisor.solver.constraints.base import (
    SATISFIED,
    VIOLATED,
    GroupKey,
    MeasurementIndex,
    TestResult,
)
from advisor.solver.constraints.kind import Constraint


def with_shown(constraint: Constraint, abilities: tuple[str, ...], measured: MeasurementIndex) -> Constraint:
    """Return the constraint, decided by the newest results of `advisor probe --verify` where there are any.

    One of the ``abilities`` that was shown is enough; where each was refused or ignored the constraint is violated.
    """
    quantities = tuple(f"ability:{name}" for name in abilities)
    if not any(measured.of_quantity(quantity) for quantity in quantities):
        return constraint
    by_catalog, groups = constraint.test, constraint.shared

    def found(candidate: Candidate) -> tuple[Measurement, ...]:
        return tuple(one for name in quantities if (one := measured.find(candidate, name)) is not None)

    def test(candidate: Candidate) -> TestResult:
        own = found(candidate)
        if not own:
            return by_catalog(candidate)
        best = max(own, key=lambda one: one.value)
        if best.value > 0:
            return TestResult(SATISFIED, f"shown by your own probe on {best.measured_on}")
        if len(own) < len(quantities):
            return by_catalog(candidate)
        return TestResult(VIOLATED, f"not so in your own probe on {best.measured_on}: {best.source}")

    def shared(candidate: Candidate) -> Hashable:
        inner = groups.of(candidate) if groups is not None else candidate.id
        return inner, tuple((one.quantity, one.value, one.measured_on, one.source) for one in found(candidate))

    key = (groups.key if groups is not None else constraint.id, "shown", quantities, measured)
    return constraint._replace(test=test, key=(constraint.key, quantities, measured), shared=GroupKey(key, shared))
