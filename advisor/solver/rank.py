"""Who is best among those that pass: the tied set by quality, then the preferences in their order, then the name.

What is ranked is never better for being less known. Quality is the estimate where a suite measured the model and the
low end of the 80 % interval where the figure was predicted; a cost that is not known for every month stands behind one
that is; an unknown cost or quality comes last. Tied are those whose quality is below the best by less than a stated
difference that matters: no interval makes anyone tied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple, Protocol

from advisor.catalog.records import Quality
from advisor.requirements.enums import Preference
from advisor.solver.constraints.base import MeasurementIndex
from advisor.solver.constraints.speed_band import SPEED_BANDS
from advisor.solver.standing import Standing
from advisor.statistics import Z_95

_NO_COST = (2, Decimal("Infinity"))


class Ranking(NamedTuple):
    """The order, best first; ``tied`` are those whose quality is as good as that of the best among them."""

    order: tuple[Standing, ...]
    tied: tuple[Standing, ...]
    frontier: tuple[Standing, ...]


Slowness = Callable[[Standing], float]


class Difference(Protocol):
    """From which difference on quality decides, by unit."""

    @property
    def points(self) -> float: ...

    @property
    def percent(self) -> float: ...

    @property
    def stars(self) -> float: ...


class Rules(NamedTuple):
    """What decides between those that pass.

    With ``point_usd``, what a point of quality is worth a month, quality and cost are weighed in money; else the
    preferences decide in their order.
    """

    preferences: tuple[Preference, ...]
    difference: Difference
    point_usd: Decimal | None = None
    needs_quality: bool = True
    """Whether what is not measured in the dimension stands behind what is: not where own scores set the floor."""

    def margin(self, quality: Quality | None) -> float:
        """How far below the best a quality may be to be as good, in its unit."""
        return float(getattr(self.difference, quality.unit, 0.0)) if quality else 0.0


def rank(standings: Sequence[Standing], rules: Rules, slowness: Slowness) -> Ranking:
    """Rank those that pass; behind those that may lead come previews, and behind them what has open questions."""
    least = min((standing.level for standing in standings), default=0)
    pool = _measured([standing for standing in standings if standing.level == least], rules)
    if not pool:
        return Ranking((), (), ())
    front = frontier(pool, slowness)
    if rules.point_usd is not None and any(standing.quality and standing.cost for standing in pool):
        return _by_worth(standings, pool, front, rules)
    tied, leaders = pool, pool
    for preference in rules.preferences:
        leaders = _leaders(leaders, preference, rules, slowness)
        if preference is Preference.QUALITY:
            tied = leaders
            leaders = _within(leaders, front) or leaders
    winner = min(leaders, key=lambda s: (-ranked_quality(s), *s.last_resort))
    key = _sort_key(rules.preferences, slowness)
    rest = sorted((s for s in tied if s is not winner), key=key)
    others = sorted(_without(pool, tied), key=key)
    behind = sorted(_without(standings, pool), key=lambda s: (s.level, s.quality is None, *key(s)))
    return Ranking((winner, *rest, *others, *behind), (winner, *rest), tuple(sorted(front, key=ranked_cost)))


def _measured(pool: list[Standing], rules: Rules) -> list[Standing]:
    """Those of which it is known how good they are; all where it is known of none. What is new waits to be judged."""
    known = [standing for standing in pool if standing.quality]
    return known if known and rules.needs_quality else pool


def _by_worth(standings: Sequence[Standing], pool: list[Standing], front: list[Standing], rules: Rules) -> Ranking:
    """By cost less what the quality is worth; the scale is fixed, so that nothing else in the catalog moves it."""
    worth = rules.point_usd or Decimal(0)
    weighed = sorted((s for s in pool if s.quality and s.cost), key=lambda s: (*net(s, worth), *s.last_resort))
    least = net(weighed[0], worth)
    reach = Decimal(str(rules.margin(weighed[0].quality))) * worth
    tied = [s for s in weighed if (at := net(s, worth))[0] == least[0] and at[1] - least[1] <= reach]
    rest = _without(weighed, tied) + sorted(_without(pool, weighed), key=lambda s: s.last_resort)
    behind = sorted(
        _without(standings, pool), key=lambda s: (s.level, s.quality is None, *net(s, worth), *s.last_resort)
    )
    return Ranking((*tied, *rest, *behind), tuple(tied), tuple(sorted(front, key=ranked_cost)))


def _within(standings: Iterable[Standing], others: Iterable[Standing]) -> list[Standing]:
    """Those that are among the others."""
    names = {other.id for other in others}
    return [standing for standing in standings if standing.id in names]


def _without(standings: Iterable[Standing], others: Iterable[Standing]) -> list[Standing]:
    """Those that are not among the others."""
    names = {other.id for other in others}
    return [standing for standing in standings if standing.id not in names]


def net(standing: Standing, point_usd: Decimal) -> tuple[int, Decimal]:
    """Cost less worth, in USD a month, behind it those whose cost is not known for every month."""
    if standing.cost is None or standing.quality is None:
        return _NO_COST
    behind, usd = standing.cost.ranked
    return behind, usd - point_usd * Decimal(str(standing.quality.ranked))


def slowness_function(measured: MeasurementIndex, day_facts: Callable[[Standing], str | None]) -> Slowness:
    """How slow a standing is, in seconds: the upper end (80 %) of its estimate of a whole answer.

    Where this user measured or nothing is estimated: the p95 of the first token, else the speed band, else infinite.
    """

    def work(standing: Standing) -> float:
        whole = standing.latency.answer_s if standing.latency else None
        if whole is not None and whole.basis != "probe":
            return whole.high_80
        found = measured.find(standing.candidate, "ttft_ms_p95")
        if found is not None:
            return found.value / 1000
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
    figures = [(-ranked_quality(s), ranked_cost(s), slowness(s)) for s in standings]
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


def _leaders(pool: list[Standing], preference: Preference, rules: Rules, slowness: Slowness) -> list[Standing]:
    """Those that the best of the pool does not beat by this preference."""
    if preference is Preference.QUALITY:
        best = max(pool, key=ranked_quality)
        if best.quality is None:
            return pool
        least = best.quality.ranked - rules.margin(best.quality)
        return [s for s in pool if s.quality and s.quality.ranked >= least]
    if preference is Preference.COST:
        cheapest = min(map(ranked_cost, pool))
        return [s for s in pool if ranked_cost(s) == cheapest]
    fastest = min(pool, key=slowness)
    reach = _slowest_end(fastest, slowness(fastest))
    return [s for s in pool if slowness(s) <= reach]


def _slowest_end(fastest: Standing, seconds: float) -> float:
    """Up to how slow others are as fast: the upper end of the fastest's own interval, which no other's width moves."""
    found = fastest.latency.answer_s if fastest.latency else None
    return seconds if found is None or found.basis == "probe" else max(seconds, found.high)


def _sort_key(preferences: Sequence[Preference], slowness: Slowness) -> Callable[[Standing], tuple[object, ...]]:
    """Plain order for the list below the winner: quality first unless it is not the first preference."""
    measures: dict[Preference, Callable[[Standing], object]] = {
        Preference.QUALITY: lambda s: -ranked_quality(s),
        Preference.COST: ranked_cost,
        Preference.LATENCY: slowness,
    }
    return lambda s: (*(measures[preference](s) for preference in preferences), *s.last_resort)


def ranked_quality(standing: Standing) -> float:
    """Return what quality is ordered by; minus infinity where nothing is known."""
    return standing.quality.ranked if standing.quality else float("-inf")


def ranked_cost(standing: Standing) -> tuple[int, Decimal]:
    """Return what cost is ordered by: known for every month, known for some, unknown; then the sum."""
    return standing.cost.ranked if standing.cost else _NO_COST


Figures = tuple[float, tuple[int, Decimal], float]


def _dominates(a: Figures, b: Figures) -> bool:
    return a[0] <= b[0] and a[1] <= b[1] and a[2] <= b[2] and a != b
