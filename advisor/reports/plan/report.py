"""What a report of a plan is made from."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog import Catalog
from advisor.portfolio.build import PortfolioProblem
from advisor.portfolio.pareto_front import FrontPoint, Shift
from advisor.portfolio.problem import PortfolioPlan
from advisor.solver.answer import Cause

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements


class PlanReport(NamedTuple):
    """What a report of a plan is made from; ``catalog`` is None where no catalogue was asked."""

    name: str
    as_of: date
    catalog: Catalog | None
    posed: PortfolioProblem
    plan: PortfolioPlan
    front: tuple[FrontPoint, ...] = ()
    shifts: tuple[Shift, ...] = ()
    requirements: Requirements | None = None
    """The file whose limits a way out moves; None for a table alone."""

    @property
    def status(self) -> str:
        """``decided``, ``infeasible``, or ``undecided`` while something open is chosen or the search had no end."""
        if not self.plan.choices:
            return "infeasible" if self.plan.proven else "undecided"
        return "undecided" if any(self.open_causes) else "decided"

    @property
    def open_causes(self) -> tuple[tuple[Cause, ...], ...]:
        """What is open about each choice of the plan."""
        return tuple(self.posed.open_about(choice) for choice in self.plan.choices)
