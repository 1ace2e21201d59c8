"""A report as plain text for a terminal or a pipe; no color is needed to read it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from textwrap import fill, wrap

from advisor.reports.section import Page, Part, Section, printable

WIDTH = 100
"""Sentences are wrapped here; rows are as wide as what they hold."""

PROSE_FROM = 48
"""A last column with cells longer than this is wrapped into what the terminal leaves."""

_LEAST_PROSE = 24
_WIDEST_CELL = 120


def render(page: Page) -> str:
    """All parts, one after another."""
    lines = [printable(f"{page.title}, {page.basis}" if page.basis else page.title)]
    lines += [_filled(note, "") for note in page.notes]
    for part in page.parts:
        lines += ["", *_part(part)]
    lines += ["", _filled(page.footer, "")] if page.footer else []
    return "\n".join(lines) + "\n"


def _part(part: Part) -> Iterator[str]:
    if part.title:
        yield printable(part.title)
    if part.answer:
        yield f"  {printable(part.answer)}"
    if part.card:
        yield from aligned((("", ""), *part.card))
    for index, section in enumerate(part.sections):
        if index or part.title or part.answer or part.card:
            yield ""
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    if section.heading:
        yield printable(section.heading)
    yield from (_filled(sentence, "  ") for sentence in section.sentences)
    yield from aligned(section.rows)
    if section.more > 0:
        yield f"  and {section.more:,} more; all of them with -f json --all"
    if section.command:
        yield f"  {printable(section.command)}"


def _filled(sentence: str, indent: str) -> str:
    return fill(
        printable(sentence),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows in columns, figures to the right; the first row is the head. A last column of prose is wrapped."""
    if not rows:
        return
    cells = [[printable(cell) for cell in row] for row in rows]
    cells = [[*(_clipped(cell) for cell in row[:-1]), row[-1]] for row in cells]
    columns = range(len(cells[0]))
    widths = [max(len(row[column]) for row in cells) for column in columns]
    right = [all(_is_figure(row[column]) for row in cells[1:]) for column in columns]
    left = sum(width + 2 for width in widths[:-1]) + 2
    room = max(_LEAST_PROSE, _terminal_width() - left)
    is_prose = widths[-1] > PROSE_FROM and widths[-1] > room
    for row in cells:
        *head, last = [
            cell.rjust(width) if flush else cell.ljust(width)
            for cell, width, flush in zip(row, widths, right, strict=True)
        ]
        lines = wrap(row[-1], room, break_long_words=False, break_on_hyphens=False) or [""] if is_prose else [last]
        yield "  " + "  ".join([*head, lines[0]]).rstrip()
        yield from (" " * left + line for line in lines[1:])


def _terminal_width() -> int:
    return max(60, shutil.get_terminal_size((120, 24)).columns)


def _clipped(cell: str) -> str:
    return cell if len(cell) <= _WIDEST_CELL else cell[: _WIDEST_CELL - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _is_figure(cell: str) -> bool:
    return not cell or cell == "-" or cell.lstrip("$-").replace(",", "").replace(".", "").isdigit()
