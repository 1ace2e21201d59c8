"""Quality against cost as a picture: what passes, with its intervals, and the names of the frontier.

No line joins the frontier: who is on it may be there for its speed, which the picture does not have.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import log10
from typing import NamedTuple

from advisor.reports.recommendation.candidate_rows import by_model
from advisor.reports.section import counted
from advisor.solver.answer import WorkloadAdvice
from advisor.solver.standing import Standing

WIDTH, HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 960, 390, 64, 44, 28, 320
_MOST_LETTERS = 44
"""How long a name at the right edge may be; the whole stands in the point's title."""

_MOST_POINTS = 400

_LINE = 14
"""Between two names, in the units of the picture."""


CHOSEN, FRONT, REST = "var(--chosen, #c2410c)", "var(--front, #2a6fdb)", "var(--rest, #888)"
"""The colors of the page, which differ in the dark; elsewhere those of the light one."""


class PlottedPoint(NamedTuple):
    """A candidate in the picture: cost in USD a month and quality, each with its interval."""

    id: str
    usd: float
    estimate: float
    low: float
    high: float
    usd_low: float | None = None
    """Lower end of the cost; None where it has no interval."""
    usd_high: float | None = None
    """Upper end of the cost; None where it has no interval or nothing bounds it."""


def points(standings: Sequence[Standing]) -> tuple[PlottedPoint, ...]:
    """Those whose quality and cost are both known and whose cost is above zero."""
    return tuple(
        PlottedPoint(
            s.id,
            float(s.cost.usd_per_month_mean),
            s.quality.estimate,
            s.quality.low,
            s.quality.high,
            *(float(end) if end is not None and end > 0 else None for end in (s.cost.low, s.cost.high)),
        )
        for s in standings
        if s.quality and s.cost and s.cost.usd_per_month_mean > 0
    )


def _drawn(answer: WorkloadAdvice) -> tuple[PlottedPoint, ...]:
    """Return the frontier, the tied set, and of every other model the best that passes: thousands would be a blot."""
    told = {*answer.frontier, *answer.tied, answer.recommended}
    best = {row.first.id for row in by_model(answer.standings)}
    kept = [one for one in answer.standings if one.id in told or one.id in best]
    return points(kept)[:_MOST_POINTS]


def frontier_svg(answer: WorkloadAdvice) -> str:
    """Return the picture, or a sentence when nothing can be drawn."""
    drawn = _drawn(answer)
    if not drawn:
        return "<p>No candidate has both a measured quality and a known cost, so there is no frontier to draw.</p>"
    axes = Axes.around(drawn)
    front = sorted((p for p in drawn if p.id in answer.frontier), key=lambda p: p.usd)
    unit = next(s.quality.unit for s in answer.standings if s.quality)
    parts = [
        (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{_told(drawn, answer)}" '
            'font-family="system-ui, sans-serif" font-size="12" fill="currentColor">'
        ),
        *axes.lines(f"{answer.dimension}, {unit}"),
        *(_dot(point, axes, answer) for point in sorted(drawn, key=lambda one: _rank(one, answer))),
        *_labels(front, axes, answer),
        "</svg>",
    ]
    return "\n".join(parts)


def _told(drawn: Sequence[PlottedPoint], answer: WorkloadAdvice) -> str:
    """Return what the picture says, for who cannot see it; the figures stand in the table below it."""
    first = next((one for one in drawn if one.id == answer.recommended), None)
    where = f"; the recommended one at ${first.usd:,.0f} a month and {first.estimate:.0f}" if first else ""
    return escape(
        f"Quality against cost of {counted(len(drawn), 'candidate')} that pass, with 95 % intervals as bars{where}"
    )


def _rank(point: PlottedPoint, answer: WorkloadAdvice) -> int:
    """Return 2 for the recommended one, 1 for the frontier, 0 for the rest, which is drawn first."""
    return 2 if point.id == answer.recommended else int(point.id in answer.frontier)


