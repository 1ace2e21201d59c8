"""A rate that rose, looked for after every call with a stated number of false alarms.

For each length of a recent stretch the failures in it are held against what the stretches before it lead to expect:
the logarithm of the likelihood ratio of the two rates, one-sided. The lengths grow by a fifth, so that a large change
is seen early and a small one late (a generalized likelihood ratio over windows, Lai, J. R. Stat. Soc. B 57, 1995). The
ratio of a false alarm to a call is about exp(-threshold), so the threshold is the logarithm of the calls between two
false alarms; `benchmarks/monitor.py` measures what really comes.

What is expected follows the hour of the day and whether it is a weekend, from the days before, on straight lines
between the middles of stretches of some hours. While an hour is hardly known, odds higher by six tenths are tolerated
there, and more than twice as high on the first weekend, so that a rhythm is not taken for a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEAST_BEFORE = 100
"""Calls that must have been seen before a rate can be said to have changed."""

LENGTHS = tuple(sorted({round(10 * 1.2**n) for n in range(23)}))
"""Calls in the stretches that are looked at: 10 to about 550."""

_SLOTS = 8
"""Stretches of a day."""
_DAY_US = 86_400_000_000
_HIGHEST = 0.98
_KNOWN = 10.0
"""Failures expected in a phase after which half of what is tolerated there is gone."""
_TOLERATED = 0.5
"""Of the odds, while nothing is known of an hour."""
_OF_NEW_KIND = 1.4
"""Of the odds, on the first weekend that is seen, or the first weekday."""

Numbers = NDArray[np.float64]


class Change(NamedTuple):
    """A rate that rose: after call ``seen`` it was clear that it had since call ``since`` (from 0, in the series)."""

    since: int
    seen: int
    hits_before: int
    n_before: int
    hits_after: int
    n_after: int


def threshold(calls_between_alarms: float) -> float:
    """Return the log likelihood ratio that is reached by chance once in so many calls. Raises ValueError below 2."""
    if calls_between_alarms < 2:  # noqa: PLR2004 - an alarm a call
        raise ValueError(f"expected at least 2 calls between false alarms, found {calls_between_alarms}")
    return log(calls_between_alarms)


def changes(failed: NDArray[np.bool_], at_us: NDArray[np.int64], calls_between_alarms: float) -> tuple[Change, ...]:
    """Return the rises of a failure rate, in order; ``at_us`` is each call's time in microseconds since 1970, rising.

    After each the search begins anew with the calls since the change: what they show is the level from then on, and the
    rhythm is held against the level of its own time, so that one rise is found once.
    """
    wanted = threshold(calls_between_alarms)
    found, starts = list[Change](), [0]
    while len(failed) - starts[-1] > LEAST_BEFORE:
        start = starts[-1]
        factors, allowed = _rhythm(failed, at_us, starts)
        one = _first(failed[start:], factors[start:], allowed[start:], wanted)
        if one is None:
            break
        found.append(one._replace(since=one.since + start, seen=one.seen + start))
        starts.append(start + one.since)
    return tuple(found)


def _first(failed: NDArray[np.bool_], factors: Numbers, odds: Numbers, wanted: float) -> Change | None:
    """Return the first call after which some stretch that ends with it is beyond the threshold."""
    n = len(failed)
    hits = np.concatenate(([0.0], np.cumsum(failed)))
    weight, allowed = (np.concatenate(([0.0], np.cumsum(one))) for one in (factors, odds))
    # Why all lengths: a chart that is tuned to one size of a rise (CUSUM) is late for every other, and nobody knows
    # the size before. Of lengths that grow by a fifth, one is always close to the stretch since the rise, with two
    # dozen lengths instead of 540. The rate before is itself counted from few calls at first, so what a stretch shows
    # is scaled as if both were samples (n m / (n + m) calls instead of n): against a level that is hardly known
    # everything weighs less. A shorter stretch may be beyond the threshold earlier, so the later lengths only look at
    # calls up to the earliest alarm found so far.
    best: tuple[int, int] | None = None
    for length in LENGTHS:
        last = n if best is None else best[0]
        ends = np.arange(LEAST_BEFORE + length, last + 1)
        if not len(ends):
            continue
        begins = ends - length
        recent = (hits[ends] - hits[begins]) / length
        # Half a failure more than was seen: a rate of nothing is not known to be nothing.
        before = np.minimum((hits[begins] + 0.5) / weight[begins], 0.999)
        expected = _in_odds(before, (allowed[ends] - allowed[begins]) / length)
        crossed = ends[_evidence(recent, expected, length * begins / ends) >= wanted]
        if len(crossed) and (best is None or crossed[0] < best[0]):
            best = (int(crossed[0]), length)
    if best is None:
        return None
    end, since = best[0], _likeliest_start(hits, best[0])
    return Change(since, end - 1, int(hits[since]), since, int(hits[end] - hits[since]), end - since)


def _likeliest_start(hits: Numbers, end: int) -> int:
    """Return the call from which a change seen before ``end`` is the likeliest, within the longest stretch."""
    begins = np.arange(max(LEAST_BEFORE, end - LENGTHS[-1]), end - LENGTHS[0] + 1)
    n = end - begins
    before, after = hits[begins] / begins, (hits[end] - hits[begins]) / n
    likely = begins * _negentropy(before) + n * _negentropy(after)
    return int(begins[np.where(after > before, likely, -np.inf).argmax()])


def _negentropy(rate: Numbers) -> Numbers:
    p = np.clip(rate, 1e-12, 1 - 1e-12)
    made: Numbers = p * np.log(p) + (1 - p) * np.log(1 - p)
    return made


def _in_odds(rate: Numbers, factor: Numbers) -> Numbers:
    """Return a rate whose odds are changed by a factor, so that a high one stays below 1."""
    made: Numbers = rate * factor / (1 - rate + rate * factor)
    return made


def _evidence(rate: Numbers, expected: Numbers, n: Numbers) -> Numbers:
    """Return the log likelihood ratio of a rate above what was expected; 0 where it is not above."""
    higher = np.clip(rate, 1e-12, 1 - 1e-12)
    ratio = higher * np.log(higher / expected) + (1 - higher) * np.log((1 - higher) / (1 - expected))
    made: Numbers = np.where(rate > expected, n * ratio, 0.0)
    return made


def _rhythm(failed: NDArray[np.bool_], at_us: NDArray[np.int64], starts: Sequence[int]) -> tuple[Numbers, Numbers]:
    """Return each call's expected rate as a factor of its level's mean, and by what factor the odds may be higher.

    The second holds what is expected and what is tolerated on top, and keeps a high rate below 1. Both are made from
    the days before its own, the factors drawn towards 1 while little is known; ``starts`` are where the level changed.
    """
    days = at_us // _DAY_US
    weekend = ((days + 3) % 7 >= 5).astype(np.int64)  # noqa: PLR2004 - 1970 began on a Thursday
    slot = (at_us % _DAY_US) * _SLOTS / _DAY_US
    place = weekend * _SLOTS + slot.astype(np.int64)
    factors, odds = np.ones(len(failed)), np.ones(len(failed))
    expected, hits = np.zeros((2, _SLOTS)), np.zeros((2, _SLOTS))
    sums = np.concatenate(([0], np.cumsum(failed)))
    bounds = np.flatnonzero(np.diff(days, prepend=days[0] - 1))
    for first, last in zip(bounds, [*bounds[1:], len(failed)], strict=True):
        if first:
            kind = int(weekend[first])
            # The first day knows no rhythm, and cannot tell one from a change but by size.
            own = _factors(expected, hits)[kind]
            factors[first:last] = _between(own, slot[first:last])
            level = float(expected.sum() / first)
            higher = np.minimum(own * level, _HIGHEST)
            tolerated = 1 + _TOLERATED * _KNOWN / (expected.sum(axis=0) + _KNOWN)
            tolerated += _OF_NEW_KIND * (_KNOWN / (expected[kind].sum() + _KNOWN)) ** 2
            odds[first:last] = _between(higher / (1 - higher) * (1 - level) / level * tolerated, slot[first:last])
        for begin, until in pairwise((*starts, len(failed))):
            some = slice(max(first, begin), min(last, until))
            if some.start < some.stop:
                level = (sums[some.stop] - sums[begin] + 0.5) / (some.stop - begin + 1)
                expected += np.bincount(place[some], minlength=2 * _SLOTS).reshape(2, _SLOTS) * level
        hits += np.bincount(place[first:last], weights=failed[first:last], minlength=2 * _SLOTS).reshape(2, _SLOTS)
    return factors, odds


def _factors(expected: Numbers, hits: Numbers) -> Numbers:
    """Return the factor of each stretch of a weekday and a weekend: of the hour, of the kind of day, and of both."""
    hour = (hits.sum(axis=0) + _KNOWN) / (expected.sum(axis=0) + _KNOWN)
    likely = expected * hour
    kind = (hits.sum(axis=1) + _KNOWN) / (likely.sum(axis=1) + _KNOWN)
    likely *= kind[:, None]
    made: Numbers = hour * kind[:, None] * (hits + _KNOWN) / (likely + _KNOWN)
    return made


def _between(values: Numbers, slot: Numbers) -> Numbers:
    """Return what holds at each moment of a day, on straight lines between the middles of its stretches."""
    middle = slot - 0.5
    before = np.floor(middle).astype(np.int64)
    share = middle - before
    made: Numbers = values[before % _SLOTS] * (1 - share) + values[(before + 1) % _SLOTS] * share
    return made
