"""Answers longer than their prompt allows, or far longer than others of the same prompt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from advisor.monitor.call import Call
from advisor.monitor.detectors.base import Detector, Measured
from advisor.monitor.prompt_checks import failed

TIMES = 5
"""So many times the median length of the prompt's answers is overlong where the prompt states no bound."""

_LEAST = 50
"""With fewer answers of a prompt there is no median to hold one against."""

_KINDS = frozenset({"length", "max_words"})


def look(calls: Sequence[Call]) -> Sequence[bool | None]:
    """Say of each answer whether it is overlong; None without an answer or anything to hold it against."""
    lengths: dict[str | None, list[int]] = defaultdict(list)
    for call in calls:
        if call.output:
            lengths[call.prompt].append(len(call.output))
    bounds = {prompt: TIMES * median(found) for prompt, found in lengths.items() if len(found) >= _LEAST}
    return [_is_overlong(call, bounds.get(call.prompt)) for call in calls]


def _is_overlong(call: Call, bound: float | None) -> bool | None:
    if not call.output:
        return None
    stated = failed(call, _KINDS)
    if stated is not None:
        return stated
    return None if bound is None else len(call.output) > bound


DETECTOR = Detector("overlong", Measured(None, None, "by definition", None), look)
