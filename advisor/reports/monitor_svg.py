"""Monitoring as pictures: a small panel for each rate by day, with its interval and the alarms, and themes by size.

Every panel has the same days from left to right; upwards each has its own scale, which it states. What a picture shows
also stands in a table of the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from typing import NamedTuple

WIDTH = 960
_COLUMNS = 3
_PANEL_WIDTH, _PANEL_HEIGHT = 300, 128
_GAP = 30
_LEFT, _TOP, _BOTTOM = 38, 24, 20
_MOST_LETTERS = 34

LINE, BAND, MARK, BAR = (
    *("var(--front, #2a6fdb)", "var(--front, #2a6fdb)", "var(--bad, #b42318)"),
    "var(--rest, #8a8f96)",
)
"""The colors of the page, which differ in the dark; elsewhere those of the light one."""


class DayRate(NamedTuple):
    """A share of the calls of one day, with its interval."""

    day: date
    value: float
    low: float
    high: float


class Panel(NamedTuple):
    """One rate over the days."""

    name: str
    rates: tuple[DayRate, ...]
    """By day; days with too few calls are left out."""
    alarms: tuple[date, ...] = ()
    """Days on which a change began."""


class Bar(NamedTuple):
    """One theme."""

    name: str
    size: int
    failures: int | None
    """None where nothing says what became of its calls."""


def rates_svg(panels: Sequence[Panel]) -> str:
    """Return the panels side by side; nothing without a rate on two days."""
    drawn = [one for one in panels if len(one.rates) > 1]
    days = [rate.day for one in drawn for rate in one.rates]
    if not drawn:
        return ""
    span = min(days), max(days)
    height = -(-len(drawn) // _COLUMNS) * (_PANEL_HEIGHT + _GAP)
    parts = [
        _opening(height, f"Rates by day from {span[0]} to {span[1]}: {'; '.join(_told(one) for one in drawn)}"),
    ]
    for place, one in enumerate(drawn):
        row, column = divmod(place, _COLUMNS)
        x, y = column * (_PANEL_WIDTH + _GAP), row * (_PANEL_HEIGHT + _GAP)
        parts += [f'<g transform="translate({x} {y})">', *_panel(one, span), "</g>"]
    return "\n".join([*parts, "</svg>"])


def themes_svg(bars: Sequence[Bar]) -> str:
    """Return the themes as bars by size, with the part that failed; nothing without themes."""
    if not bars:
        return ""
    most, line, left = max(one.size for one in bars), 22, 330
    told = "; ".join(_told_bar(one) for one in bars)
    parts = [_opening(len(bars) * line + 6, f"Themes by size: {told}")]
    for place, one in enumerate(bars):
        y, long = place * line + 4, (WIDTH - left - 170) * one.size / most
        words = escape(_short(one.name, 45))
        parts.append(f'<text x="{left - 8}" y="{y + 12}" text-anchor="end">{words}</text>')
        parts.append(f'<rect x="{left}" y="{y}" width="{long:.1f}" height="15" fill="{BAR}" opacity=".55"/>')
        if one.failures:
            failed = long * one.failures / one.size
            parts.append(f'<rect x="{left}" y="{y}" width="{failed:.1f}" height="15" fill="{MARK}"/>')
        count = f"{one.size:,}" if one.failures is None else f"{one.size:,}, {one.failures:,} failed"
        parts.append(f'<text x="{left + long + 6:.1f}" y="{y + 12}">{count}</text>')
    return "\n".join([*parts, "</svg>"])


def _opening(height: int, told: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(told)}" '
        'font-family="system-ui, sans-serif" font-size="12" fill="currentColor">'
    )


def _told(one: Panel) -> str:
    first, last = one.rates[0], one.rates[-1]
    alarms = f", alarm on {', '.join(map(str, one.alarms))}" if one.alarms else ""
    return f"{one.name} {first.value:.0%} on the first day and {last.value:.0%} on the last{alarms}"


def _told_bar(one: Bar) -> str:
    return f"{one.name}: {one.size:,} calls" + (f", {one.failures:,} failed" if one.failures is not None else "")


def _panel(one: Panel, span: tuple[date, date]) -> Iterator[str]:
    least, most = min(rate.low for rate in one.rates), max(rate.high for rate in one.rates)
    low, high = max(0.0, least - 0.02), min(1.0, most + 0.02)
    bottom, right = _PANEL_HEIGHT - _BOTTOM, _PANEL_WIDTH

    def x(day: date) -> float:
        return _LEFT + (right - _LEFT - 6) * (day - span[0]).days / max((span[1] - span[0]).days, 1)

    def y(value: float) -> float:
        return bottom - (bottom - _TOP) * (value - low) / (high - low)

    yield f'<text x="0" y="12" font-weight="600">{escape(_short(one.name, _MOST_LETTERS))}</text>'
    yield f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="currentColor" opacity=".4"/>'
    for value in (low, high):
        yield f'<text x="{_LEFT - 5}" y="{y(value) + 4:.1f}" text-anchor="end" font-size="10">{value:.0%}</text>'
    for day, anchor in zip(span, ("start", "end"), strict=True):
        yield (
            f'<text x="{x(day):.1f}" y="{bottom + 14}" text-anchor="{anchor}" font-size="10">{day:%b} {day.day}</text>'
        )
    for stretch in _stretches(one.rates):
        upper = [f"{x(rate.day):.1f} {y(rate.high):.1f}" for rate in stretch]
        lower = [f"{x(rate.day):.1f} {y(rate.low):.1f}" for rate in reversed(stretch)]
        yield f'<path d="M{"L".join([*upper, *lower])}Z" fill="{BAND}" opacity=".22"/>'
        line = "L".join(f"{x(rate.day):.1f} {y(rate.value):.1f}" for rate in stretch)
        yield f'<path d="M{line}" fill="none" stroke="{LINE}" stroke-width="1.8"/>'
    for rate in one.rates:
        words = f"{rate.day}: {rate.value:.1%} [{rate.low:.1%}, {rate.high:.1%}]"
        dot = f'cx="{x(rate.day):.1f}" cy="{y(rate.value):.1f}" r="2.2" fill="{LINE}"'
        yield f"<circle {dot}><title>{words}</title></circle>"
    for day in one.alarms:
        at = x(min(max(day, span[0]), span[1]))
        yield f'<path d="M{at:.1f} {_TOP - 2}V{bottom}" stroke="{MARK}" stroke-width="1.4" stroke-dasharray="4 3"/>'
        yield (
            f'<path d="M{at - 5:.1f} {_TOP - 9}h10l-5 8z" fill="{MARK}"><title>Alarm: changed on {day}</title></path>'
        )


def _stretches(rates: Sequence[DayRate]) -> Iterator[Sequence[DayRate]]:
    """Yield runs of days without a gap, so that no line is drawn over days that say nothing."""
    start = 0
    for place in range(1, len(rates) + 1):
        if place == len(rates) or (rates[place].day - rates[place - 1].day).days > 1:
            yield rates[start:place]
            start = place


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else name[: most - 1] + "\N{HORIZONTAL ELLIPSIS}"
