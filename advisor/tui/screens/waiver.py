"""The form for a waiver: what is waived stands there already; id, reason, owner and last day are asked for."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from pydantic import ValidationError
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from advisor.licenses.findings import LicenseFinding
from advisor.licenses.policy import Waiver
from advisor.tui.license_review_lines import printable

FIELDS = (
    ("id", "id", "by which reports refer to it"),
    ("reason", "reason", "why this is acceptable"),
    ("owner", "owner", "who answers for it"),
    ("expires", "expires", "last day, as 2027-06-30"),
)

_EXPECTED = {
    "id": "id: expected at most 100 characters",
    "reason": "reason: expected at least 10 characters",
    "owner": "owner: expected at least 2 characters",
    "expires": "expires: expected a day such as 2027-06-30",
}
"""What is said of a field whose value does not fit."""


class WaiverForm(ModalScreen[Waiver | None]):
    """Gives the waiver, or None for Esc; what is missing or wrong is said beside the form, which stays."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("ctrl+s", "give", "Write", priority=True),
    ]

    def __init__(self, finding: LicenseFinding, policy: Path, today: date) -> None:
        super().__init__()
        self._finding, self._policy, self._today = finding, policy, today

    def compose(self) -> ComposeResult:
        """Yield what is waived, four fields, what is wrong, two buttons."""
        about = f"{self._finding.rule} of {self._finding.subject}"
        use = self._finding.use
        with Vertical(classes="dialog", id="waiver") as box:
            box.border_title = "Waiver"
            box.border_subtitle = "Tab next field · Ctrl+S writes · Esc goes back"
            yield Static(Content(printable(about + (f", use {use}" if use else ""))))
            for name, words, placeholder in FIELDS:
                with Horizontal(classes="field"):
                    yield Static(Content(f"{words} "), classes="named")
                    yield Input(placeholder=placeholder, compact=True, id=name)
            yield Static(id="wrong", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(Content(f"[ Write {self._policy.name} ]"), id="write", compact=True)
                yield Button(Content("[ Back ]"), id="back", compact=True)

    def on_input_submitted(self) -> None:
        """Go on to the next field; from the last one, write."""
        self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Write, or go back."""
        if event.button.id == "write":
            self.action_give()
        else:
            self.dismiss(None)

    def action_give(self) -> None:
        """Give the waiver if it has all its parts."""
        values: dict[str, Any] = {name: self.query_one(f"#{name}", Input).value.strip() for name, *_ in FIELDS}
        wrong = [f"✗ {name}: it is missing" for name, value in values.items() if not value]
        wrong += [
            f"✗ {name}: a sign in it cannot be printed" for name, value in values.items() if printable(value) != value
        ]
        if not wrong:
            try:
                waiver = Waiver(rule=self._finding.rule, model=self._finding.subject, use=self._finding.use, **values)
            except ValidationError as error:
                wrong = [f"✗ {_EXPECTED.get(str(one['loc'][0]), one['msg'])}" for one in error.errors()]
            else:
                if waiver.expires >= self._today:
                    self.dismiss(waiver)
                    return
                wrong = [f"✗ expires: expected a day from {self._today} on"]
        self.query_one("#wrong", Static).update(Content("\n".join(wrong)))
