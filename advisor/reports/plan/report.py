"""What a report of a plan is made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog import Catalog
from advisor.portfolio.build import PortfolioProblem
from advisor.portfolio.pareto_front import FrontPoint, Shift
from advisor.portfolio.problem import PortfolioPlan
from advisor.solver.answer import Advice
from advisor.solver.cause import Cause

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements


class PlanReport(NamedTuple):
    """What a report of a plan is made from; ``catalog`` is None where no catalog was asked."""

    name: str
    as_of: date
    catalog: Catalog | None
    posed: PortfolioProblem
    plan: PortfolioPlan
    front: tuple[FrontPoint, ...] = ()
    shifts: tuple[Shift, ...] = ()
    requirements: Requirements | None = None
    """The file whose limits a relaxation moves; None for a table alone."""

    def beside(self, advice: Advice) -> PlanReport:
        """Return the same with a note on each workload that the plan serves otherwise than it would be served alone."""
        notes = (*self.posed.notes, *_otherwise(self.plan, advice))
        return self._replace(posed=replace(self.posed, notes=notes))

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


def _otherwise(plan: PortfolioPlan, advice: Advice) -> Iterator[str]:
    """Where the plan and the recommendation of a workload alone differ, and which rule makes them."""
    alone = {answer.workload: answer for answer in advice.workloads}
    for choice in plan.choices:
        answer = alone.get(choice.workload)
        if answer is None or answer.recommended in (None, choice.way.id):
            continue
        tied = choice.way.id in answer.tied
        rule = (
            "alone, the cheapest of those that are as good leads; a plan takes the best score under what is shared"
            if tied
            else "a plan takes the best score under what the workloads share, not what leads each alone"
        )
        yield f"{choice.workload}: alone, {answer.recommended} leads; here {choice.way.id} serves it: {rule}."
