"""A probe on the screen: the plan and its cost first, then the answers as they come, then who is faster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from advisor.probe.plan import ProbePlan
from advisor.reports.probe.render import limits_words
from advisor.tui.format import clean, counted
from advisor.tui.latency_bounds import Bound, Bounds
from advisor.tui.probe_session import NOTHING_MEASURED, Ended, ProbeMeasurements, ProbeStage, Probing
from advisor.tui.probe_settings import way_words
from advisor.tui.screens.agree import Agree
from advisor.tui.screens.probe_plan import PlanForm
from advisor.tui.widgets.probe_table import about, plan_rows, run_rows
from advisor.tui.widgets.row_list import Rows

_WIDE = 110
_AROUND_ROWS = 3
"""Lines of a table besides its rows: the titles and two borders."""


class ProbeScreen(Screen[None]):
    """One probe, whatever its stage; it goes on when the screen is left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "agree", "Start …", tooltip="Ask with the cost; only y then sends", priority=True),
        Binding("e", "change", "Change the plan", tooltip="Another way to probe, other figures and caps"),
        Binding("escape", "stop", "Stop", tooltip="Stop and keep what was measured"),
        Binding("escape", "leave", "Back", tooltip="Back; what was only planned is dropped"),
        Binding(
            "ctrl+r,f2,b", "run_on", "Back, it runs on", tooltip="To the answer; the probe goes on", key_display="b"
        ),
    ]  # fmt: skip

    def __init__(
        self,
        probing: Probing,
        note: str = "",
        bounds: Bounds | None = None,
        before: ProbeMeasurements = NOTHING_MEASURED,
    ) -> None:
        """``bounds`` on latency are judged by what was measured ``before``, and by all of it once the probe is over."""
        super().__init__()
        self._probing, self._note, self._bounds, self._before = probing, note, bounds, before

    def compose(self) -> ComposeResult:
        """Yield what it is about, one line a candidate, and the line under the cursor in words."""
        yield Static(id="probe-head", markup=False)
        rows = Rows(id="probe-rows")
        rows.border_title = "Probe"
        yield rows
        with VerticalScroll(id="probe-about"):
            yield Static(id="probe-words", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Show the plan."""
        self.repaint()
        self.query_one(Rows).focus()

    def on_resize(self) -> None:
        """Draw as much as fits."""
        self.repaint()

    def repaint(self) -> None:
        """Show what is known by now."""
        probing = self._probing
        wide = self.app.size.width >= _WIDE
        before = probing.stage in (ProbeStage.CHECKING, ProbeStage.READY) or not probing.lines
        shown = plan_rows(probing, wide=wide) if before else run_rows(probing, self._judged(), wide=wide)
        rows = self.query_one(Rows)
        rows.styles.height = len(shown.rows) + _AROUND_ROWS
        rows.fill(shown.rows, shown.columns)
        so_far = f"{probing.answered} of {probing.most} requests · ${probing.spent_usd:.5f}"
        rows.border_subtitle = so_far if probing.lines else ""
        self.query_one("#probe-head", Static).update(_head(probing, self._note))
        self._explain()
        self.refresh_bindings()

    def _bounds_of(self, name: str) -> tuple[Bound, ...]:
        """Return the bounds of one candidate by what is known by now."""
        ended = self._probing.ended
        measured = ended.measured if ended is not None else None
        return self._bounds.named(name, measured or self._before) if self._bounds is not None else ()

    def _judged(self) -> Mapping[str, tuple[Bound, ...]]:
        """Return the bounds by candidate once the probe is over; empty before, and where there are none."""
        if self._probing.ended is None:
            return {}
        found = {one.name: self._bounds_of(one.name) for one in self._probing.prospects}
        return found if any(found.values()) else {}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Offer only what can be done at this stage."""
        probing = self._probing
        runs = probing.stage in (ProbeStage.RUNNING, ProbeStage.STOPPING)
        offered = {
            "agree": probing.can_start,
            "change": probing.can_change,
            "stop": probing.stage is ProbeStage.RUNNING,
            "leave": not runs,
            "run_on": runs,
        }
        return offered.get(action, True)

    def on_rows_moved(self) -> None:
        """Explain the next candidate."""
        self._explain()

    def _explain(self) -> None:
        key, words = self.query_one(Rows).key, list[Content]()
        prospect = next((one for one in self._probing.prospects if one.name == key), None)
        if prospect is not None:
            words.append(about(self._probing, prospect, self._bounds_of(prospect.name)))
        self.query_one("#probe-words", Static).update(Content("\n").join(words))

    def action_agree(self) -> None:
        """Ask once more, with the cost; Enter alone never sends what is paid for."""
        plan = self._probing.plan
        if plan is not None:
            self.app.push_screen(Agree(ProbePlan(plan.settings, self._probing.willing)), self._agreed)

    def _agreed(self, agreed: bool | None) -> None:
        if agreed:
            self._probing.agree()
        self.repaint()

    def action_change(self) -> None:
        """Open the form; what it leaves behind is shown."""
        self.app.push_screen(PlanForm(self._probing), lambda _: self.repaint())

    def action_stop(self) -> None:
        """Stop what runs; it ends by itself."""
        self._probing.stop()
        self.repaint()

    def action_leave(self) -> None:
        """Go back from what does not run."""
        self._probing.stop()
        self.dismiss(None)

    def action_run_on(self) -> None:
        """Go back while it runs."""
        self.dismiss(None)


def _head(probing: Probing, note: str) -> Content:
    lines = [Content.assemble(*_stage_words(probing))]
    plan = probing.plan
    if plan is not None:
        if probing.ended is None:
            lines.append(Content(limits_words(ProbePlan(plan.settings, probing.willing))))
        lines.append(Content(f"{way_words(probing.draft, plan.settings)} {note}"))
    return Content("\n").join(lines)


def _stage_words(probing: Probing) -> tuple[tuple[str, str], str]:
    if probing.plan is None:
        return ("✗ none of these can be probed from here. ", "bold $text-error"), "Esc goes back."
    if probing.ended is not None:
        return _end_words(probing.ended)
    if probing.stage is ProbeStage.READY and not probing.willing:
        return ("✗ no key for any candidate. ", "bold $text-error"), "Set a variable named below. Nothing is sent."
    asked = counted(len(probing.willing), "candidate")
    return {
        ProbeStage.CHECKING: (
            ("… looking for keys ", "bold"),
            "while you read; nothing is sent before you agree to the cost.",
        ),
        ProbeStage.READY: (
            ("? Start? ", "bold $text-warning"),
            f"Enter shows the cost of asking {asked}, then y sends. Esc goes back.",
        ),
        ProbeStage.STOPPING: (("■ stopping ", "bold $text-warning"), "and keeping what was measured."),
    }.get(
        probing.stage,
        (("● probing. ", "bold $text-accent"), "Esc stops and keeps what was measured; b goes back, it runs on."),
    )


def _end_words(ended: Ended) -> tuple[tuple[str, str], str]:
    if ended.error is not None:
        hint = f" (hint: {ended.error.hint})" if ended.error.hint else ""
        return ("✗ the probe failed: ", "bold $text-error"), clean(ended.error.message + hint)
    if ended.summary is None:
        return ("■ not started. ", "bold $text-warning"), "Nothing was sent."
    if not any(one.measured for one in ended.summary.candidates):
        return ("✗ nothing was measured. ", "bold $text-error"), "The lines below say why. Esc goes back."
    end = ended.summary.run.end
    spent = f"${end.spent_usd:.5f} spent, " if end else ""
    sign = ("■ stopped", "bold $text-warning") if ended.reason == "interrupted" else ("✓ done", "bold $text-success")
    why = f" by the {ended.reason}" if ended.reason.startswith("cap") else ""
    return sign, f"{why}: {spent}kept as {ended.summary.run.head.id}; the ranking counts it. Esc goes back."
