"""The frontier as a picture of characters: quality against the monthly cost, to be walked along with the arrows."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from advisor.reports.recommendation.frontier_svg import PlottedPoint, points
from advisor.solver.answer import WorkloadAdvice
from advisor.tui.format import money
from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers

_LEFT = 6
_BOTTOM = 2

Pixel = tuple[str, str]
"""A character and the name of its style."""


class PlotAxes(NamedTuple):
    """From cost (logarithmic) and quality to a column and a line of the picture."""

    width: int
    height: int
    low_usd: float
    high_usd: float
    low: float
    high: float

    @classmethod
    def around(cls, drawn: Sequence[PlottedPoint], width: int, height: int) -> PlotAxes:
        """Axes that hold all the points."""
        costs = [log10(point.usd) for point in drawn]
        qualities = [point.estimate for point in drawn]
        aside = (max(costs) - min(costs)) * 0.03 or 0.3
        pad = (max(qualities) - min(qualities)) * 0.04 or 5.0
        return cls(width, height, min(costs) - aside, max(costs) + aside, min(qualities) - pad, max(qualities) + pad)

    def column(self, usd: float) -> int:
        """Return the column of a cost."""
        return round((log10(usd) - self.low_usd) / (self.high_usd - self.low_usd) * (self.width - 1))

    def line(self, quality: float) -> int:
        """Return the line of a quality, 0 at the top."""
        return round((self.high - quality) / (self.high - self.low) * (self.height - 1))

    def ticks(self) -> list[float]:
        """Round costs on the axis, far enough apart for their labels."""
        found = [m * 10.0**power for power in range(-6, 12) for m in (1, 2, 5)]
        inside = [tick for tick in found if self.low_usd <= log10(tick) <= self.high_usd]
        return inside[:: max(1, -(-len(inside) * 9 // max(self.width, 1)))]


class Plot(Widget, can_focus=True):
    """The picture. ``walk`` holds the ids along the frontier, cheapest first."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"plot--axis", "plot--other", "plot--front", "plot--first", "plot--cursor"}
    DEFAULT_CSS = """
    Plot {
        & > .plot--axis { color: $text-muted; }
        & > .plot--other { color: $text-disabled; }
        & > .plot--front { color: $text-primary; text-style: bold; }
        & > .plot--first { color: $text-success; text-style: bold; }
        & > .plot--cursor { color: $text-warning; text-style: bold reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,down", "walk(-1)", "Cheaper", show=False),
        Binding("right,up", "walk(1)", "Better", show=False),
        Binding("enter", "press", "Candidate in full", show=False),
    ]

    at: reactive[int] = reactive(0)
    """The index on the walk."""

    class Moved(Message):
        """Another candidate of the frontier is looked at."""

    class Pressed(Message):
        """The candidate shall be shown in full."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._drawn: tuple[PlottedPoint, ...] = ()
        self._picture: list[list[Pixel]] = []
        self._first: str | None = None
        self.walk: tuple[PlottedPoint, ...] = ()

    @property
    def current(self) -> PlottedPoint | None:
        """The candidate that is looked at."""
        return self.walk[self.at] if 0 <= self.at < len(self.walk) else None

    def fill(self, found: WorkloadAdvice) -> None:
        """Draw an answer; the walk stays with its candidate, else begins at the recommended one."""
        drawn = points(found.standings)
        unique: dict[tuple[float, float], PlottedPoint] = {}
        for point in sorted((p for p in drawn if p.id in found.frontier), key=lambda p: (p.usd, p.estimate)):
            if (point.usd, point.estimate) not in unique or point.id == found.recommended:
                unique[point.usd, point.estimate] = point
        self.draw(drawn, tuple(unique.values()), found.recommended)

    def draw(self, drawn: tuple[PlottedPoint, ...], walk: tuple[PlottedPoint, ...], first: str | None) -> None:
        """Draw points of which some can be walked along; ``first`` is the id of the one to begin at."""
        before = self.current
        self._drawn, self.walk, self._first = drawn, walk, first
        ids = [point.id for point in self.walk]
        wanted = before.id if before and before.id in ids else first
        self.at = ids.index(wanted) if wanted in ids else max(len(ids) - 1, 0)
        self._draw()

    def on_resize(self) -> None:
        """Draw again for the new size."""
        self._draw()

    def watch_at(self) -> None:
        """Move the cursor in the picture."""
        self._draw()
        self.post_message(self.Moved())

    def _draw(self) -> None:
        width, height = self.size.width - _LEFT - 1, self.size.height - _BOTTOM
        self._picture = []
        if self._drawn and width > 10 and height > 3:  # noqa: PLR2004 - room to draw in
            axes = PlotAxes.around(self._drawn, width, height)
            self._picture = [*self._field(axes), *_axis(axes)]
        self.refresh()

    def _field(self, axes: PlotAxes) -> list[list[Pixel]]:
        field: list[list[Pixel]] = [[(" ", "other")] * axes.width for _ in range(axes.height)]
        for point in self._drawn:
            field[axes.line(point.estimate)][axes.column(point.usd)] = ("·", "other")
        for cheaper, better in zip(self.walk, self.walk[1:], strict=False):
            line = axes.line(cheaper.estimate)
            for column in range(axes.column(cheaper.usd), axes.column(better.usd)):
                if field[line][column][0] == " ":
                    field[line][column] = ("┄", "axis")
        for index, point in enumerate(self.walk):
            first = point.id == self._first
            pixel = ("▶", "first") if first else ("●", "front")
            pixel = ("◉" if not first else "▶", "cursor") if index == self.at else pixel
            field[axes.line(point.estimate)][axes.column(point.usd)] = pixel
        return [_margin(axes, number) + line for number, line in enumerate(field)]

    def render_line(self, y: int) -> Strip:
        """One line of the picture."""
        base = self.rich_style
        if not self._picture:
            words = "Nothing to draw: no candidate has both a measured quality and a known cost." if y == 0 else ""
            return Strip([Segment(words, base)]).adjust_cell_length(self.size.width, base)
        line = self._picture[y] if y < len(self._picture) else []
        segments = [Segment(char, self.get_component_rich_style(f"plot--{name}")) for char, name in line]
        return Strip(segments).simplify().adjust_cell_length(self.size.width, base)

    def action_walk(self, by: int) -> None:
        """Go along the frontier."""
        self.at = max(0, min(len(self.walk) - 1, self.at + by))

    def action_press(self) -> None:
        """Show the candidate in full."""
        if self.current is not None:
            self.post_message(self.Pressed(self.current.id))

    def on_click(self, event: events.Click) -> None:
        """Go to the candidate of the frontier that is nearest to the mouse."""
        if not self.walk or not self._picture:
            return
        place = event.get_content_offset_capture(self)
        axes = PlotAxes.around(self._drawn, self.size.width - _LEFT - 1, self.size.height - _BOTTOM)
        column = place.x - _LEFT - 1

        def distance(index: int) -> float:
            point = self.walk[index]
            return abs(axes.column(point.usd) - column) + 2 * abs(axes.line(point.estimate) - place.y)

        self.at = min(range(len(self.walk)), key=distance)


