"""What changed: failure rates that rose, with a stated number of false alarms, and which model really answers."""

# ruff: noqa: S608 - every value in a query here is a column of ours or a number

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from advisor.engine.port import Engine
from advisor.monitor.change import Change, changes
from advisor.monitor.detectors import detectors
from advisor.monitor.fields import BAD_IF_TRUE
from advisor.monitor.observe import BY, LEAST_IN_CELL, Rate, column_of, rate
from advisor.monitor.rows import outcome_names
from advisor.probe.served_models import is_same_model
from advisor.statistics.distributions import wilson

CALLS_PER_FALSE_ALARM = 20_000
"""All series together: one false alarm in so many calls, at most."""

SERVED = "served-model"

_LEAST_AFTER = 200
"""Calls that must be as before for an alarm to have ended."""

_GONE = 7 * 86_400_000_000
"""A cell without a call for so long, in microseconds, is no longer in use."""


class Since(NamedTuple):
    """From when: the day, and the number of the call (from 1) in the cell."""

    day: date
    call: int


class CellName(NamedTuple):
    """Which calls: those that one model answered with one version of a prompt; None where the log does not say."""

    model: str | None
    prompt: str | None
    asked: str | None = None
    """Of ``served-model``, the name under which ``model`` answers."""
    instead_of: str | None = None
    """Of ``served-model``, which one answered before."""


class Alarm(NamedTuple):
    """A failure rate that rose, or another model that answered."""

    detector: str
    """``outcome:NAME``, the name of a detector, or ``served-model``."""
    since: Since
    seen: datetime
    """When it was clear."""
    ended: date | None
    """From when on the last 200 calls are as before again, or the cell has no more calls; None while it stands."""
    before: Rate | None
    after: Rate | None
    """Of the calls from the change until it was clear; of ``served-model``, the share that the new model answered."""
    false_alarms_per_20000: float
    """Of all series together; a change of the served model is seen and not tested."""
    cell: CellName
    rests_on: tuple[str, ...]
    """The evidence that rests on the cell: measurements of the model that no longer answers, and decisions."""


class _Series(NamedTuple):
    name: str
    column: str
    is_good: bool


def alarms(engine: Engine) -> tuple[Alarm, ...]:
    """Return the alarms of all outcomes and of the detectors that give verdicts, each cell by itself, oldest first.

    A cell is a model that answered with one version of the prompt, so a new one begins anew. A call is in one cell,
    so the budget is divided among the series only.
    """
    series = _series(engine)
    found = [*served_changes(engine)]
    for one in series:
        found += _of_series(engine, one, CALLS_PER_FALSE_ALARM * len(series))
    return tuple(sorted(found, key=lambda one: (one.seen, one.detector, str(one.cell))))


def _series(engine: Engine) -> Sequence[_Series]:
    known = engine.columns("SELECT * FROM calls")
    said = [_Series(f"outcome:{name}", f'"outcome:{name}"', name not in BAD_IF_TRUE) for name in outcome_names(engine)]
    modes = [
        _Series(one.name, column_of(one), is_good=False)
        for one in detectors()
        if one.is_verdict and (one.condition or f"verdict:{one.name}" in known)
    ]
    every = [*said, *modes]
    if not every:
        return ()
    counts = next(iter(engine.rows(f"SELECT {', '.join(f'count({one.column})' for one in every)} FROM calls")))
    return [one for one, n in zip(every, counts, strict=True) if n]


def _of_series(engine: Engine, one: _Series, budget: float) -> Iterator[Alarm]:
    """Yield the rises of one series, cell by cell."""
    cells = f"SELECT {BY['model']}, prompt FROM calls WHERE {one.column} IS NOT NULL GROUP BY ALL ORDER BY ALL"
    names = [CellName(*row) for row in engine.rows(cells)]
    sql = (
        f'SELECT dense_rank() OVER (ORDER BY {BY["model"]}, prompt) - 1 AS cell, epoch_us("at") AS at_us, '
        f"CAST({one.column} AS DOUBLE) AS value FROM calls WHERE {one.column} IS NOT NULL ORDER BY cell, at_us, key"
    )
    found = engine.arrays(sql)
    newest = int(next(iter(engine.rows('SELECT epoch_us(max("at")) FROM calls')))[0])
    failed = (found["value"] == 0) if one.is_good else (found["value"] != 0)
    bounds = np.searchsorted(found["cell"], np.arange(len(names) + 1))
    for cell, first, last in zip(names, bounds[:-1], bounds[1:], strict=True):
        at_us = found["at_us"][first:last]
        for change in changes(failed[first:last], at_us, budget):
            day, seen = (datetime.fromtimestamp(int(at_us[at]) / 1e6, UTC) for at in (change.since, change.seen))
            since = Since(day.date(), change.since + 1)
            ended = _ended(failed[first:last], at_us, change, newest)
            yield Alarm(one.name, since, seen, ended, *_sides(change, is_good=one.is_good), 1.0, cell, ())


