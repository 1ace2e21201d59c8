"""What monitoring found in logs, for a reader or a program."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from advisor.monitor.observe import LEAST_IN_CELL, Alarm, Outcome, Proxy, Rate
from advisor.reports import formats
from advisor.reports.formats import Report
from advisor.reports.header import header
from advisor.reports.section import Page, Part, Section, counted, said


class ReadRecord(NamedTuple):
    """What was read, and what of it is no call."""

    lines: int
    skipped: int
    other: int
    """Rows that are no call of a model."""
    doubles: int
    from_: datetime | None
    to: datetime | None
    dead: tuple[str, ...]
    """The first lines that could not be read, each with file and number."""
    outcomes_without_mapping: tuple[str, ...]


class MonitorRecord(NamedTuple):
    """``advisor monitor LOGS... -f json``."""

    read: ReadRecord
    outcomes: tuple[Outcome, ...]
    proxies: tuple[Proxy, ...]
    alarms: tuple[Alarm, ...]


def render(form: str, record: MonitorRecord, today: date) -> str:
    """Return the report in one of its formats, ending in a line break."""
    return formats.render(form, Report(header(today, None, None), lambda: record, lambda: page(record)))


def page(record: MonitorRecord) -> Page:
    """Return the outcomes first, then the proxies, then what changed."""
    parts = (
        Section("Outcomes", _told(record), _outcome_rows(record)),
        Section("Proxies", (), _proxy_rows(record)),
        Section("Alarms", tuple(_words(one) for one in record.alarms) or ("None.",)),
        Section(
            "Lines that could not be read", record.read.dead, (), max(0, record.read.skipped - len(record.read.dead))
        ),
    )
    read = record.read
    span = f", {read.from_:%Y-%m-%d} to {read.to:%Y-%m-%d}" if read.from_ and read.to else ""
    more = f"{read.skipped:,} skipped, {read.other:,} no call, {read.doubles:,} doubles"
    basis = f"{counted(read.lines, 'line')} read{span}; {more}"
    return Page("Monitor", basis, (Part("", sections=said(*parts)),))


def _told(record: MonitorRecord) -> tuple[str, ...]:
    names = record.read.outcomes_without_mapping
    if names:
        return (f"Taken as outcomes by their name: {', '.join(names)}.",)
    return () if record.outcomes else ("The log has none; --mapping FILE names the column of one.",)


def _outcome_rows(record: MonitorRecord) -> tuple[tuple[str, ...], ...]:
    rows = [("outcome", "rate", "95 % interval", "n")]
    for one in record.outcomes:
        if one.rate.n < LEAST_IN_CELL:
            rows.append((one.name, "too few", "", str(one.rate.n)))
        else:
            rows.append(
                (one.name, f"{one.rate.value:.1%}", f"[{one.rate.low:.1%}, {one.rate.high:.1%}]", str(one.rate.n))
            )
    return tuple(rows) if record.outcomes else ()


def _proxy_rows(record: MonitorRecord) -> tuple[tuple[str, ...], ...]:
    rows = [(one.name, f"{one.p50:.4g}", f"{one.p95:.4g}", str(one.n)) for one in record.proxies]
    return (("proxy", "median", "p95", "n"), *rows) if rows else ()


def _words(one: Alarm) -> str:
    cell = ", ".join(one.rests_on)
    if one.before is None or one.after is None:
        return (
            f"{one.detector}: since {one.since.day} another model answers ({cell}); what rested on the old one ended."
        )
    sides = f"{_figure(one.before)} before, {_figure(one.after)} since"
    return f"{one.detector}: changed on {one.since.day} (call {one.since.call:,} of {cell or 'all'}): {sides}."


def _figure(rate: Rate) -> str:
    return f"{rate.value:.1%} [{rate.low:.1%}, {rate.high:.1%}] of {rate.n:,}"
