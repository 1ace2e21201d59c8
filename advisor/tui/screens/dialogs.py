"""Small screens that ask one thing: which way to go on, which name, which of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from advisor.errors import AdvisorError
from advisor.tui.widgets.row_list import Cell, ListColumn, ListRow, Rows


class Ask(ModalScreen[str | None]):
    """A question with buttons; gives the chosen button's id, or None for Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("left", "app.focus_previous", "Previous button", show=False),
        Binding("right", "app.focus_next", "Next button", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[str], buttons: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title, self._lines, self._buttons = title, lines, buttons

    def compose(self) -> ComposeResult:
        """Lines above, buttons below; the last is the harmless one and has the focus."""
        with Vertical(classes="dialog") as box:
            box.border_title = self._title
            with VerticalScroll(classes="said", can_focus=False):
                yield Static(Content("\n".join(self._lines)))
            with Horizontal(classes="buttons"):
                for name, words in self._buttons:
                    yield Button(Content(f"[ {words} ]"), id=name, compact=True)

    def on_mount(self) -> None:
        """Begin at the harmless one."""
        self.query(Button).last().focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Give the answer."""
        self.dismiss(event.button.id)


def problem(error: AdvisorError, title: str) -> Ask:
    """Return an error with its hint."""
    lines = ["✗ " + line for line in error.message.split("\n")]
    if error.hint:
        lines += ["", f"hint: {error.hint}"]
    return Ask(title, lines, [("ok", "OK")])


class AskName(ModalScreen[str | None]):
    """A question for a file's name."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(self, title: str, text: str, value: str) -> None:
        super().__init__()
        self._title, self._text, self._value = title, text, value

    def compose(self) -> ComposeResult:
        """Yield what is asked, and a field."""
        with Vertical(classes="dialog") as box:
            box.border_title = self._title
            box.border_subtitle = "Enter goes on · Esc goes back"
            yield Static(Content(self._text))
            yield Input(self._value, compact=True, id="name")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the name, if there is one."""
        if event.value.strip():
            self.dismiss(event.value.strip())


class Pick(ModalScreen[str | None]):
    """One of several; gives its key."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(self, title: str, choices: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self._title, self._choices = title, choices

    def compose(self) -> ComposeResult:
        """Yield a list and, below, words about the line under the cursor."""
        with Vertical(classes="dialog -tall") as box:
            box.border_title = self._title
            box.border_subtitle = "Enter takes it · Esc goes back"
            yield Rows(id="choices")
            yield Static(id="about")

    def on_mount(self) -> None:
        """Fill the list."""
        rows = [ListRow(key, (Cell(name, "strong"),)) for key, name, _ in self._choices]
        self.query_one(Rows).fill(rows, (ListColumn(""),))
        self.query_one(Rows).focus()

    def on_rows_moved(self, event: Rows.Moved) -> None:
        """Say more of the line."""
        words = next((about for key, _, about in self._choices if key == event.key), "")
        self.query_one("#about", Static).update(Content(words))

    def on_rows_pressed(self, event: Rows.Pressed) -> None:
        """Give the key."""
        self.dismiss(event.key)
