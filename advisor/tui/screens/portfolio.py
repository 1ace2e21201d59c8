"""Several workloads together: who serves each, what the vendors are paid, and what more money would buy."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static

from advisor.facts import Measurement
from advisor.requirements.records import Requirements
from advisor.solver.portfolio.limits import limits, words
from advisor.solver.portfolio.records import Choice, Plan
from advisor.tui.session import Session
from advisor.tui.together import Together, plan_together
from advisor.tui.widgets.frontier import Plot
from advisor.tui.widgets.rows import Cell, Column, Row, Rows
from advisor.tui.wording import clean, listed, money

_COLUMNS = (Column("Job", 16), Column("Served by"), Column("Score", 7, right=True), Column("$/month", 9, right=True))


class PortfolioScreen(Screen[None]):
    """The plan, and the front of budget and quality; the arrows walk along the front and show each plan."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Back"),
        Binding("left", "walk(-1)", "Cheaper", tooltip="The plan of the next smaller budget", key_display="←"),
        Binding("right", "walk(1)", "Better", tooltip="The plan of the next larger budget", key_display="→"),
    ]

    class Planned(Message):
        """The plan is made."""

        def __init__(self, together: Together) -> None:
            super().__init__()
            self.together = together

    def __init__(
        self, session: Session, requirements: Requirements, measurements: tuple[Measurement, ...] = ()
    ) -> None:
        super().__init__()
        self._session, self._requirements, self._measurements = session, requirements, measurements
        self._together: Together | None = None

    @property
    def is_busy(self) -> bool:
        """Whether the plan is still being made."""
        return self._together is None

    def compose(self) -> ComposeResult:
        """The verdict, the assignment, the front, and words about the point on it."""
        yield Static(Content("… planning all jobs together"), id="plan-head", markup=False)
        rows = Rows(id="plan-rows")
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
        self.query_one(Plot).focus()
        self._explain()

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

    def _show(self, plan: Plan | None) -> None:
        rows = [row for choice in plan.choices for row in _rows(choice)] if plan else []
        if plan and plan.choices:
            rows += [
                Row(
                    f"bill:{bill.vendor}",
                    (Cell("pays", "dim"), Cell(bill.vendor, "dim"), Cell(""), Cell(money(bill.pay_usd), "dim")),
                )
                for bill in plan.bills
            ]
        self.query_one("#plan-rows", Rows).fill(rows or [Row(None, (Cell("No plan.", "dim"),))], _COLUMNS)


def _rows(choice: Choice) -> Iterator[Row]:
    yield Row(
        f"job:{choice.workload}",
        (
            Cell(choice.workload, "strong"),
            Cell(choice.way.id),
            Cell(f"{choice.way.score:,.0f}"),
            Cell(money(choice.way.cost_usd)),
        ),
    )
    if choice.fallback is not None:
        yield Row(
            f"fallback:{choice.workload}",
            (Cell("↳ fallback", "dim"), Cell(choice.fallback.id), Cell(f"{choice.fallback.score:,.0f}"), Cell("")),
        )


def _head(together: Together) -> Iterator[Content]:
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
    for way in plan.ways_out[:3]:
        changes = " and ".join(relief.change for relief in way.reliefs)
        yield Content.assemble(
            ("way out: ", "$text-success"), f"{changes}, then {way.score:,.1f} for {money(way.cost_usd)} a month"
        )


def _verdict(plan: Plan) -> Content:
    if not plan.choices:
        sign = ("? undecided", "bold $text-warning") if plan.status == "unknown" else ("✗ no plan", "bold $text-error")
        return Content.assemble(sign, " keeps all limits" if plan.proven else "")
    figures = f"weighted score {plan.score or Decimal(0):,.1f}, {money(plan.cost_usd)} a month"
    if plan.proven:
        return Content.assemble(("✓ proven best: ", "bold $text-success"), figures)
    return Content.assemble(
        ("! good, not proven best: ", "bold $text-warning"), f"{figures}, within {plan.gap or 0:.2%} of the bound"
    )