def _ended(failed: NDArray[np.bool_], at_us: NDArray[np.int64], change: Change, newest: int) -> date | None:
    """Return the day from which on the rate is within the interval before the change again, or the cell is unused."""
    if newest - int(at_us[-1]) > _GONE:
        return datetime.fromtimestamp(int(at_us[-1]) / 1e6, UTC).date()
    later = failed[change.seen + 1 :]
    if len(later) < _LEAST_AFTER:
        return None
    hits = np.concatenate(([0], np.cumsum(later)))
    calm = (hits[_LEAST_AFTER:] - hits[:-_LEAST_AFTER]) / _LEAST_AFTER <= wilson(change.hits_before, change.n_before)[1]
    if not calm[-1]:
        return None
    stormy = np.flatnonzero(~calm)
    start = int(stormy[-1]) + 1 if len(stormy) else 0
    return datetime.fromtimestamp(int(at_us[change.seen + 1 + start]) / 1e6, UTC).date()


def served_changes(engine: Engine) -> Iterator[Alarm]:
    """Yield for each name asked of a channel the last model that began to answer where another had answered before.

    At once and without any test, but once for a name. A name that several models answer in turn in its first
    ``LEAST_IN_CELL`` calls is a router's, and has no model that could be exchanged.
    """
    sql = f"""
        WITH told AS (
            SELECT model_asked AS asked, channel, model_served AS served, "at", row_number() OVER own AS number,
                   lag(model_served) OVER own AS before
            FROM calls WHERE model_asked IS NOT NULL AND model_served IS NOT NULL
            WINDOW own AS (PARTITION BY model_asked, channel ORDER BY "at", key)),
        routers AS (
            SELECT asked, channel FROM told WHERE number <= {LEAST_IN_CELL} GROUP BY asked, channel
            HAVING count_if(served != before) >= count(DISTINCT served)),
        firsts AS (
            SELECT asked, channel, served, min(number) AS number, arg_min(before, number) AS was,
                   min("at") AS first FROM told GROUP BY asked, channel, served)
        SELECT firsts.asked, firsts.served, firsts.number, firsts.first, firsts.was,
               count(*) FILTER (told.number < firsts.number) AS before,
               count(*) FILTER (told.number >= firsts.number) AS after,
               count(*) FILTER (told.number >= firsts.number AND told.served = firsts.served) AS hits
        FROM firsts JOIN told ON told.asked = firsts.asked AND told.channel IS NOT DISTINCT FROM firsts.channel
        WHERE firsts.number > 1 AND NOT EXISTS (
            SELECT 1 FROM routers WHERE routers.asked = firsts.asked
            AND routers.channel IS NOT DISTINCT FROM firsts.channel)
        GROUP BY ALL ORDER BY firsts.first, firsts.asked
    """
    found = dict[str, Alarm]()
    for asked, served, number, first, was, before, after, hits in engine.rows(sql):
        if is_same_model(served, (was,)):
            continue
        at = first.replace(tzinfo=UTC)
        sides = rate(0, int(before)), rate(int(hits), int(after))
        cell = CellName(str(served), None, str(asked), str(was))
        found[asked] = Alarm(SERVED, Since(at.date(), int(number)), at, None, *sides, 0.0, cell, ())
    yield from found.values()


def _sides(one: Change, *, is_good: bool) -> tuple[Rate, Rate]:
    """Return the rates before and after, in the outcome's own sense."""
    before = one.n_before - one.hits_before if is_good else one.hits_before
    after = one.n_after - one.hits_after if is_good else one.hits_after
    return rate(before, one.n_before), rate(after, one.n_after)
