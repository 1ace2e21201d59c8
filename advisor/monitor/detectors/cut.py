"""Answers that were cut off: as the log says, or as their last characters say where it does not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from advisor.monitor.call import Call
from advisor.monitor.detectors.base import Detector, Measured

_CUT = frozenset({"length", "max_tokens", "max_output_tokens", "model_length", "incomplete"})
_WHOLE = frozenset({"stop", "end_turn", "stop_sequence", "tool_calls", "tool_use", "function_call", "completed", "eos"})
_LEAST = 40
# Such as `The total is,` and `one of the`, not `The total is 4.`.
_OPEN = re.compile(r"[\w,;:(\[{=+/&-]\s*$|\b(?:the|a|an|of|to|and|or|in|with|for|is|are)\s*$", re.IGNORECASE)
_LAST_LINE = re.compile(r"^\s*(?:[-*•|#>]|\d+[.)])")

MEASURED = Measured(0.965, 0.794, "outputs of LLMBar, each whole and cut at random, told by the text alone", 1_176)
"""Measured 2026-11-30; labels by construction, MIT. Where the log says why an answer ended, nothing is guessed."""


def look(calls: Sequence[Call]) -> Sequence[bool | None]:
    """Say of each answer whether it was cut; None without an answer, or where neither log nor text tells."""
    return [_is_cut(call) for call in calls]


def ends_open(text: str) -> bool | None:
    """Whether a text ends in the middle of a sentence or of a code block; None for one too short or a list to tell."""
    plain = text.rstrip()
    if len(plain) < _LEAST:
        return None
    if plain.count("```") % 2:
        return True
    if _LAST_LINE.match(plain.rsplit("\n", 1)[-1]):
        return None
    return bool(_OPEN.search(plain[-40:]))


def _is_cut(call: Call) -> bool | None:
    reason = (call.finish_reason or "").casefold().rpartition(".")[2]
    if reason in _CUT or reason in _WHOLE:
        return reason in _CUT
    return ends_open(call.output) if call.output else None


DETECTOR = Detector("cut", MEASURED, look)
