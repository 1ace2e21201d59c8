"""The recommendation as plain text for a terminal or a pipe; no colour is needed to read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill

from advisor.reports import Recommendation
from advisor.reports.recommendation.sections import Outline, outlines
from advisor.reports.section import Section

WIDTH = 100
"""Sentences are wrapped here; rows are as wide as what they hold."""


def render(recommendation: Recommendation) -> str:
    """All workloads, one after another."""
    advice = recommendation.advice
    lines = [f"{recommendation.name}: {advice.status.value}, as of {advice.as_of}, catalogue {advice.catalog_version}"]
    lines += [fill(note, WIDTH) for note in advice.notes]
    for outline in outlines(recommendation):
        lines += ["", *_workload(outline)]
    return "\n".join(lines) + "\n"


def _workload(outline: Outline) -> Iterator[str]:
    yield outline.title
    yield f"  {outline.answer}"
    for section in outline.sections:
        yield ""
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    yield section.heading
    for sentence in section.sentences:
        yield fill(sentence, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    yield from aligned(section.rows)
    if section.more > 0:
        yield f"  and {section.more} more; all of them with -f json"


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows in columns, figures to the right; the first row is the head."""
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    right = [all(_is_figure(row[column]) for row in rows[1:]) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(width) if flush else cell.ljust(width)
            for cell, width, flush in zip(row, widths, right, strict=True)
        ]
        yield ("  " + "  ".join(cells)).rstrip()


def _is_figure(cell: str) -> bool:
    return not cell or cell == "-" or cell.lstrip("$-").replace(",", "").replace(".", "").isdigit()
