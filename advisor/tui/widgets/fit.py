"""Columns as wide as what stands in them: the least important leave first, names are shortened last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from advisor.tui.widgets.row_list import GAP, POINTER, Cell, ListColumn, ListRow

EDGE = len(POINTER) + 1
"""The pointer at the left of a list and its scrollbar at the right."""


_STUMP = 10
"""To how few cells a name is shortened where nothing else is left to leave."""


class TableColumn(NamedTuple):
    """A column: ``order`` says how early it leaves (0: it stays), ``least`` how far it shrinks first (0: never)."""

    key: str
    title: str
    right: bool = False
    order: int = 0
    least: int = 0


class TableRow(NamedTuple):
    """A line with its cells by column; a column that it lacks is empty there."""

    key: str | None
    cells: Mapping[str, Cell]


def fitted_columns(columns: Sequence[TableColumn], rows: Sequence[TableRow], width: int) -> dict[str, int]:
    """Return the columns that fit into a list of that width, each with its own."""
    room = width - EDGE
    widths = {one.key: max([cell_len(one.title), *(_cell(row, one) for row in rows)]) for one in columns}
    widths = {key: wide for key, wide in widths.items() if wide}
    least = {one.key: min(one.least or widths[one.key], widths[one.key]) for one in columns if one.key in widths}
    for one in sorted((one for one in columns if one.order and one.key in widths), key=lambda one: -one.order):
        if sum(least.values()) + GAP * len(least) <= room:
            break
        del widths[one.key], least[one.key]
    shorter = {one.key for one in columns if one.least}
    for floor in (least, {key: min(widths[key], _STUMP) if key in shorter else least[key] for key in widths}):
        over = sum(widths.values()) + GAP * len(widths) - room
        for key in sorted(widths, key=lambda key: floor[key] - widths[key]):
            taken = max(0, min(over, widths[key] - floor[key]))
            widths[key] -= taken
            over -= taken
    return widths


def laid_out(
    columns: Sequence[TableColumn], rows: Sequence[TableRow], width: int
) -> tuple[list[ListRow], tuple[ListColumn, ...]]:
    """Return lines and columns for a list of that width."""
    widths = fitted_columns(columns, rows, width)
    kept = [one for one in columns if one.key in widths]
    lines = [ListRow(row.key, tuple(row.cells.get(one.key, Cell("")) for one in kept)) for row in rows]
    return lines, tuple(ListColumn(one.title, widths[one.key], one.right) for one in kept)


def _cell(row: TableRow, column: TableColumn) -> int:
    cell = row.cells.get(column.key)
    return cell_len(cell.text) if cell is not None else 0