class Axes(NamedTuple):
    """Cost on a logarithmic axis from left to right, quality upwards."""

    low_usd: float
    high_usd: float
    low: float
    high: float

    @classmethod
    def around(cls, drawn: Sequence[PlottedPoint]) -> Axes:
        """Axes that all these points fit on."""
        costs = [log10(end) for p in drawn for end in (p.usd, p.usd_low, p.usd_high) if end]
        low, high = min(p.low for p in drawn), max(p.high for p in drawn)
        pad = (high - low or 1.0) * 0.05
        return cls(min(costs) - 0.1, max(costs) + 0.1, low - pad, high + pad)

    def x(self, usd: float) -> float:
        """Where a cost stands."""
        return _LEFT + (log10(usd) - self.low_usd) / (self.high_usd - self.low_usd) * (WIDTH - _LEFT - _RIGHT)

    def y(self, estimate: float) -> float:
        """Where a quality stands."""
        return HEIGHT - _BOTTOM - (estimate - self.low) / (self.high - self.low) * (HEIGHT - _BOTTOM - _TOP)

    def lines(self, what: str) -> list[str]:
        """Return the axes with their figures; ``what`` names the upward one."""
        bottom = HEIGHT - _BOTTOM
        parts = [
            f'<path d="M{_LEFT} {_TOP}V{bottom}H{WIDTH - _RIGHT}" fill="none" stroke="currentColor" opacity=".5"/>',
            f'<text x="{_LEFT}" y="{HEIGHT - 6}">USD a month (logarithmic)</text>',
            f'<text x="4" y="{_TOP - 14}">{escape(what)}</text>',
        ]
        parts += [
            f'<text x="{self.x(usd):.1f}" y="{bottom + 16}" text-anchor="middle">${usd:,g}</text>'
            for usd in self._ticks()
        ]
        for step in range(5):
            level = self.low + (self.high - self.low) * step / 4
            parts.append(f'<text x="{_LEFT - 6}" y="{self.y(level) + 4:.1f}" text-anchor="end">{level:.0f}</text>')
        return parts

    def _ticks(self) -> list[float]:
        ticks = [m * 10.0**power for power in range(-6, 12) for m in (1, 2, 5)]
        inside = [t for t in ticks if self.low_usd <= log10(t) <= self.high_usd]
        # All at about one cost: the ends of the axis, to whole dollars.
        inside = inside or sorted({round(10**end) for end in (self.low_usd, self.high_usd) if 10**end >= 1})
        return inside[:: max(1, len(inside) // 8)]


def _dot(point: PlottedPoint, axes: Axes, answer: WorkloadAdvice) -> str:
    rank = _rank(point, answer)
    x, y = axes.x(point.usd), axes.y(point.estimate)
    title = escape(f"{point.id}: {point.estimate:.0f} [{point.low:.0f}, {point.high:.0f}], ${point.usd:,.2f} a month")
    ends = (axes.x(point.usd_low or point.usd), axes.x(point.usd_high or point.usd))
    bars = f"M{x:.1f} {axes.y(point.high):.1f}V{axes.y(point.low):.1f}"
    bars += f"M{ends[0]:.1f} {y:.1f}H{ends[1]:.1f}" if ends[0] < ends[1] else ""
    color, radius, strength = ((REST, 2.5, ".35"), (FRONT, 4, ".6"), (CHOSEN, 6, ".9"))[rank]
    return (
        f'<g stroke="{color}" fill="{color}"><title>{title}</title>'
        f'<path d="{bars}" stroke-width="{1 + rank / 2:g}" opacity="{strength}"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/></g>'
    )


def _labels(front: Sequence[PlottedPoint], axes: Axes, answer: WorkloadAdvice) -> list[str]:
    """Return the names of the frontier at the right edge, as many as fit, pushed apart so that none covers another."""
    places = {(point.usd, point.estimate): point for point in sorted(front, key=lambda p: p.id, reverse=True)}
    named = _spread(sorted(places.values(), key=lambda p: -p.estimate), answer.recommended)
    x = WIDTH - _RIGHT + 8
    return [
        f'<path d="M{axes.x(point.usd) + 5:.1f} {axes.y(point.estimate):.1f}L{x - 3} {y - 4:.1f}" '
        'stroke="currentColor" opacity=".25"/>'
        f'<text x="{x}" y="{y:.1f}"{_weight(point, answer)}>{escape(_shortened(point.id))}</text>'
        for point, y in zip(named, _heights([axes.y(point.estimate) + 4 for point in named]), strict=True)
    ]


def _weight(point: PlottedPoint, answer: WorkloadAdvice) -> str:
    return f' font-weight="700" fill="{CHOSEN}"' if point.id == answer.recommended else ""


def _spread(points: Sequence[PlottedPoint], recommended: str | None) -> list[PlottedPoint]:
    """Return as many as have room for a name, both ends and the recommended one among them."""
    most = int((HEIGHT - 2 * _LINE) / _LINE)
    if len(points) <= most:
        return list(points)
    kept = {round(index * (len(points) - 1) / (most - 2)) for index in range(most - 1)}
    kept |= {index for index, point in enumerate(points) if point.id == recommended}
    return [points[index] for index in sorted(kept)]


def _heights(wanted: Sequence[float]) -> list[float]:
    """Return where each name stands, from the top down: near where it is wanted, a line apart, inside the picture."""
    found, lowest = [], 0.0
    for height in wanted:
        lowest = max(height, lowest + _LINE)
        found.append(lowest)
    highest = float(HEIGHT - 4)
    for index in reversed(range(len(found))):
        found[index] = min(found[index], highest)
        highest = found[index] - _LINE
    return found


def _shortened(name: str) -> str:
    return name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1]}…"
