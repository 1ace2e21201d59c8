"""Findings as workflow commands, which annotate their files in a pull request."""

from __future__ import annotations

from advisor.reports.writers.findings import FindingLog, PlacedFinding

_KINDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(log: FindingLog) -> str:
    """One command a finding that nobody waived, and the closing line."""
    lines = [_command(finding) for finding in log.findings if finding.waived_by is None]
    return "\n".join([*lines, *([_data(log.closing)] if log.closing else [])]) + "\n"


def _command(finding: PlacedFinding) -> str:
    line = f",line={finding.line}" if finding.line else ""
    title = _property(finding.rule.rpartition("/")[2])
    place = f"file={_property(finding.path)}{line},title=advisor: {title}"
    return f"::{_KINDS[finding.level]} {place}::{_data(finding.message)}"


def _data(text: str) -> str:
    text = "".join(char if char.isprintable() or char in "\r\n" else "\N{REPLACEMENT CHARACTER}" for char in text)
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
