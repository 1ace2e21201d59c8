"""Rank standings again with other figures: how a flip is verified before it is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from advisor.solver.rank import Ranking
from advisor.solver.standing import Standing

if TYPE_CHECKING:
    from advisor.solver.workload import WorkloadSolver


def with_cost(standing: Standing, usd_per_month: Decimal) -> Standing:
    """Return the same at another cost a month."""
    return replace(standing, cost=standing.cost.at(usd_per_month)) if standing.cost else standing


def decisive_standings(solving: WorkloadSolver, ranking: Ranking) -> list[Standing]:
    """Those that decide who leads when the winner's config changes.

    What leads is tied with the best and dominated by none, with the winner's config and without it; to rank these alone
    gives the same leader as to rank all.
    """
    config = ranking.order[0].candidate.config
    without = solving.rank([one for one in ranking.order if one.candidate.config != config])
    same = [one for one in ranking.order if one.candidate.config == config]
    named = (*ranking.tied, *ranking.frontier, *same, *without.tied, *without.frontier)
    return list({one.id: one for one in named}.values())


def leader_after(
    solving: WorkloadSolver, standings: Sequence[Standing], point_usd: Decimal | None = None
) -> str | None:
    """Who leads some standings; None if there are none."""
    order = solving.rank(list(standings), point_usd).order
    return order[0].id if order else None


def sold_with(winner: Standing, one: Standing) -> bool:
    """Whether they have one price: the efforts of an offering at a tier."""
    a, b = winner.candidate, one.candidate
    return (a.offering.id, a.tier) == (b.offering.id, b.tier)


def dearer(standing: Standing, factor: Decimal) -> Standing:
    """Return the same at so many times its cost."""
    return with_cost(standing, standing.cost.ranked_usd * factor) if standing.cost else standing