def _margin(axes: PlotAxes, number: int) -> list[Pixel]:
    """Return the scale of quality at the left of a line."""
    step = max(1, (axes.height - 1) // 4)
    quality = axes.high - number / max(1, axes.height - 1) * (axes.high - axes.low)
    text = f"{quality:.0f}" if number % step == 0 else ""
    return [(char, "axis") for char in text.rjust(_LEFT - 1)[: _LEFT - 1] + (" ┤" if text else " │")]


def _axis(axes: PlotAxes) -> list[list[Pixel]]:
    """Return the scale of cost below."""
    line, labels = ["─"] * axes.width, [" "] * (axes.width + 8)
    for tick in axes.ticks():
        column = axes.column(tick)
        line[column] = "┬"
        text = f"${tick:,g}"
        start = max(0, min(column - len(text) // 2, axes.width - len(text)))
        labels[start : start + len(text)] = text
    pad = " " * _LEFT
    return [
        [(char, "axis") for char in f"{pad}└{''.join(line)}"],
        [(char, "axis") for char in f"{pad} {''.join(labels)[: axes.width]}"],
    ]


class Frontier(Vertical):
    """The picture, and words about the candidate that is looked at."""

    DEFAULT_CSS = """
    Frontier {
        #legend { height: 1; padding: 0 1; color: $text-muted; }
        #plot { height: 1fr; }
        #point { height: 4; border-top: solid $panel-lighten-2; padding: 0 1; }
    }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._found: WorkloadAdvice | None = None

    def compose(self) -> ComposeResult:
        """Legend, picture, words."""
        yield Static(id="legend", markup=False)
        yield Plot(id="plot")
        yield Static(id="point", markup=False)

    def show(self, session: Session, solved: SolvedAnswers) -> None:
        """Draw the answer for the workload in view."""
        found = solved.workload(session.workload)
        self._found = found
        if found is None:
            return
        legend = f"↑ {found.dimension}  → USD a month (log)   ▶ first  ● frontier  · others"
        self.query_one("#legend", Static).update(Content(legend))
        self.query_one("#plot", Plot).fill(found)
        self._explain()

    def on_plot_moved(self) -> None:
        """Say what is looked at."""
        self._explain()

    def _explain(self) -> None:
        plot = self.query_one("#plot", Plot)
        point = plot.current
        if point is None or self._found is None:
            self.query_one("#point", Static).update(Content(""))
            return
        best = plot.walk[-1]
        gap = "the best on the frontier" if point is best else f"{best.estimate - point.estimate:.0f} below the best"
        interval = f"[{point.low:.0f}, {point.high:.0f}]"
        words = f"{point.estimate:.0f} {interval} · {money(point.usd)} a month, mean of the horizon"
        self.query_one("#point", Static).update(
            Content.assemble(
                (point.id, "bold"),
                f"  {plot.at + 1} of {len(plot.walk)}, {gap}\n{words}\n",
                ("←/→ walk along the frontier, Enter shows it in full", "$foreground 60%"),
            )
        )
