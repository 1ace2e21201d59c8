"""Where the answer turns, in closed form: traffic, cached share, quality, and the worth of a point of quality.

Costs are linear in requests and in the cached share, and the winner's quality is compared with one figure, so every
point is the crossing of two lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from math import hypot

from advisor.catalog.records import SELF_HOSTED
from advisor.solver.advice import Flip, Standing
from advisor.solver.constraints import Question
from advisor.solver.cost import Volume, volume
from advisor.solver.limits import CostOf
from advisor.solver.quality import Z_95
from advisor.solver.rank import Ranking

CostAt = Callable[[Volume], CostOf]
"""The cost of candidates on another traffic."""

MOST_RIVALS = 8
"""Rivals of the tied set that are looked at for crossings; the cheapest of them."""


def flip_points(question: Question, ranking: Ranking, cost_at: CostAt) -> tuple[Flip, ...]:
    """Flips of the first of a ranking; none without one."""
    if not ranking.order:
        return ()
    return (
        *_budget(question, ranking.order[0]),
        *_cached_share(question, ranking, cost_at),
        *_own_hardware(question, ranking),
        *_quality(ranking),
        *_point_worth(question, ranking),
    )


def _budget(question: Question, winner: Standing) -> Iterator[Flip]:
    """The traffic at which the winner's dearest month reaches the budget."""
    budget, traffic = question.workload.budget_usd_per_month, question.workload.traffic
    own = winner.candidate.offering.channel.kind == SELF_HOSTED
    if budget is None or traffic is None or winner.cost is None or own or not winner.cost.usd_per_month_peak:
        return
    most = int(traffic.requests_per_month * budget / winner.cost.usd_per_month_peak)
    because = f"{winner.id} then costs more than the ${budget:,} a month of the budget"
    yield Flip("traffic", f"more than {most:,} requests a month", None, because, float(most))


def _cached_share(question: Question, ranking: Ranking, cost_at: CostAt) -> Iterator[Flip]:
    """The share of cached input nearest to the stated one at which a tied rival costs as little as the winner."""
    traffic, winner = question.workload.traffic, ranking.order[0]
    if traffic is None or traffic.input_tokens is None or winner.cost is None:
        return
    ends = [
        cost_at(volume(traffic.model_copy(update={"cached_input_share": share, "sample": None})))
        for share in (0.0, 1.0)
    ]
    own = _line(winner, ends)
    crossings = []
    for rival in _rivals(ranking):
        other = _line(rival, ends)
        if own is None or other is None:
            continue
        slope = (other[1] - other[0]) - (own[1] - own[0])
        if slope:
            share = float((own[0] - other[0]) / slope)
            if 0 <= share <= 1 and (share - traffic.cached_input_share) * float(slope) < 0:
                crossings.append((abs(share - traffic.cached_input_share), share, rival.id))
    if crossings:
        _, share, rival_id = min(crossings)
        side = "below" if share < traffic.cached_input_share else "above"
        because = "the two cost the same at that share, and quality cannot tell them apart"
        yield Flip("cached-share", f"a cached share {side} {share:.2f}", rival_id, because, share)


def _rivals(ranking: Ranking) -> list[Standing]:
    priced = [standing for standing in ranking.tied[1:] if standing.cost]
    return sorted(priced, key=lambda s: (s.cost.usd_per_month_mean if s.cost else Decimal(0), s.id))[:MOST_RIVALS]


def _line(standing: Standing, ends: list[CostOf]) -> tuple[Decimal, Decimal] | None:
    """The cost at no cached input and at all of it."""
    found = [cost_of(standing.candidate) for cost_of in ends]
    if found[0] is None or found[1] is None:
        return None
    return found[0].usd_per_month_mean, found[1].usd_per_month_mean


def _own_hardware(question: Question, ranking: Ranking) -> Iterator[Flip]:
    """The traffic at which hardware that costs the same whether used or not, and paying by the token, cost the same."""
    traffic, winner = question.workload.traffic, ranking.order[0]
    if traffic is None or winner.cost is None or not winner.cost.usd_per_month_mean:
        return
    own = winner.candidate.offering.channel.kind == SELF_HOSTED
    others = [
        rival
        for rival in _rivals(ranking)
        if rival.cost
        and rival.cost.usd_per_month_mean
        and (rival.candidate.offering.channel.kind == SELF_HOSTED) is not own
    ]
    if not others or others[0].cost is None:
        return
    rival = others[0]
    ratio = (
        winner.cost.usd_per_month_mean / others[0].cost.usd_per_month_mean
        if own
        else others[0].cost.usd_per_month_mean / winner.cost.usd_per_month_mean
    )
    at = int(traffic.requests_per_month * ratio)
    side = "fewer" if own else "more"
    because = "own hardware costs the same whether used or not, and paying by the token does not"
    yield Flip("traffic", f"{side} than {at:,} requests a month", rival.id, because, float(at))


def _quality(ranking: Ranking) -> Iterator[Flip]:
    """The estimate below which the winner can be told from the best and so leaves the tied set."""
    winner = ranking.order[0]
    known = [standing for standing in ranking.tied if standing.quality]
    rivals = [standing for standing in known if standing is not winner]
    if winner.quality is None or not rivals:
        return
    best = max(rivals, key=lambda s: (s.quality.estimate if s.quality else 0.0, s.id))
    if best.quality is None or best.candidate.config == winner.candidate.config:
        return
    spread = Z_95 * hypot(best.quality.standard_error, winner.quality.standard_error)
    least = best.quality.estimate - spread
    if least < winner.quality.estimate:
        because = f"{best.id} is then better by more than chance explains"
        quality = winner.quality
        words = f"{winner.candidate.config.id} below {least:.0f} {quality.unit} in {quality.dimension}"
        yield Flip("quality", words, best.id, because, least)


def _point_worth(question: Question, ranking: Ranking) -> Iterator[Flip]:
    """Between which worths of a point of quality the winner has the least cost less worth."""
    winner = ranking.order[0]
    if winner.quality is None or winner.cost is None:
        return
    stated = question.requirements.quality_point_usd_per_month
    rises, falls = [], []
    for rival in ranking.order[1:]:
        if rival.quality is None or rival.cost is None or rival.open_questions:
            continue
        points = rival.quality.estimate - winner.quality.estimate
        dearer = float(rival.cost.usd_per_month_mean - winner.cost.usd_per_month_mean)
        if points > 0 and dearer >= 0:
            rises.append((dearer / points, rival.id))
        elif points < 0 and dearer < 0:
            falls.append((dearer / points, rival.id))
    because = "its quality is then worth its price"
    if rises and (stated is None or min(rises)[0] > stated):
        worth, rival_id = min(rises)
        yield Flip("quality-point", f"a point worth more than ${worth:,.2f} a month", rival_id, because, worth)
    if falls and (stated is not None and max(falls)[0] < stated):
        worth, rival_id = max(falls)
        saved = "what it saves is then worth more than what it gives up"
        yield Flip("quality-point", f"a point worth less than ${worth:,.2f} a month", rival_id, saved, worth)
