"""What a table of calls says: outcomes, proxies, and failure modes with what their detectors are worth."""

# ruff: noqa: S608 - every value in a query here is a column of ours or a number

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from advisor.engine.port import Engine, quoted
from advisor.monitor.detectors import detectors
from advisor.monitor.detectors.base import Detector
from advisor.monitor.fields import BAD_IF_TRUE
from advisor.monitor.rows import outcome_names
from advisor.statistics.distributions import wilson

LEAST_IN_CELL = 30
"""Fewer judged calls than this are not shown as a rate."""

_PROXIES = (
    *("output_tokens", "output_chars", "input_tokens", "cached_tokens", "hidden_tokens", "latency_ms"),
    *("first_token_ms", "usd", "edit_distance"),
)

BY = {
    "model": "coalesce(model_served, model_asked)",
    "prompt": "prompt",
    "channel": "channel",
    "language": "language",
    "segment": "segment",
    "day": """strftime("at", '%Y-%m-%d')""",
}
"""What calls can be told apart by, and the column that says it."""

EVERYTHING = "true"
"""The condition that every call meets."""


class Interval(NamedTuple):
    """A share with its 95 % interval."""

    value: float
    low: float
    high: float


class Rate(NamedTuple):
    """A share of n calls with Wilson's 95 % interval."""

    value: float
    low: float
    high: float
    n: int


class Outcome(NamedTuple):
    """How often users' outcomes were what was hoped for, or for ``edited`` and its like, what was not."""

    name: str
    rate: Interval | None
    """None of fewer than 30 calls."""
    n: int
    is_good: bool
    """Whether a high rate is good."""


class Proxy(NamedTuple):
    """A figure that moves with quality without being it."""

    name: str
    n: int
    p50: float
    p95: float


class DetectorQuality(NamedTuple):
    """How often a detector is right and how much it finds, and on what that was measured; None where nobody has."""

    precision: float | None
    recall: float | None
    on: str | None


class FailureMode(NamedTuple):
    """How often answers fail in one way."""

    name: str
    rate: Interval | None
    """None of fewer than 30 calls."""
    n: int
    """Calls that could be judged; of a long log, of the random sample that was looked at."""
    detector: DetectorQuality
    is_verdict: bool
    """False of a sign that proposes cases and grades nothing."""
    labels: int
    """Labels of people that corrected the rate; 0 where it is what the detector says."""


class Cell(NamedTuple):
    """The rates of the calls that share a value."""

    by: str
    value: str
    n: int
    outcomes: tuple[Outcome, ...]
    failure_modes: tuple[FailureMode, ...]


def outcomes(engine: Engine, where: str = EVERYTHING) -> tuple[Outcome, ...]:
    """Return every outcome that the log has, by name."""
    return _outcomes(*_counted(engine, _rated(engine), where))


def failure_modes(engine: Engine, where: str = EVERYTHING) -> tuple[FailureMode, ...]:
    """Return every failure mode of which some call could be judged, the verdicts before the signs."""
    return _failure_modes(*_counted(engine, _rated(engine), where))


def proxies(engine: Engine, where: str = EVERYTHING) -> tuple[Proxy, ...]:
    """Return length, latency, cost, hidden tokens and turns where at least ``LEAST_IN_CELL`` calls have them."""
    found = []
    for name in _PROXIES:
        sql = f"SELECT count({name}), quantile_cont({name}, [0.5, 0.95]) FROM calls WHERE {where}"
        found.append((name, *next(iter(engine.rows(sql)))))
    turns = (
        "SELECT count(*), quantile_cont(turns, [0.5, 0.95]) FROM (SELECT greatest(count(*), coalesce(max(turn), 0)) "
        f"AS turns FROM calls WHERE conversation IS NOT NULL AND {where} GROUP BY conversation)"
    )
    found.append(("turns", *next(iter(engine.rows(turns)))))
    return tuple(Proxy(name, int(n), float(both[0]), float(both[1])) for name, n, both in found if n >= LEAST_IN_CELL)


