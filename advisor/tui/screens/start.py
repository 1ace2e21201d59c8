"""The first screen where no file is: what are you building."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from advisor.requirements.templates import templates
from advisor.tui.draft import AnswersDraft
from advisor.tui.widgets.row_list import Cell, ListColumn, ListRow, Rows

BLANK, OPEN, DRAFT, TEMPLATE = "blank", "open", "draft", "template:"
_COLUMNS = (ListColumn("", 2), ListColumn("", 17), ListColumn(""))


class Beginning(NamedTuple):
    """A way to begin: ``line`` beside its name, ``about`` below the list."""

    key: str
    name: str
    line: str
    about: str


def beginnings(draft: AnswersDraft | None) -> tuple[Beginning, ...]:
    """Return the ways to begin, the draft first if there is one."""
    found = [Beginning(DRAFT, "go on", draft.words, "What was answered before the program ended.")] if draft else []
    found += [
        Beginning(f"{TEMPLATE}{one.name}", one.name, one.title.partition(":")[0], one.title) for one in templates()
    ]
    found.append(
        Beginning(
            BLANK,
            "something else",
            "Six questions, nothing assumed",
            "Every answer is solved at once; more questions stand below.",
        )
    )
    found.append(Beginning(OPEN, "open a file", "Answers that you saved", "advisor.yaml, or any other name."))
    return tuple(found)


class StartScreen(ModalScreen[str]):
    """Gives the key of a way to begin; Esc begins with nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(digit), f"take({digit})", f"Begin with line {digit}", show=False) for digit in range(1, 10)),
        Binding("escape", f"dismiss('{BLANK}')", "Begin with nothing"),
    ]

    def __init__(self, draft: AnswersDraft | None) -> None:
        super().__init__()
        self._ways: Sequence[Beginning] = beginnings(draft)

    def compose(self) -> ComposeResult:
        """Yield a line for each way, and words about the one under the cursor."""
        with Vertical(classes="dialog -start") as box:
            box.border_title = "What are you building?"
            box.border_subtitle = "↑↓ and Enter, or a digit · Esc begins with nothing · Ctrl+Q quits"
            yield Rows(id="beginnings", press_on_click=True)
            yield Static(id="about", markup=False)

    def on_mount(self) -> None:
        """Fill the list."""
        rows = self.query_one(Rows)
        rows.fill(
            [
                ListRow(way.key, (Cell(f"{number}", "accent"), Cell(way.name, "strong"), Cell(way.line)))
                for number, way in enumerate(self._ways, start=1)
            ],
            _COLUMNS,
        )
        rows.styles.height = len(self._ways)
        rows.focus()

    def on_rows_moved(self, event: Rows.Moved) -> None:
        """Say more of the line."""
        words = next((way.about for way in self._ways if way.key == event.key), "")
        self.query_one("#about", Static).update(Content(words))

    def on_rows_pressed(self, event: Rows.Pressed) -> None:
        """Give the key."""
        self.dismiss(event.key)

    def action_take(self, number: int) -> None:
        """Begin with the line of that number."""
        if number <= len(self._ways):
            self.dismiss(self._ways[number - 1].key)
