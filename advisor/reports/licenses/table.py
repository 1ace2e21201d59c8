"""License reviews for a terminal: aligned columns, no colour, nothing that a card's author could smuggle in."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator

from advisor.reports.licenses import LicenseReport
from advisor.reports.licenses.sections import headline, sections

LEAST_WIDTH = 60
"""Columns below which text is not squeezed."""


def render(checked: LicenseReport) -> str:
    """Every review after the other."""
    width = max(LEAST_WIDTH, shutil.get_terminal_size((120, 24)).columns)
    lines: list[str] = []
    for review in checked.reviews:
        lines += [_safe(headline(review)), ""]
        for section in sections(review):
            lines += [section.heading, *(line for one in section.sentences for line in _wrapped(_safe(one), width))]
            lines += _rows(section.rows, width)
            lines += [f"  and {section.more} more"] if section.more else []
            lines.append("")
    return "\n".join(lines)


def _wrapped(text: str, width: int, indent: str = "  ") -> list[str]:
    return textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent) or [indent]


def _rows(rows: tuple[tuple[str, ...], ...], width: int) -> Iterator[str]:
    """Columns as wide as their longest cell; the last one is wrapped into what is left."""
    if not rows:
        return
    cells = [[_safe(cell) for cell in row] for row in rows]
    widths = [min(max(len(row[i]) for row in cells), width // 3) for i in range(len(cells[0]) - 1)]
    left = "  " + "  ".join(" " * one for one in widths) + "  "
    for row in cells:
        head = "  " + "  ".join(cell[:one].ljust(one) for cell, one in zip(row, widths, strict=False)) + "  "
        lines = textwrap.wrap(row[-1], max(24, width - len(head))) or [""]
        yield (head + lines[0]).rstrip()
        yield from ((left + line).rstrip() for line in lines[1:])


def _safe(text: str) -> str:
    """Text without control characters: cards may carry terminal escapes."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
