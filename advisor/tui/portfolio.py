"""All workloads planned together, with what more money would buy. Knows no screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from advisor.catalog import Catalog
from advisor.errors import AdvisorError
from advisor.facts import Measurement
from advisor.portfolio.build import PortfolioProblem, SharedLimits
from advisor.portfolio.edits import edits
from advisor.portfolio.from_catalog import pose_catalog
from advisor.portfolio.pareto_front import FrontPoint, front
from advisor.portfolio.problem import PlanRelaxation, PortfolioPlan
from advisor.portfolio.solve import plan
from advisor.reports.recommendation.frontier_svg import PlottedPoint
from advisor.requirements.schema import Requirements
from advisor.requirements.traffic.resolve import counted


class PortfolioResult(NamedTuple):
    """The plan of all workloads, or the error that keeps it from being made; ``front`` has the plan too."""

    posed: PortfolioProblem | None
    plan: PortfolioPlan | None
    front: tuple[FrontPoint, ...] = ()
    error: AdvisorError | None = None
    requirements: Requirements | None = None

    def edits(self, way: PlanRelaxation) -> Mapping[str, Any]:
        """Return what a relaxation changes in the file."""
        return edits(way.reliefs, self.requirements) if self.requirements else {}

    def points(self) -> tuple[PlottedPoint, ...]:
        """Return the front as points of a picture, cheapest first: what each plan costs and scores, each once."""
        unique = {
            (one.plan.cost_usd, one.plan.score): one
            for one in self.front
            if one.plan.cost_usd is not None and one.plan.score is not None and one.plan.cost_usd > 0
        }
        found = []
        for (cost, score), one in sorted(unique.items()):
            estimate = float(score)
            found.append(PlottedPoint(str(one.budget_usd), float(cost), estimate, estimate, estimate))
        return tuple(found)


def plan_together(
    catalog: Catalog, requirements: Requirements, folder: Path, measurements: Iterable[Measurement] = ()
) -> PortfolioResult:
    """Plan under the shared limits of the file. Errors are part of what is given back."""
    try:
        posed = pose_catalog(catalog, counted(requirements, folder), SharedLimits(), measurements)
        if posed.unserved:
            return PortfolioResult(posed, None, requirements=requirements)
        found = plan(posed.problem)
        own = (FrontPoint(found.cost_usd, found),) if found.cost_usd is not None else ()
        return PortfolioResult(posed, found, (*front(posed.problem), *own), requirements=requirements)
    except AdvisorError as error:
        return PortfolioResult(None, None, error=error)
