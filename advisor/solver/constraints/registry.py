"""The constraints that are one record each."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.solver.constraints import knowledge_cutoff, rate_limits, release
from advisor.solver.constraints.base import Constraint, WorkloadQuestion
from advisor.solver.constraints.kind import ConstraintKind

KINDS: tuple[ConstraintKind, ...] = (knowledge_cutoff.KIND, release.KIND, rate_limits.KIND)
"""In the order in which they are asked."""


def made(question: WorkloadQuestion) -> Iterator[Constraint]:
    """Yield the constraints of all of them that the requirements set."""
    for kind in KINDS:
        yield from kind.make(question)


def kind_for(constraint: str) -> ConstraintKind | None:
    """Return the record of a constraint by its id; None for one that has none."""
    return next((kind for kind in KINDS if kind.is_of(constraint)), None)
