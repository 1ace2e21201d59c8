"""The frontier as a picture of characters: quality against the monthly cost, to be walked along with the arrows."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from advisor.catalog import Catalog
from advisor.reports.recommendation.frontier_svg import PlottedPoint, points
from advisor.solver.answer import WorkloadAdvice
from advisor.solver.explain.words import cause_words
from advisor.tui.format import money
from advisor.tui.ruled_out_points import ruled_out_points
from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers

_LEFT = 6
_MOST_NAMES = 8
_SPARE = " ┄·x"
"""What a name may cover: no point of the frontier, no other name."""

_AT_ONCE = 500
"""So many that are ruled out cost no wait; more are looked up beside the screen."""

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

    def levels(self) -> dict[int, str]:
        """Round qualities on the axis, by line, far enough apart to be read."""
        least = (self.high - self.low) * 3 / max(1, self.height - 1)
        step = next(m * 10.0**power for power in range(-3, 6) for m in (1, 2, 5) if m * 10.0**power >= least)
        found = {}
        for count in range(ceil(self.low / step), floor(self.high / step) + 1):
            found[self.line(count * step)] = f"{count * step:g}"
        return found


class Plot(Widget, can_focus=True):
    """The picture. ``walk`` holds the ids along the frontier, cheapest first."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "plot--axis",
        "plot--other",
        "plot--front",
        "plot--first",
        "plot--cursor",
        "plot--out",
    }
    DEFAULT_CSS = """
    Plot {
        & > .plot--axis { color: $text-muted; }
        & > .plot--other { color: $text-disabled; }
        & > .plot--out { color: $text-disabled; }
        & > .plot--front { color: $text-primary; text-style: bold; }
        & > .plot--first { color: $text-success; text-style: bold; }
        & > .plot--cursor { color: $text-warning; text-style: bold reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "walk(-1)", "Cheaper", tooltip="Along the frontier, cheaper", key_display="←"),
        Binding("right", "walk(1)", "Better", tooltip="Along the frontier, better", key_display="→"),
        Binding("down", "walk_out(-1)", "Ruled out", tooltip="Along what is ruled out, cheaper", key_display="↓"),
        Binding("up", "walk_out(1)", "Ruled out", tooltip="Along what is ruled out, more expensive", key_display="↑"),
        Binding("enter", "press", "Candidate in full", show=False),
    ]

    at: reactive[int] = reactive(0)
    """The index on the walk."""

    at_out: reactive[int | None] = reactive(None)
    """The index among what is ruled out; None while the walk is looked at."""

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
        self.out: tuple[PlottedPoint, ...] = ()

    @property
    def current(self) -> PlottedPoint | None:
        """The candidate that is looked at."""
        if self.at_out is not None and self.at_out < len(self.out):
            return self.out[self.at_out]
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
        self.out, self.at_out = (), None
        ids = [point.id for point in self.walk]
        wanted = before.id if before and before.id in ids else first
        self.at = ids.index(wanted) if wanted in ids else max(len(ids) - 1, 0)
        self._draw()

    def add_out(self, out: tuple[PlottedPoint, ...]) -> None:
        """Draw what is ruled out behind the rest."""
        self.out = out
        self._draw()

    def on_resize(self) -> None:
        """Draw again for the new size."""
        self._draw()

    def watch_at(self) -> None:
        """Move the cursor in the picture."""
        self._draw()
        self.post_message(self.Moved())

    def watch_at_out(self) -> None:
        """Move the cursor in the picture."""
        self.watch_at()

    def _draw(self) -> None:
        width, height = self.size.width - _LEFT - 1, self.size.height - _BOTTOM
        self._picture = []
        if (self._drawn or self.out) and width > 10 and height > 3:  # noqa: PLR2004 - room to draw in
            axes = PlotAxes.around((*self._drawn, *self.out), width, height)
            self._picture = [*self._field(axes), *_axis(axes)]
        self.refresh()

    def _field(self, axes: PlotAxes) -> list[list[Pixel]]:
        field: list[list[Pixel]] = [[(" ", "other")] * axes.width for _ in range(axes.height)]
        for point in self.out:
            field[axes.line(point.estimate)][axes.column(point.usd)] = ("x", "out")
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
            pixel = ("◉" if not first else "▶", "cursor") if index == self.at and self.at_out is None else pixel
            field[axes.line(point.estimate)][axes.column(point.usd)] = pixel
        self._write_names(field, axes)
        if self.at_out is not None and (current := self.current) is not None:
            field[axes.line(current.estimate)][axes.column(current.usd)] = ("x", "cursor")
        levels = axes.levels()
        return [_margin(levels.get(number, "")) + line for number, line in enumerate(field)]

    def _write_names(self, field: list[list[Pixel]], axes: PlotAxes) -> None:
        """Write the names of the leaders beside their points, the first one first, where nothing else is covered."""
        leaders = sorted(self.walk, key=lambda point: (point.id != self._first, -point.usd))
        for point in leaders[:_MOST_NAMES]:
            line, column = field[axes.line(point.estimate)], axes.column(point.usd)
            name = point.id.partition("/")[2]
            style = "first" if point.id == self._first else "axis"
            for start in (column + 2, column - 1 - len(name)):
                place = range(start, start + len(name))
                if name and place.start >= 0 and place.stop <= axes.width and all(line[x][0] in _SPARE for x in place):
                    line[place.start : place.stop] = [(char, style) for char in name]
                    break

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
        if self.at_out is not None:
            self.at_out = None
        else:
            self.at = max(0, min(len(self.walk) - 1, self.at + by))

    def action_walk_out(self, by: int) -> None:
        """Go along what is ruled out, from the cost of what is looked at."""
        if not self.out:
            return
        if self.at_out is None:
            usd = self.current.usd if self.current is not None else 0.0
            self.at_out = min(range(len(self.out)), key=lambda index: abs(self.out[index].usd - usd))
        else:
            self.at_out = max(0, min(len(self.out) - 1, self.at_out + by))

    def action_press(self) -> None:
        """Show the candidate in full."""
        if self.current is not None:
            self.post_message(self.Pressed(self.current.id))

    def on_click(self, event: events.Click) -> None:
        """Go to the candidate of the frontier that is nearest to the mouse."""
        if not (self.walk or self.out) or not self._picture:
            return
        place = event.get_content_offset_capture(self)
        axes = PlotAxes.around((*self._drawn, *self.out), self.size.width - _LEFT - 1, self.size.height - _BOTTOM)
        column = place.x - _LEFT - 1

        def distance(point: PlottedPoint) -> float:
            return abs(axes.column(point.usd) - column) + 2 * abs(axes.line(point.estimate) - place.y)

        nearest = min((*self.walk, *self.out), key=distance)
        if nearest in self.walk:
            self.at, self.at_out = self.walk.index(nearest), None
        else:
            self.at_out = self.out.index(nearest)


def _margin(text: str) -> list[Pixel]:
    """Return the scale of quality at the left of a line."""
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
        self._shown: WorkloadAdvice | None = None
        self._out: tuple[PlottedPoint, ...] = ()

    class Located(Message):
        """What is ruled out has its places."""

        def __init__(self, found: WorkloadAdvice, out: tuple[PlottedPoint, ...]) -> None:
            super().__init__()
            self.found, self.out = found, out

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
        legend = f"↑ {found.dimension}  → $ a month   ▶ first ● frontier · passes x ruled out"
        self.query_one("#legend", Static).update(Content(legend))
        plot = self.query_one("#plot", Plot)
        if self._shown is not found:
            self._shown, self._out = found, ()
            if len(found.excluded) <= _AT_ONCE:
                self._out = ruled_out_points(session.catalog, solved, session.workload)
            else:
                self._locate(session.catalog, solved, session.workload)
        plot.fill(found)
        plot.add_out(self._out)
        self._explain()

    @work(thread=True)
    def _locate(self, catalog: Catalog, solved: SolvedAnswers, workload: int) -> None:
        found = solved.workload(workload)
        if found is not None:
            self.post_message(self.Located(found, ruled_out_points(catalog, solved, workload)))

    def on_frontier_located(self, event: Located) -> None:
        """Draw what is ruled out, unless another answer is shown by now."""
        if event.found is self._found:
            self._out = event.out
            self.query_one("#plot", Plot).add_out(event.out)

    def on_plot_moved(self) -> None:
        """Say what is looked at."""
        self._explain()

    def _explain(self) -> None:
        plot = self.query_one("#plot", Plot)
        point = plot.current
        if point is None or self._found is None:
            self.query_one("#point", Static).update(Content(""))
            return
        if plot.at_out is not None:
            self.query_one("#point", Static).update(self._why_out(self._found, point, plot))
            return
        best = plot.walk[-1]
        gap = "the best on the frontier" if point is best else f"{best.estimate - point.estimate:.0f} below the best"
        interval = f"[{point.low:.0f}, {point.high:.0f}]"
        words = f"{point.estimate:.0f} {interval} · {money(point.usd)} a month, mean of the horizon"
        self.query_one("#point", Static).update(
            Content.assemble(
                (point.id, "bold"),
                f"  {plot.at + 1} of {len(plot.walk)}, {gap}\n{words}\n",
                ("←/→ along the frontier, ↑/↓ along what is ruled out, Enter shows it in full", "$foreground 60%"),
            )
        )

    def _why_out(self, found: WorkloadAdvice, point: PlottedPoint, plot: Plot) -> Content:
        """Why a point is out, what it is and what it would cost."""
        out = found.excluded.find(point.id)
        because = "; ".join(cause_words(cause) for cause in out.because) if out is not None else "it does not pass"
        figures = f"{point.estimate:.0f} [{point.low:.0f}, {point.high:.0f}] · {money(point.usd)} a month"
        at = (plot.at_out or 0) + 1
        return Content.assemble(
            (point.id, "bold"),
            f"  {figures} · {at} of {len(plot.out)} shown that are ruled out\n",
            (f"✗ {because}", "$text-error"),
        )
