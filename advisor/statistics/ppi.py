"""Prediction-powered inference: many cheap judgments made honest by a few labels of people.

Angelopoulos, Duchi and Zrnic, PPI++ (2023): the mean of the judgments over what nobody labeled, plus the mean error
of the judgments over what was labeled, both weighted so that a poor judge only costs nothing and a good one narrows
the interval. The labeled ones must be drawn at random.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np

from advisor.statistics.distributions import t_quantile
from advisor.statistics.intervals import CONFIDENCE


class Corrected(NamedTuple):
    """A mean corrected by labels; ``trust`` is the weight (0 to 1) that the judgments got."""

    value: float
    low: float
    high: float
    labels: int
    trust: float


def corrected_mean(
    labels: Sequence[float],
    judged_labeled: Sequence[float],
    judged_rest: Sequence[float],
    *,
    least: float = 0.0,
    most: float = 1.0,
    confidence: float = CONFIDENCE,
) -> Corrected:
    """Give the mean over all of what the labels say; ``labels`` and ``judged_labeled`` are of the same items, in order.

    Values lie within ``least`` and ``most``. Raises ValueError with fewer than two labels.
    """
    truth, own, rest = (np.asarray(one, dtype=np.float64) for one in (labels, judged_labeled, judged_rest))
    n, more = len(truth), len(rest)
    if n < 2:  # noqa: PLR2004 - a spread needs two
        raise ValueError(f"expected at least two labels, found {n}")
    trust = _trust(truth, own, more)
    errors = truth - trust * own
    value = errors.mean() + (trust * rest.mean() if more else 0.0)
    # Labels that all agree with the judge do not prove that it never errs: one error each way is added to the spread.
    span = most - least
    padded = np.concatenate([errors - errors.mean(), [span / 2, -span / 2]])
    variance = padded.var() / (n + 2) + (trust**2 * rest.var() / more if more else 0.0)
    reach = t_quantile((1 + confidence) / 2, n - 1) * sqrt(float(variance))
    value = float(min(max(value, least), most))
    return Corrected(value, max(least, value - reach), min(most, value + reach), n, trust)


def corrected_rate(labels: Sequence[float], judged_labeled: Sequence[float], judged_rest: Sequence[float]) -> Corrected:
    """Give the rate in exactly these items, a log that was read whole, with the labels of a random part of them.

    The difference estimator of survey sampling (Särndal, Swensson and Wretman 1992) with the weight of PPI++: since
    every item is judged, only the judgments' errors are estimated from a sample, and the part that was labeled has no
    doubt. It says nothing of items that are still to come: ``corrected_mean`` does. Raises ValueError with fewer than
    two labels.
    """
    truth, own, rest = (np.asarray(one, dtype=np.float64) for one in (labels, judged_labeled, judged_rest))
    n, every = len(truth), len(truth) + len(rest)
    if n < 2:  # noqa: PLR2004 - a spread needs two
        raise ValueError(f"expected at least two labels, found {n}")
    trust = _trust(truth, own, 10**9)
    errors = truth - trust * own
    value = errors.mean() + trust * float(own.sum() + rest.sum()) / every
    padded = np.concatenate([errors - errors.mean(), [0.5, -0.5]])
    reach = t_quantile((1 + CONFIDENCE) / 2, n - 1) * sqrt(float(padded.var()) / (n + 2) * (1 - n / every))
    value = float(min(max(value, 0.0), 1.0))
    return Corrected(value, max(0.0, value - reach), min(1.0, value + reach), n, trust)


def _trust(truth: np.ndarray, own: np.ndarray, more: int) -> float:
    spread = float(own.var())
    if not more or spread == 0.0:
        return 0.0
    together = float(((truth - truth.mean()) * (own - own.mean())).mean())
    return min(max(together / (spread * (1 + len(truth) / more)), 0.0), 1.0)
