"""The summary of a table of calls, of which no word is a text of anybody."""

# ruff: noqa: S608 - every value in a query here is a column of ours or a number

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date

from advisor.engine.port import Engine
from advisor.monitor.alarms import Alarm
from advisor.monitor.observe import FailureMode, Outcome, Rate
from advisor.monitor.summary import Served, Summary, SummaryAlarm, SummaryFigure, SummaryRate, SummaryTraffic

_MOST_SERVED = 200


def summarize(
    engine: Engine,
    made_on: date,
    outcomes: Sequence[Outcome],
    failure_modes: Sequence[FailureMode],
    alarms: Sequence[Alarm],
    *,
    coverage: Rate | None = None,
) -> Summary:
    """Return the summary of a table of calls that is not empty."""
    n, first, last, usd, usd_calls = next(
        iter(engine.rows('SELECT count(*), min("at"), max("at"), sum(usd), count(usd) FROM calls'))
    )
    days = max((last - first).total_seconds() / 86_400, 1.0)
    figures = [
        tuple(
            SummaryFigure(name=one.name, rate=SummaryRate(**one.rate._asdict(), n=one.n)) for one in found if one.rate
        )
        for found in (outcomes, failure_modes)
    ]
    return Summary(
        made_on=made_on,
        first=first.replace(tzinfo=UTC),
        last=last.replace(tzinfo=UTC),
        calls=n,
        outcomes=figures[0],
        failure_modes=figures[1],
        alarms=tuple(_alarm(one) for one in alarms if one.ended is None),
        served=tuple(_served(engine)),
        coverage=_rate(coverage),
        traffic=SummaryTraffic(days=days, calls=n, usd=usd, usd_calls=usd_calls),
    )


def _alarm(one: Alarm) -> SummaryAlarm:
    return SummaryAlarm(
        detector=one.detector,
        since=one.since.day,
        model=one.cell.model,
        prompt=one.cell.prompt,
        asked=one.cell.asked,
        instead_of=one.cell.instead_of,
        before=_rate(one.before),
        after=_rate(one.after),
    )


def _rate(one: Rate | None) -> SummaryRate | None:
    return SummaryRate(**one._asdict()) if one else None


def _served(engine: Engine) -> list[Served]:
    sql = (
        "SELECT coalesce(model_asked, model_served), coalesce(model_served, model_asked), model_served IS NOT NULL, "
        'count(*), CAST(min("at") AS DATE), CAST(max("at") AS DATE) FROM calls '
        "WHERE coalesce(model_asked, model_served) IS NOT NULL GROUP BY 1, 2, 3 "
        f"ORDER BY 4 DESC, 1, 2 LIMIT {_MOST_SERVED}"
    )
    return [
        Served(asked=asked, model=model, is_stated=stated, calls=n, first=first, last=last)
        for asked, model, stated, n, first, last in engine.rows(sql)
    ]
