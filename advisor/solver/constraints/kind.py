"""A constraint as one record: how it is made from the requirements, and what to change where a candidate fails it.

A new constraint is a file here with such a record, a line in :mod:`advisor.solver.constraints.registry`, its field in
the requirements and its question in ``catalog/questionnaire.yaml``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor.solver.constraints.base import Constraint, TestResult, WorkloadQuestion

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements, Workload

DEFAULT_USD: Mapping[str, Decimal] = {
    "license": Decimal(5000),
    "data": Decimal(2000),
    "deployment": Decimal(1000),
    "needs": Decimal(500),
    "quality": Decimal(1000),
    "languages": Decimal(1000),
    "latency": Decimal(300),
    "retirement": Decimal(200),
    "cost": Decimal(500),
}
"""USD a month that giving up one constraint of a group counts as; where it is moved by degrees, that is the most."""


class RequirementChange(NamedTuple):
    """A change in words and as values by dotted key; None takes the key out."""

    words: str
    edits: Mapping[str, Any]
    counts_as_usd: Decimal
    usd_per_month: Decimal | None = None
    """What it costs a month, where it costs money."""


class FailedConstraint(NamedTuple):
    """One constraint that one candidate fails, in its requirements."""

    requirements: Requirements
    workload: Workload
    constraint: Constraint
    outcome: TestResult

    @property
    def here(self) -> str:
        """The dotted key of the workload's block."""
        return f"workloads.{self.workload.name}"

    @property
    def price(self) -> Decimal:
        """What giving the whole constraint up counts as."""
        stated = getattr(self.requirements.giving_up, self.constraint.group, None)
        return DEFAULT_USD[self.constraint.group] if stated is None else Decimal(stated)


class ConstraintKind(NamedTuple):
    """All that there is to say about a constraint."""

    id: str
    """Of the constraints that it makes, or what their ids begin with before a dot."""
    make: Callable[[WorkloadQuestion], Iterator[Constraint]]
    """The constraints that the requirements set; none where they ask nothing of the kind."""
    change: Callable[[FailedConstraint], RequirementChange | None]
    """The least change under which a candidate that violates it passes; None if no edit does it."""

    def is_of(self, constraint: str) -> bool:
        """Whether a constraint's id is one of its own."""
        return constraint == self.id or constraint.startswith(f"{self.id}.")
