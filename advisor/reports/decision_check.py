"""What came of checking a decision: for a person, a pull request, a code-scanning service or a program."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from advisor.decision.check import DecisionCheck
from advisor.decision.difference import Difference
from advisor.decision.finding import DecisionStatus, Finding
from advisor.decision.forecast import Upcoming
from advisor.facts import Source
from advisor.files.yaml import Document
from advisor.reports import formats
from advisor.reports.formats import Report
from advisor.reports.header import catalog_header
from advisor.reports.section import Page, Part, Section, said
from advisor.reports.writers.findings import FindingLog, PlacedFinding, Rule
from advisor.solver.cause import Cause

_RULES = {
    "overturned": "A committed choice of model no longer holds.",
    "undecided": "Something unknown leaves a committed choice open.",
    "upcoming": "A change already on record will overturn a committed choice.",
}
_LEVELS = {"overturned": "error", "undecided": "warning", "upcoming": "note"}


class CheckReport(NamedTuple):
    """What a report is made from; ``path`` and ``document`` are the lock's."""

    path: str
    document: Document
    checked: DecisionCheck

    def line(self, workload: str) -> int:
        """Return the line on which a workload's choice stands in the lock, or the plan of all of them."""
        names = [locked.workload for locked in self.checked.decision.workloads]
        place = f"workloads.{names.index(workload)}.chosen" if workload in names else "plan"
        return self.document.line(place)


class DifferenceRecord(NamedTuple):
    """One thing that is another than it was."""

    candidate: str
    fact: str
    was: str
    now: str
    source: Source | None


class FindingRecord(NamedTuple):
    """What came of one workload."""

    workload: str
    status: DecisionStatus
    chosen: str
    message: str
    by: tuple[DifferenceRecord, ...]
    because: tuple[Cause, ...]
    move_to: str | None
    caveats: tuple[str, ...]
    """What is open about the one to move to, and when it ends."""


class UpcomingRecord(NamedTuple):
    """A day on which the chosen candidate stops leading or passing."""

    date: date
    workload: str
    chosen: str
    move_to: str | None
    because: str


class MonitoredRecord(NamedTuple):
    """What users' logs were looked at for."""

    file: str
    last: date
    """Of the newest call."""
    calls: int


class CheckRecord(NamedTuple):
    """``advisor check -f json``."""

    status: DecisionStatus
    decided_on: date
    since: date
    requirements_changed: bool
    workloads: tuple[FindingRecord, ...]
    changes: tuple[DifferenceRecord, ...]
    upcoming: tuple[UpcomingRecord, ...]
    monitored: MonitoredRecord | None
    """None: not monitored."""


def render(form: str, report: CheckReport) -> str:
    """Return the report in one of its formats, ending in a line break."""
    made = Report(
        catalog_header(report.checked.catalog),
        lambda: _record(report.checked),
        lambda: _page(report),
        findings=lambda: _log(report),
    )
    return formats.render(form, made)


def _record(checked: DecisionCheck) -> CheckRecord:
    return CheckRecord(
        checked.outcome,
        checked.decision.decided_on,
        checked.since,
        checked.requirements_changed,
        tuple(_finding(finding) for finding in checked.findings),
        tuple(DifferenceRecord(*one) for one in checked.changes),
        tuple(UpcomingRecord(*one) for one in checked.upcoming),
        MonitoredRecord(*checked.monitored) if checked.monitored else None,
    )


def _finding(one: Finding) -> FindingRecord:
    by = tuple(DifferenceRecord(*found) for found in one.by)
    return FindingRecord(one.workload, one.outcome, one.chosen, one.message, by, one.causes, one.move_to, one.caveats)


def _page(report: CheckReport) -> Page:
    checked = report.checked
    parts = [
        Part(
            f"{finding.workload}: {finding.outcome}",
            sections=(Section("", (finding.message, *_by(finding), *_move(finding))),),
            verdict=finding.outcome,
        )
        for finding in checked.findings
    ]
    rest = tuple((one.candidate, one.what, one.was, one.now) for one in _unsaid(checked))
    after = said(
        Section("Upcoming", tuple(_upcoming_words(one) for one in checked.upcoming)),
        Section("Also changed", (), (("candidate", "fact", "was", "is"), *rest) if rest else ()),
    )
    parts += [Part("", sections=after)] if after else []
    catalog = checked.catalog
    seen = checked.monitored
    monitored = f"monitored to {seen.last} ({seen.calls:,} calls, {seen.file})" if seen else "not monitored"
    basis = f"decided on {checked.decision.decided_on}, as of {checked.as_of}, {monitored}, catalog {catalog.version}"
    return Page(f"{report.path}: {checked.outcome}", basis, tuple(parts), sha256=catalog.sha256)


def _move(finding: Finding) -> tuple[str, ...]:
    return (f"Move to {finding.move_to}", *finding.caveats) if finding.move_to else ()


def _by(finding: Finding) -> Iterator[str]:
    for one in finding.by:
        source = f" ({one.source.url}, read {one.source.read_on})" if one.source else ""
        yield f"{one.what} of {one.candidate}: was {one.was}, is {one.now}{source}"


def _upcoming_words(one: Upcoming) -> str:
    to = f"; {one.to} leads then" if one.to else "; nothing passes then"
    return f"{one.workload}: overturned on {one.day} when {one.because}{to}."


def _unsaid(checked: DecisionCheck) -> tuple[Difference, ...]:
    """Return changes that no finding names."""
    said = {one for finding in checked.findings for one in finding.by}
    return tuple(one for one in checked.changes if one not in said)


def _log(report: CheckReport) -> FindingLog:
    """One finding for each workload that does not stand and each upcoming change, with its line of the lock."""
    rules = tuple(Rule(f"decision/{name}", words, _LEVELS[name]) for name, words in _RULES.items())
    checked = report.checked
    closing = f"{report.path}: {checked.outcome}, decided on {checked.decision.decided_on}, as of {checked.as_of}"
    return FindingLog(rules, tuple(_placed(report)), closing=closing)


def _placed(report: CheckReport) -> Iterator[PlacedFinding]:
    path = report.path.removeprefix("./")

    def placed(rule: str, message: str, workload: str) -> PlacedFinding:
        return PlacedFinding(f"decision/{rule}", _LEVELS[rule], message, path, report.line(workload))

    for finding in report.checked.findings:
        if finding.outcome.value in _RULES:
            by = f" {'; '.join(_by(finding))}." if finding.by else ""
            move = " ".join(("", f"Move to {finding.move_to}.", *finding.caveats)) if finding.move_to else ""
            yield placed(finding.outcome.value, f"{finding.message}{by}{move}", finding.workload)
    for one in report.checked.upcoming:
        yield placed("upcoming", _upcoming_words(one), one.workload)
