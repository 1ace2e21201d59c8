"""A report for people before it has a format: pages of parts, parts of sections, and how figures are written."""

from __future__ import annotations

from typing import NamedTuple


class Section(NamedTuple):
    """A heading, sentences, and a table whose first row is its head; ``more`` counts the rows left out."""

    heading: str
    sentences: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    more: int = 0


class Part(NamedTuple):
    """One subject of a page: a workload, a candidate, a license target."""

    title: str
    answer: str = ""
    """What it comes to, in one line."""
    sections: tuple[Section, ...] = ()
    verdict: str = ""
    """A word that says how good the answer is, where a format can show that: ``allowed``, ``overturned``."""
    picture: str = ""
    """An SVG, for a format that can show one."""


class Page(NamedTuple):
    """A whole report for people."""

    title: str
    basis: str
    """What it rests on: "as of 2026-11-23, catalog 2026.11.23"."""
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()
    footer: str = ""
    sha256: str | None = None
    """The catalog's."""


def said(*sections: Section) -> tuple[Section, ...]:
    """Return the sections that have anything to say."""
    return tuple(section for section in sections if section.sentences or section.rows)


def printable(text: str) -> str:
    """Text on one line and without control characters: what a card or a server says may carry terminal escapes."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text.replace("\n", " "))


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 model``, ``2 models``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def money(value: object) -> str:
    """Return an amount in USD with its cents; a dash for none."""
    return "-" if value is None else f"${value:,.2f}"
