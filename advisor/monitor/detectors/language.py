"""Answers in another language than the question, or than the log says that the user has."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.evals.language import LEAST_CHARACTERS, language_of
from advisor.monitor.call import Call
from advisor.monitor.detectors.base import Detector, Measured

_MOST_CHARACTERS = 200
"""As much of a text is looked at: more tells no more, and costs."""

MEASURED = Measured(0.818, 0.891, "pairs of bastioncorpus' texts in five languages, drawn at random", 1_000)
"""Measured 2026-11-30 by ``benchmarks/monitor_text.py``; labels of the author, MIT."""


def look(calls: Sequence[Call]) -> Sequence[bool | None]:
    """Say of each answer whether its language is wrong; None where one of the two languages cannot be told.

    Raises EvaluationError if the package that tells languages apart (extra ``loop``) is not installed.
    """
    return [_is_wrong(call) for call in calls]


def _is_wrong(call: Call) -> bool | None:
    if not call.output or len(call.output) < LEAST_CHARACTERS:
        return None
    if call.language:
        wanted: str | None = call.language.casefold().replace("_", "-").partition("-")[0]
    else:
        wanted = language_of((call.input or "")[:_MOST_CHARACTERS])
    found = language_of(call.output[:_MOST_CHARACTERS]) if wanted else None
    return None if found is None else found != wanted


DETECTOR = Detector("language", MEASURED, look)
