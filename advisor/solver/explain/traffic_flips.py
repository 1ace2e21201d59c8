"""Where the answer turns, in closed form: traffic, cached share, and the worth of a point of quality.

Costs are linear in requests and in the cached share, so every point is the crossing of two lines. Beyond each point the
candidates are ranked again with the figures that hold there, and what does not lead then is not said to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from advisor.catalog.records import SELF_HOSTED
from advisor.solver.answer import Flip
from advisor.solver.constraints.base import WorkloadQuestion
from advisor.solver.cost import CostOf
from advisor.solver.explain.quality_flips import quality_flips
from advisor.solver.explain.rerank import leader_after, with_cost
from advisor.solver.rank import Ranking
from advisor.solver.standing import Standing
from advisor.solver.volume import Volume, volume

if TYPE_CHECKING:
    from advisor.solver.workload import WorkloadSolver

CostAt = Callable[[Volume], CostOf]
"""The cost of candidates on another traffic."""

_FINER = 1_000
"""How many times the traffic a cost is worked out for to have more digits of it."""

MOST_RIVALS = 8
"""Rivals of the tied set that are looked at for crossings; the cheapest of them."""


def flip_points(
    solving: WorkloadSolver, ranking: Ranking, pool: Sequence[Standing], cost_at: CostAt
) -> tuple[Flip, ...]:
    """Flips of the first of a ranking; each is ranked again just beyond its point before it is said."""
    if not ranking.order:
        return ()
    question = solving.question
    return (
        *_budget(solving, ranking),
        *_cached_share(solving, ranking, pool, cost_at),
        *_own_hardware(solving, ranking, pool),
        *_worth_by_traffic(solving, ranking, pool),
        *quality_flips(solving, ranking.order[0], pool),
        *_point_worth(question, ranking, solving),
    )


def _is_own(standing: Standing) -> bool:
    return standing.candidate.offering.channel.kind == SELF_HOSTED


def _scaled(standing: Standing, by: Decimal) -> Standing:
    """Return the same at another traffic; own hardware costs the same whether used or not."""
    if standing.cost is None or _is_own(standing):
        return standing
    return with_cost(standing, standing.cost.ranked_usd * by)


def _budget(solving: WorkloadSolver, ranking: Ranking) -> Iterator[Flip]:
    """Yield the traffic at which the winner's most expensive month reaches the budget.

    By the cost of that very traffic.
    """
    workload, winner = solving.question.workload, ranking.order[0]
    budget, traffic = workload.budget_usd_per_month, workload.traffic
    if budget is None or traffic is None or winner.cost is None or _is_own(winner):
        return
    if not winner.cost.usd_per_month_peak or not traffic.requests_per_month:
        return
    # Costs are kept in whole cents: that of a thousand times the traffic has five digits more.
    many = traffic.model_copy(update={"requests_per_month": traffic.requests_per_month * _FINER, "sample": None})
    cost = solving.cost_at(volume(many))(winner.candidate)
    if cost is None:
        return
    most = int(traffic.requests_per_month * _FINER * budget / cost.usd_per_month_peak)

    def leads(requests: int) -> str | None:
        by = Decimal(requests) / Decimal(traffic.requests_per_month)
        fit = [one for one in ranking.order if (requests <= most if one is winner else _fits(one, by, budget))]
        return leader_after(solving, [_scaled(one, by) for one in fit])

    if leads(most) != winner.id:
        return
    to = leads(most + 1)
    because = f"{winner.id} then costs more than the ${budget:,} a month of the budget"
    yield Flip(
        "traffic",
        f"more than {most:,} requests a month",
        to,
        because if to else f"{because}, and so does all else that passes",
        float(most),
    )


def _worth_by_traffic(solving: WorkloadSolver, ranking: Ranking, pool: Sequence[Standing]) -> Iterator[Flip]:
    """Yield the traffic at which a rival has the least cost less worth.

    Cost grows with it, and what quality is worth not.
    """
    traffic, winner, worth = solving.question.workload.traffic, ranking.order[0], solving.rules.point_usd
    if not worth or traffic is None or winner.cost is None or winner.quality is None or _is_own(winner):
        return
    crossings = []
    for one in pool:
        if one.cost is None or one.quality is None or _is_own(one):
            continue
        dearer = one.cost.ranked_usd - winner.cost.ranked_usd
        better = Decimal(str(one.quality.ranked - winner.quality.ranked))
        if dearer and (by := worth * better / dearer) > 0:
            crossings.append(by)
    budget = solving.question.workload.budget_usd_per_month
    nearest = sorted(by for by in crossings if by > 1)[:1]
    # With less traffic others may come within a budget, of which the pool has none.
    nearest += [] if budget is not None else sorted(by for by in crossings if by < 1)[-1:]
    for by in nearest:
        more = by > 1
        at = int(traffic.requests_per_month * by)
        then = Decimal(at + 1 if more else at) / Decimal(traffic.requests_per_month)
        fit = [one for one in pool if budget is None or _fits(one, then, budget)]
        to = leader_after(solving, [_scaled(one, then) for one in fit])
        if to is not None and to != winner.id and winner in fit:
            side = f"more than {at:,}" if more else f"fewer than {at + 1:,}"
            because = f"{to} then has the least cost less worth"
            yield Flip("traffic", f"{side} requests a month", to, because, float(at if more else at + 1))


def _fits(standing: Standing, by: Decimal, budget: Decimal) -> bool:
    """Whether a candidate that is within the budget still is at another traffic; an unknown cost stays unknown."""
    return standing.cost is None or _is_own(standing) or standing.cost.usd_per_month_peak * by <= budget


def _cached_share(
    solving: WorkloadSolver, ranking: Ranking, pool: Sequence[Standing], cost_at: CostAt
) -> Iterator[Flip]:
    """Yield the share of cached input nearest to the stated one at which a tied rival leads, being cheaper."""
    traffic, winner = solving.question.workload.traffic, ranking.order[0]
    if traffic is None or traffic.input_tokens is None or winner.cost is None:
        return
    ends = [
        cost_at(volume(traffic.model_copy(update={"cached_input_share": share, "sample": None})))
        for share in (0.0, 1.0)
    ]
    lines = {one.id: (one, line) for one in pool[:_MOST_LINES] if (line := _line(one, ends))}
    crossings = [
        (abs(share - traffic.cached_input_share), share, name)
        for name in (one.id for one in _rivals(ranking) if one.id in lines)
        if (share := _crossing(solving, lines, winner.id, name, traffic.cached_input_share))
    ]
    for _, share, name in sorted(crossings)[:1]:
        is_below = share < traffic.cached_input_share
        beyond = Decimal(str(share)) + (-1 if is_below else 1) * _BEYOND
        then = [with_cost(one, line[0] + (line[1] - line[0]) * beyond) for one, line in lines.values()]
        if leader_after(solving, then) == name:
            because = "the two are level at that share, and it costs less beyond it"
            words = f"a cached share {'below' if is_below else 'above'} {share:.2f}"
            yield Flip("cached-share", words, name, because, share)


_MOST_LINES = 60
"""Candidates that are priced at both ends, the tied ones first."""

_BEYOND = Decimal("0.0001")
"""How far beyond a point it is ranked again, as a share."""


def _crossing(
    solving: WorkloadSolver,
    lines: Mapping[str, tuple[Standing, tuple[Decimal, Decimal]]],
    winner: str,
    rival: str,
    stated: float,
) -> float | None:
    """Return the cached share at which two are level, in cost or in cost less worth.

    None if that is not beyond the stated.
    """
    (own, (low, high)), (other, (its_low, its_high)) = lines[winner], lines[rival]
    slope = (its_high - its_low) - (high - low)
    worth = solving.question.requirements.quality_point_usd_per_month
    handicap = Decimal(0)
    if worth is not None and own.quality and other.quality:
        handicap = worth * Decimal(str(own.quality.estimate - other.quality.estimate))
    if not slope:
        return None
    share = float((low - its_low - handicap) / slope)
    return share if 0 < share < 1 and (share - stated) * float(slope) < 0 else None


def _rivals(ranking: Ranking) -> list[Standing]:
    priced = [standing for standing in ranking.tied[1:] if standing.cost]
    return sorted(priced, key=lambda s: (s.cost.ranked_usd if s.cost else Decimal(0), s.id))[:MOST_RIVALS]


def _line(standing: Standing, ends: list[CostOf]) -> tuple[Decimal, Decimal] | None:
    """Return the cost at no cached input and at all of it."""
    found = [cost_of(standing.candidate) for cost_of in ends]
    if found[0] is None or found[1] is None:
        return None
    return found[0].ranked_usd, found[1].ranked_usd


def _own_hardware(solving: WorkloadSolver, ranking: Ranking, pool: Sequence[Standing]) -> Iterator[Flip]:
    """Yield the traffic at which hardware that costs the same whether used or not, and paying by the token.

    Cost the same.
    """
    traffic, winner = solving.question.workload.traffic, ranking.order[0]
    if traffic is None or winner.cost is None or not winner.cost.ranked_usd:
        return
    own = _is_own(winner)
    rivals = _rivals(ranking)
    rival = next((one for one in rivals if _is_own(one) is not own and one.cost and one.cost.ranked_usd), None)
    if rival is None or rival.cost is None:
        return
    ratio = winner.cost.ranked_usd / rival.cost.ranked_usd
    at = int(traffic.requests_per_month * (ratio if own else 1 / ratio))
    by = Decimal(at - 1 if own else at + 1) / Decimal(traffic.requests_per_month)
    if leader_after(solving, [_scaled(one, by) for one in pool]) == rival.id:
        side = "fewer" if own else "more"
        because = "own hardware costs the same whether used or not, and paying by the token does not"
        yield Flip("traffic", f"{side} than {at:,} requests a month", rival.id, because, float(at))


def _point_worth(question: WorkloadQuestion, ranking: Ranking, solving: WorkloadSolver) -> Iterator[Flip]:
    """Between which worths of a point of quality the winner has the least cost less worth."""
    winner = ranking.order[0]
    if winner.quality is None or winner.cost is None:
        return
    stated = question.requirements.quality_point_usd_per_month
    rises, falls = [], []
    for rival in ranking.order[1:]:
        if rival.quality is None or rival.cost is None or rival.is_open:
            continue
        points = rival.quality.estimate - winner.quality.estimate
        dearer = float(rival.cost.ranked_usd - winner.cost.ranked_usd)
        if points > 0 and dearer >= 0:
            rises.append((dearer / points, rival.id))
        elif points < 0 and dearer < 0:
            falls.append((dearer / points, rival.id))
    because = "its quality is then worth its price"
    if rises and (stated is None or min(rises)[0] > stated):
        worth, rival_id = min(rises)
        if leader_after(solving, ranking.order, Decimal(str(worth)) * (1 + _BEYOND) + _BEYOND) == rival_id:
            yield Flip("quality-point", f"a point worth more than ${worth:,.2f} a month", rival_id, because, worth)
    if falls and (stated is not None and max(falls)[0] < stated):
        worth, rival_id = max(falls)
        saved = "what it saves is then worth more than what it gives up"
        if leader_after(solving, ranking.order, Decimal(str(worth)) * (1 - _BEYOND)) == rival_id:
            yield Flip("quality-point", f"a point worth less than ${worth:,.2f} a month", rival_id, saved, worth)
