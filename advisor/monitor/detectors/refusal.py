"""Answers that refuse, in whole or in part: a calibrated score over signs in the text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advisor.monitor.call import Call
from advisor.monitor.detectors.base import Detector, Measured
from advisor.monitor.refusal_words import refusal_scores

_LEAST = 0.5
_BLOCK = 5_000

MEASURED = Measured(0.934, 0.891, "XSTest, each of five models with weights from the other four", 2_250)
"""Measured 2026-11-30; labels of two people, CC-BY-4.0."""


def look(calls: Sequence[Call]) -> Sequence[bool | None]:
    """Say of each answer whether it refuses; None without an answer."""
    return [None if one is None else one >= _LEAST for one in scores(calls)]


def scores(calls: Sequence[Call]) -> Sequence[float | None]:
    """Return how likely each answer refuses; None without an answer."""
    places = [place for place, call in enumerate(calls) if call.output and call.output.strip()]
    found: list[float | None] = [None] * len(calls)
    for start in range(0, len(places), _BLOCK):
        some = places[start : start + _BLOCK]
        for place, score in zip(
            some, np.round(refusal_scores([calls[at].output or "" for at in some]), 6), strict=True
        ):
            found[place] = float(score)
    return found


DETECTOR = Detector("refusal", MEASURED, look, scores)
