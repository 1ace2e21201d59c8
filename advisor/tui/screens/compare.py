"""Two to four candidates side by side; the best of a row is marked by a star and in bold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer

from advisor.catalog import Catalog
from advisor.catalog.records import Candidate
from advisor.reports.recommendation.compare import CandidateComparison, compare_candidates
from advisor.tui.format import channel_words, model_words
from advisor.tui.solve import SolvedAnswers
from advisor.tui.widgets.row_list import Cell, ListColumn, ListRow, Rows


class CompareScreen(Screen[None]):
    """A table with one column a candidate; Esc goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss(None)", "Back")]

    class Compared(Message):
        """The comparison is made."""

        def __init__(self, comparison: CandidateComparison) -> None:
            super().__init__()
            self.comparison = comparison

    def __init__(self, catalog: Catalog, candidates: Sequence[Candidate], solved: SolvedAnswers | None) -> None:
        super().__init__()
        self._catalog, self._candidates = catalog, candidates
        self._requirements = solved.counted if solved else None
        self._measurements = solved.measured.fresh if solved and solved.measured else ()

    def compose(self) -> ComposeResult:
        """One table."""
        rows = Rows(id="side")
        rows.border_title = "Compare"
        rows.border_subtitle = f"★ best of its row · as of {self._catalog.as_of}"
        yield rows
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Compare beside the screen: the requirements are solved once more for it."""
        self.query_one(Rows).fill([ListRow(None, (Cell("comparing …", "dim"),))])
        self._compare()

    @work(thread=True)
    def _compare(self) -> None:
        comparison = compare_candidates(self._catalog, self._candidates, self._requirements, self._measurements)
        self.post_message(self.Compared(comparison))

    def on_compare_screen_compared(self, event: Compared) -> None:
        """Show the table."""
        columns = [ListColumn("", 22), *(ListColumn(model_words(candidate)) for candidate in self._candidates)]
        channels = (Cell("channel", "dim"), *(Cell(channel_words(candidate)) for candidate in self._candidates))
        rows = [ListRow("channel", channels)]
        for row in event.comparison.rows:
            cells = [
                Cell(f"★ {cell}", "good") if index in row.best else Cell(f"  {cell}" if row.best else cell)
                for index, cell in enumerate(row.cells)
            ]
            rows.append(ListRow(row.name, (Cell(row.name, "dim"), *cells)))
        self.query_one(Rows).fill(rows, columns)
        self.query_one(Rows).focus()
