"""What monitoring found in logs, for a reader or a program."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from advisor.monitor.alarms import SERVED, Alarm
from advisor.monitor.observe import Cell, FailureMode, Interval, Outcome, Proxy, Rate
from advisor.monitor.themes import NewTheme, Theme
from advisor.reports import formats
from advisor.reports.formats import Report
from advisor.reports.header import header
from advisor.reports.monitor_themes import day_section, theme_section
from advisor.reports.monitor_traffic import TrafficRecord, traffic_sections
from advisor.reports.section import Page, Part, Section, counted, said


class ReadRecord(NamedTuple):
    """What was read, and what of it is no call."""

    lines: int
    """Of this run; what was read before is kept, and counts below."""
    skipped: int
    other: int
    """Rows that are no call of a model."""
    doubles: int
    from_: datetime | None
    """Of the first call that is told of."""
    to: datetime | None
    calls: int
    """That are told of, with those of earlier runs."""
    kept: int
    """Calls of earlier runs."""
    texts_share: float
    """The share of the calls whose texts were looked at, drawn at random."""
    dead: tuple[str, ...]
    """The first lines that could not be read, each with file and number."""
    outcomes_without_mapping: tuple[str, ...]
    """Columns that were taken as outcomes by their name."""
    outcomes_made: tuple[str, ...]
    """Outcomes that no log states: made of two texts, or of the same question asked again."""


class MonitorRecord(NamedTuple):
    """``advisor monitor LOGS... -f json``."""

    read: ReadRecord
    outcomes: tuple[Outcome, ...]
    proxies: tuple[Proxy, ...]
    failure_modes: tuple[FailureMode, ...]
    alarms: tuple[Alarm, ...]
    themes: tuple[Theme, ...]
    coverage: float | None
    """The share of the calls near which a case lies; null without cases."""
    new_themes: NewTheme | None
    """Whether the latest calls ask for what those before did not; null with too few calls to say."""
    cells: tuple[Cell, ...]
    """As ``--by`` asks."""
    traffic: tuple[TrafficRecord, ...] | None
    """By workload, with ``--traffic``."""


_ROOMY = ("html", "markdown")
"""Formats that have room for the rates of every day."""


def render(form: str, record: MonitorRecord, today: date, days: tuple[Cell, ...] = ()) -> str:
    """Return the report in one of its formats, ending in a line break."""
    shown = days if form in _ROOMY else ()
    return formats.render(form, Report(header(today, None, None), lambda: record, lambda: page(record, shown)))


def page(record: MonitorRecord, days: tuple[Cell, ...] = ()) -> Page:
    """Return the outcomes first, then the proxies, the failure modes, what changed, and the themes."""
    parts = (
        Section("Outcomes", _told(record), _outcome_rows(record.outcomes)),
        Section("Proxies", (), _proxy_rows(record)),
        Section("Failure modes", _looked(record), _mode_rows(record.failure_modes)),
        Section("Alarms", tuple(_words(one) for one in record.alarms) or ("None.",)),
        day_section(days, record.alarms),
        theme_section(record.themes, record.coverage, record.new_themes, record.read.calls),
        *traffic_sections(record.traffic),
        *(Section(f"By {by}", (), _cell_rows(record.cells, by)) for by in dict.fromkeys(c.by for c in record.cells)),
        Section(
            "Lines that could not be read", record.read.dead, (), max(0, record.read.skipped - len(record.read.dead))
        ),
    )
    read = record.read
    span = f", {read.from_:%Y-%m-%d} to {read.to:%Y-%m-%d}" if read.from_ and read.to else ""
    more = f"{read.skipped:,} skipped, {read.other:,} no call, {read.doubles:,} doubles"
    kept = f", {read.kept:,} of earlier runs" if read.kept else ""
    basis = f"{counted(read.lines, 'line')} read: {more}; {counted(read.calls, 'call')}{span}{kept}"
    return Page("Monitor", basis, (Part("", sections=said(*parts)),))


_MADE = {
    "edited": "edited: more than a tenth of the answer differs from what was sent",
    "retried": "retried: the same question again in the conversation within ten minutes",
}


def _told(record: MonitorRecord) -> tuple[str, ...]:
    names = record.read.outcomes_without_mapping
    told = [f"Taken as outcomes by their name: {', '.join(names)}."] if names else []
    told += [f"{_MADE[name]}." for name in record.read.outcomes_made]
    return tuple(told) if told or record.outcomes else ("The log has none; --mapping FILE names the column of one.",)


def _looked(record: MonitorRecord) -> tuple[str, ...]:
    if not record.failure_modes:
        return ("The log has neither texts nor times, so none could be judged.",)
    share = record.read.texts_share
    if share == 0:
        return ("No text was looked at.",)
    return (f"Texts of a random {share:.2%} of the calls were looked at.",) if share < 1 else ()


def _outcome_rows(outcomes: tuple[Outcome, ...]) -> tuple[tuple[str, ...], ...]:
    rows = [(one.name, *_cells_of(one.rate), f"{one.n:,}") for one in outcomes]
    return (("outcome", "rate", "95 % interval", "n"), *rows) if rows else ()


def _proxy_rows(record: MonitorRecord) -> tuple[tuple[str, ...], ...]:
    rows = [(one.name, f"{one.p50:.4g}", f"{one.p95:.4g}", f"{one.n:,}") for one in record.proxies]
    return (("proxy", "median", "p95", "n"), *rows) if rows else ()


def _mode_rows(modes: tuple[FailureMode, ...]) -> tuple[tuple[str, ...], ...]:
    rows = []
    for one in modes:
        quality = one.detector
        worth = [f"{word} {value:.2f}" for word, value in (("P", quality.precision), ("R", quality.recall)) if value]
        detector = f"{', '.join(worth)} on {quality.on}" if worth else quality.on or "not measured"
        name = one.name if one.is_verdict else f"{one.name} (a sign, no verdict)"
        n = f"{one.n:,}, {one.labels} labels" if one.labels else f"{one.n:,}"
        rows.append((name, *_cells_of(one.rate), n, detector))
    return (("failure mode", "rate", "95 % interval", "n", "detector"), *rows) if rows else ()


def _cell_rows(cells: tuple[Cell, ...], by: str) -> tuple[tuple[str, ...], ...]:
    own = [cell for cell in cells if cell.by == by]
    rates = [_rates(cell) for cell in own]
    names = list(dict.fromkeys(name for one in rates for name in one))
    rows = [
        (cell.value, f"{cell.n:,}", *(_cells_of(one.get(name))[0] for name in names))
        for cell, one in zip(own, rates, strict=True)
    ]
    return ((by, "calls", *names), *rows) if rows else ()


def _rates(cell: Cell) -> dict[str, Interval | None]:
    said: dict[str, Interval | None] = {one.name: one.rate for one in cell.outcomes}
    return said | {one.name: one.rate for one in cell.failure_modes}


def _cells_of(rate: Interval | None) -> tuple[str, str]:
    return (f"{rate.value:.1%}", f"[{rate.low:.1%}, {rate.high:.1%}]") if rate else ("too few", "")


def _words(one: Alarm) -> str:
    rests = f" Rests on it: {'; '.join(one.rests_on)}." if one.rests_on else ""
    if one.detector == SERVED:
        rests = rests.replace("Rests on it", "No longer holds")
        share = f" It answered {one.after.value:.0%} of the {one.after.n:,} calls since." if one.after else ""
        rests = rests or " No measurement and no decision here rests on the old one."
        return (
            f"{one.detector}: since {one.since.day} (call {one.since.call:,}) {one.cell.model} answers in place of "
            f"{one.cell.instead_of}, asked for {one.cell.asked}.{share}{rests}"
        )
    named = [f"{word} {name}" for word, name in (("model", one.cell.model), ("prompt", one.cell.prompt)) if name]
    ended = f" As before again since {one.ended}." if one.ended else ""
    sides = f"{_figure(one.before)} before, {_figure(one.after)} since"
    where = f"call {one.since.call:,} of {', '.join(named) or 'all'}"
    return f"{one.detector}: changed on {one.since.day} ({where}): {sides}.{ended}{rests}"


def _figure(rate: Rate | None) -> str:
    return f"{rate.value:.1%} [{rate.low:.1%}, {rate.high:.1%}] of {rate.n:,}" if rate else "nothing"
