"""Student's and the normal distribution without scipy: exact to the last digits that a float holds."""

from __future__ import annotations

from functools import lru_cache
from math import erfc, exp, inf, lgamma, log, log1p, sqrt

_STEPS = 10_000


@lru_cache(maxsize=256)
def normal_quantile(p: float) -> float:
    """Return the value below which a standard normal variable falls with probability ``p``."""
    from statistics import NormalDist  # it imports half of the numbers there are, which a cold start need not

    return NormalDist().inv_cdf(p)


def normal_cdf(z: float) -> float:
    """Return the chance that a standard normal variable falls below ``z``."""
    return erfc(-z / sqrt(2)) / 2


def t_two_sided(t: float, df: float) -> float:
    """Give the chance that Student's variable with ``df`` degrees of freedom is at least ``abs(t)`` away from zero."""
    if t == 0:
        return 1.0
    if t in (inf, -inf):
        return 0.0
    return incomplete_beta(df / (df + t * t), df / 2, 0.5)


@lru_cache(maxsize=1024)
def t_quantile(p: float, df: float) -> float:
    """Return the value below which Student's variable falls with probability ``p`` of at least one half."""
    tail = 2 * (1 - p)
    low, high = 0.0, 2.0
    while t_two_sided(high, df) > tail:
        low, high = high, high * 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if t_two_sided(middle, df) > tail else (low, middle)
    return (low + high) / 2


def incomplete_beta(x: float, a: float, b: float) -> float:
    """Return the regularized incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22)."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(1 - x, b, a)
    factor = exp(lgamma(a + b) - lgamma(a + 1) - lgamma(b) + a * log(x) + b * log1p(-x))
    inverse = 1 / (1 - (a + b) * x / (a + 1))
    found, ratio = inverse, 1.0
    for m in range(1, _STEPS):
        before = found
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            inverse = 1 / (1 + step * inverse)
            ratio = 1 + step / ratio
            found *= inverse * ratio
        if abs(found - before) < 1e-15 * abs(found):
            break
    return factor * found


def wilson(hits: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a share (JASA 22, 1927); all of [0, 1] without a trial."""
    if n <= 0:
        return 0.0, 1.0
    z = normal_quantile((1 + confidence) / 2)
    p = hits / n
    center = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, center - reach), min(1.0, center + reach)
