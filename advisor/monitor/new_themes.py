"""Whether the latest calls ask for things that the calls before did not, with a stated rate of false alarms.

Two figures of the latest calls are taken in the space of meanings: how far each lies from the calls before (something
never asked), and how many of its nearest neighbors are among the latest too (one thing asked many times, after
Schilling, J. Am. Stat. Assoc. 81, 1986). Both are set against what they are when any other calls are called the latest,
at random, and joined by Fisher's rule, again set against chance: so the rate of false alarms is ``LEVEL`` whatever the
texts, as long as the calls before and the latest were drawn alike.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from advisor.evals.embedding import Vectors

WINDOW = 200
"""As many of the latest calls are looked at."""

LEAST_BEFORE = 500
"""Calls before them, below which too little is known of what was asked."""

MOST_BEFORE = 2_000
"""Of more, these are drawn at random."""

LEVEL = 0.05
"""The rate of false alarms of one look."""

_SHUFFLES = 199
_NEIGHBORS = 5
_DEPTH = 24
"""Neighbors that are kept of each call: of so many, one at least is nearly always among the calls before."""
_TOGETHER = 3
"""So many of the five nearest among the latest make a call one of something new."""
_FAR = 0.02
"""Or a distance that so few of the calls before have from each other."""

Numbers = NDArray[np.float64]


class NewThemes(NamedTuple):
    """What the test says of the latest calls."""

    is_new: bool
    p_value: float
    before: int
    """Calls that the latest were held against."""
    latest: int
    places: tuple[int, ...]
    """Which of the latest calls are unlike those before, from 0, least alike first; empty unless it is new."""


def find_new(before: Vectors, latest: Vectors, seed: int = 0) -> NewThemes | None:
    """Return whether the latest calls hold new themes; None if there are too few to say. Rows must have length 1."""
    if len(before) < LEAST_BEFORE or len(latest) < WINDOW // 2:
        return None
    random = np.random.default_rng(seed)
    if len(before) > MOST_BEFORE:
        before = before[np.sort(random.choice(len(before), MOST_BEFORE, replace=False))]
    # In a random order, since of neighbors that are as near, such as the same question again, the first are taken.
    order = random.permutation(len(before) + len(latest))
    pool = np.concatenate([before, latest])[order]
    near, likeness = _neighbors(pool)
    is_latest = np.zeros((_SHUFFLES + 1, len(pool)), dtype=np.bool_)
    is_latest[0] = order >= len(before)
    for row in is_latest[1:]:
        row[random.choice(len(pool), len(latest), replace=False)] = True
    figures = np.array([_figures(near, likeness, row) for row in is_latest])
    joined = -np.log(_chances(figures[:, 0])) - np.log(_chances(figures[:, 1]))
    p_value = float(_chances(joined)[0])
    is_new = p_value <= LEVEL
    places = tuple(int(order[one]) - len(before) for one in _unlike(near, likeness, is_latest[0])) if is_new else ()
    return NewThemes(is_new, p_value, len(before), len(latest), places)


def _neighbors(pool: Vectors) -> tuple[NDArray[np.int64], Vectors]:
    """Return the nearest of each call, nearest first, and how alike they are."""
    depth = min(_DEPTH, len(pool) - 1)
    alike = pool @ pool.T
    np.fill_diagonal(alike, -2)
    near = np.argpartition(-alike, depth, axis=1)[:, :depth]
    likeness = np.take_along_axis(alike, near, axis=1)
    order = np.argsort(-likeness, axis=1, kind="stable")
    return np.take_along_axis(near, order, axis=1), np.take_along_axis(likeness, order, axis=1)


def _figures(near: NDArray[np.int64], likeness: Vectors, is_latest: NDArray[np.bool_]) -> tuple[float, float]:
    """Return how many neighbors of the latest are of the latest, and how far they lie from the rest, by ranks."""
    among = is_latest[near]
    together = among[is_latest, :_NEIGHBORS].sum()
    ranks = _nearest_before(among, likeness).argsort().argsort()
    return float(together), -float(ranks[is_latest].sum())


def _nearest_before(among: NDArray[np.bool_], likeness: Vectors) -> Vectors:
    """Return how alike each call is to the nearest one that is not among the latest."""
    first = (~among).argmax(axis=1)
    first[among.all(axis=1)] = likeness.shape[1] - 1
    nearest: Vectors = np.take_along_axis(likeness, first[:, None], axis=1)[:, 0]
    return nearest


def _chances(figures: Numbers) -> Numbers:
    """Return for each figure the share of all that are at least as large, itself included."""
    ordered = np.sort(figures)
    found: Numbers = 1 - np.searchsorted(ordered, figures, side="left") / len(figures)
    return found


def _unlike(near: NDArray[np.int64], likeness: Vectors, is_latest: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return which of the latest are in company of the latest or far from the rest, least alike first."""
    among = is_latest[near]
    nearest = _nearest_before(among, likeness)
    together = among[:, :_NEIGHBORS].sum(axis=1)
    is_far = nearest < np.quantile(nearest[~is_latest], _FAR)
    picked = np.flatnonzero(is_latest & ((together >= _TOGETHER) | is_far))
    return picked[np.lexsort((nearest[picked], -together[picked]))]
