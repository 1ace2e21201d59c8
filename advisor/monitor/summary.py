"""What monitoring leaves for ``advisor check``: rates, alarms and who answered, and no text of anybody.

The last run leaves it in ``.advisor/monitor/summary.json``; ``--summary`` writes the same as ``advisor-monitor.json``,
which may be committed.
"""

# ruff: noqa: S608 - every value in a query here is a column of ours or a condition of ours

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from advisor.engine.port import Engine
from advisor.errors import MonitorError
from advisor.files.atomic import replace_text
from advisor.files.yaml import read_text
from advisor.monitor.alarms import Alarm
from advisor.monitor.kept import FOLDER
from advisor.monitor.observe import FailureMode, Outcome, Rate
from advisor.probe.worker_protocol import Line

FILE = Path("advisor-monitor.json")
KEPT = FOLDER / "summary.json"

_MOST_SERVED = 200


class SummaryRate(Line):
    """A share of n calls with its 95 % interval."""

    value: float = Field(ge=0, le=1, allow_inf_nan=False)
    low: float = Field(ge=0, le=1, allow_inf_nan=False)
    high: float = Field(ge=0, le=1, allow_inf_nan=False)
    n: int = Field(ge=0)


class SummaryFigure(Line):
    """An outcome or a failure mode."""

    name: str
    rate: SummaryRate


class SummaryAlarm(Line):
    """An alarm that stood at the end of the run."""

    detector: str
    since: date
    model: str | None
    prompt: str | None
    asked: str | None = None
    instead_of: str | None = None
    before: SummaryRate | None
    after: SummaryRate | None


class Served(Line):
    """Who answered under a name asked for."""

    asked: str
    model: str
    """The name itself where the log does not say who answered."""
    is_stated: bool
    """Whether the log says who answered."""
    calls: int = Field(ge=0)
    first: date
    last: date


class SummaryTraffic(Line):
    """How much was asked, and what it cost."""

    days: float = Field(ge=0, allow_inf_nan=False)
    calls: int = Field(ge=0)
    usd: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    usd_calls: int = Field(default=0, ge=0)
    """The calls of which the log says what they cost."""


class Summary(Line):
    """``advisor-monitor.json``."""

    schema_version: Literal[1] = 1
    made_on: date
    first: datetime
    last: datetime
    calls: int = Field(ge=0)
    outcomes: tuple[SummaryFigure, ...] = ()
    failure_modes: tuple[SummaryFigure, ...] = ()
    alarms: tuple[SummaryAlarm, ...] = ()
    served: tuple[Served, ...] = ()
    coverage: SummaryRate | None = None
    """The share of the calls near which a case lies; None where nobody looked."""
    traffic: SummaryTraffic


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
        first=first,
        last=last,
        calls=n,
        outcomes=figures[0],
        failure_modes=figures[1],
        alarms=tuple(_alarm(one) for one in alarms),
        served=tuple(_served(engine)),
        coverage=_rate(coverage),
        traffic=SummaryTraffic(days=days, calls=n, usd=usd, usd_calls=usd_calls),
    )


def save(summary: Summary, path: Path) -> None:
    """Write a summary in one step. Raises MonitorError."""
    replace_text(path, summary.model_dump_json(indent=1, exclude_defaults=True) + "\n", error=MonitorError)


def load(path: Path) -> Summary:
    """Read a summary. Raises MonitorError with the file, what was expected and how it is made again."""
    try:
        return Summary.model_validate_json(read_text(path, error=MonitorError))
    except ValidationError as cause:
        first = cause.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise MonitorError(
            f"{path}: {place}: {first['msg'][:160]}", hint="write it again: advisor monitor LOGS --summary"
        ) from None


def newest(folder: Path = Path()) -> tuple[Path, Summary] | None:
    """Return what the last run left or what was committed, whichever saw later calls; None where neither is.

    Raises MonitorError if one of them cannot be read.
    """
    found = [(folder / one, load(folder / one)) for one in (KEPT, FILE) if (folder / one).is_file()]
    return max(found, key=lambda one: (one[1].last, one[1].made_on), default=None)


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
