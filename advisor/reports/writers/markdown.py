"""The recommendation as markdown, for a pull request or a decision record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.reports import Recommendation
from advisor.reports.recommendation.sections import outlines
from advisor.reports.section import Section


def render(recommendation: Recommendation) -> str:
    """A heading a workload, tables in pipes."""
    advice = recommendation.advice
    lines = [
        f"# {escaped(recommendation.name)}: {advice.status.value}",
        "",
        f"As of {advice.as_of}, catalogue {advice.catalog_version} (`{advice.catalog_sha256[:12]}`).",
        *(f"\n{escaped(note)}" for note in advice.notes),
    ]
    for outline in outlines(recommendation):
        lines += ["", f"## {escaped(outline.title)}", "", f"**{escaped(outline.answer)}**"]
        for section in outline.sections:
            lines += ["", *_section(section)]
    return "\n".join(lines) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield f"### {escaped(section.heading)}"
    yield ""
    for sentence in section.sentences:
        yield f"- {escaped(sentence)}"
    if section.sentences and section.rows:
        yield ""
    yield from table(section.rows)
    if section.more > 0:
        yield ""
        yield f"and {section.more} more"


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as a table; the first row is the head."""
    for index, row in enumerate(rows):
        yield "| " + " | ".join(escaped(cell) for cell in row) + " |"
        if index == 0:
            yield "|" + " --- |" * len(row)


def escaped(text: str) -> str:
    """Text in which nothing is markup."""
    for mark in "\\`*_[]<>|":
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", " ")
