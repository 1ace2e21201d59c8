"""Answers that a toxicity classifier finds harmful: a port, of which no classifier is part of this package.

A package offers one as the entry point group ``advisor.toxicity``: a function from texts to scores from 0 to 1. Without
one nothing is judged; a list of bad words would find quotations and miss threats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.metadata import entry_points

from advisor.monitor.call import Call
from advisor.monitor.detectors.base import Detector, Measured

Classifier = Callable[[Sequence[str]], Sequence[float]]

GROUP = "advisor.toxicity"
_LEAST = 0.5
_MOST_CHARACTERS = 4_000


def look(calls: Sequence[Call]) -> Sequence[bool | None]:
    """Say of each answer whether the installed classifier finds it harmful; None for all without a classifier."""
    return judge(calls, installed())


def judge(calls: Sequence[Call], classifier: Classifier | None) -> Sequence[bool | None]:
    """Do the same with a classifier; None for a score that is none, and without an answer."""
    found: list[bool | None] = [None] * len(calls)
    places = [place for place, call in enumerate(calls) if call.output]
    if classifier is None or not places:
        return found
    scores = list(classifier([(calls[place].output or "")[:_MOST_CHARACTERS] for place in places]))
    if len(scores) != len(places):
        return found
    for place, score in zip(places, scores, strict=True):
        if 0 <= float(score) <= 1:
            found[place] = float(score) >= _LEAST
    return found


@lru_cache(maxsize=1)
def installed() -> Classifier | None:
    """Return the first classifier that an installed package offers, by name."""
    offered = sorted(entry_points(group=GROUP), key=lambda one: one.name)
    loaded = offered[0].load() if offered else None
    return loaded if callable(loaded) else None


DETECTOR = Detector("toxicity", Measured(None, None, None, None), look)
