"""Two candidates on the same cases: how far apart their scores are, and whether chance explains it.

Scores are shares from 0 to 1. Yes/no scores get McNemar's exact test (Psychometrika 12, 1947) with Bonett and Price's
interval of the difference (J. Educ. Behav. Stat. 37, 2012), which keeps its coverage down to a handful of cases. Means
of several answers to a case get the paired t test. Scores of any other shape get a test by flipping signs (Fisher's
randomization test) with the bias-corrected and accelerated bootstrap (Efron 1987). Cases from one source stand or fall
together: then the sandwich estimator over sources is taken, with t at one degree of freedom less than there are
sources, and weights enter all but McNemar's.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from enum import StrEnum
from math import comb, inf, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from advisor.statistics.distributions import normal_cdf, normal_quantile, t_quantile, t_two_sided, wilson
from advisor.statistics.intervals import CONFIDENCE

DRAWS = 4_000
"""Resamples of the bootstrap and flips of signs."""

_SEED = 20231
_FEW = 15
"""Below as many values the bootstrap is too narrow, and t is taken."""

Values = NDArray[np.float64]


class Shape(StrEnum):
    """What the values of one case can be."""

    BINARY = "binary"
    """Each case 0 or 1."""
    MEAN = "mean"
    """The mean of several answers to a case, each 0 or 1."""
    GRADED = "graded"
    """Anything from 0 to 1."""


class Estimate(NamedTuple):
    """A mean, or a mean difference, between its bounds; ``p_value`` is of the hypothesis that it is zero."""

    value: float
    low: float
    high: float
    n: int
    p_value: float
    deviation: float
    """Standard deviation of one case's value; with sources, as if each case stood alone for its share of the error."""
    method: str


