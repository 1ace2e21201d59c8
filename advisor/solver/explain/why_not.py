"""Why not this one: the least change of the requirements, and of its price or quality, under which it would lead.

Requirements are changed constraint by constraint as far as the candidate falls short, and solved again. What is then
missing to the first place is a crossing in closed form: the price at which it costs less than the leader, the estimate
at which it is as good as the best. Each is verified by ranking again with that figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from advisor.catalog import Catalog
from advisor.errors import UnknownName
from advisor.facts import Measurement
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from advisor.solver.constraints.kind import RequirementChange
from advisor.solver.explain.follow import changed, follow
from advisor.solver.explain.rerank import sold_with
from advisor.solver.rank import Ranking, Rules
from advisor.solver.standing import Standing
from advisor.solver.workload import WorkloadSolver

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements, Workload

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class WhyNot:
    """What keeps a candidate from the first place."""

    workload: str
    candidate: str
    leader: str | None
    """Who leads now; None if nothing passes."""
    fixed: tuple[str, ...]
    """Constraints that it fails and that no edit of the requirements moves."""
    change: RequirementChange | None
    """The least change of the requirements under which it passes; None if it passes, or if none does."""
    leads_after_change: bool
    """Whether it leads once that change is made, or now if it passes."""
    usd_per_month_below: Decimal | None = None
    """It would lead if it cost less than this a month (mean over the horizon); None if no price does it alone."""
    price_cut_percent: float | None = None
    quality_at_least: float | None = None
    """It would lead with an estimate of at least this, and below the price too where one is given."""
    quality_gain: float | None = None
    unit: str = "points"
    open_questions: tuple[str, ...] = ()
    """Constraints that must be answered first: a candidate with open questions stands behind those without."""

    @property
    def edits(self) -> Mapping[str, Any]:
        """The change of the requirements as values by dotted key."""
        return self.change.edits if self.change else {}


def why_not(
    catalog: Catalog,
    requirements: Requirements,
    workload: Workload,
    candidate: str,
    measurements: tuple[Measurement, ...] = (),
) -> WhyNot:
    """Why a candidate does not lead a workload. Raises UnknownName if it is none of the candidates."""
    solving = WorkloadSolver(WorkloadQuestion(catalog, requirements, workload, MeasurementIndex(measurements)))
    ids = [one.id for one in solving.screen.candidates]
    if candidate not in ids:
        raise UnknownName("candidate", candidate)
    ranking = solving.ranking()
    leader = ranking.order[0].id if ranking.order else None
    followed = follow(solving.question, solving.screen.candidates[ids.index(candidate)])
    change = followed.change
    if followed.fixed:
        return WhyNot(workload.name, candidate, leader, followed.fixed, None, leads_after_change=False)
    if change is not None:
        solving = WorkloadSolver(changed(solving.question, change.edits))
        ranking = solving.ranking()
    standing = next(one for one in ranking.order if one.id == candidate)
    if ranking.order[0].id == candidate:
        return WhyNot(workload.name, candidate, leader, (), change, leads_after_change=True)
    if standing.is_open and not ranking.order[0].is_open:
        open_ids = tuple(cause.constraint for cause in standing.open_questions)
        return WhyNot(workload.name, candidate, leader, (), change, leads_after_change=False, open_questions=open_ids)
    lacking = WhyNot(workload.name, candidate, leader, (), change, leads_after_change=False)
    return _with_figures(solving, lacking, ranking, standing)


def _with_figures(solving: WorkloadSolver, lacking: WhyNot, ranking: Ranking, standing: Standing) -> WhyNot:
    """Return the price, the estimate, or both, at which it would lead; each verified by ranking again."""
    leader = ranking.order[0]
    price = _price(leader, standing, solving)
    quality = _estimate(ranking, standing, solving.rules)
    unit = standing.quality.unit if standing.quality else "points"
    for usd, estimate in ((price, None), (None, quality), (price, quality)):
        if (usd is None and estimate is None) or not _leads(solving, ranking, standing, usd, estimate):
            continue
        cut = _cut(standing, usd) if usd is not None else None
        gain = estimate - standing.quality.estimate if estimate is not None and standing.quality else None
        return replace(
            lacking,
            usd_per_month_below=usd,
            price_cut_percent=cut,
            quality_at_least=estimate,
            quality_gain=gain,
            unit=unit,
        )
    return lacking


def _cut(standing: Standing, usd: Decimal) -> float | None:
    if standing.cost is None or not standing.cost.ranked_usd:
        return None
    return float(1 - usd / standing.cost.ranked_usd) * 100


def _price(leader: Standing, standing: Standing, solving: WorkloadSolver) -> Decimal | None:
    """Return the cost at which it is level with the leader."""
    if leader.cost is None or standing.cost is None:
        return None
    worth = solving.question.requirements.quality_point_usd_per_month
    level = leader.cost.ranked_usd
    if worth is not None and leader.quality and standing.quality:
        level += worth * Decimal(str(standing.quality.estimate - leader.quality.estimate))
    level = level.quantize(_CENT)
    return level if 0 < level < standing.cost.ranked_usd else None


def _estimate(ranking: Ranking, standing: Standing, rules: Rules) -> float | None:
    """Return the estimate at which the best is no longer better by what matters."""
    known = [
        one.quality
        for one in ranking.order
        if one.quality and one.level == ranking.order[0].level and one is not standing
    ]
    if standing.quality is None or not known:
        return None
    best = max(known, key=lambda quality: quality.ranked)
    level = best.ranked - rules.margin(best) + standing.quality.estimate - standing.quality.ranked
    return level if level > standing.quality.estimate else None


def _leads(
    solving: WorkloadSolver, ranking: Ranking, standing: Standing, usd: Decimal | None, estimate: float | None
) -> bool:
    """Whether it leads with these figures just passed; what is sold at its price gets cheaper with it."""
    factor = None
    if usd is not None and standing.cost is not None and standing.cost.ranked_usd:
        factor = (usd - _CENT) / standing.cost.ranked_usd
    by = estimate + 1e-6 - standing.quality.estimate if estimate is not None and standing.quality is not None else None

    def then(one: Standing) -> Standing:
        if factor is not None and one.cost is not None and sold_with(standing, one):
            one = replace(one, cost=one.cost.at(one.cost.ranked_usd * factor))
        if by is not None and one.candidate.config == standing.candidate.config and one.quality is not None:
            its = one.quality
            moved = its._replace(estimate=its.estimate + by, low=its.low + by, high=its.high + by)
            one = replace(one, quality=moved)
        return one

    return solving.rank([then(one) for one in ranking.order]).order[0].id == standing.id