def cells(engine: Engine, by: str, where: str = EVERYTHING) -> tuple[Cell, ...]:
    """Return the rates by what a call's model, prompt, day or the like is, the largest first, days in order.

    Cells of fewer than ``LEAST_IN_CELL`` calls are left out.
    """
    column, rated = BY[by], _rated(engine)
    counts = "".join(f", {_count(one)}, {_hits(one)}" for one in rated)
    order = "1" if by == "day" else "2 DESC, 1"
    sql = (
        f"SELECT {column} AS value, count(*){counts} FROM calls WHERE {where} AND {column} IS NOT NULL "
        f"GROUP BY 1 HAVING count(*) >= {LEAST_IN_CELL} ORDER BY {order}"
    )
    found = []
    for value, n, *more in engine.rows(sql):
        counted = [int(one or 0) for one in more]
        own = (rated, counted[0::2], counted[1::2])
        found.append(Cell(by, str(value), int(n), _outcomes(*own), _failure_modes(*own)))
    return tuple(found)


def since(day: datetime | None) -> str:
    """Return the condition that a call is of that moment or later."""
    if day is None:
        return EVERYTHING
    return f'"at" >= CAST({quoted(day.strftime("%Y-%m-%d %H:%M:%S"))} AS TIMESTAMP)'


def column_of(one: Detector) -> str:
    """Return the SQL of a detector's verdict on a call."""
    return f"({one.condition})" if one.condition else f'"verdict:{one.name}"'


def rate(hits: int, n: int) -> Rate:
    """Return a share with its interval."""
    return Rate(hits / n, *wilson(hits, n), n)


class _Rated(NamedTuple):
    """An outcome or a detector, and the SQL that is true of a call that has it."""

    name: str
    column: str
    detector: Detector | None


def _rated(engine: Engine) -> tuple[_Rated, ...]:
    known = engine.columns("SELECT * FROM calls")
    said = [_Rated(name, f'"outcome:{name}" != 0', None) for name in outcome_names(engine)]
    modes = [
        _Rated(one.name, column_of(one), one) for one in detectors() if one.condition or f"verdict:{one.name}" in known
    ]
    return (*said, *modes)


def _count(one: _Rated) -> str:
    return f"count({one.column})"


def _hits(one: _Rated) -> str:
    return f"count_if({one.column})"


def _counted(
    engine: Engine, rated: Sequence[_Rated], where: str
) -> tuple[Sequence[_Rated], Sequence[int], Sequence[int]]:
    if not rated:
        return (), (), ()
    counts = ", ".join(f"{_count(one)}, {_hits(one)}" for one in rated)
    row = [int(one or 0) for one in next(iter(engine.rows(f"SELECT {counts} FROM calls WHERE {where}")))]
    return rated, row[0::2], row[1::2]


def _outcomes(rated: Sequence[_Rated], counts: Sequence[int], hits: Sequence[int]) -> tuple[Outcome, ...]:
    return tuple(
        Outcome(one.name, interval(found, n), n, one.name not in BAD_IF_TRUE)
        for one, n, found in zip(rated, counts, hits, strict=True)
        if one.detector is None and n
    )


def _failure_modes(rated: Sequence[_Rated], counts: Sequence[int], hits: Sequence[int]) -> tuple[FailureMode, ...]:
    found = [
        FailureMode(one.name, interval(some, n), n, _quality(one.detector), one.detector.is_verdict, 0)
        for one, n, some in zip(rated, counts, hits, strict=True)
        if one.detector is not None and n
    ]
    return tuple(sorted(found, key=lambda one: (not one.is_verdict, one.name)))


def _quality(one: Detector) -> DetectorQuality:
    measured = one.measured
    return DetectorQuality(measured.precision, measured.recall, measured.on)


def interval(hits: int, n: int) -> Interval | None:
    """Return a share with its interval; None of too few calls."""
    return Interval(hits / n, *wilson(hits, n)) if n >= LEAST_IN_CELL else None
