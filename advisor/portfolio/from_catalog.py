"""A problem from the catalog: every candidate that passes a workload's requirements is a way to serve it.

Costs are those of the most expensive month of the horizon, as for a single budget. Candidates that nothing measured
cannot be weighed against others, and those with an open question stand behind those without, as in a single choice.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from advisor.catalog import Catalog
from advisor.errors import UsageError
from advisor.facts import Measurement, Ternary
from advisor.portfolio.build import ExcludedWay, PortfolioProblem, SharedLimits, limited
from advisor.portfolio.from_requirements import stated_limits, stated_task
from advisor.portfolio.from_scores import labels
from advisor.portfolio.problem import ONE, ServingOption, Share
from advisor.requirements.schema import Requirements
from advisor.solver.cause import Cause
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from advisor.solver.standing import Standing
from advisor.solver.workload import WorkloadSolver

_HUNDREDTH = Decimal("0.01")


def pose_catalog(
    catalog: Catalog, requirements: Requirements, asked: SharedLimits, measurements: Iterable[Measurement] = ()
) -> PortfolioProblem:
    """Give the workloads of a file under its shared limits. Raises UsageError if their qualities have several units."""
    measured = MeasurementIndex(measurements)
    tasks, out, open_, units = [], [], [], set()
    for workload in requirements.workloads:
        ranking = WorkloadSolver(WorkloadQuestion(catalog, requirements, workload, measured)).ranking()
        sure = [standing for standing in ranking.order if not standing.open_questions]
        ways = []
        for standing in sure or ranking.order:
            missing = _missing(standing, workload.dimension)
            if missing is not None:
                out.append(ExcludedWay(workload.name, standing.id, (missing,)))
                continue
            units.add(standing.quality.unit if standing.quality else "")
            ways.append(_way(standing))
            if standing.open_questions:
                open_.append(ExcludedWay(workload.name, standing.id, standing.open_questions))
        tasks.append(stated_task(requirements, workload, ways, None))
    if len(units) > 1:
        raise UsageError(f"workloads are measured in {', '.join(sorted(units))}, of which no mean can be taken")
    unserved = tuple(task.name for task in tasks if not task.ways)
    problem = limited(tuple(tasks), asked, stated_limits(requirements))
    return PortfolioProblem(problem, tuple(out), tuple(open_), unserved, notes=tuple(_notes(requirements)))


def _missing(standing: Standing, dimension: str) -> Cause | None:
    """Return what keeps a candidate that passes from being planned with."""
    if standing.quality is None:
        return Cause("quality", Ternary.UNKNOWN, f"an estimate in {dimension}", "not measured", None)
    if standing.cost is None:
        return Cause("cost", Ternary.UNKNOWN, "a price for the traffic", "cost unknown", None)
    return None


def _way(standing: Standing) -> ServingOption:
    if standing.quality is None or standing.cost is None:
        raise ValueError(f"{standing.id} has no quality or no cost")
    cost = standing.cost.usd_per_month_peak
    part = Share(standing.id, standing.candidate.offering.channel.id, ONE, cost)
    license_label = (("license", standing.license.license),) if standing.license.license else ()
    score = Decimal(str(standing.quality.estimate)).quantize(_HUNDREDTH)
    return ServingOption(
        standing.id,
        score,
        (part,),
        (*labels(standing.candidate), *license_label),
        standard_error=standing.quality.standard_error,
    )


def _notes(requirements: Requirements) -> Iterable[str]:
    yield "Costs are those of the most expensive month of the horizon."
    if any(workload.traffic is None for workload in requirements.workloads):
        yield "Workloads without traffic count with 1,000 requests of 1,000 tokens in and 250 out."
    if requirements.portfolio and any(planned.cascades for planned in requirements.portfolio.workloads):
        yield "Cascades are planned only on a table of results, on whose scale they were measured."
