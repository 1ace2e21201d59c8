"""What a table of calls says: outcomes with intervals, proxies, alarms, and which model really answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

import numpy as np

from advisor.engine.port import Engine
from advisor.monitor.change import Change, changes
from advisor.monitor.fields import BAD_IF_TRUE
from advisor.statistics.distributions import wilson

CALLS_PER_FALSE_ALARM = 20_000
"""All series together: one false alarm in so many calls, at most."""

LEAST_IN_CELL = 30
"""Fewer judged calls than this are not shown as a rate."""


class Rate(NamedTuple):
    """A share with Wilson's 95 % interval."""

    value: float
    low: float
    high: float
    n: int


class Outcome(NamedTuple):
    """How often users' outcomes were what was hoped for, or for ``edited`` and its like, what was not."""

    name: str
    rate: Rate
    is_good: bool
    """Whether a high rate is good."""


class Proxy(NamedTuple):
    """A figure that moves with quality without being it."""

    name: str
    n: int
    p50: float
    p95: float


class Since(NamedTuple):
    """From when: the day, and the number of the call (from 1) in the cell."""

    day: date
    call: int


class Alarm(NamedTuple):
    """A failure rate that rose, or another model that answered."""

    detector: str
    """``outcome:NAME``, the name of a detector, or ``served-model``."""
    since: Since
    seen: datetime
    before: Rate | None
    after: Rate | None
    false_alarms_per_20000: float
    """Of all series together."""
    rests_on: tuple[str, ...]
    """The cell: model served and prompt."""


def outcomes(engine: Engine) -> tuple[Outcome, ...]:
    """Return every outcome that the log has, by name."""
    found = []
    for column in _outcome_columns(engine):
        sql = f'SELECT count("{column}"), coalesce(sum("{column}"), 0) FROM calls'  # noqa: S608 - a column of ours
        n, hits = next(iter(engine.rows(sql)))
        name = column.removeprefix("outcome:")
        if n:
            found.append(Outcome(name, _rate(int(hits), int(n)), name not in BAD_IF_TRUE))
    return tuple(found)


def proxies(engine: Engine) -> tuple[Proxy, ...]:
    """Return length, latency, cost and hidden tokens where at least ``LEAST_IN_CELL`` calls have them."""
    found = []
    for name in ("output_tokens", "output_chars", "latency_ms", "first_token_ms", "usd", "hidden_tokens"):
        sql = f"SELECT count({name}), quantile_cont({name}, [0.5, 0.95]) FROM calls"  # noqa: S608 - a column of ours
        n, both = next(iter(engine.rows(sql)))
        if n >= LEAST_IN_CELL:
            found.append(Proxy(name, int(n), float(both[0]), float(both[1])))
    return tuple(found)


def alarms(engine: Engine, verdicts: Sequence[str] = ()) -> tuple[Alarm, ...]:
    """Return the alarms of all outcomes and of the boolean columns ``verdicts``, each cell by itself, oldest first.

    A cell is a model that answered with one version of the prompt, so a new one begins anew. A call is in one cell,
    so the budget is divided among the series only.
    """
    series = [*_outcome_columns(engine), *verdicts]
    found = [*served_changes(engine)]
    cells = list(engine.rows("SELECT model_served, prompt FROM calls GROUP BY ALL ORDER BY ALL"))
    for column in series:
        for model, prompt in cells:
            found += _of_cell(engine, column, model, prompt, CALLS_PER_FALSE_ALARM * len(series))
    return tuple(sorted(found, key=lambda one: (one.seen, one.detector)))


def served_changes(engine: Engine) -> Iterator[Alarm]:
    """Yield the first call that each further model answered under a name asked for: at once, without any test."""
    sql = """
        SELECT asked, model_served, first, before FROM (
            SELECT coalesce(model_asked, '') AS asked, model_served, min("at") AS first,
                   lag(model_served) OVER (PARTITION BY coalesce(model_asked, '') ORDER BY min("at")) AS before,
                   row_number() OVER (PARTITION BY coalesce(model_asked, '') ORDER BY min("at")) AS number
            FROM calls WHERE model_served IS NOT NULL GROUP BY coalesce(model_asked, ''), model_served)
        WHERE number > 1 AND asked != '' ORDER BY first
    """
    for asked, served, first, before in engine.rows(sql):
        at = first.replace(tzinfo=UTC)
        rests = (f"asked for {asked}", f"was {before}", f"is {served}")
        yield Alarm("served-model", Since(at.date(), 1), at, None, None, 0.0, rests)


def _of_cell(engine: Engine, column: str, model: str | None, prompt: str | None, budget: float) -> Iterator[Alarm]:
    is_good = column.startswith("outcome:") and column.removeprefix("outcome:") not in BAD_IF_TRUE
    sql = (
        f'SELECT epoch_us("at"), CAST("{column}" AS DOUBLE) FROM calls WHERE "{column}" IS NOT NULL '  # noqa: S608 - ours
        'AND model_served IS NOT DISTINCT FROM ? AND prompt IS NOT DISTINCT FROM ? ORDER BY "at", file, line'
    )
    rows = np.fromiter(engine.rows(sql, (model, prompt)), dtype=np.dtype([("at", np.int64), ("value", np.float64)]))
    failed = (rows["value"] == 0) if is_good else (rows["value"] != 0)
    for one in changes(failed, rows["at"], budget):
        day, seen = (datetime.fromtimestamp(int(rows["at"][at]) / 1e6, UTC) for at in (one.since, one.seen))
        before, after = _sides(one, is_good=is_good)
        cell = tuple(name for name in (model, prompt) if name is not None)
        yield Alarm(column, Since(day.date(), one.since + 1), seen, before, after, 1.0, cell)


def _sides(one: Change, *, is_good: bool) -> tuple[Rate, Rate]:
    """Return the rates before and after, in the outcome's own sense."""
    before = one.n_before - one.hits_before if is_good else one.hits_before
    after = one.n_after - one.hits_after if is_good else one.hits_after
    return _rate(before, one.n_before), _rate(after, one.n_after)


def _outcome_columns(engine: Engine) -> tuple[str, ...]:
    return tuple(sorted(name for name in engine.columns("SELECT * FROM calls") if name.startswith("outcome:")))


def _rate(hits: int, n: int) -> Rate:
    low, high = wilson(hits, n)
    return Rate(hits / n, low, high, n)
