"""Intervals and comparisons for all who measure: exact, without assumptions about the shape of what is measured.

Quantiles get order-statistic intervals (David and Nagaraja, Order Statistics, 3rd ed., section 7.1): the k-th smallest
of n values lies at or below the quantile of order p exactly when at least k of them do, which is binomial. Shares get
Clopper and Pearson's interval (Biometrika 26, 1934). Pairs are compared by the interval of the median of their
log-ratios, at a few looks fixed beforehand among which the error is divided (Bonferroni), so that one may stop early.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import lru_cache
from math import comb, exp, inf, lgamma, log, log1p
from typing import NamedTuple

from advisor.statistics.distributions import incomplete_beta

Z_95 = 1.959964
"""The two-sided 95 % quantile of the normal distribution."""

CONFIDENCE = 0.95
"""The confidence that is meant where none is stated."""

LOOKS = (8, 16, 32, 64)
"""After how many pairs a sequential comparison may stop; looking after every pair would err four times as often."""

PRACTICALLY_EQUAL = 1.1
"""Two medians whose ratio surely lies between this and its inverse are equal for every purpose here."""

_EXACT_N = 1_000
"""Beyond this many trials the ways to choose are more than a float holds, and logarithms are added instead."""


class Interval(NamedTuple):
    """An estimate between its bounds; a bound that the sample is too small for is None."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    confidence: float = CONFIDENCE

    @property
    def is_bounded(self) -> bool:
        """Whether both bounds are there."""
        return self.low is not None and self.high is not None


def quantile(values: Sequence[float], p: float, confidence: float = CONFIDENCE) -> Interval:
    """Return the quantile of order ``p`` with its exact interval, half of the error on each side.

    The value is the smallest order statistic at or below which a share ``p`` of the sample lies, for the median the
    mean of the middle two; it is None while there are fewer values than :func:`least_n`.
    """
    ordered = sorted(values)
    n = len(ordered)
    below, above = _ranks(n, p, (1 - confidence) / 2)
    low = ordered[below - 1] if below else None
    high = ordered[above - 1] if above <= n else None
    value = _point(ordered, p) if low is not None and high is not None else None
    return Interval(value, low, high, n, confidence)


@lru_cache(maxsize=256)
def least_n(p: float, confidence: float = CONFIDENCE) -> int:
    """Return the fewest values for which the interval of that quantile has both bounds.

    6 for the median, 72 for p95.
    """
    n = 1
    while True:
        below, above = _ranks(n, p, (1 - confidence) / 2)
        if below and above <= n:
            return n
        n += 1


