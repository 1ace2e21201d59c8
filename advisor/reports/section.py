"""A section of a report: sentences, a table, and how figures are written in it."""

from __future__ import annotations

from typing import NamedTuple


class Section(NamedTuple):
    """A heading, sentences, and a table whose first row is its head; ``more`` counts the rows left out."""

    heading: str
    sentences: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    more: int = 0


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def money(value: object) -> str:
    """An amount in USD with its cents; a dash for none."""
    return "-" if value is None else f"${value:,.2f}"
