"""Signs that an answer may be made up: no citation where one was asked for, or another answer with other figures.

They propose cases for a person to read, and grade nothing: a right answer may lack a citation, and two wrong answers
may agree.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from advisor.monitor.call import Call
from advisor.monitor.detectors.base import Detector, Measured
from advisor.monitor.prompt_checks import failed

_CITES = frozenset({"citation"})
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")

MEASURED = Measured(0.594, 0.913, "GSM8K, a wrong answer by disagreement of two models", 1_319)
"""Measured 2026-11-30; labels by the known results, MIT. The absent citation has no labeled set."""


def look(calls: Sequence[Call]) -> Sequence[bool | None]:
    """Say of each answer whether it shows a sign; None where none was due and no other figures were logged."""
    figures: dict[str, list[float]] = defaultdict(list)
    for call in calls:
        if call.input and call.output:
            found = last_figure(call.output)
            if found is not None:
                figures[call.input.strip()].append(found)
    return [_shows_sign(call, figures) for call in calls]


def disagree(one: str, other: str) -> bool | None:
    """Whether the last figures of two answers differ; None where one of them has no figure."""
    first, second = last_figure(one), last_figure(other)
    return None if first is None or second is None else abs(first - second) > 1e-9 * max(1.0, abs(first))


def last_figure(text: str) -> float | None:
    """Return the last number of a text."""
    found = _NUMBER.findall(text[-2_000:])
    return float(found[-1].replace(",", "")) if found else None


def _shows_sign(call: Call, figures: dict[str, list[float]]) -> bool | None:
    if not call.output:
        return None
    uncited = failed(call, _CITES)
    same = figures.get((call.input or "").strip(), [])
    if len(same) < 2 or last_figure(call.output) is None:  # noqa: PLR2004 - one answer has nothing to differ from
        return uncited
    return len(set(same)) > 1 or bool(uncited)


DETECTOR = Detector("hallucination", MEASURED, look, is_verdict=False)
