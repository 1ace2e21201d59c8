"""License reviews as Markdown, for a pull request or a ticket; what a card says cannot become markup."""

from __future__ import annotations

import re

from advisor.reports.licenses import LicenseReport
from advisor.reports.licenses.sections import Section, headline, sections

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def render(checked: LicenseReport) -> str:
    """Every review under a heading of its own."""
    lines: list[str] = []
    for review in checked.reviews:
        lines += [f"## {escaped(headline(review))}", ""]
        for section in sections(review):
            lines += [*_section(section), ""]
    note = f"As of {checked.as_of}, catalogue {checked.catalog_version}, uses: {', '.join(checked.uses)}."
    return "\n".join([*lines, f"_{escaped(note)}_", ""])


def escaped(text: str) -> str:
    """Text in which no character means anything to Markdown or to a terminal."""
    plain = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return _MARKUP.sub(r"\\\1", plain)


def _section(section: Section) -> list[str]:
    lines = [f"### {escaped(section.heading)}", ""]
    lines += [f"- {escaped(sentence)}" for sentence in section.sentences]
    if section.rows:
        head, *rows = section.rows
        lines += [_row(head), "|" + " --- |" * len(head), *(_row(row) for row in rows)]
    if section.more:
        lines += ["", f"and {section.more} more"]
    return lines


def _row(row: tuple[str, ...]) -> str:
    return "| " + " | ".join(escaped(cell) or "-" for cell in row) + " |"
