"""What all ways of posing a problem share: the limits that were asked for, and what was left out and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from advisor.portfolio.problem import Choice, Objective, PlanWorkload, Problem
from advisor.solver.cause import Cause


@dataclass(frozen=True)
class SharedLimits:
    """Shared limits as asked for on a command line; what is None is taken from the requirements or not limited."""

    budget_usd: Decimal | None = None
    max_vendors: int | None = None
    min_score: Decimal | None = None
    objective: Objective | None = None


@dataclass(frozen=True)
class ExcludedWay:
    """A way that the requirements rule out for a workload."""

    workload: str
    way: str
    because: tuple[Cause, ...]


@dataclass(frozen=True)
class PortfolioProblem:
    """A problem with what its making decided."""

    problem: Problem
    left_out: tuple[ExcludedWay, ...] = ()
    open_questions: tuple[ExcludedWay, ...] = ()
    """Ways that stay although something about them is unknown and was to be asked."""
    unserved: tuple[str, ...] = ()
    """Workloads that nothing is left for; there is no plan while there are any."""
    unit: str = "points"
    """What scores are counted in."""
    notes: tuple[str, ...] = ()

    def open_for(self, workload: str, way: str) -> tuple[Cause, ...]:
        """Return what is open about a way of a workload."""
        return next((one.because for one in self.open_questions if (one.workload, one.way) == (workload, way)), ())

    def open_about(self, choice: Choice) -> tuple[Cause, ...]:
        """Return what is open about anyone who serves a workload: the parts of its way, and its fallback."""
        parts = (*choice.way.parts, *(choice.fallback.parts if choice.fallback else ()))
        names = dict.fromkeys((choice.way.id, *(part.offering for part in parts)))
        return tuple(dict.fromkeys(cause for name in names for cause in self.open_for(choice.workload, name)))


def limited(tasks: tuple[PlanWorkload, ...], asked: SharedLimits, stated: Problem | None = None) -> Problem:
    """Return the problem of these workloads: limits as asked, else as stated.

    Sorted, so that no figure depends on their order.

    A least score without a stated objective asks for the cheapest plan that reaches it.
    """
    base = stated or Problem(())
    changes: dict[str, Any] = {"tasks": tuple(sorted(map(_sorted_ways, tasks), key=lambda task: task.name))}
    if asked.budget_usd is not None:
        changes["budget_usd"] = asked.budget_usd
    if asked.min_score is not None:
        changes |= {"min_score": asked.min_score, "objective": Objective.COST}
    if asked.objective is not None:
        changes["objective"] = asked.objective
    if asked.max_vendors is not None:
        changes["most"] = (*((kind, n) for kind, n in base.most if kind != "vendor"), ("vendor", asked.max_vendors))
    return replace(base, **changes)


def _sorted_ways(task: PlanWorkload) -> PlanWorkload:
    return task._replace(ways=tuple(sorted(task.ways, key=lambda way: way.id)))
