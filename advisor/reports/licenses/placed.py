"""License findings with their places: the line that names the target, else the file of the repository."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path

from advisor.licenses.findings import RULES, Level, LicenseFinding
from advisor.licenses.review import Review
from advisor.reports.writers.findings import FindingLog, PlacedFinding, Rule

_LEVELS = {Level.NOTE: "note", Level.WARNING: "warning", Level.ERROR: "error"}


def finding_log(reviews: Sequence[Review], uses: Sequence[str], as_of: date, catalog_version: str) -> FindingLog:
    """Every finding of the reviews."""
    found = tuple(_placed(review, finding) for review in reviews for finding in review.findings)
    rules = tuple(Rule(name, RULES[name]) for name in sorted({one.rule for one in found}))
    verdicts = {review.target: review.verdict.value for review in reviews}
    properties = {"as_of": as_of, "catalog": catalog_version, "uses": list(uses), "verdicts": verdicts}
    return FindingLog(rules, found, properties)


def _placed(review: Review, finding: LicenseFinding) -> PlacedFinding:
    path, line = _place(review, finding)
    # The same verdict on a use stays the same result when a clause is worded anew.
    mark = sha256(f"{finding.rule}|{finding.subject}|{finding.use or finding.message}".encode()).hexdigest()
    return PlacedFinding(
        finding.rule,
        _LEVELS[finding.level],
        f"{finding.subject}: {finding.message}",
        path,
        line,
        subject=finding.subject,
        fingerprint=mark,
        properties={"use": finding.use} if finding.use else {},
        waived_by=finding.waived_by,
    )


def _place(review: Review, finding: LicenseFinding) -> tuple[str, int | None]:
    """Return the line of the file that names the target, else the file of the repository; what is neither is itself."""
    place = review.place
    if place is None:
        return _file(review, finding), None
    path = Path(place.path)
    inside = path.is_absolute() and path.is_relative_to(Path.cwd())
    return (path.relative_to(Path.cwd()) if inside else path).as_posix(), place.line


def _file(review: Review, finding: LicenseFinding) -> str:
    if not review.evidence.is_repository:
        return finding.subject
    place = finding.place if finding.place and finding.place in _files(review) else "README.md"
    return f"{finding.subject}/{place}"


def _files(review: Review) -> set[str]:
    return {text.place for evidence in review.lineage.nodes.values() for text in evidence.texts}
