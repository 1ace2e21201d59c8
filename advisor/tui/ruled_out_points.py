"""What is ruled out, as points of the frontier's picture: what each would cost and how good it is. Knows no screen."""

from __future__ import annotations

from advisor.catalog import Catalog
from advisor.catalog.records import Candidate
from advisor.reports.recommendation.frontier_svg import PlottedPoint, points
from advisor.solver.bitsets import indices
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from advisor.solver.workload import WorkloadSolver
from advisor.tui.solve import SolvedAnswers

_NEARNESS = ("lab", "cloud", "host", "router", "self-hosted")


def ruled_out_points(catalog: Catalog, solved: SolvedAnswers, workload: int) -> tuple[PlottedPoint, ...]:
    """Return one point for each model and effort that is out, where its nearest seller has it, cheapest first."""
    requirements = solved.counted
    if requirements is None or solved.workload(workload) is None:
        return ()
    measured = MeasurementIndex(solved.measured.fresh if solved.measured else ())
    solving = WorkloadSolver(WorkloadQuestion(catalog, requirements, requirements.workloads[workload], measured))
    nearest: dict[tuple[str, str | None], tuple[tuple[int, str], int]] = {}
    for index in indices(solving.screen.out):
        candidate = solving.screen.candidates[index]
        key = (candidate.offering.model.id, candidate.config.effort)
        place = (_distance(candidate), candidate.id)
        if key not in nearest or place < nearest[key][0]:
            nearest[key] = (place, index)
    found = points([solving.standing(index) for _, index in nearest.values()])
    return tuple(sorted(found, key=lambda point: (point.usd, -point.estimate, point.id)))


def _distance(candidate: Candidate) -> int:
    kind = candidate.offering.channel.kind
    return _NEARNESS.index(kind) if kind in _NEARNESS else len(_NEARNESS)
