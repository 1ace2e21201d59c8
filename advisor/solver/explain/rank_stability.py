"""How often each candidate would be first if everything uncertain were measured again.

Qualities and the user's own scores are drawn from their intervals (normal; one draw for all offerings of a config),
own latencies too (log-normal, as they are positive and skewed). A stated worth of a point of quality is drawn between
half and twice, evenly on a logarithmic scale: it is a judgment, and judgments are round figures. Then the same rules
as ever say who passes and who leads; an order of preferences is a decision and is not drawn. The shares are those of
stochastic multicriteria acceptability analysis (Lahdelma and Salminen, Operations Research 49, 2001), with the exact
interval that the number of draws allows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from math import exp, inf, isfinite, log
from random import Random
from typing import Any, NamedTuple

from advisor.requirements.enums import Preference
from advisor.solver.explain.contenders import OUT, Contender, moved, noises
from advisor.solver.rank import Rules
from advisor.solver.stability import DRAWS, SEED, Acceptability, Stability
from advisor.statistics import share

_WORTH_FACTOR = 2.0
"""A stated worth of a point is drawn between this part of it and as many times it."""


class Drawn(NamedTuple):
    """What one draw has of the contenders, in their order; infinite where nothing is known."""

    stands: Sequence[int]
    quality: Sequence[float]
    slowness: Sequence[float]
    point_usd: float | None
    """What a point of quality is worth; None where preferences decide in their order."""


def stability(found: Sequence[Contender], rules: Rules, *, draws: int = DRAWS, seed: int = SEED) -> Stability:
    """Return the share of draws in which each contender is first."""
    random = Random(seed)  # noqa: S311 - draws, not secrets
    names = sorted({noise.name for noise in noises(found) if noise.error})
    counts = dict.fromkeys((one.id for one in found), 0)
    for _ in range(draws):
        worth = _worth(rules.point_usd, random)
        z = {name: random.gauss(0.0, 1.0) for name in names}
        first = leader(found, drawn(found, z, worth), rules)
        if first is not None:
            counts[first.id] += 1
    shares = [_acceptability(name, count, draws) for name, count in counts.items() if count]
    ordered = tuple(sorted(shares, key=lambda one: (-one.share, one.candidate)))
    return Stability(ordered, tuple(_what(found, rules)), len(found), draws, seed)


def _acceptability(candidate: str, count: int, draws: int) -> Acceptability:
    found = share(count, draws)
    return Acceptability(candidate, count / draws, found.low or 0.0, 1.0 if found.high is None else found.high)


def _worth(stated: Decimal | None, random: Random) -> float | None:
    if not stated:
        return None if stated is None else 0.0
    return float(stated) * exp(random.uniform(-log(_WORTH_FACTOR), log(_WORTH_FACTOR)))


def _what(found: Sequence[Contender], rules: Rules) -> list[str]:
    """Return what is drawn, in words."""
    tests = [test.noise for one in found for test in one.tests]
    scores = any(noise.error and not noise.multiplies and noise.name not in _configs(found) for noise in tests)
    latency = any(noise.multiplies for noise in tests) or any(one.pace for one in found)
    asked = {
        "quality": any(one.error for one in found),
        "score": scores,
        "latency": latency,
        "worth of a point": bool(rules.point_usd),
    }
    return [name for name, is_drawn in asked.items() if is_drawn]


def _configs(found: Sequence[Contender]) -> set[str]:
    return {one.config for one in found}


def drawn(found: Sequence[Contender], z: Mapping[str, float], point_usd: float | None) -> Drawn:
    """Return the contenders when each figure falls so many standard errors from where it was measured."""
    return Drawn(
        [max([one.stands, *(test.stands(z.get(test.noise.name, 0.0)) for test in one.tests)]) for one in found],
        [one.estimate + one.error * z.get(one.config, 0.0) for one in found],
        [moved(one.slowness, one.pace, z.get(one.pace.name, 0.0)) if one.pace else one.slowness for one in found],
        point_usd,
    )


def leader(found: Sequence[Contender], figures: Drawn, rules: Rules) -> Contender | None:
    """Who is first by the rules of :mod:`advisor.solver.rank`; None if nothing passes."""
    least = min(figures.stands, default=OUT)
    if least == OUT:
        return None
    pool = [index for index, stands in enumerate(figures.stands) if stands == least]
    known = [index for index in pool if isfinite(figures.quality[index])]
    pool = known if known and rules.needs_quality else pool
    weighed = [index for index in pool if isfinite(figures.quality[index]) and found[index].cost[1].is_finite()]
    if figures.point_usd is not None and weighed:
        worth = figures.point_usd
        return found[min(weighed, key=lambda i: (*_net(found[i], worth, figures.quality[i]), *found[i].last_resort))]
    return found[_by_order(found, figures, rules, pool)]


def _net(one: Contender, worth: float, quality: float) -> tuple[int, float]:
    return one.cost[0], float(one.cost[1]) - worth * quality


def _by_order(found: Sequence[Contender], figures: Drawn, rules: Rules, pool: list[int]) -> int:
    measures: dict[Preference, Callable[[int], Any]] = {
        Preference.COST: lambda index: found[index].cost,
        Preference.LATENCY: lambda index: figures.slowness[index],
    }
    order = rules.preferences
    place = order.index(Preference.QUALITY)
    leaders = pool
    for preference in order[:place]:
        measure = measures[preference]
        least = min(map(measure, leaders))
        leaders = [index for index in leaders if measure(index) == least]
    rest = [measures[preference] for preference in order[place + 1 :]]
    tied = _tied(found, figures, leaders, rules)
    ranked = sorted(tied, key=lambda i: (*(measure(i) for measure in rest), -figures.quality[i], *found[i].last_resort))
    return next((index for index in ranked if not _is_beaten(index, found, figures, pool)), ranked[0])


def _tied(found: Sequence[Contender], figures: Drawn, leaders: list[int], rules: Rules) -> list[int]:
    """Those that are as good as the best."""
    best = max(leaders, key=figures.quality.__getitem__)
    top = figures.quality[best]
    if top == -inf:
        return leaders
    least = top - float(getattr(rules.difference, found[best].unit or "", 0.0))
    return [index for index in leaders if figures.quality[index] >= least]


def _is_beaten(index: int, found: Sequence[Contender], figures: Drawn, pool: Sequence[int]) -> bool:
    """Whether another one is at least its equal in quality, cost and speed and better in one of them."""
    quality, cost, slow = figures.quality[index], found[index].cost, figures.slowness[index]
    for other in pool:
        its = (figures.quality[other], found[other].cost, figures.slowness[other])
        if its[0] >= quality and its[1] <= cost and its[2] <= slow and its != (quality, cost, slow):
            return True
    return False
