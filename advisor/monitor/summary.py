"""What monitoring leaves for ``advisor check``: rates, alarms and who answered, and no text of anybody.

The last run leaves it in ``.advisor/monitor/summary.json``; ``--summary`` writes the same as ``advisor-monitor.json``,
which may be committed.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from advisor.errors import MonitorError
from advisor.files.atomic import replace_text
from advisor.files.yaml import read_text
from advisor.probe.worker_protocol import Line

FOLDER = Path(".advisor/monitor")
"""Where monitoring keeps what it has read."""

FILE = Path("advisor-monitor.json")
KEPT = FOLDER / "summary.json"


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
