"""The ground floor: a value is worth nothing without its source, its day and its state.

These are named tuples of the standard library, not pydantic models: a cold start reads some ten thousand of
them (see docs/decisions/0001-compiled-catalog.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, NamedTuple


class State(StrEnum):
    """How well a fact is known."""

    KNOWN = "known"
    """One value, with a source."""
    UNKNOWN = "unknown"
    """Nobody has looked it up, or no source was found."""
    NOT_DISCLOSED = "not-disclosed"
    """The one who knows has chosen not to say."""
    DISPUTED = "disputed"
    """Sources differ; the value is the one on the safe side and ``claims`` shows every side."""
    INHERITED = "inherited"
    """Not said of this offering: what the maker of the model, or another channel of it, says of the model."""
    BY_CONTRACT = "by-contract"
    """It depends on an agreement that the user may have and we cannot see."""


class Ternary(StrEnum):
    """What a test of a candidate can come out as."""

    SATISFIED = "satisfied"
    VIOLATED = "violated"
    UNKNOWN = "unknown"


class Source(NamedTuple):
    """Where a fact was read, and on which day."""

    url: str
    read_on: date


class Claim(NamedTuple):
    """What one source says where several differ."""

    value: Any
    source: Source


class Fact(NamedTuple):
    """A value with its unit, state, source and time of validity.

    ``valid_from`` is the first day on which it holds and ``valid_to`` the first day on which it no longer does.
    A fact without ``valid_from`` holds from the day it was read: an earlier date must not see it.
    """

    value: Any = None
    unit: str | None = None
    state: State = State.UNKNOWN
    source: Source | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    note: str | None = None
    claims: tuple[Claim, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether there is a value to compute with (known, inherited, or disputed with the safe side as value)."""
        return self.value is not None and self.state in (State.KNOWN, State.DISPUTED, State.INHERITED)

    def holds_on(self, day: date) -> bool:
        """Whether the fact is valid on that day, and had been read or announced for it."""
        return is_valid_on(self.valid_from or (self.source.read_on if self.source else None), self.valid_to, day)


UNKNOWN = Fact()


class Basis(NamedTuple):
    """What a measurement rests on, so that it can be told when it no longer does.

    ``kind`` is ``prompt``, ``cases``, ``judge`` or ``served``; ``name`` a file or a model, ``version`` its content.
    """

    kind: str
    name: str
    version: str


class Measurement(NamedTuple):
    """A figure that this user measured (probe or evaluation) and that the solver may take instead of a datasheet's.

    ``subject`` is the id of a candidate or offering, ``quantity`` the name of the measured figure with its unit
    in it (``ttft_ms_p95``, ``score:<case set>``), ``low`` and ``high`` the interval at ``confidence``.
    """

    subject: str
    quantity: str
    value: float
    low: float | None
    high: float | None
    n: int
    measured_on: date
    source: str
    confidence: float = 0.95
    rests_on: tuple[Basis, ...] = ()


def is_valid_on(first: date | None, end: date | None, day: date) -> bool:
    """Whether a validity interval contains the day: from ``first``, before ``end``; open where None."""
    return (first is None or first <= day) and (end is None or day < end)


def today() -> date:
    """Return the day in UTC, so that two machines in different time zones give the same answer."""
    return datetime.now(UTC).date()


def at(timeline: Iterable[Fact], day: date) -> Fact:
    """Return the fact of a timeline that holds on a day; the latest to begin if several do; UNKNOWN if none."""
    best = UNKNOWN
    best_from = date.min
    for fact in timeline:
        if fact.holds_on(day):
            first = fact.valid_from or (fact.source.read_on if fact.source else date.min)
            if best is UNKNOWN or first >= best_from:
                best, best_from = fact, first
    return best
