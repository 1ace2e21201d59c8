"""Who is best among those that pass: the tied set by quality, then the preferences in their order, then the name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from math import hypot
from typing import NamedTuple

from advisor.catalog.records import Quality
from advisor.requirements.enums import Preference
from advisor.solver.answer import Standing
from advisor.solver.constraints.base import MeasurementIndex
from advisor.solver.constraints.latency import SPEED_BANDS
from advisor.solver.constraints.quality import differs
from advisor.statistics import Z_95

_NO_COST = Decimal("Infinity")


class Ranking(NamedTuple):
    """The order, best first; ``tied`` are those that quality cannot tell from the winner's best rival."""

    order: tuple[Standing, ...]
    tied: tuple[Standing, ...]
    frontier: tuple[Standing, ...]


Slowness = Callable[[Standing], float]


def rank(
    standings: Sequence[Standing],
    preferences: Sequence[Preference],
    slowness: Slowness,
    point_usd: Decimal | None = None,
) -> Ranking:
    """Rank those that pass; the ones with open questions come behind those without.

    With ``point_usd``, what a point of quality is worth a month, quality and cost are weighed in money; else the
    preferences decide in their order.
    """
    sure = [standing for standing in standings if not standing.is_open]
    pool = sure or list(standings)
    if not pool:
        return Ranking((), (), ())
    if point_usd is not None and any(standing.quality and standing.cost for standing in pool):
        return by_worth(standings, pool, frontier(pool, slowness), point_usd)
    front = frontier(pool, slowness)
    tied, leaders = pool, pool
    for preference in preferences:
        leaders = _leaders(leaders, preference, slowness)
        if preference is Preference.QUALITY:
            tied = leaders
            leaders = _within(leaders, front) or leaders
    winner = min(leaders, key=lambda s: (-_estimate(s), s.id))
    key = _sort_key(preferences, slowness)
    rest = sorted((s for s in tied if s is not winner), key=key)
    others = sorted(_without(pool, tied), key=key)
    behind = sorted(_without(standings, pool), key=key)
    return Ranking((winner, *rest, *others, *behind), (winner, *rest), tuple(sorted(front, key=_cost)))


def by_worth(standings: Sequence[Standing], pool: list[Standing], front: list[Standing], point_usd: Decimal) -> Ranking:
    """By cost less what the quality is worth; the scale is fixed, so that nothing else in the catalogue moves it."""
    weighed = sorted((s for s in pool if s.quality and s.cost), key=lambda s: (_net(s, point_usd), s.id))
    winner = weighed[0]
    tied = [s for s in weighed if s is winner or _is_close(winner, s, point_usd)]
    rest = _without(weighed, tied) + sorted(_without(pool, weighed), key=lambda s: s.id)
    behind = sorted(_without(standings, pool), key=lambda s: s.id)
    return Ranking((*tied, *rest, *behind), tuple(tied), tuple(sorted(front, key=_cost)))


def _within(standings: Iterable[Standing], others: Iterable[Standing]) -> list[Standing]:
    """Those that are among the others."""
    names = {other.id for other in others}
    return [standing for standing in standings if standing.id in names]


def _without(standings: Iterable[Standing], others: Iterable[Standing]) -> list[Standing]:
    """Those that are not among the others."""
    names = {other.id for other in others}
    return [standing for standing in standings if standing.id not in names]


def _net(standing: Standing, point_usd: Decimal) -> Decimal:
    """Cost less worth, in USD a month."""
    return _cost(standing) - point_usd * Decimal(str(_estimate(standing)))


def _is_close(winner: Standing, other: Standing, point_usd: Decimal) -> bool:
    """Whether the doubt about the two qualities, in money, is larger than what lies between them."""
    if winner.quality is None or other.quality is None:
        return False
    doubt = Z_95 * hypot(winner.quality.standard_error, other.quality.standard_error) * float(point_usd)
    return float(_net(other, point_usd) - _net(winner, point_usd)) <= doubt


def slowness_function(measured: MeasurementIndex, day_facts: Callable[[Standing], str | None]) -> Slowness:
    """How slow a standing is: measured p95 of the first token, else its speed band; infinite if neither is known."""

    def work(standing: Standing) -> float:
        found = measured.find(standing.candidate, "ttft_ms_p95")
        if found is not None:
            return found.value
        band = day_facts(standing)
        return 1e12 - SPEED_BANDS.index(band) if band in SPEED_BANDS else float("inf")

    known: dict[str, float] = {}

    def slowness(standing: Standing) -> float:
        if standing.id not in known:
            known[standing.id] = work(standing)
        return known[standing.id]

    return slowness


def frontier(standings: Sequence[Standing], slowness: Slowness) -> list[Standing]:
    """Those that no other one equals or beats in quality, cost and speed with at least one of them better."""
    figures = [(-_estimate(s), _cost(s), slowness(s)) for s in standings]
    ordered = sorted(range(len(standings)), key=lambda index: figures[index])
    front: list[int] = []
    for index in ordered:
        if not any(_dominates(figures[other], figures[index]) for other in front):
            front.append(index)
    return [standings[index] for index in sorted(front)]


def cases_to_separate(first: Quality, second: Quality) -> int | None:
    """How many paired cases tell two configs apart with power 0.8 at 5 %, by the odds that the ratings imply.

    On Arena's scale a gap of d points is a share 1 / (1 + 10^(-d/400)) of decided comparisons; the figure is the
    sample size of a two-sided sign test, (1.96 * 0.5 + 0.8416 * sqrt(p (1 - p)))^2 / (p - 0.5)^2. None for other
    scales and for equal estimates.
    """
    gap = abs(first.estimate - second.estimate)
    if first.unit != "points" or gap < 1.0:
        return None
    share = 1 / (1 + 10 ** (-gap / 400))
    root: float = Z_95 * 0.5 + 0.841621 * (share * (1 - share)) ** 0.5
    return int((root / (share - 0.5)) ** 2) + 1


def _leaders(pool: list[Standing], preference: Preference, slowness: Slowness) -> list[Standing]:
    """Those that the best of the pool does not beat by this preference."""
    if preference is Preference.QUALITY:
        known = [s for s in pool if s.quality]
        if not known:
            return pool
        best = max(known, key=_estimate)
        return [s for s in known if best.quality and s.quality and not differs(best.quality, s.quality)]
    measure: Callable[[Standing], float | Decimal] = _cost if preference is Preference.COST else slowness
    least = min(measure(s) for s in pool)
    return [s for s in pool if measure(s) == least]


def _sort_key(preferences: Sequence[Preference], slowness: Slowness) -> Callable[[Standing], tuple[object, ...]]:
    """Plain order for the list below the winner: quality first unless it is not the first preference."""
    measures: dict[Preference, Callable[[Standing], object]] = {
        Preference.QUALITY: lambda s: -_estimate(s),
        Preference.COST: _cost,
        Preference.LATENCY: slowness,
    }
    return lambda s: (*(measures[preference](s) for preference in preferences), s.id)


def _estimate(standing: Standing) -> float:
    return standing.quality.estimate if standing.quality else float("-inf")


def _cost(standing: Standing) -> Decimal:
    return standing.cost.usd_per_month_mean if standing.cost else _NO_COST


def _dominates(a: tuple[float, Decimal, float], b: tuple[float, Decimal, float]) -> bool:
    return a[0] <= b[0] and a[1] <= b[1] and a[2] <= b[2] and a != b
