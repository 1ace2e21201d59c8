"""How often each candidate would be first if everything uncertain were measured again.

Qualities and the user's own scores are drawn from their intervals (normal; one draw for all offerings of a config),
own latencies too (log-normal, as they are positive and skewed). A stated worth of a point of quality is drawn between
half and twice, evenly on a logarithmic scale: it is a judgement, and judgements are round figures. Then the same rules
as ever say who passes and who leads; an order of preferences is a decision and is not drawn. The shares are those of
stochastic multicriteria acceptability analysis (Lahdelma and Salminen, Operations Research 49, 2001), with the exact
interval that the number of draws allows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from math import exp, hypot, inf, isfinite, log
from random import Random
from typing import NamedTuple

from advisor.requirements.enums import Preference
from advisor.solver.answer import DRAWS, SEED, Acceptability, Stability
from advisor.solver.explain.contenders import OUT, Contender, moved, noises
from advisor.statistics import Z_95, share

_WORTH_FACTOR = 2.0
"""A stated worth of a point is drawn between this part of it and as many times it."""


class Rules(NamedTuple):
    """What decides between those that pass."""

    order: tuple[Preference, ...]
    point_usd: Decimal | None


class Drawn(NamedTuple):
    """What one draw has of the contenders, in their order; infinite where nothing is known."""

    stands: Sequence[int]
    quality: Sequence[float]
    slowness: Sequence[float]
    point_usd: float | None
    """What a point of quality is worth; None where preferences decide in their order."""


def stability(found: Sequence[Contender], rules: Rules, *, draws: int = DRAWS, seed: int = SEED) -> Stability:
    """The share of draws in which each contender is first."""
    random = Random(seed)  # noqa: S311 - draws, not secrets
    names = sorted({noise.name for noise in noises(found) if noise.error})
    counts = dict.fromkeys((one.id for one in found), 0)
    for _ in range(draws):
        worth = _worth(rules.point_usd, random)
        z = {name: random.gauss(0.0, 1.0) for name in names}
        first = leader(found, drawn(found, z, worth), rules.order)
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
    """What is drawn, in words."""
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
    """The contenders when each figure falls so many standard errors from where it was measured."""
    return Drawn(
        [max([one.stands, *(test.stands(z.get(test.noise.name, 0.0)) for test in one.tests)]) for one in found],
        [one.estimate + one.error * z.get(one.config, 0.0) for one in found],
        [moved(one.slowness, one.pace, z.get(one.pace.name, 0.0)) if one.pace else one.slowness for one in found],
        point_usd,
    )


def leader(found: Sequence[Contender], figures: Drawn, order: Sequence[Preference]) -> Contender | None:
    """Who is first by the rules of :mod:`advisor.solver.rank`; None if nothing passes."""
    least = min(figures.stands, default=OUT)
    if least == OUT:
        return None
    pool = [index for index, stands in enumerate(figures.stands) if stands == least]
    weighed = [index for index in pool if isfinite(figures.quality[index]) and isfinite(found[index].cost)]
    if figures.point_usd is not None and weighed:
        worth = figures.point_usd
        return found[min(weighed, key=lambda i: (found[i].cost - worth * figures.quality[i], found[i].id))]
    return found[_by_order(found, figures, order, pool)]


def _by_order(found: Sequence[Contender], figures: Drawn, order: Sequence[Preference], pool: list[int]) -> int:
    measures: dict[Preference, Callable[[int], float]] = {
        Preference.COST: lambda index: found[index].cost,
        Preference.LATENCY: lambda index: figures.slowness[index],
    }
    place = order.index(Preference.QUALITY)
    leaders = pool
    for preference in order[:place]:
        measure = measures[preference]
        least = min(map(measure, leaders))
        leaders = [index for index in leaders if measure(index) == least]
    rest = [measures[preference] for preference in order[place + 1 :]]
    tied = _tied(found, figures, leaders)
    ranked = sorted(tied, key=lambda i: (*(measure(i) for measure in rest), -figures.quality[i], found[i].id))
    return next((index for index in ranked if not _is_beaten(index, found, figures, pool)), ranked[0])


def _tied(found: Sequence[Contender], figures: Drawn, leaders: list[int]) -> list[int]:
    """Those that chance cannot tell from the best."""
    best = max(leaders, key=figures.quality.__getitem__)
    top, error = figures.quality[best], found[best].error
    if top == -inf:
        return leaders
    return [index for index in leaders if top - figures.quality[index] <= Z_95 * hypot(error, found[index].error)]


def _is_beaten(index: int, found: Sequence[Contender], figures: Drawn, pool: Sequence[int]) -> bool:
    """Whether another one is at least its equal in quality, cost and speed and better in one of them."""
    quality, cost, slow = figures.quality[index], found[index].cost, figures.slowness[index]
    for other in pool:
        better = (figures.quality[other] - quality, cost - found[other].cost, slow - figures.slowness[other])
        if all(not figure < 0 for figure in better) and any(figure > 0 for figure in better):
            return True
    return False
