"""k-means on vectors of length 1, of which the same seed makes the same clusters.

Lloyd (1982) on the sphere (Dhillon and Modha 2001) from the beginnings of k-means++ (Arthur and Vassilvitskii 2007).
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from advisor.evals.embedding import Vectors

_ROUNDS = 40
_MOST = 80
_LEAST_SIZE = 40
"""Texts for one cluster in the rule of k, until there are so many that the square root is less."""


class Clusters(NamedTuple):
    """Which text is in which cluster, and the clusters' centers, each of length 1."""

    places: NDArray[np.int64]
    """A number of a cluster for each text."""
    centers: Vectors


def cluster_count(texts: int) -> int:
    """Give k by rule: a cluster for 40 texts, at least 2 and at most 80; 1 for fewer than 8 texts."""
    return 1 if texts < 8 else int(min(max(2, texts / _LEAST_SIZE, sqrt(texts) / 3), _MOST))  # noqa: PLR2004


def cluster(vectors: Vectors, count: int, seed: int) -> Clusters:
    """Put each vector into one of at most ``count`` clusters; rows must have length 1."""
    random = np.random.default_rng(seed)
    centers = _beginnings(vectors, min(count, len(vectors)), random)
    places = np.full(len(vectors), -1, dtype=np.int64)
    for _ in range(_ROUNDS):
        now = (vectors @ centers.T).argmax(axis=1)
        if np.array_equal(now, places):
            break
        places = now
        centers = _centers(vectors, places, centers)
    return Clusters(places, centers)


def _beginnings(vectors: Vectors, count: int, random: np.random.Generator) -> Vectors:
    chosen = [int(random.integers(len(vectors)))]
    away = 1 - vectors @ vectors[chosen[0]]
    tries = 2 + int(np.log(max(count, 1)))
    while len(chosen) < count:
        away = np.maximum(away, 0)
        if not (total := float(away.sum())) > 0:
            break
        some = random.choice(len(vectors), tries, p=away / total)
        nearer = np.minimum(away, 1 - vectors[some] @ vectors.T)
        best = int(np.maximum(nearer, 0).sum(axis=1).argmin())
        chosen.append(int(some[best]))
        away = nearer[best]
    return vectors[chosen].copy()


def _centers(vectors: Vectors, places: NDArray[np.int64], before: Vectors) -> Vectors:
    """Return the mean of each cluster at length 1; one that lost all its texts stays where it was."""
    order = np.argsort(places, kind="stable")
    numbers, starts = np.unique(places[order], return_index=True)
    centers = before.copy()
    sums = np.add.reduceat(vectors[order], starts, axis=0)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    centers[numbers] = np.where(lengths > 0, sums / np.maximum(lengths, 1e-12), before[numbers])
    return centers
