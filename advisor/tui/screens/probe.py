"""A probe on the screen: the plan and its cost first, then the answers as they come, then who is faster."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from advisor.reports.probe import sentence
from advisor.tui.probing import Ended, Probing, Stage
from advisor.tui.widgets.probed import about, plan_rows, run_rows
from advisor.tui.widgets.rows import Rows
from advisor.tui.wording import clean, counted

_WIDE = 110


class ProbeScreen(Screen[None]):
    """One probe, whatever its stage; it goes on when the screen is left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "agree", "Start", tooltip="Send what the plan says", priority=True),
        Binding("escape", "stop", "Stop", tooltip="Stop and keep what was measured; before the start, go back"),
        Binding(
            "ctrl+r,f2,b", "dismiss(None)", "Back, it runs on", tooltip="To the questions; a running probe goes on",
            key_display="b",
        ),
    ]  # fmt: skip

    def __init__(self, probing: Probing, note: str = "") -> None:
        super().__init__()
        self._probing, self._note = probing, note

    def compose(self) -> ComposeResult:
        """What it is about, one line a candidate, and the line under the cursor in words."""
        yield Static(id="probe-head", markup=False)
        rows = Rows(id="probe-rows")
        rows.border_title = "Probe"
        yield rows
        with VerticalScroll(id="probe-about", can_focus=False):
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
        before = probing.stage in (Stage.CHECKING, Stage.READY) or not probing.lines
        shown = plan_rows(probing, wide=wide) if before else run_rows(probing, wide=wide)
        rows = self.query_one(Rows)
        rows.fill(shown.rows, shown.columns)
        rows.border_subtitle = f"{probing.answered} of {probing.most} requests" if probing.lines else ""
        self.query_one("#probe-head", Static).update(_head(probing, self._note))
        self._explain()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Offer to start only what can start."""
        return self._probing.can_start if action == "agree" else True

    def on_rows_moved(self) -> None:
        """Explain the next candidate."""
        self._explain()

    def _explain(self) -> None:
        key, words = self.query_one(Rows).key, list[Content]()
        prospect = next((one for one in self._probing.prospects if one.name == key), None)
        if prospect is not None:
            words.append(about(self._probing, prospect))
        ended = self._probing.ended
        if ended is not None and ended.summary is not None:
            words += [Content(""), *(Content(sentence(pair)) for pair in ended.summary.pairs)]
        self.query_one("#probe-words", Static).update(Content("\n").join(words))

    def action_agree(self) -> None:
        """Start."""
        self._probing.agree()
        self.repaint()

    def action_stop(self) -> None:
        """Stop what runs; go back from what does not."""
        running = self._probing.stage in (Stage.RUNNING, Stage.STOPPING)
        self._probing.stop()
        if running:
            self.repaint()
        else:
            self.dismiss(None)


def _head(probing: Probing, note: str) -> Content:
    lines = [Content.assemble(*_stage_words(probing))]
    plan = probing.plan
    if plan is not None:
        caps = plan.settings.caps
        lines.append(
            Content(
                f"At most {min(probing.most, caps.requests)} requests, ${min(probing.most_usd, caps.usd):.4f} and "
                f"{caps.seconds:g} s; the caps hold before each request."
            )
        )
        lines.append(Content(f"Prompt: {plan.settings.prompts.source}, {plan.settings.max_tokens} tokens out. {note}"))
    return Content("\n").join(lines)


def _stage_words(probing: Probing) -> tuple[tuple[str, str], str]:
    if probing.plan is None:
        return ("✗ none of these can be probed from here. ", "bold $text-error"), "Esc goes back."
    if probing.ended is not None:
        return _end_words(probing.ended)
    if probing.stage is Stage.READY and not probing.willing:
        return ("✗ no key for any candidate. ", "bold $text-error"), "Set a variable named below. Nothing is sent."
    asked = counted(len(probing.willing), "candidate")
    return {
        Stage.CHECKING: (("… looking for keys ", "bold"), "while you read; nothing is sent before you press Enter."),
        Stage.READY: (("? Start? ", "bold $text-warning"), f"Enter asks {asked}. Esc goes back."),
        Stage.STOPPING: (("■ stopping ", "bold $text-warning"), "and keeping what was measured."),
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
    end = ended.summary.run.end
    spent = f"${end.spent_usd:.5f} spent, " if end else ""
    sign = ("■ stopped", "bold $text-warning") if ended.reason == "interrupted" else ("✓ done", "bold $text-success")
    why = f" by the {ended.reason}" if ended.reason.startswith("cap") else ""
    return sign, f"{why}: {spent}kept as {ended.summary.run.head.id}; the ranking counts it. Esc goes back."
