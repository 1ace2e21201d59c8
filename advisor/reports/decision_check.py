"""What came of checking a decision: for a person, a pull request, a code-scanning service or a program."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor import __version__
from advisor.reports.header import heading
from advisor.reports.writers.markdown import escaped
from advisor.reports.writers.text import WIDTH, aligned

if TYPE_CHECKING:
    from advisor.decision.check import DecisionCheck
    from advisor.decision.diff import Difference
    from advisor.decision.finding import Finding
    from advisor.decision.forecast import Upcoming
    from advisor.files.yaml import Document

FORMATS: Mapping[str, str] = {"table": "", "json": "", "markdown": "", "sarif": "", "github": ""}
"""The formats of a check."""

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
        """The line on which a workload's choice stands in the lock, or the plan of all of them."""
        names = [locked.workload for locked in self.checked.decision.workloads]
        place = f"workloads.{names.index(workload)}.chosen" if workload in names else "plan"
        return self.document.line(place)


def render(form: str, report: CheckReport) -> str:
    """The report in one of ``FORMATS``, ending in a line break."""
    writers: Mapping[str, Callable[[CheckReport], str]] = {
        "table": _table,
        "json": _json,
        "markdown": _markdown,
        "sarif": _sarif,
        "github": _github,
    }
    return writers[form](report)


def _json(report: CheckReport) -> str:
    checked = report.checked
    document = {
        **heading(checked.as_of, checked.catalog.version, checked.catalog.sha256),
        "status": checked.outcome.value,
        "decided_on": checked.decision.decided_on.isoformat(),
        "since": checked.since.isoformat(),
        "requirements_changed": checked.requirements_changed,
        "workloads": [_finding(finding) for finding in checked.findings],
        "changes": [_difference(one) for one in checked.changes],
        "upcoming": [_coming(one) for one in checked.upcoming],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "workload": finding.workload,
        "status": finding.outcome.value,
        "chosen": finding.chosen,
        "message": finding.message,
        "by": [_difference(one) for one in finding.by],
        "because": [
            {
                "constraint": cause.constraint,
                "state": cause.state.value,
                "required": cause.required,
                "found": cause.found,
                "source": cause.source.url if cause.source else None,
            }
            for cause in finding.causes
        ],
        "move_to": finding.move_to,
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "candidate": one.candidate,
        "fact": one.what,
        "was": one.was,
        "now": one.now,
        "source": one.source.url if one.source else None,
        "read_on": one.source.read_on.isoformat() if one.source else None,
    }


def _coming(one: Upcoming) -> dict[str, Any]:
    return {
        "date": one.day.isoformat(),
        "workload": one.workload,
        "chosen": one.chosen,
        "move_to": one.to,
        "because": one.because,
    }


def _headline(report: CheckReport) -> str:
    checked = report.checked
    return f"{report.path}: {checked.outcome.value}, decided on {checked.decision.decided_on}, as of {checked.as_of}"


def _table(report: CheckReport) -> str:
    lines = [_headline(report)]
    for finding in report.checked.findings:
        lines += ["", f"{finding.workload}: {finding.outcome.value}", *_wrapped(finding.message)]
        lines += [f"  {words}" for words in _by(finding)]
        lines += [f"  move to {finding.move_to}"] if finding.move_to else []
    if report.checked.upcoming:
        lines += ["", "Upcoming"]
        lines += [line for one in report.checked.upcoming for line in _wrapped(_upcoming_words(one))]
    rest = _unsaid(report.checked)
    if rest:
        rows = [("candidate", "fact", "was", "is"), *((one.candidate, one.what, one.was, one.now) for one in rest)]
        lines += ["", "Also changed", *aligned(rows)]
    return "\n".join(lines) + "\n"


def _wrapped(sentence: str) -> list[str]:
    return [fill(sentence, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)]


def _by(finding: Finding) -> Iterator[str]:
    for one in finding.by:
        source = f" ({one.source.url}, read {one.source.read_on})" if one.source else ""
        yield f"{one.what} of {one.candidate}: was {one.was}, is {one.now}{source}"


def _upcoming_words(one: Upcoming) -> str:
    to = f"; {one.to} leads then" if one.to else "; nothing passes then"
    return f"{one.workload}: overturned on {one.day} when {one.because}{to}."


def _unsaid(checked: DecisionCheck) -> tuple[Difference, ...]:
    """Changes that no finding names."""
    said = {one for finding in checked.findings for one in finding.by}
    return tuple(one for one in checked.changes if one not in said)


def _markdown(report: CheckReport) -> str:
    lines = [f"# {escaped(_headline(report))}"]
    for finding in report.checked.findings:
        lines += ["", f"## {escaped(finding.workload)}: {finding.outcome.value}", "", escaped(finding.message)]
        lines += ["", *(f"- {escaped(words)}" for words in _by(finding))] if finding.by else []
        lines += ["", f"**Move to** {escaped(finding.move_to)}"] if finding.move_to else []
    if report.checked.upcoming:
        lines += ["", "## Upcoming", ""]
        lines += [f"- {escaped(_upcoming_words(one))}" for one in report.checked.upcoming]
    return "\n".join(lines) + "\n"


class _Note(NamedTuple):
    """One thing to tell a machine, with its place in the lock."""

    rule: str
    message: str
    line: int


def _notes(report: CheckReport) -> Iterator[_Note]:
    for finding in report.checked.findings:
        if finding.outcome.value in _RULES:
            by = f" {'; '.join(_by(finding))}." if finding.by else ""
            move = f" Move to {finding.move_to}." if finding.move_to else ""
            yield _Note(finding.outcome.value, f"{finding.message}{by}{move}", report.line(finding.workload))
    for one in report.checked.upcoming:
        yield _Note("upcoming", _upcoming_words(one), report.line(one.workload))


def _sarif(report: CheckReport) -> str:
    """SARIF 2.1.0, one result for each workload that does not stand and each upcoming change."""
    rules = [{"id": f"decision/{name}", "shortDescription": {"text": words}} for name, words in _RULES.items()]
    results = [
        {
            "ruleId": f"decision/{note.rule}",
            "level": _LEVELS[note.rule],
            "message": {"text": note.message},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": report.path.removeprefix("./")},
                        "region": {"startLine": note.line},
                    }
                }
            ],
        }
        for note in _notes(report)
    ]
    driver = {"name": "advisor", "version": __version__, "rules": rules}
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _github(report: CheckReport) -> str:
    """Workflow commands, which annotate the lock in a pull request."""
    kinds = {"error": "error", "warning": "warning", "note": "notice"}
    lines = [
        f"::{kinds[_LEVELS[note.rule]]} file={_property(report.path)},line={note.line},"
        f"title=advisor: {note.rule}::{_data(note.message)}"
        for note in _notes(report)
    ]
    return "\n".join([*lines, _data(_headline(report))]) + "\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
