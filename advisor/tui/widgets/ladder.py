"""The ladder: from the best down, what each step saves and what it gives up."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from advisor.solver.answer import Step, WorkloadAdvice
from advisor.tui.format import money
from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers
from advisor.tui.widgets.row_list import Cell, ListColumn, ListRow, Rows

_COLUMNS = (
    ListColumn("", 7),
    ListColumn("Candidate"),
    ListColumn("a month", 9, right=True),
    ListColumn("saves", 9, right=True),
    ListColumn("gives up", 16, right=True),
)


class Ladder(Vertical):
    """One line a step; below, what else the step under the cursor changes."""

    DEFAULT_CSS = """
    Ladder {
        #steps { height: 1fr; }
        #also { height: 5; border-top: solid $panel-lighten-2; padding: 0 1; }
    }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._steps: dict[str, Step] = {}

    def compose(self) -> ComposeResult:
        """Yield steps, and words about one."""
        yield Rows(id="steps")
        yield Static(id="also", markup=False)

    def show(self, session: Session, solved: SolvedAnswers) -> None:
        """Show the ladder of the workload in view."""
        found = solved.workload(session.workload)
        steps = found.ladder if found else ()
        self._steps = {step.candidate: step for step in steps}
        if found is None or not steps:
            empty = "There is no ladder: nothing that could pass has both a measured quality and a known cost."
            self.query_one("#steps", Rows).fill([ListRow(None, (Cell(empty, "dim"),))], (ListColumn(""),))
            self.query_one("#also", Static).update(Content(""))
            return
        rows = [_row(step, found, is_first=index == 0) for index, step in enumerate(steps)]
        self.query_one("#steps", Rows).fill(rows, _COLUMNS)
        self._explain()

    def on_rows_moved(self) -> None:
        """Say what else the step changes."""
        self._explain()

    def _explain(self) -> None:
        step = self._steps.get(self.query_one("#steps", Rows).key or "")
        if step is None:
            return
        quality = step.quality
        measured = f"{quality.dimension} {quality.estimate:.0f} [{quality.low:.0f}, {quality.high:.0f}] {quality.unit}"
        also = f"Also changes: {'; '.join(step.also)}." if step.also else ""
        fails = "" if step.passes else "✗ It fails the quality floor, the latency or the budget that you set. "
        self.query_one("#also", Static).update(
            Content.assemble((step.candidate, "bold"), f"  {measured}\n", (fails, "$text-error"), also)
        )


def _row(step: Step, found: WorkloadAdvice, *, is_first: bool) -> ListRow:
    sign = Cell("✓ pass", "good") if step.passes else Cell("✗ fails", "bad")
    if step.candidate == found.recommended:
        sign = Cell("▶ first", "accent")
    interval = f"{step.gives_up:.0f} [{step.gives_up_low:.0f}, {step.gives_up_high:.0f}]"
    return ListRow(
        step.candidate,
        (
            sign,
            Cell(step.candidate, "strong" if step.candidate == found.recommended else ""),
            Cell(money(step.usd_per_month)),
            Cell("" if is_first else money(step.saves_usd_per_month), "good"),
            Cell("" if is_first else interval, "warn"),
        ),
    )
