"""The form in which a probe's plan is changed: the way to probe, and figures beside which stands what it may cost."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from advisor.reports.probe.render import limits_words
from advisor.tui.probe_session import Probing
from advisor.tui.probe_settings import FIELDS, FIXED, QUICK, WAYS, usual_text
from advisor.tui.widgets.row_list import Cell, ListColumn, ListRow, Rows

_TICKED, _BLANK = "(•)", "( )"


class PlanForm(ModalScreen[None]):
    """Changes the plan in place for Ctrl+S or the button, and leaves it for Esc; what is wrong is said below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("ctrl+s", "use", "Use it", priority=True),
    ]

    def __init__(self, probing: Probing) -> None:
        super().__init__()
        self._probing, self._draft = probing, probing.draft

    def compose(self) -> ComposeResult:
        """Yield the ways, a figure a line, what it comes to, two buttons."""
        with Vertical(classes="dialog -plan", id="probe-plan") as box:
            box.border_title = "Plan of the probe"
            box.border_subtitle = "Tab next · Ctrl+S uses it · Esc goes back"
            yield Rows(id="ways", press_on_click=True)
            for field in FIELDS:
                with Horizontal(classes="field"):
                    yield Static(Content(f"{field.words} "), classes="named")
                    yield Input(self._draft.text(field), compact=True, id=field.key)
                    yield Static(Content(f" {field.unit}"), classes="unit")
            yield Static(id="comes-to", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(Content("[ Use it ]"), id="use", compact=True)
                yield Button(Content("[ Back ]"), id="back", compact=True)

    def on_mount(self) -> None:
        """Begin at the way that is chosen."""
        self.repaint()
        self.query_one(Rows).go_to(self._draft.way.key)

    def repaint(self) -> None:
        """Show the draft, what is usual where nothing is typed, and what it comes to."""
        rows = [
            ListRow(
                way.key, (Cell(_TICKED if way is self._draft.way else _BLANK), Cell(way.words), Cell(way.about, "dim"))
            )
            for way in WAYS
        ]
        self.query_one(Rows).fill(rows, (ListColumn("", 3), ListColumn("", 14), ListColumn("")))
        for field in FIELDS:
            figure = self.query_one(f"#{field.key}", Input)
            figure.disabled = not self._draft.takes(field)
            figure.placeholder = usual_text(field, self._draft, self._probing.usual, len(self._probing.willing))
        self._tell()

    def _tell(self) -> None:
        """Say what the draft comes to, or what is wrong with it."""
        chosen = self._probing.sized(self._draft)
        words = Content("\n").join(Content.styled(wrong, "$text-error") for wrong in chosen.wrong)
        if chosen.settings is not None:
            words = Content(limits_words(self._probing.planned(chosen.settings)))
        self.query_one("#comes-to", Static).update(words)

    def on_rows_moved(self, event: Rows.Moved) -> None:
        """Choose the way under the cursor."""
        self._choose(event.key)

    def on_rows_pressed(self) -> None:
        """Go on to the figures."""
        self.focus_next()

    def _choose(self, key: str | None) -> None:
        way = next((way for way in WAYS if way.key == key), self._draft.way)
        if way is not self._draft.way:
            self._draft = self._draft._replace(way=way)
            if way is QUICK:
                self.query_one("#rounds", Input).value = ""
            self.repaint()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show at once what a figure comes to."""
        field = next(field for field in FIELDS if field.key == event.input.id)
        draft = self._draft.typed(field, event.value)
        if draft.rounds and draft.way is QUICK:
            draft = draft._replace(way=FIXED)
        if draft != self._draft:
            self._draft = draft
            self.repaint()
            self.query_one(Rows).go_to(draft.way.key)

    def on_input_submitted(self) -> None:
        """Go on to the next figure."""
        self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Use it, or leave the plan as it was."""
        if event.button.id == "use":
            self.action_use()
        else:
            self.dismiss(None)

    def action_use(self) -> None:
        """Plan so, unless something is wrong with it."""
        settings = self._probing.sized(self._draft).settings
        if settings is None:
            self._tell()
            return
        self._probing.change(self._draft, settings)
        self.dismiss(None)
