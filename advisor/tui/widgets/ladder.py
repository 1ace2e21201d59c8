"""The ladder: from the best down, what each step saves and what it gives up."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from advisor.solver.answer import Step, WorkloadAdvice
from advisor.solver.cause import Cause
from advisor.solver.explain.words import cause_words
from advisor.tui.format import money
from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers
from advisor.tui.widgets.fit import TableColumn, TableRow, laid_out
from advisor.tui.widgets.row_list import Cell, ListColumn, ListRow, Rows

_COLUMNS = (
    TableColumn("sign", ""),
    TableColumn("candidate", "Candidate", least=24),
    TableColumn("cost", "a month", right=True),
    TableColumn("saves", "saves", right=True),
    TableColumn("gives up", "gives up", right=True),
    TableColumn("fails", "fails", order=1, least=18),
)


class Ladder(Vertical):
    """One line a step; below, what else the step under the cursor changes."""

    DEFAULT_CSS = """
    Ladder {
        #steps { height: 1fr; }
        #also { height: 6; border-top: solid $panel-lighten-2; padding: 0 1; }
    }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._steps: dict[str, Step] = {}
        self._fails: dict[str, tuple[Cause, ...]] = {}
        self._rows: list[TableRow] = []

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
        self._fails = {step.candidate: _fails(step, found) for step in steps}
        self._rows = [
            _row(step, found, self._fails[step.candidate], is_first=index == 0) for index, step in enumerate(steps)
        ]
        self._fill()
        self._explain()

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        if self._steps:
            steps = self.query_one("#steps", Rows)
            steps.fill(*laid_out(_COLUMNS, self._rows, steps.size.width or self.size.width))

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
        causes = [cause_words(cause) for cause in self._fails[step.candidate]]
        fails = f"✗ It fails {'; '.join(causes) or 'a limit that you set'}. " if not step.passes else ""
        self.query_one("#also", Static).update(
            Content.assemble((step.candidate, "bold"), f"  {measured}\n", (fails, "$text-error"), also)
        )


def _fails(step: Step, found: WorkloadAdvice) -> tuple[Cause, ...]:
    """Return the limits that a step fails."""
    out = None if step.passes else found.excluded.find(step.candidate)
    return out.because if out is not None else ()


def _limits(fails: tuple[Cause, ...]) -> str:
    """Return the limits in a word each: ``budget``, ``quality``, ``latency``."""
    return ", ".join(dict.fromkeys(cause.constraint.partition(".")[0].partition("_")[0] for cause in fails)) or "fails"


def _row(step: Step, found: WorkloadAdvice, fails: tuple[Cause, ...], *, is_first: bool) -> TableRow:
    sign = Cell("✓ pass", "good") if step.passes else Cell(f"✗ {_limits(fails)}", "bad")
    if step.candidate == found.recommended:
        sign = Cell("▶ first", "accent")
    interval = f"{step.gives_up:.0f} [{step.gives_up_low:.0f}, {step.gives_up_high:.0f}]"
    return TableRow(
        step.candidate,
        {
            "sign": sign,
            "candidate": Cell(step.candidate, "strong" if step.candidate == found.recommended else ""),
            "cost": Cell(money(step.usd_per_month)),
            "saves": Cell("" if is_first else money(step.saves_usd_per_month), "good"),
            "gives up": Cell("" if is_first else interval, "warn"),
            "fails": Cell("; ".join(cause.required for cause in fails), "bad"),
        },
    )
