"""What the audit of a dump comes to, for a reader or a program."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from advisor.licenses.audit.audit import AuditSummary, Trend
from advisor.reports import formats
from advisor.reports.formats import Report
from advisor.reports.header import header
from advisor.reports.section import Page, Part, Section, counted, said


class AuditRecord(NamedTuple):
    """``advisor license audit DUMP... -f json``."""

    uses: tuple[str, ...]
    summary: AuditSummary
    trend: Trend | None
    """Against an earlier audit, where one was named."""


def render(form: str, record: AuditRecord, as_of: date) -> str:
    """Return the summary in one of the formats of every report."""
    return formats.render(form, Report(header(as_of, None, None), lambda: record, lambda: _page(record, as_of)))


def _page(record: AuditRecord, as_of: date) -> Page:
    summary = record.summary
    left_out = summary.rows - summary.repositories
    sentences = [
        f"{counted(summary.rows, 'row')} read; {counted(left_out, 'row')} without an id, or with an earlier one's."
    ]
    sentences.append(f"{summary.conflicts:,} are looser by their own declaration than something that they derive from.")
    part = Part(
        "The Hub's declarations",
        sections=said(
            Section("Read", tuple(sentences)),
            Section("Verdicts", rows=_counts("verdict", summary.verdicts)),
            Section("Classes", rows=_counts("class", summary.classes)),
            Section(
                "Organizations with the most that are looser than their bases",
                rows=_counts("organization", summary.labs),
            ),
            Section(
                "Looser than their bases, and most derived from",
                rows=(
                    ("repository", "declares", "with its bases", "derive from it"),
                    *((one.id, one.own_class, one.license_class, f"{one.descendants:,}") for one in summary.worst),
                )
                if summary.worst
                else (),
            ),
            *((_trend(record.trend),) if record.trend else ()),
        ),
    )
    uses = ", ".join(record.uses) or "no use named"
    return Page("License audit", f"for {uses}, as of {as_of}", (part,))


def _trend(trend: Trend) -> Section:
    return Section(
        "Since the earlier audit",
        (f"New: {trend.added:,}. Gone: {trend.removed:,}.",),
        (("was", "is", "repositories"), *((was, now, f"{count:,}") for was, now, count in trend.changes))
        if trend.changes
        else (),
    )


def _counts(what: str, found: tuple[tuple[str, int], ...]) -> tuple[tuple[str, ...], ...]:
    return ((what, "repositories"), *((name, f"{count:,}") for name, count in found)) if found else ()
