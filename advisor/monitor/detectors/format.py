"""Answers without the form that their prompt asks for: checks ``json`` and ``json_schema`` of ``prompts/NAME.md``."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.monitor.call import Call
from advisor.monitor.detectors.base import Detector, Measured
from advisor.monitor.prompt_checks import failed


def look(calls: Sequence[Call]) -> Sequence[bool | None]:
    """Say of each answer whether it fails its form; None where its prompt asks for none."""
    return [failed(call) for call in calls]


DETECTOR = Detector("format", Measured(None, None, "by definition", None), look)
