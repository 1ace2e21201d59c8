"""How often each candidate would be first if the doubt about quality, and about what quality is worth, fell otherwise.

Qualities are drawn from their intervals (normal, one draw for all offerings of a config), and the worth of a point
from all exchange rates between quality and cost that the candidates themselves span, on a log scale, unless the
requirements state it (stochastic multicriteria acceptability analysis, Lahdelma and Salminen 2001). Only candidates
that can be first under some draw are looked at: those that no other one beats by two standard errors and in cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import exp, hypot, log
from random import Random
from typing import NamedTuple

from advisor.solver.advice import Standing

DRAWS = 2_000
SEED = 20261123
"""Fixed, so that the same question gives the same shares."""

_APART = 2.0
"""Standard errors by which a cheaper candidate must be better to leave a dearer one out."""


class Acceptability(NamedTuple):
    """How often a candidate is first."""

    candidate: str
    share: float
    """Of the draws, 0 to 1."""
    error: float
    """The standard error of the share, from the number of draws."""


class Priced(NamedTuple):
    """What the draws need of a candidate."""

    id: str
    config: str
    estimate: float
    error: float
    cost: float


def stability(
    standings: Sequence[Standing], point_usd: Decimal | None = None, *, draws: int = DRAWS, seed: int = SEED
) -> tuple[Acceptability, ...]:
    """The share of draws in which each candidate of the robust front is first, largest first; empty without figures."""
    front = robust_front(standings)
    if not front:
        return ()
    random = Random(seed)  # noqa: S311 - draws, not secrets
    low, high = worth_range(front, point_usd)
    configs = sorted({one.config: one for one in front}.items())
    counts = dict.fromkeys((one.id for one in front), 0)
    for _ in range(draws):
        worth = exp(random.uniform(log(low), log(high))) if low < high else low
        drawn = {name: random.gauss(one.estimate, one.error) for name, one in configs}
        counts[min(front, key=lambda one: (one.cost - worth * drawn[one.config], one.id)).id] += 1
    shares = [(name, count / draws) for name, count in counts.items() if count]
    found = [Acceptability(name, share, (share * (1 - share) / draws) ** 0.5) for name, share in shares]
    return tuple(sorted(found, key=lambda one: (-one.share, one.candidate)))


def robust_front(standings: Sequence[Standing]) -> list[Priced]:
    """The candidates that may be first under some draw, sorted by cost."""
    known = sorted(
        (
            Priced(
                one.id,
                one.candidate.config.id,
                one.quality.estimate,
                one.quality.standard_error,
                float(one.cost.usd_per_month_mean),
            )
            for one in standings
            if one.quality and one.cost and not one.open_questions
        ),
        key=lambda one: (one.cost, -one.estimate, one.id),
    )
    front: list[Priced] = []
    for one in known:
        if not any(_beats(other, one) for other in front):
            front.append(one)
    return front


def _beats(other: Priced, one: Priced) -> bool:
    """Whether a candidate that costs no more is better beyond doubt, or is the same config."""
    if other.config == one.config:
        return True
    return other.estimate - one.estimate > _APART * hypot(other.error, one.error)


def worth_range(front: Sequence[Priced], stated: Decimal | None) -> tuple[float, float]:
    """The range of worths of a point, in USD a month."""
    if stated is not None:
        return float(stated), float(stated)
    rates = [
        (dearer.cost - cheaper.cost) / (dearer.estimate - cheaper.estimate)
        for index, cheaper in enumerate(front)
        for dearer in front[index + 1 :]
        if dearer.estimate > cheaper.estimate and dearer.cost > cheaper.cost
    ]
    # Half of the least rate and twice the greatest: the ends at which cost alone and quality alone would decide.
    return (min(rates) / 2, max(rates) * 2) if rates else (1.0, 1.0)