def share(hits: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """Return the share of hits with its interval; at none or all of n the whole error is on the open side.

    So none of 20 still allows 13.9 %. Without any trial the interval is all of [0, 1] and the value None.
    """
    if not 0 <= hits <= n:
        raise ValueError(f"expected between 0 and {n} hits, found {hits}")
    if n == 0:
        return Interval(None, 0.0, 1.0, 0, confidence)
    tail = 1 - confidence if hits in (0, n) else (1 - confidence) / 2
    low = 0.0 if hits == 0 else _solve(lambda p: 1 - _binomial_cdf(hits - 1, n, p) - tail)
    high = 1.0 if hits == n else _solve(lambda p: tail - _binomial_cdf(hits, n, p))
    return Interval(hits / n, low, high, n, confidence)


def shrunk(value: float, error: float, rivals: Sequence[tuple[float, float]]) -> float | None:
    """Return what to expect of a value that was picked among rivals (itself among them); None below three of them.

    The best of several noisy values looks better than it is. It is drawn towards the mean of all by the share of their
    spread that is noise (empirical Bayes, Efron and Morris 1975): an expectation over what is true given what was
    measured stays right however the value was picked. ``rivals`` are values with their standard errors.
    """
    if len(rivals) < 3:  # noqa: PLR2004 - a spread needs three
        return None
    mean = sum(one for one, _ in rivals) / len(rivals)
    spread = sum((one - mean) ** 2 for one, _ in rivals) / (len(rivals) - 1)
    true_spread = max(spread - sum(error**2 for _, error in rivals) / len(rivals), 0.0)
    return mean + (value - mean) * (true_spread / (true_spread + error**2) if true_spread else 0.0)


class ComparisonVerdict(StrEnum):
    """How a comparison of two candidates stands."""

    FIRST = "first-is-less"
    """The first one's values are smaller, beyond the stated error."""
    SECOND = "second-is-less"
    """The second one's values are smaller, beyond the stated error."""
    EQUAL = "practically-equal"
    """The ratio surely lies within ``PRACTICALLY_EQUAL`` of one."""
    OPEN = "open"
    """Not decided at the looks so far."""


class Comparison(NamedTuple):
    """The ratio of the first one's values to the second's, with the interval at the last look.

    ``looked_at`` is the number of pairs at that look, 0 before the first one; ``ratio``, ``low`` and ``high`` are None
    until then.
    """

    verdict: ComparisonVerdict
    ratio: float | None
    low: float | None
    high: float | None
    looked_at: int
    error: float

    @property
    def is_decided(self) -> bool:
        """Whether there is nothing left to find out."""
        return self.verdict is not ComparisonVerdict.OPEN


def compare_pairs(log_ratios: Sequence[float], *, error: float = 1 - CONFIDENCE) -> Comparison:
    """Look at the pairs measured so far, in the order in which they were measured, and stop at the first decision.

    Each value is ``log(first / second)`` of one round. The chance to call equals different is at most ``error`` over
    all looks together, provided that the two were measured in random order within each round.
    """
    found = Comparison(ComparisonVerdict.OPEN, None, None, None, 0, error)
    for look in LOOKS:
        if look > len(log_ratios):
            break
        found = _look(log_ratios[:look], error)
        if found.is_decided:
            break
    return found


def _look(log_ratios: Sequence[float], error: float) -> Comparison:
    ordered = sorted(log_ratios)
    n = len(ordered)
    below, above = _ranks(n, 0.5, error / len(LOOKS) / 2)
    low = exp(ordered[below - 1]) if below else 0.0
    high = exp(ordered[above - 1]) if above <= n else inf
    verdict = ComparisonVerdict.OPEN
    if high < 1:
        verdict = ComparisonVerdict.FIRST
    elif low > 1:
        verdict = ComparisonVerdict.SECOND
    elif low >= 1 / PRACTICALLY_EQUAL and high <= PRACTICALLY_EQUAL:
        verdict = ComparisonVerdict.EQUAL
    bounded = below > 0 and above <= n
    return Comparison(verdict, exp(_point(ordered, 0.5)), low if bounded else None, high if bounded else None, n, error)


def _point(ordered: Sequence[float], p: float) -> float:
    n = len(ordered)
    if p == 0.5:  # noqa: PLR2004 - the median
        return (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    return ordered[min(n - 1, max(0, _ceil(n * p) - 1))]


def _ceil(value: float) -> int:
    """Return the next whole number, forgiving the last digits of a product such as 20 * 0.95."""
    return int(-(-(value - 1e-9) // 1))


@lru_cache(maxsize=4096)
def _ranks(n: int, p: float, tail: float) -> tuple[int, int]:
    """Ranks (from 1) of the order statistics that miss the quantile with at most ``tail`` on their side.

    The lower is 0 and the upper n + 1 where the sample is too small for one.
    """
    cumulative, below, above = 0.0, 0, n + 1
    for k in range(n + 1):
        # cumulative is P(B < k): the k-th value lies above the quantile.
        if k and cumulative <= tail:
            below = k
        if k and 1 - cumulative <= tail:
            above = k
            break
        cumulative += _binomial(k, n, p)
    return below, above


def _binomial(k: int, n: int, p: float) -> float:
    if n <= _EXACT_N:
        return float(comb(n, k) * p**k * (1 - p) ** (n - k))
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(ways + k * log(p) + (n - k) * log1p(-p))


def _binomial_cdf(k: int, n: int, p: float) -> float:
    """P(B <= k), as the regularized incomplete beta function I(1 - p; n - k, k + 1)."""
    if k >= n or p <= 0:
        return 1.0
    return incomplete_beta(1 - p, n - k, k + 1) if p < 1 else 0.0


def _solve(rising: Callable[[float], float]) -> float:
    """Where a function that rises from below zero to above it on [0, 1] crosses it, by halving."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2
