"""A report as markdown, for a pull request or a decision record; what a card says cannot become markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from advisor.reports.section import Page, Part, Section, printable

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def render(page: Page) -> str:
    """Return a heading a part, tables in pipes."""
    lines = [f"# {escaped(page.title)}"]
    if page.basis:
        stamp = f" (`{page.sha256[:12]}`)" if page.sha256 else ""
        lines += ["", f"{escaped(page.basis[:1].upper() + page.basis[1:])}{stamp}."]
    lines += [f"\n{escaped(note)}" for note in page.notes]
    for part in page.parts:
        lines += _part(part)
    lines += ["", f"_{escaped(page.footer)}_"] if page.footer else []
    return "\n".join(lines) + "\n"


def _part(part: Part) -> Iterator[str]:
    if part.title:
        yield from ("", f"## {escaped(part.title)}")
    if part.answer:
        yield from ("", f"**{escaped(part.answer)}**")
    for section in part.sections:
        yield ""
        yield from _section(section, "###" if part.title else "##")


def _section(section: Section, level: str) -> Iterator[str]:
    if section.heading:
        yield from (f"{level} {escaped(section.heading)}", "")
    yield from (f"- {escaped(sentence)}" for sentence in section.sentences)
    if section.sentences and section.rows:
        yield ""
    yield from table(section.rows)
    if section.more > 0:
        yield from ("", f"and {section.more:,} more")


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as a table; the first row is the head."""
    for index, row in enumerate(rows):
        yield "| " + " | ".join(escaped(cell) for cell in row) + " |"
        if index == 0:
            yield "|" + " --- |" * len(row)


def escaped(text: str) -> str:
    """Text on one line in which no character means anything to markdown or to a terminal."""
    return _MARKUP.sub(r"\\\1", printable(text))
