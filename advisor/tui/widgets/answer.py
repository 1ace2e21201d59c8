"""What passes, best first, with the candidate under the cursor explained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from advisor.reports.recommendation.explain import explanation
from advisor.solver.answer import Advice, WorkloadAdvice
from advisor.solver.explain.words import cause_words, horizon_words, month_words, quality_words
from advisor.solver.standing import Standing
from advisor.tui.format import MARKED, channel_words, counted, license_badge, model_words, money, place_sign
from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers
from advisor.tui.widgets.row_list import Cell, ListColumn, ListRow, Rows

MOST_ROWS = 200
"""More than anybody reads; the report as JSON has all."""


class Answer(Vertical):
    """The table of those that pass and, below, the one under the cursor in words."""

    DEFAULT_CSS = """
    Answer {
        #table { height: 1fr; }
        #detail { height: 9; border-top: solid $panel-lighten-2; padding: 0 1; }
        #nothing { display: none; padding: 1; height: 1fr; }
        &.-nothing #table, &.-nothing #detail { display: none; }
        &.-nothing #nothing { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._found: WorkloadAdvice | None = None
        self._advice: Advice | None = None
        self._months = 12
        self._asked = False

    def compose(self) -> ComposeResult:
        """Yield the table, what it says of a line, and what stands there when nothing passes."""
        yield Table(id="table")
        with VerticalScroll(id="detail", can_focus=False):
            yield Static(id="words", markup=False)
        yield Static(id="nothing", markup=False)

    def show(self, session: Session, solved: SolvedAnswers, marked: frozenset[str]) -> None:
        """Show what passes for the workload in view."""
        self._advice, self._found = solved.advice, solved.workload(session.workload)
        self.set_class(self._found is None or not self._found.standings, "-nothing")
        if solved.requirements is not None:
            self._months, self._asked = solved.requirements.horizon_months, bool(solved.requirements.uses)
        if self._found is None or not self._found.standings:
            self.query_one("#nothing", Static).update(_nothing(solved, self._found))
            return
        shown = self._found.standings[:MOST_ROWS]
        rows = [_row(self._found, standing, marked, asked=self._asked) for standing in shown]
        if len(self._found.standings) > len(shown):
            rest = len(self._found.standings) - len(shown)
            rows.append(ListRow(None, (Cell(f"and {rest:,} more, behind these: answer more questions", "dim"),)))
        self.query_one("#table", Rows).fill(rows, _columns(self._months, asked=self._asked))
        self.explain()

    def explain(self) -> None:
        """Say in words what the line under the cursor is."""
        key = self.query_one("#table", Rows).key
        standing = self._found.standing(key) if self._found and key else None
        if self._found is None or self._advice is None or standing is None:
            return
        lines = list(_words(self._advice, self._found, standing, self._months, asked=self._asked))
        self.query_one("#words", Static).update(Content("\n").join(lines))

    def on_rows_moved(self) -> None:
        """Explain the next line."""
        self.explain()


class Table(Rows):
    """The lines of what passes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark to compare", show=False),
        Binding("enter", "press", "Candidate in full", show=False),
        Binding("p", "screen.probe", "Probe the latency of the marked or tied candidates", show=False),
    ]


def _columns(months: int, *, asked: bool) -> tuple[ListColumn, ...]:
    return (
        ListColumn("", 2),
        ListColumn("Model"),
        ListColumn("Channel", 14),
        ListColumn("Qual.", 5, right=True),
        ListColumn("$/month", 8, right=True),
        ListColumn(f"{months} months", 9, right=True),
        ListColumn("Verdict" if asked else "License", 11),
    )


def _row(found: WorkloadAdvice, standing: Standing, marked: frozenset[str], *, asked: bool) -> ListRow:
    place = place_sign(found, standing)
    badge = license_badge(standing.license, asked=asked)
    cost, quality = standing.cost, standing.quality
    first = "strong" if standing.id == found.recommended else ""
    return ListRow(
        standing.id,
        (
            Cell(place.sign + (MARKED if standing.id in marked else ""), place.style),
            Cell(model_words(standing.candidate), first),
            Cell(channel_words(standing.candidate), "dim"),
            Cell(f"{quality.estimate:.0f}" if quality else "-", first),
            Cell(money(cost.usd_per_month_mean) if cost else "unknown", first),
            Cell(horizon_words(cost, money) if cost else "unknown"),
            Cell(_short(badge.text) if asked else badge.word, badge.style),
        ),
    )


def _short(verdict: str) -> str:
    """Return a conditional verdict by what it comes with: the word has to fit a column."""
    return verdict.replace("conditional", "duties")


def _words(advice: Advice, found: WorkloadAdvice, standing: Standing, months: int, *, asked: bool) -> Iterator[Content]:
    place = found.standings.index(standing) + 1
    sign = place_sign(found, standing)
    yield Content.assemble(
        (standing.id, "bold"), (f"  {place} of {len(found.standings):,}, {sign.word}", "$foreground 60%")
    )
    yield from (Content(sentence) for sentence in (found.why if place == 1 else ()))
    cost = standing.cost
    figures = f"{found.dimension} {quality_words(standing.quality)}"
    if cost:
        figures += f" · {month_words(cost, money)}, {horizon_words(cost, money)} over {months} months"
    yield Content(figures)
    yield Content(_license_words(standing, asked=asked))
    if place > 1:
        gaps = explanation(advice, [standing.id])
        told = next(one for one in gaps if one.workload == found.workload)
        yield from (Content(f"against the first: {gap}") for gap in told.would_change)
        open_ = [cause_words(cause) for cause in standing.open_questions]
        yield from (Content(f"? open: {words}") for words in open_)
    else:
        for flip in found.flips:
            then = f"then {flip.to}" if flip.to else flip.because
            yield Content.styled(f"overturned if {flip.at}: {then}", "$foreground 60%")
        if found.cases_to_separate:
            yield Content.styled(
                f"some {found.cases_to_separate:,} paired cases would break the tie", "$foreground 60%"
            )


def _license_words(standing: Standing, *, asked: bool) -> str:
    answer = standing.license
    named = f"license {answer.license or 'unknown'} ({answer.license_class})"
    if not asked:
        return f"{named}: say what you will do with it to have it judged"
    more = f", with {counted(len(answer.duties), 'duty', 'duties')}" if answer.duties else ""
    return f"{named}: {license_badge(answer, asked=True).text}{more}"


def _nothing(solved: SolvedAnswers, found: WorkloadAdvice | None) -> Content:
    """Why the table is empty, and what mends it."""
    if found is None:
        points = [str(point) for point in solved.open_points] or [solved.error.message if solved.error else ""]
        hint = f"\nhint: {solved.error.hint}" if solved.error and solved.error.hint else ""
        return Content.assemble(("There is no answer yet.\n\n", "bold"), "\n".join(points), hint)
    lines = [_conflict_words(one.required) for one in found.conflicts[:3]]
    more = len(found.conflicts) - 3
    if more > 0:
        lines.append(f"There are {more:,} more such conflicts.")
    ways = (
        "F5 shows what rules them out, with the single changes that let some back in."
        if found.relaxations
        else "No single change lets one in. Take back an answer with Ctrl+Z, or see F5 for the causes."
    )
    return Content.assemble(("✗ Nothing passes.\n\n", "bold $text-error"), "\n".join(lines), "\n\n", (ways, "bold"))


def _conflict_words(required: tuple[str, ...]) -> str:
    together = " together" if len(required) > 1 else ""
    return f"No candidate satisfies {' and '.join(required)}{together}."
