"""The formats that every report has: JSON from its record, the rest from its page or its findings.

A format for people is one file in ``advisor/reports/writers/`` with ``render(page)``; every report has it as soon as
the file is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple

from advisor.reports import json_writer, writers
from advisor.reports.header import Header
from advisor.reports.section import Page
from advisor.reports.writers.findings import FindingLog

_FILES = {"text": "table"}
"""The writers that are known by another name than their file's."""

_OF_FINDINGS = ("sarif", "github")
"""Writers of findings with their places, for reports that have such."""

_SHARED = ("findings",)


def _written_formats() -> Mapping[str, str]:
    found = sorted(one.name for one in iter_modules(writers.__path__))
    return {_FILES.get(name, name): name for name in found if name not in (*_OF_FINDINGS, *_SHARED)}


_WRITERS = _written_formats()

PAGES: tuple[str, ...] = ("table", "json", *(name for name in _WRITERS if name != "table"))
"""What every report can be written as."""

FINDINGS: tuple[str, ...] = (*PAGES, *_OF_FINDINGS)
"""What a report with findings can be written as."""


class Report(NamedTuple):
    """What a report is made from; each side is made when a format asks for it."""

    header: Header
    record: Callable[[], object]
    """What JSON holds below the header."""
    page: Callable[[], Page]
    numbered_sources: bool = False
    """Whether JSON lists each source once and names it by number."""
    findings: Callable[[], FindingLog] | None = None
    filed: Callable[[str], Page] | None = None
    """What the formats that are kept say, by the format's name, where that is more than a terminal shows."""
    own: Mapping[str, Callable[[], str]] = {}
    """Formats that only this report has."""


def render(form: str, report: Report) -> str:
    """Return a report in one of its formats, ending in a line break."""
    if form in report.own:
        return report.own[form]()
    if form == "json":
        sources = json_writer.Sources() if report.numbered_sources else None
        return json_writer.render(report.header, report.record(), sources=sources)
    if form in _OF_FINDINGS and report.findings is not None:
        log_writer: Callable[[FindingLog], str] = import_module(f"{writers.__name__}.{form}").render
        return log_writer(report.findings())
    page_writer: Callable[[Page], str] = import_module(f"{writers.__name__}.{_WRITERS[form]}").render
    return page_writer(report.filed(form) if report.filed and form != "table" else report.page())
