"""The parts of a monitoring report that show themes, and rates by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from advisor.monitor.alarms import Alarm
from advisor.monitor.new_themes import LEVEL
from advisor.monitor.observe import Cell, Interval
from advisor.monitor.themes import NewTheme, Theme
from advisor.reports.monitor_svg import Bar, DayRate, Panel, rates_svg, themes_svg
from advisor.reports.section import Section

_SHOWN = 12
_EXAMPLE = 64


def theme_section(themes: Sequence[Theme], coverage: float | None, new: NewTheme | None, calls: int) -> Section:
    """Return what users ask for, as far as it fails or no case covers it."""
    shown = themes[:_SHOWN]
    rows = [_row(one) for one in shown]
    head = ("theme", "words", "calls", "share", "trend", "failed", "covered", "for example")
    command = f"advisor eval add --theme {shown[0].id}" if shown else ""
    bars = [Bar(f"{one.id}: {_name(one)}", one.size, _failures(one)) for one in shown]
    return Section(
        "Themes",
        (*_drawn(themes, calls), *_told(themes, coverage, new)),
        (head, *rows) if rows else (),
        len(themes) - len(shown),
        picture=themes_svg(bars),
        command=command,
    )


def day_section(days: Sequence[Cell], alarms: Sequence[Alarm]) -> Section:
    """Return every rate by day, as a picture and as a table; nothing of fewer than two days."""
    began: dict[str, list[date]] = {}
    for one in alarms:
        began.setdefault(one.detector, []).append(one.since.day)
    every = _by_name(days)
    rates = {name: own for name, own in every.items() if name in began or any(one.value for one in own.values())}
    quiet = [name for name in every if name not in rates]
    panels = [Panel(name, tuple(own.values()), tuple(began.get(name, ()))) for name, own in rates.items()]
    picture = rates_svg(panels)
    if not picture:
        return Section("Rates by day")
    known = sorted({day for own in rates.values() for day in own})
    rows = [(str(day), *(_figure(own.get(day)) for own in rates.values())) for day in known]
    told = [
        "The shaded band is the 95 % interval of a day; a triangle marks where a change that raised an alarm began."
    ]
    told += [f"None on any day: {', '.join(quiet)}."] if quiet else []
    return Section("Rates by day", tuple(told), (("day", *rates), *rows), picture=picture)


def _drawn(themes: Sequence[Theme], calls: int) -> Iterator[str]:
    looked = round(themes[0].size / themes[0].share) if themes else calls
    if looked < calls:
        yield f"Made of {looked:,} of the {calls:,} calls, drawn at random from those whose question is known."


def _told(themes: Sequence[Theme], coverage: float | None, new: NewTheme | None) -> Iterator[str]:
    if coverage is not None:
        yield f"Cases cover {coverage:.0%} of the calls."
    elif themes:
        yield "No set of cases is here, so nothing is covered: `advisor eval init NAME` begins one."
    if new is not None and new.is_new:
        about = f", about {', '.join(new.words)}" if new.words else ""
        yield (
            f"The latest {new.latest:,} calls ask for something that the {new.before:,} before did not{about} "
            f"(p {new.p_value:.3f}; a false alarm in {LEVEL:.0%} of looks): `advisor eval add --theme new`."
        )
    elif new is not None:
        yield f"The latest {new.latest:,} calls ask for what the {new.before:,} before did (p {new.p_value:.2f})."


def _row(one: Theme) -> tuple[str, ...]:
    example = one.examples[0] if one.examples else ""
    rate = one.failure_rate
    return (
        str(one.id),
        f"{one.name} ({', '.join(one.words)})" if one.name else ", ".join(one.words),
        f"{one.size:,}",
        f"{one.share:.1%}",
        one.trend.direction,
        f"{rate.value:.0%} of {rate.n:,}" if rate else "unknown",
        "-" if one.covered is None else f"{one.covered:.0%}",
        example if len(example) <= _EXAMPLE else example[: _EXAMPLE - 1] + "\N{HORIZONTAL ELLIPSIS}",
    )


def _name(one: Theme) -> str:
    """Return what to call a theme: questions that are all alike have no words that tell them apart."""
    return one.name or ", ".join(one.words) or next(iter(one.examples), "")


def _failures(one: Theme) -> int | None:
    return round(one.failure_rate.value * one.failure_rate.n) if one.failure_rate else None


def _by_name(days: Sequence[Cell]) -> Mapping[str, Mapping[date, DayRate]]:
    """Return the rates of each outcome and failure mode by day, named as alarms name them."""
    found: dict[str, dict[date, DayRate]] = {}
    for cell in days:
        day = date.fromisoformat(cell.value)
        named: list[tuple[str, Interval | None]] = [(f"outcome:{one.name}", one.rate) for one in cell.outcomes]
        named += [(one.name, one.rate) for one in cell.failure_modes if one.is_verdict]
        for name, rate in named:
            if rate is not None:
                found.setdefault(name, {})[day] = DayRate(day, rate.value, rate.low, rate.high)
    return {name: own for name, own in found.items() if len(own) > 1}


def _figure(rate: DayRate | None) -> str:
    return f"{rate.value:.1%} [{rate.low:.0%}, {rate.high:.0%}]" if rate else "too few"
