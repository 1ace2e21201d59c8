"""What passes, best first, with the candidate under the cursor explained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from advisor.reports.recommendation.explain import explanation
from advisor.solver.answer import Advice, WorkloadAdvice
from advisor.solver.explain.words import cause_words, horizon_words, month_words, quality_words
from advisor.solver.standing import Standing
from advisor.tui.answer_rows import answer_rows, columns
from advisor.tui.format import counted, license_badge, money, place_sign
from advisor.tui.screens.dialogs import Pick
from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers
from advisor.tui.table_view import TableView, facets
from advisor.tui.widgets.fit import TableRow, laid_out
from advisor.tui.widgets.row_list import Cell, Rows


class Answer(Vertical):
    """The table of those that pass and, below, the one under the cursor in words."""

    DEFAULT_CSS = """
    Answer {
        #table { height: 1fr; }
        #find { display: none; }
        #find.shown { display: block; }
        #view { display: none; padding: 0 1; color: $text-accent; }
        #view.shown { display: block; }
        #detail { height: 9; border-top: solid $panel-lighten-2; padding: 0 1; }
        #nothing { display: none; padding: 1; height: 1fr; }
        &.-nothing #table, &.-nothing #detail { display: none; }
        &.-nothing #nothing { display: block; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "find", "Find", tooltip="Find: show only the lines with these words", key_display="/"),
        Binding("s", "sort", "Sort", tooltip="Sort by rank, quality, cost, time of an answer, name"),
        Binding("f", "narrow", "Filter", tooltip="Filter: only the tied, a license, a lab, a channel"),
        Binding("g", "group", "Group", tooltip="One line a model, or one a candidate"),
        Binding("escape", "widen", "Show all", show=False),
    ]

    class ViewChanged(Message):
        """The lines are shown in another way."""

        def __init__(self, view: TableView) -> None:
            super().__init__()
            self.view = view

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._found: WorkloadAdvice | None = None
        self._advice: Advice | None = None
        self._months = 12
        self._asked = False
        self._marked: frozenset[str] = frozenset()
        self.view = TableView()

    def compose(self) -> ComposeResult:
        """Yield the table, what it says of a line, and what stands there when nothing passes."""
        yield Input(
            placeholder="model, channel, lab or license · Enter keeps it, Esc shows all", compact=True, id="find"
        )
        yield Static(id="view", markup=False)
        yield Table(id="table")
        with VerticalScroll(id="detail", can_focus=False):
            yield Static(id="words", markup=False)
        yield Static(id="nothing", markup=False)

    @property
    def _table(self) -> Table:
        return self.query_one("#table", Table)

    def show(self, session: Session, solved: SolvedAnswers, marked: frozenset[str]) -> None:
        """Show what passes for the workload in view."""
        self._advice, self._found = solved.advice, solved.workload(session.workload)
        self._marked = marked
        self.set_class(self._found is None or not self._found.standings, "-nothing")
        if solved.requirements is not None:
            self._months, self._asked = solved.requirements.horizon_months, bool(solved.requirements.uses)
        if self._found is None or not self._found.standings:
            self.query_one("#nothing", Static).update(_nothing(solved, self._found))
            return
        self._fill()
        self.explain()

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        if self._found is None or self._advice is None or not self._found.standings:
            return
        rows = answer_rows(self._found, self.view, self._marked, self._advice.as_of, asked=self._asked)
        if not rows:
            rows = [TableRow(None, {"model": Cell("no line has that; Esc shows all", "warn")})]
        width = self._table.size.width or self.size.width
        self._table.fill(*laid_out(columns(self._months, asked=self._asked), rows, width))
        words = self.query_one("#view", Static)
        words.set_class(bool(self.view.words), "shown")
        words.update(Content(f"{self.view.words} · Esc shows all" if self.view.words else ""))

    def look(self, view: TableView) -> None:
        """Show the lines in another way."""
        self.view = view
        self._fill()
        self.explain()
        self.post_message(self.ViewChanged(view))

    def explain(self) -> None:
        """Say in words what the line under the cursor is."""
        key = self._table.key
        standing = self._found.standing(key) if self._found and key else None
        if self._found is None or self._advice is None or standing is None:
            return
        lines = list(_words(self._advice, self._found, standing, self._months, asked=self._asked))
        self.query_one("#words", Static).update(Content("\n").join(lines))

    def on_rows_moved(self) -> None:
        """Explain the next line."""
        self.explain()

    def action_find(self) -> None:
        """Ask for the words."""
        field = self.query_one("#find", Input)
        field.set_class(True, "shown")
        field.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what has the words so far."""
        event.stop()
        if event.value != self.view.find:
            self.look(self.view._replace(find=event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go back to the lines that are left."""
        event.stop()
        event.input.set_class(False, "shown")
        self._table.focus()

    def action_sort(self) -> None:
        """Sort by the next."""
        self.look(self.view.sorted_on())

    @work
    async def action_narrow(self) -> None:
        """Ask by what to narrow."""
        if self._found is None or self._advice is None:
            return
        choices = [
            (one.key, f"{one.words}  {one.number:,}", f"{one.number:,} lines")
            for one in facets(self._found, self._advice.as_of)
        ]
        key = await self.app.push_screen_wait(
            Pick("Show only those", [("", "all of them", "Everything that passes"), *choices])
        )
        if key is not None:
            self.look(self.view._replace(facet=key))

    def on_table_opened(self, event: Table.Opened) -> None:
        """Open or close the model under the cursor."""
        standing = self._found.standing(event.key or "") if self._found else None
        if standing is not None and self.view.by_model:
            self.look(self.view.toggled(standing.candidate.offering.model.id))

    def action_group(self) -> None:
        """Put the channels of a model into one line, or each into its own."""
        self.look(self.view._replace(by_model=not self.view.by_model))

    def action_widen(self) -> None:
        """Show all lines again; where all are shown, go back."""
        field = self.query_one("#find", Input)
        if not (self.view.find or self.view.facet or field.has_class("shown")):
            self.screen.action_back()  # type: ignore[attr-defined]
            return
        field.set_class(False, "shown")
        with field.prevent(Input.Changed):
            field.value = ""
        self._table.focus()
        self.look(self.view._replace(find="", facet=""))


class Table(Rows):
    """The lines of what passes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark to compare", show=False),
        Binding("enter", "press", "Candidate in full", show=False),
        Binding("p", "screen.probe", "Probe the latency of the marked or tied candidates", show=False),
        Binding("right,left", "open", "Channels", tooltip="Open a model to its channels and efforts", key_display="←→"),
    ]

    class Opened(Rows.Moved):
        """A model shall show its other lines, or hide them."""

    def action_open(self) -> None:
        """Open or close the line."""
        self.post_message(self.Opened(self, self.key))


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
    more = f", with {counted(len(answer.duties), 'obligation')}" if answer.duties else ""
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
