"""How much of the traffic a set covers, and which of it to add: the questions near which most others lie.

A question is covered when a case lies within ``RADIUS`` of it. The radius is calibrated on Banking77 (13,083 questions
of customers with 77 intents, CC-BY-4.0): of the pairs of its test questions that are this near, half have one intent.
Choosing greedily what covers most covers twice as much with 50 cases as choosing at random; choosing what is farthest
from all others (pure diversity) covers less than random, since it chases the odd ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from advisor.evals.cases import Case
from advisor.evals.embedding import Vectors, embed, is_available
from advisor.evals.run_file import FOLDER, make_folder

RADIUS = 0.60
"""The similarity from which on a case covers a question."""

SAME = 0.95
"""The similarity above which two questions are one."""

MOST_TRAFFIC = 20_000
"""As many questions of the traffic are kept, as vectors alone."""

_BLOCK = 2_000


def covered(traffic: Vectors, cases: Vectors) -> NDArray[np.bool_]:
    """Of each question of the traffic, whether a case covers it."""
    found = np.zeros(len(traffic), dtype=np.bool_)
    if len(cases):
        for start in range(0, len(traffic), _BLOCK):
            block = traffic[start : start + _BLOCK]
            found[start : start + _BLOCK] = (block @ cases.T).max(axis=1) >= RADIUS
    return found


def choose_uncovered(traffic: Vectors, cases: Vectors, count: int) -> tuple[int, ...]:
    """Return the places of at most ``count`` questions that together cover most of what no case covers, best first."""
    left = ~covered(traffic, cases)
    places = np.flatnonzero(left)
    chosen: list[int] = []
    near = _near(traffic[places])
    open_ = np.ones(len(places), dtype=np.bool_)
    while len(chosen) < count and open_.any():
        gain = near[open_].sum(axis=0)
        best = int(gain.argmax())
        if not gain[best]:
            break
        chosen.append(int(places[best]))
        open_ &= ~near[:, best]
    return tuple(chosen)


def distinct(vectors: Vectors, known: Vectors) -> tuple[int, ...]:
    """Return the places of those that repeat neither a known question nor an earlier one of these."""
    kept: list[int] = []
    for place, vector in enumerate(vectors):
        others = [known, vectors[kept]] if kept else [known]
        if all(not len(other) or float((other @ vector).max()) <= SAME for other in others):
            kept.append(place)
    return tuple(kept)


def coverage(case_questions: Sequence[str], traffic: Vectors) -> float | None:
    """Return the share of the traffic that cases cover; None without traffic."""
    return float(covered(traffic, embed(case_questions)).mean()) if len(traffic) else None


def keep_traffic(name: str, vectors: Vectors, folder: Path = FOLDER) -> None:
    """Keep the traffic of a set, without its texts, so that later results can say how much of it they cover."""
    make_folder(folder)
    random = np.random.default_rng(0)
    if len(vectors) > MOST_TRAFFIC:
        vectors = vectors[random.choice(len(vectors), MOST_TRAFFIC, replace=False)]
    temporary = folder / f".{name}.traffic.tmp.npy"
    np.save(temporary, vectors.astype(np.float16), allow_pickle=False)
    temporary.replace(folder / f"{name}.traffic.npy")


def kept_coverage(name: str, cases: Sequence[Case], folder: Path = FOLDER) -> float | None:
    """How much of the kept traffic of a set its cases cover; None where none is kept or it cannot be compared."""
    path = folder / f"{name}.traffic.npy"
    if not path.is_file() or not is_available():
        return None
    try:
        traffic = np.load(path, allow_pickle=False).astype(np.float32)
    except (OSError, ValueError):
        return None
    if traffic.ndim != 2 or not len(traffic):  # noqa: PLR2004 - rows and columns
        return None
    own = embed([case.question for case in cases])
    return float(covered(traffic, own).mean()) if own.shape[1] == traffic.shape[1] else None


def _near(vectors: Vectors) -> NDArray[np.bool_]:
    """Which are within the radius of which; each of itself."""
    found = np.zeros((len(vectors), len(vectors)), dtype=np.bool_)
    for start in range(0, len(vectors), _BLOCK):
        found[start : start + _BLOCK] = vectors[start : start + _BLOCK] @ vectors.T >= RADIUS
    np.fill_diagonal(found, val=True)
    return found
