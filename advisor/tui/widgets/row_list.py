"""Rows with a cursor, drawn line by line: a list of any length costs what is on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

POINTER = "▸ "
GAP = 1


class Cell(NamedTuple):
    """Text and the name of its style: good, warn, bad, dim, strong or accent."""

    text: str
    style: str = ""


class ListColumn(NamedTuple):
    """A column: its title, its width in cells (0: what is left), and whether its cells stand to the right."""

    title: str
    width: int = 0
    right: bool = False


class ListRow(NamedTuple):
    """A line; without a key the cursor passes it by. A line of one cell is as wide as the list."""

    key: str | None
    cells: tuple[Cell, ...]


class Rows(ScrollView, can_focus=True):
    """Lines in columns. A pointer marks the line of the cursor, with or without color."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--title",
        "rows--cursor",
        "rows--idle",
        "rows--good",
        "rows--warn",
        "rows--bad",
        "rows--dim",
        "rows--strong",
        "rows--accent",
    }
    DEFAULT_CSS = """
    Rows {
        overflow-x: hidden; scrollbar-size-vertical: 1;
        & > .rows--title { color: $text-muted; text-style: bold; }
        & > .rows--cursor { background: $primary 45%; }
        & > .rows--idle { background: $panel; }
        & > .rows--good { color: $text-success; }
        & > .rows--warn { color: $text-warning; }
        & > .rows--bad { color: $text-error; }
        & > .rows--dim { color: $text-muted; }
        & > .rows--strong { text-style: bold; }
        & > .rows--accent { color: $text-accent; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "edge(0)", "First", show=False),
        Binding("end", "edge(-1)", "Last", show=False),
        Binding("enter", "press", "Open", show=False),
        Binding("space", "mark", "Mark", show=False),
    ]

    cursor: reactive[int] = reactive(-1)
    """The index of the cursor's line; -1 if there is none."""

    class Moved(Message):
        """The cursor came to another line."""

        def __init__(self, rows: Rows, key: str | None) -> None:
            super().__init__()
            self.rows, self.key = rows, key

        @property
        def control(self) -> Rows:
            """The list."""
            return self.rows

    class Pressed(Moved):
        """A line was chosen with Enter or the mouse."""

    class Marked(Moved):
        """The space bar was pressed on a line."""

    def __init__(self, *, id: str | None = None, press_on_click: bool = False) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._columns: tuple[ListColumn, ...] = (ListColumn(""),)
        self._rows: tuple[ListRow, ...] = ()
        self.press_on_click = press_on_click

    @property
    def key(self) -> str | None:
        """The key of the cursor's line."""
        return self._rows[self.cursor].key if 0 <= self.cursor < len(self._rows) else None

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all lines that have one."""
        return tuple(row.key for row in self._rows if row.key is not None)

    @property
    def text(self) -> str:
        """What the lines say, for those who look without a screen."""
        return "\n".join(" ".join(cell.text for cell in row.cells) for row in self._rows)

    def fill(self, rows: Sequence[ListRow], columns: Sequence[ListColumn] | None = None) -> None:
        """Show other lines; the cursor stays on the line of the same key, else where it was."""
        key, cursor = self.key, self.cursor
        self._rows = tuple(rows)
        self._columns = tuple(columns) if columns is not None else self._columns
        self.virtual_size = Size(0, len(self._rows) + self._head)
        kept = next((index for index, row in enumerate(self._rows) if row.key == key and key is not None), None)
        target = kept if kept is not None else self._nearest(cursor)
        with self.prevent(Rows.Moved):
            self.cursor = target
        if self.key != key:
            self.post_message(self.Moved(self, self.key))
        self.refresh()

    def go_to(self, key: str) -> None:
        """Put the cursor on the line of a key, if there is one."""
        found = next((index for index, row in enumerate(self._rows) if row.key == key), None)
        if found is not None:
            self.cursor = found

    @property
    def _head(self) -> int:
        return 1 if any(column.title for column in self._columns) else 0

    def _nearest(self, index: int) -> int:
        """Return the line with a key that is nearest to an index; -1 if no line has one."""
        able = [place for place, row in enumerate(self._rows) if row.key is not None]
        return min(able, key=lambda place: abs(place - index), default=-1)

    def watch_cursor(self, before: int, now: int) -> None:
        """Bring the line into view and say so."""
        if now >= 0:
            self._reveal(now)
        if before != now:
            self.refresh()
            self.post_message(self.Moved(self, self.key))

    def _reveal(self, index: int) -> None:
        shown = max(1, self.size.height - self._head)
        top = self.scroll_offset.y
        above = index - 1 if index > 0 and self._rows[index - 1].key is None else index
        if above < top:
            self.scroll_to(y=above, animate=False, force=True)
        elif index >= top + shown:
            self.scroll_to(y=index - shown + 1, animate=False, force=True)

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        if self.cursor >= 0:
            self._reveal(self.cursor)
        self.refresh()

    def on_focus(self) -> None:
        """Draw the cursor as that of the list in use."""
        self.refresh()

    def on_blur(self) -> None:
        """Draw the cursor as resting."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.size.width
        base = self.rich_style
        if self._head and y == 0:
            cells = tuple(Cell(column.title, "title") for column in self._columns)
            return self._strip(cells, base, width, "  ")
        index = self.scroll_offset.y + y - self._head
        if not 0 <= index < len(self._rows):
            return Strip.blank(width, base)
        row = self._rows[index]
        at_cursor = index == self.cursor
        if at_cursor:
            base += self._style("cursor" if self.has_focus else "idle")
        return self._strip(row.cells, base, width, POINTER if at_cursor else "  ")

    def _strip(self, cells: Sequence[Cell], base: Style, width: int, lead: str) -> Strip:
        if len(cells) == 1:
            columns: Sequence[ListColumn] = (ListColumn(""),)
        else:
            columns = self._columns
        widths = self._widths(columns, width - len(lead))
        segments = [Segment(lead, base)]
        for cell, column, wide in zip(cells, columns, widths, strict=False):
            text = fitted(cell.text, wide)
            pad = " " * (wide - cell_len(text))
            style = base + self._style(cell.style) if cell.style else base
            segments.append(Segment((pad + text if column.right else text + pad) + " " * GAP, style))
        return Strip(segments).adjust_cell_length(width, base)

    @staticmethod
    def _widths(columns: Sequence[ListColumn], width: int) -> list[int]:
        """Return the widths of the columns; those without one share what is left."""
        flexible = sum(not column.width for column in columns)
        left = width - sum(column.width + GAP for column in columns) + (0 if flexible else GAP)
        share, rest = divmod(max(left, 0), flexible or 1)
        found = []
        for column in columns:
            extra = 0 if column.width else share + (1 if rest > 0 else 0)
            rest -= 0 if column.width else 1
            found.append(column.width or extra)
        return found

    def _style(self, name: str) -> Style:
        """Return a component's style; the background is that of the line, unless the line itself is meant."""
        full = self.get_component_rich_style(f"rows--{name}")
        if name in ("cursor", "idle"):
            return Style(bgcolor=full.bgcolor)
        return Style(color=full.color, bold=full.bold, underline=full.underline)

    def action_move(self, by: int) -> None:
        """Go to the next line that has a key."""
        index = self.cursor + by
        while 0 <= index < len(self._rows):
            if self._rows[index].key is not None:
                self.cursor = index
                return
            index += by

    def action_page(self, by: int) -> None:
        """Go a screenful on."""
        step = max(1, self.size.height - self._head - 1)
        self.cursor = self._nearest(max(0, min(len(self._rows) - 1, self.cursor + by * step)))

    def action_edge(self, index: int) -> None:
        """Go to the first or the last line."""
        self.cursor = self._nearest(index % max(1, len(self._rows)))

    def action_press(self) -> None:
        """Choose the line."""
        if self.key is not None:
            self.post_message(self.Pressed(self, self.key))

    def action_mark(self) -> None:
        """Mark the line."""
        if self.key is not None:
            self.post_message(self.Marked(self, self.key))

    def on_click(self, event: events.Click) -> None:
        """Go to the line under the mouse; a second click, or the first where lines are choices, chooses it."""
        index = self.scroll_offset.y + event.get_content_offset_capture(self).y - self._head
        if not 0 <= index < len(self._rows) or self._rows[index].key is None:
            return
        self.cursor = index
        if self.press_on_click or event.chain > 1:
            self.action_press()


def fitted(text: str, width: int) -> str:
    """Text in at most so many cells; what is cut from the middle leaves an ellipsis, so that both ends can be read."""
    text = text.replace("\n", " ")
    if cell_len(text) <= width:
        return text
    if width < 12:  # noqa: PLR2004 - nothing to keep at both ends
        return set_cell_size(text, max(width - 1, 0)) + "…" * (width > 0)
    end = text[-min(width // 3, 10) :]
    while cell_len(end) > width // 3:
        end = end[1:]
    return set_cell_size(text, width - cell_len(end) - 1).rstrip() + "…" + end