def mean_score(
    values: Sequence[float],
    shape: Shape,
    *,
    weights: Sequence[float] | None = None,
    sources: Sequence[Hashable] | None = None,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Return the mean of one candidate's scores, kept within 0 and 1. Raises ValueError without a value."""
    data, weight, groups = _arrays(values, weights, sources)
    simple = groups is None and weight is None
    if shape is Shape.BINARY and simple:
        hits, n = float(data.sum()), len(data)
        low, high = wilson(hits, n, confidence)
        share = hits / n
        return Estimate(share, low, high, n, 0.0 if hits else 1.0, sqrt(share * (1 - share)), "wilson")
    found = _student(data, weight, groups, confidence)
    if found.deviation == 0.0 or len(data) < 2:  # noqa: PLR2004 - a spread needs two
        # All alike: a mean of n shares says no more than n trials with that share of hits.
        low, high = wilson(found.value * len(data), len(data), confidence)
        return found._replace(low=low, high=high, method="wilson")
    if shape is Shape.GRADED and simple and len(data) >= _FEW:
        low, high = _bootstrap(data, confidence)
        found = found._replace(low=low, high=high, method="bootstrap")
    return found._replace(low=max(0.0, found.low), high=min(1.0, found.high))


def mean_difference(
    first: Sequence[float],
    second: Sequence[float],
    shape: Shape,
    *,
    weights: Sequence[float] | None = None,
    sources: Sequence[Hashable] | None = None,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Return the mean of first minus second over the same cases, within -1 and 1. Raises ValueError without a pair."""
    pairs = [one - other for one, other in zip(first, second, strict=True)]
    data, weight, groups = _arrays(pairs, weights, sources)
    simple = groups is None and weight is None
    if shape is Shape.BINARY and simple:
        return _of_flips(int((data > 0).sum()), int((data < 0).sum()), len(data), confidence)
    found = _student(data, weight, groups, confidence)
    if found.deviation == 0.0 or len(data) < 2:  # noqa: PLR2004 - a spread needs two
        bounds = _of_flips(round(max(found.value, 0) * len(data)), round(max(-found.value, 0) * len(data)), len(data))
        p_value = bounds.p_value if found.value else 1.0
        return found._replace(low=bounds.low, high=bounds.high, p_value=p_value, method="bonett-price")
    if shape is Shape.GRADED and simple and len(data) >= _FEW:
        low, high = _bootstrap(data, confidence)
        found = found._replace(low=low, high=high, p_value=_sign_flips(data), method="sign flips, bootstrap")
    return found._replace(low=max(-1.0, found.low), high=min(1.0, found.high))


def mcnemar(better: int, worse: int) -> float:
    """Return the two-sided exact p value of as many changes for the better and for the worse."""
    n = better + worse
    if n == 0:
        return 1.0
    tail = sum(comb(n, k) for k in range(min(better, worse) + 1))
    return float(min(1.0, 2 * tail / (1 << n))) if n <= 1_000 else _mcnemar_of_many(better, worse)  # noqa: PLR2004


def holm(p_values: Sequence[float]) -> list[float]:
    """Each p value as it stands among the others (Holm, Scand. J. Stat. 6, 1979), in the order given."""
    found, highest, m = [0.0] * len(p_values), 0.0, len(p_values)
    for rank, index in enumerate(sorted(range(m), key=lambda index: p_values[index])):
        highest = max(highest, min(1.0, (m - rank) * p_values[index]))
        found[index] = highest
    return found


def cases_needed(deviation: float, difference: float, *, power: float = 0.8, confidence: float = CONFIDENCE) -> int:
    """How many cases show a mean difference of that size with that power, by the normal approximation."""
    if difference == 0:
        raise ValueError("expected a difference other than zero")
    z = normal_quantile((1 + confidence) / 2) + normal_quantile(power)
    return max(1, int(-(-((z * deviation / abs(difference)) ** 2) // 1)))


def _mcnemar_of_many(better: int, worse: int) -> float:
    """By the normal distribution with a correction for continuity; beyond 1,000 flips it is off by less than 1 %."""
    z = max(abs(better - worse) - 1, 0) / sqrt(better + worse)
    return t_two_sided(z, 1e9)


def _of_flips(better: int, worse: int, n: int, confidence: float = CONFIDENCE) -> Estimate:
    z = normal_quantile((1 + confidence) / 2)
    up, down = (better + 1) / (n + 2), (worse + 1) / (n + 2)
    reach = z * sqrt((up + down - (up - down) ** 2) / (n + 2))
    value = (better - worse) / n
    low, high = max(-1.0, up - down - reach), min(1.0, up - down + reach)
    deviation = sqrt(max((better + worse) / n - value**2, 0.0))
    return Estimate(value, min(low, value), max(high, value), n, mcnemar(better, worse), deviation, "mcnemar")


def _arrays(
    values: Sequence[float], weights: Sequence[float] | None, sources: Sequence[Hashable] | None
) -> tuple[Values, Values | None, NDArray[np.int64] | None]:
    """Values, weights unless all are equal, and the number of each value's source unless that says nothing."""
    data = np.asarray(values, dtype=np.float64)
    if not len(data):
        raise ValueError("expected at least one value")
    weight = None if weights is None or len(set(weights)) == 1 else np.asarray(weights, dtype=np.float64)
    if sources is None:
        return data, weight, None
    numbers: dict[Any, int] = {}
    groups = np.asarray([numbers.setdefault(source, len(numbers)) for source in sources], dtype=np.int64)
    # All from one source, or each from its own: there is nothing to group by.
    return data, weight, None if len(numbers) in (1, len(data)) else groups


def _student(data: Values, weight: Values | None, groups: NDArray[np.int64] | None, confidence: float) -> Estimate:
    """Mean, interval and test by the sandwich estimator with the correction for few groups (CR1)."""
    n = len(data)
    share = np.full(n, 1 / n) if weight is None else weight / weight.sum()
    value = float(share @ data)
    parts = share * (data - value)
    sums = parts if groups is None else np.bincount(groups, weights=parts)
    count = len(sums)
    if count < 2:  # noqa: PLR2004 - a spread needs two
        return Estimate(value, -inf, inf, n, 1.0, 0.0, "t")
    error = sqrt(float(sums @ sums) * count / (count - 1))
    method = "t" if groups is None else f"t over {count} sources"
    if error < 1e-12:  # noqa: PLR2004 - the last digits of a float
        return Estimate(value, value, value, n, 0.0 if value else 1.0, 0.0, method)
    reach = t_quantile((1 + confidence) / 2, count - 1) * error
    p_value = t_two_sided(value / error, count - 1)
    return Estimate(value, value - reach, value + reach, n, p_value, error * sqrt(n), method)


def _bootstrap(data: Values, confidence: float) -> tuple[float, float]:
    """Return the bias-corrected and accelerated interval of the mean, from a fixed seed."""
    random = np.random.default_rng(_SEED)
    n, value = len(data), data.mean()
    means = np.concatenate([data[random.integers(0, n, (500, n))].mean(axis=1) for _ in range(DRAWS // 500)])
    below = np.clip((means < value).mean() + (means == value).mean() / 2, 1 / DRAWS, 1 - 1 / DRAWS)
    bias = normal_quantile(float(below))
    centered = data - value
    cubes, squares = float((centered**3).sum()), float((centered**2).sum())
    skew = cubes / (6 * squares**1.5) if squares else 0.0
    bounds = []
    for tail in ((1 - confidence) / 2, (1 + confidence) / 2):
        z = bias + normal_quantile(tail)
        corrected = bias + z / (1 - skew * z)
        bounds.append(float(np.quantile(means, normal_cdf(corrected))))
    return bounds[0], bounds[1]


def _sign_flips(data: Values) -> float:
    """How often chance alone, which gives each difference its sign, brings the mean as far from zero."""
    random = np.random.default_rng(_SEED)
    moved = data[data != 0]
    if not len(moved):
        return 1.0
    signs = random.integers(0, 2, (DRAWS, len(moved)), dtype=np.int8) * 2 - 1
    reached = np.abs(signs @ moved) >= abs(float(moved.sum())) - 1e-9
    return float((reached.sum() + 1) / (DRAWS + 1))
