"""The last word before money is spent: what is sent, what it costs at most, and a key that nobody presses by habit."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from advisor.probe.plan import ProbePlan
from advisor.reports.probe.render import limits_words
from advisor.tui.format import counted, listed


class Agree(ModalScreen[bool]):
    """Gives True for ``y`` or a click on the button with the cost; Enter and Esc go back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "Send"),
        Binding("escape,n", "dismiss(False)", "Back"),
    ]

    def __init__(self, plan: ProbePlan) -> None:
        super().__init__()
        self._plan = plan

    def compose(self) -> ComposeResult:
        """Yield what is sent, and two buttons of which only the harmless one takes the focus."""
        plan = self._plan
        requests = counted(min(plan.requests, plan.settings.caps.requests), "request")
        most = f"${min(plan.most_usd, plan.settings.caps.usd):.4f}"
        with Vertical(classes="dialog") as box:
            box.border_title = "Send paid requests?"
            box.border_subtitle = "y sends · Enter and Esc go back"
            yield Static(Content(f"To {listed([one.probed.name for one in plan.candidates])}.\n{limits_words(plan)}"))
            with Horizontal(classes="buttons"):
                send = Button(Content(f"[ y: send {requests}, at most {most} ]"), id="send", compact=True)
                send.can_focus = False
                yield send
                yield Button(Content("[ Back ]"), id="back", compact=True)

    def on_mount(self) -> None:
        """Begin at the harmless one."""
        self.query_one("#back", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Give the answer."""
        self.dismiss(event.button.id == "send")
