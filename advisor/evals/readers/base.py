"""The port of readers: one file each in this folder, found by itself, with a ``READER``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple, Protocol

_WORDS: Mapping[str, float] = {
    **dict.fromkeys(("c", "correct", "pass", "passed", "true", "yes"), 1.0),
    **dict.fromkeys(("i", "incorrect", "n", "fail", "failed", "false", "no"), 0.0),
    "p": 0.5,  # partially correct, as inspect has it
    "partial": 0.5,
}


class ForeignScore(NamedTuple):
    """One answer's score as another tool has it."""

    case: str
    candidate: str
    epoch: int
    value: float
    """0 to 1."""


class Reader(Protocol):
    """Reads the results of one tool."""

    @property
    def name(self) -> str:
        """The tool."""

    def fits(self, content: Any) -> bool:
        """Whether a file's content is of that tool."""

    def scores(self, content: Any, candidate: str) -> Iterator[ForeignScore]:
        """Return the scores; ``candidate`` where the content does not say whose they are."""


def to_value(given: Any) -> float | None:
    """Return a score as a number: true and false, C and I, pass and fail, or a number; None for anything else."""
    if isinstance(given, bool):
        return float(given)
    if isinstance(given, (int, float)):
        return float(given) if isfinite(given) else None
    if isinstance(given, str):
        word = given.strip().casefold()
        if word in _WORDS:
            return _WORDS[word]
        try:
            number = float(word)
        except ValueError:
            return None
        return number if isfinite(number) else None
    return None


def first(row: Mapping[str, Any], names: Sequence[str]) -> Any:
    """Return the first of these keys that a row has a value for."""
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def are_rows(content: Any) -> bool:
    """Whether a content is a list of objects."""
    return isinstance(content, list) and bool(content) and all(isinstance(row, Mapping) for row in content)
