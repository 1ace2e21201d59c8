"""A right answer that is a set: how many of its members are named, and how many besides."""

from __future__ import annotations

import re
from typing import Any

from advisor.evals.cases import Case
from advisor.evals.checks import json_in
from advisor.evals.scorers.base import Score, Step
from advisor.evals.scorers.exact import number_in, plain
from advisor.probe.worker_protocol import Content

_BULLET = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")  # "- ", "* ", "1. ", "2) "


class SetF1:
    """The harmonic mean of precision and recall over members; their order does not count."""

    name = "set-f1"
    step = Step.ANSWER

    def fits(self, case: Case) -> bool:
        """Fit a case whose answer is a list."""
        return isinstance(case.answer, list)

    def score(self, case: Case, answer: Content) -> Score:
        """From 0 to 1."""
        wanted, found = {_member(one) for one in case.answer}, {_member(one) for one in members(answer.text)} - {""}
        right = len(wanted & found)
        value = 1.0 if not wanted and not found else 2 * right / (len(wanted) + len(found))
        return Score(value, f"{right} of {len(wanted)}, and {len(found) - right} besides", False, self.name)


SCORER = SetF1()


def members(text: str) -> list[Any]:
    """Return what an answer lists: as JSON, as lines with bullets, or between commas."""
    try:
        content = json_in(text)
    except ValueError:
        content = None
    if isinstance(content, list):
        return content
    if isinstance(content, dict):
        return next((value for value in content.values() if isinstance(value, list)), list(content.values()))
    lines = text.strip().splitlines()
    bullets = [_BULLET.sub("", line) for line in lines if _BULLET.match(line)]
    if bullets:
        return bullets
    if len(lines) > 1:
        lines = [line for line in lines if not line.rstrip().endswith(":")]
    if len(lines) > 1:
        return [line for line in lines if line.strip()]
    last = lines[-1].rpartition(":")[2] if lines else ""
    return re.split(r"\s*[,;]\s*(?:and\s+)?|\s+and\s+", last)


def _member(value: Any) -> str:
    number = number_in(str(value))
    return f"{number.normalize():f}" if number is not None else plain(str(value))
