"""Calls that took longer than a person waits; by definition, so that nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.monitor.call import Call
from advisor.monitor.detectors.base import Detector, Measured

LIMIT_MS = 30_000.0
FIRST_LIMIT_MS = 10_000.0
"""To the first token, where the log has it: then this alone counts, since the rest is read as it comes."""


def look(calls: Sequence[Call]) -> Sequence[bool | None]:
    """Say of each call whether it was too slow; None where the log has no time."""
    return [_is_slow(call) for call in calls]


def _is_slow(call: Call) -> bool | None:
    if call.first_token_ms is not None:
        return call.first_token_ms > FIRST_LIMIT_MS
    return None if call.latency_ms is None else call.latency_ms > LIMIT_MS


CONDITION = f"""
    CASE WHEN first_token_ms IS NOT NULL THEN first_token_ms > {FIRST_LIMIT_MS}
         WHEN latency_ms IS NOT NULL THEN latency_ms > {LIMIT_MS} END
"""

DETECTOR = Detector("latency", Measured(None, None, "by definition", None), look, reads_text=False, condition=CONDITION)
