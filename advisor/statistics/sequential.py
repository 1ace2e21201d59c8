"""Tests that may be looked at after every case: an e-process by betting, valid at any moment at which one stops.

A gambler who bets the shares ``SHARES`` of what may be lost, each from an equal part of the capital, that a bounded
mean lies above ``m`` multiplies the capital at most by chance if it does not (Waudby-Smith and Ramdas, J. R. Stat. Soc.
B 86, 2024; Ville's inequality). So a capital of 1 / error refutes "at most m" with that error, however often one has
looked. The p value is one over the highest capital so far; the bounds are the means that are not refuted.

Cases must come in random order.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from advisor.statistics.intervals import CONFIDENCE

SHARES = (0.1, 0.2, 0.3, 0.45, 0.65)
"""How much of what may be lost is bet, from cautious to bold: chosen for differences of 5 to 30 points."""

_HALVINGS = 40

Values = NDArray[np.float64]


class Course(NamedTuple):
    """How a mean stands after the cases so far; ``p_value`` is of the mean being zero, and valid at any stop."""

    value: float
    low: float
    high: float
    n: int
    p_value: float


def course(values: Sequence[float], *, least: float, most: float, error: float = 1 - CONFIDENCE) -> Course:
    """Return the running mean of values within ``least`` and ``most``, with bounds that hold at every look together.

    Half of the error is for each side. Raises ValueError for a value out of bounds.
    """
    data = np.asarray(values, dtype=np.float64)
    if len(data) and not (least <= data.min() and data.max() <= most):
        raise ValueError(f"expected values from {least} to {most}, found {data.min()} to {data.max()}")
    if not len(data):
        return Course(0.0, least, most, 0, 1.0)
    low = _lower_bound(data, least, most, error / 2)
    high = -_lower_bound(-data, -most, -least, error / 2)
    p_value = 1.0
    if least < 0 < most:
        p_value = min(1.0, 2 * min(refuted_at_most(data, 0.0, least), refuted_at_most(-data, 0.0, -most)))
    value = float(data.mean())
    return Course(value, min(low, value), max(high, value), len(data), p_value)


def refuted_at_most(values: Sequence[float] | Values, m: float, least: float) -> float:
    """Return the p value, valid at any stop, of a mean of at most ``m``; no value lies below ``least``."""
    data = np.asarray(values, dtype=np.float64)
    if not len(data) or m <= least:
        return 1.0 if m > least or not len(data) or data.max() <= m else _p(data, m, least)
    return _p(data, m, least)


def _p(data: Values, m: float, least: float) -> float:
    return min(1.0, exp(-_log_capital(data, m, least)))


def _log_capital(data: Values, m: float, least: float) -> float:
    """Return the logarithm of the highest capital on the way, against a mean of at most ``m``."""
    # Why a game and not a test after each case: who reads a test of fixed size again and again finds a difference by
    # chance sooner or later. A capital that nobody can expect to grow is at most once in 20 runs ever as high as 20,
    # over all moments together; so its highest value counts, for one might have stopped there. How much to bet
    # depends on the difference, which is what is asked: too bold loses against a small one, too cautious needs long
    # for a large one. So each share gets an equal part of the capital; the mean of such games is such a game too, and
    # is behind the best of them by the logarithm of their number at most. A bet is a share of what one case may lose:
    # no case takes everything.
    may_lose = max(m - least, 1e-9)
    bets = np.asarray(SHARES)[:, None] / may_lose
    grown = np.cumsum(np.log1p(bets * (data - m)[None, :]), axis=1)
    top = grown.max(axis=0)
    capital = top + np.log(np.exp(grown - top).mean(axis=0))
    return max(0.0, float(capital.max()))


def _lower_bound(data: Values, least: float, most: float, error: float) -> float:
    """Return the highest mean that is refuted as an upper limit, by halving: a higher one is refuted less."""
    wanted, low, high = -log(error), least, most
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _log_capital(data, middle, least) >= wanted:
            low = middle
        else:
            high = middle
        if high - low < 1e-5 * (most - least):
            break
    return low
