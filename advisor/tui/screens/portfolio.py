"""Several workloads together: who serves each, what the vendors are paid, and what more money would buy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static

from advisor.errors import AdvisorError
from advisor.facts import Measurement
from advisor.portfolio.limits import limits, words
from advisor.portfolio.problem import Choice, PlanRelaxation, PortfolioPlan
from advisor.requirements.questionnaire.answers import draft
from advisor.requirements.schema import Requirements
from advisor.tui.format import clean, listed, money
from advisor.tui.portfolio import PortfolioResult, plan_together
from advisor.tui.session import Session
from advisor.tui.widgets.frontier import Plot
from advisor.tui.widgets.row_list import Cell, ListColumn, ListRow, Rows
from advisor.tui.widgets.ruled_out import Causes

_COLUMNS = (
    ListColumn("Job", 16),
    ListColumn("Served by"),
    ListColumn("Score", 7, right=True),
    ListColumn("$/month", 9, right=True),
)


class PortfolioScreen(Screen[None]):
    """The plan, and the front of budget and quality; the arrows walk along the front and show each plan.

    Without a plan its relaxations can be taken here; ``changed`` is told that other answers stand.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Back"),
        Binding("left", "walk(-1)", "Cheaper", tooltip="The plan of the next smaller budget", key_display="←"),
        Binding("right", "walk(1)", "Better", tooltip="The plan of the next larger budget", key_display="→"),
        Binding("ctrl+z", "undo", "Undo", tooltip="Take the last change back", priority=True, show=False),
    ]

    class Planned(Message):
        """The plan is made."""

        def __init__(self, together: PortfolioResult) -> None:
            super().__init__()
            self.together = together

    def __init__(
        self,
        session: Session,
        requirements: Requirements,
        measurements: tuple[Measurement, ...],
        changed: Callable[[], None],
    ) -> None:
        super().__init__()
        self._session, self._requirements, self._measurements = session, requirements, measurements
        self._together: PortfolioResult | None = None
        self._changed = changed

    @property
    def is_busy(self) -> bool:
        """Whether the plan is still being made."""
        return self._together is None

    def compose(self) -> ComposeResult:
        """Yield the verdict, the assignment, the front, and words about the point on it."""
        yield Static(Content("… planning all jobs together"), id="plan-head", markup=False)
        rows = Causes(id="plan-rows", press_on_click=True)
        rows.border_title = "Jobs together"
        yield rows
        yield Plot(id="plan-front")
        yield Static(id="plan-point", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Plan beside the screen."""
        self._plan()

    @work(thread=True)
    def _plan(self) -> None:
        session = self._session
        together = plan_together(session.catalog, self._requirements, session.folder, self._measurements)
        self.post_message(self.Planned(together))

    def on_portfolio_screen_planned(self, event: Planned) -> None:
        """Show the plan and the front."""
        self._together = together = event.together
        self.query_one("#plan-head", Static).update(Content("\n").join(_head(together)))
        points = together.points()
        cost = together.plan.cost_usd if together.plan else None
        first = next((point.id for point in points if cost is not None and point.usd == float(cost)), None)
        self.query_one(Plot).draw(points, points, first)
        self._show(together.plan)
        self.query_one("#plan-rows" if _ways(together) else "#plan-front").focus()
        self._explain()

    def on_rows_pressed(self, event: Rows.Pressed) -> None:
        """Take a relaxation."""
        kind, _, number = (event.key or "").partition(":")
        if kind != "way" or self._together is None:
            return
        way = _ways(self._together)[int(number) - 1]
        try:
            answers = self._session.with_edits(self._together.edits(way))
        except AdvisorError as error:
            self.notify(error.message, severity="error")
            return
        self._session.step(answers)
        self.notify(f"Done: {_changes(way)}. Ctrl+Z takes it back.")
        self._plan_anew()

    def action_undo(self) -> None:
        """Take the last change of the answers back, and plan again."""
        if not self._session.can_undo:
            self.notify("There is nothing to undo.")
            return
        self._session.undo()
        self._plan_anew()

    def _plan_anew(self) -> None:
        self._changed()
        drafted = draft(self._session.questionnaire, self._session.kept)
        if drafted.requirements is None:
            self.notify("There is no answer yet to plan with.", severity="warning")
            return
        self._requirements, self._together = drafted.requirements, None
        self.query_one("#plan-head", Static).update(Content("… planning all jobs together"))
        self.query_one("#plan-point", Static).update("")
        self._plan()

    def on_plot_moved(self) -> None:
        """Show the plan of that point."""
        self._explain()

    def action_walk(self, by: int) -> None:
        """Go along the front wherever the focus is."""
        self.query_one(Plot).action_walk(by)

    def _explain(self) -> None:
        plot, together = self.query_one(Plot), self._together
        if together is None or plot.current is None:
            return
        shown = next(one for one in together.front if str(one.budget_usd) == plot.current.id)
        self._show(shown.plan)
        place = f"{plot.at + 1} of {len(plot.walk)} on the front"
        self.query_one("#plan-point", Static).update(
            Content.assemble(
                (f"budget {money(shown.budget_usd)}: ", "bold"),
                f"score {shown.plan.score:,.1f} for {money(shown.plan.cost_usd)} a month, {place}. ",
                ("▶ your plan · ←/→ walk along the front", "$foreground 60%"),
            )
        )

    def _show(self, plan: PortfolioPlan | None) -> None:
        rows = [row for choice in plan.choices for row in _rows(choice)] if plan else []
        if plan and plan.choices:
            rows += [
                ListRow(
                    f"bill:{bill.vendor}",
                    (Cell("pays", "dim"), Cell(bill.vendor, "dim"), Cell(""), Cell(money(bill.pay_usd), "dim")),
                )
                for bill in plan.bills
            ]
        ways = enumerate(_ways(self._together), start=1) if self._together else ()
        rows = [*(_way_row(number, way) for number, way in ways), *rows]
        self.query_one("#plan-rows", Rows).fill(rows or [ListRow(None, (Cell("No plan.", "dim"),))], _COLUMNS)


def _rows(choice: Choice) -> Iterator[ListRow]:
    yield ListRow(
        f"job:{choice.workload}",
        (
            Cell(choice.workload, "strong"),
            Cell(choice.way.id),
            Cell(f"{choice.way.score:,.0f}"),
            Cell(money(choice.way.cost_usd)),
        ),
    )
    if choice.fallback is not None:
        yield ListRow(
            f"fallback:{choice.workload}",
            (Cell("↳ fallback", "dim"), Cell(choice.fallback.id), Cell(f"{choice.fallback.score:,.0f}"), Cell("")),
        )


def _ways(together: PortfolioResult) -> tuple[PlanRelaxation, ...]:
    """Return the relaxations, as many as there are digits."""
    return together.plan.ways_out[:9] if together.plan else ()


def _changes(way: PlanRelaxation) -> str:
    return " and ".join(relief.change for relief in way.reliefs)


def _way_row(number: int, way: PlanRelaxation) -> ListRow:
    cells = (
        Cell(f"[{number}]", "accent"),
        Cell(_changes(way), "good"),
        Cell(f"{way.score:,.0f}"),
        Cell(money(way.cost_usd)),
    )
    return ListRow(f"way:{number}", cells)


def _head(together: PortfolioResult) -> Iterator[Content]:
    if together.error is not None:
        hint = f" (hint: {together.error.hint})" if together.error.hint else ""
        yield Content.assemble(("✗ no plan: ", "bold $text-error"), clean(together.error.message + hint))
        return
    if together.posed is None or together.plan is None:
        unserved = listed(together.posed.unserved) if together.posed else ""
        yield Content.assemble(("✗ no plan: ", "bold $text-error"), f"nothing passes for {unserved}; see F5 there.")
        return
    plan, problem = together.plan, together.posed.problem
    yield _verdict(plan)
    held = [words(problem, name) for name in limits(problem)]
    yield Content(f"Shared limits: {'; '.join(held) or 'none'}.")
    if plan.conflict is not None:
        yield Content(f"These cannot hold together: {'; '.join(plan.conflict.words)}.")


def _verdict(plan: PortfolioPlan) -> Content:
    if not plan.choices:
        sign = ("? undecided", "bold $text-warning") if plan.status == "unknown" else ("✗ no plan", "bold $text-error")
        return Content.assemble(sign, " keeps all limits" if plan.proven else "")
    figures = f"weighted score {plan.score or Decimal(0):,.1f}, {money(plan.cost_usd)} a month"
    if plan.proven:
        return Content.assemble(("✓ proven best: ", "bold $text-success"), figures)
    return Content.assemble(
        ("! good, not proven best: ", "bold $text-warning"), f"{figures}, within {plan.gap or 0:.2%} of the bound"
    )
