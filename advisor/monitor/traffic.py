"""What a log says of the traffic, as the requirements state it: how much, how long, how much of it cached, and when.

Calls that ended with a fault are left out: they are rarely billed. Tokens of a prompt include the cached part as the
requirements count them; where a log has more cached tokens than input tokens, it counts the two apart, and they are
added.
"""

# ruff: noqa: S608 - every value in a query here is a column of ours or quoted

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from advisor.engine.port import Engine, quoted
from advisor.monitor.observe import EVERYTHING, LEAST_IN_CELL

DAYS_PER_MONTH = 30.4375

_WHOLE_DAYS = 3
"""With fewer, the calls are spread over the time from the first to the last."""

_MOST_HOURS = 16
"""A window of more hours is no peak."""
_IN_PEAK = 0.99
"""The share of the calls that must lie in the hours that are named."""


class Traffic(NamedTuple):
    """The traffic of a log; None for what the log does not say."""

    prompt: str | None
    """The prompt whose calls these are; None for all."""
    calls: int
    """That were answered."""
    faults: int
    days: float
    """From the first call to the last, one at least."""
    requests_per_month: float
    """By the whole days between the first and the last, where there are three."""
    input_tokens: float | None
    output_tokens: float | None
    """Without hidden ones."""
    reasoning_tokens: float | None
    """Hidden ones, of the calls of which the log says how many."""
    cached_input_share: float | None
    peak_hours_utc: str | None
    """The hours in which 99 % of the calls come, where they are 16 or fewer."""
    busiest_minute_requests: int
    images_per_request: float | None
    usd_per_month: float | None
    """What the log says that the calls cost."""
    usd_share: float
    """The share of the calls of which it says so; the others are taken to cost as much."""
    models: Mapping[str, int]
    """The calls of each model that was asked for, most first."""


def traffic(engine: Engine, where: str = EVERYTHING, prompt: str | None = None) -> Traffic | None:
    """Return the traffic of the calls, or of those with one prompt; None of fewer than 30 calls."""
    own = f"{where} AND split_part(prompt, '@', 1) = {quoted(prompt)}" if prompt is not None else where
    answered = f"fault IS NULL AND {own}"
    whole = "CASE WHEN cached_tokens > input_tokens THEN cached_tokens + input_tokens ELSE input_tokens END"
    seen = "greatest(output_tokens - coalesce(hidden_tokens, 0), 0)"
    row = next(
        iter(
            engine.rows(
                f"""
                SELECT count(*), epoch_us(max("at")) - epoch_us(min("at")), avg({whole}), avg({seen}),
                    avg(hidden_tokens), sum(cached_tokens) / nullif(sum({whole}) FILTER (cached_tokens IS NOT NULL), 0),
                    avg(images), sum(usd), count(usd) FROM calls WHERE {answered}
                """
            )
        )
    )
    calls, span_us, input_tokens, output_tokens, hidden, cached, images, usd, priced = row
    if calls < LEAST_IN_CELL:
        return None
    days = max(float(span_us) / 86_400e6, 1.0)
    a_day = _calls_a_day(engine, answered) or calls / days
    faults = next(iter(engine.rows(f"SELECT count(*) FROM calls WHERE fault IS NOT NULL AND {own}")))[0]
    busiest = (
        f"""SELECT max(n) FROM (SELECT count(*) AS n FROM calls WHERE {own} GROUP BY date_trunc('minute', "at"))"""
    )
    asked = f"SELECT model_asked, count(*) FROM calls WHERE {answered} AND model_asked IS NOT NULL GROUP BY 1"
    return Traffic(
        prompt,
        int(calls),
        int(faults),
        days,
        a_day * DAYS_PER_MONTH,
        input_tokens,
        output_tokens,
        hidden,
        min(float(cached), 1.0) if cached is not None else None,
        _peak(engine, answered) if days > 1 else None,
        int(next(iter(engine.rows(busiest)))[0]),
        images,
        usd / priced * a_day * DAYS_PER_MONTH if priced else None,
        priced / calls,
        {str(model): int(n) for model, n in engine.rows(f"{asked} ORDER BY 2 DESC, 1 LIMIT 20")},
    )


def _calls_a_day(engine: Engine, where: str) -> float | None:
    """Return the mean of the days between the first and the last, which are whole; None with fewer than three."""
    sql = f"""
        SELECT sum(n), date_diff('day', min(day), max(day)) - 1, min_by(n, day) + max_by(n, day)
        FROM (SELECT CAST("at" AS DATE) AS day, count(*) AS n FROM calls WHERE {where} GROUP BY 1)
    """
    every, days, at_the_ends = next(iter(engine.rows(sql)))
    return float(every - at_the_ends) / days if days >= _WHOLE_DAYS else None


def prompts(engine: Engine, where: str = EVERYTHING) -> Sequence[str]:
    """Return the names of the prompts in use."""
    sql = f"SELECT DISTINCT split_part(prompt, '@', 1) FROM calls WHERE prompt IS NOT NULL AND {where} ORDER BY 1"
    return [str(row[0]) for row in engine.rows(sql)]


def _peak(engine: Engine, where: str) -> str | None:
    """Return the shortest stretch of hours that holds nearly all calls, as ``HH:MM-HH:MM``."""
    counts = [0] * 24
    for hour, n in engine.rows(f'SELECT hour("at"), count(*) FROM calls WHERE {where} GROUP BY 1'):
        counts[int(hour)] = int(n)
    wanted = _IN_PEAK * sum(counts)
    for length in range(1, _MOST_HOURS + 1):
        for start in range(24):
            if sum(counts[(start + at) % 24] for at in range(length)) >= wanted:
                return f"{start:02}:00-{(start + length) % 24:02}:00"
    return None
