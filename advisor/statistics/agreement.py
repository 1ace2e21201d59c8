"""How far two who label the same things agree beyond chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from math import sqrt
from typing import NamedTuple

from advisor.statistics.distributions import normal_quantile

ONE_SIDED = 0.95
"""The confidence of the lower bound."""


class Kappa(NamedTuple):
    """Cohen's kappa with its lower bound, the share of equal labels, and the share that agree by always saying one."""

    value: float
    low: float
    n: int
    agreement: float
    base_rate: float
    """The share of the most frequent label of the second: what a constant first would agree on."""


def kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> Kappa | None:
    """Agreement of the first with the second over pairs of labels; None without a pair.

    The lower bound is one-sided, by the large-sample error of Fleiss, Cohen and Everitt (Psych. Bull. 72, 1969). Kappa
    is 0 where chance alone would agree on everything.
    """
    n = len(pairs)
    if not n:
        return None
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    equal = sum(one == other for one, other in pairs) / n
    names = first.keys() | second.keys()
    by_chance = sum(first[name] * second[name] for name in names) / n**2
    base_rate = max(second.values()) / n
    if by_chance >= 1 - 1e-12:
        return Kappa(0.0, -1.0, n, equal, base_rate)
    value = (equal - by_chance) / (1 - by_chance)
    error = sqrt(max(_variance(pairs, first, second, equal, by_chance), 0.0) / n)
    # Agreement on all of a few says little: the error is never below that of one label gone wrong.
    error = max(error, 1 / (n * (1 - by_chance)))
    return Kappa(value, value - normal_quantile(ONE_SIDED) * error, n, equal, base_rate)


def _variance(
    pairs: Sequence[tuple[Hashable, Hashable]],
    first: Counter[Hashable],
    second: Counter[Hashable],
    equal: float,
    by_chance: float,
) -> float:
    n, cells = len(pairs), Counter(pairs)
    on, off = 0.0, 0.0
    for (one, other), count in cells.items():
        share = count / n
        if one == other:
            on += share * ((1 - by_chance) - (first[one] + second[one]) / n * (1 - equal)) ** 2
        else:
            off += share * ((second[one] + first[other]) / n) ** 2
    off *= (1 - equal) ** 2
    return (on + off - (equal * by_chance - 2 * by_chance + equal) ** 2) / (1 - by_chance) ** 4
