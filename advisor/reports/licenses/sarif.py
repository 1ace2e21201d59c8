"""License findings as SARIF 2.1.0, for code scanning: one result a finding, waived ones as suppressed."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from advisor import __version__
from advisor.licenses.findings import RULES, Level, LicenseFinding
from advisor.licenses.review import Review
from advisor.reports.licenses import LicenseReport

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(checked: LicenseReport) -> str:
    """The report as JSON."""
    findings = [(review, finding) for review in checked.reviews for finding in review.findings]
    used = sorted({finding.rule for _, finding in findings})
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "advisor",
                        "version": __version__,
                        "rules": [_rule(rule) for rule in used],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(review, finding, used) for review, finding in findings],
                "properties": {
                    "as_of": checked.as_of.isoformat(),
                    "catalog": checked.catalog_version,
                    "uses": list(checked.uses),
                    "verdicts": {review.target: review.verdict.value for review in checked.reviews},
                },
            }
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: str) -> dict[str, Any]:
    return {"id": rule, "shortDescription": {"text": RULES[rule]}, "defaultConfiguration": {"level": "warning"}}


def _result(review: Review, finding: LicenseFinding, rules: list[str]) -> dict[str, Any]:
    # The same verdict on a use stays the same result when a clause is worded anew.
    mark = sha256(f"{finding.rule}|{finding.subject}|{finding.use or finding.message}".encode()).hexdigest()
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": {Level.NOTE: "note", Level.WARNING: "warning", Level.ERROR: "error"}[finding.level],
        "message": {"text": f"{finding.subject}: {finding.message}"},
        "locations": [
            {
                "physicalLocation": _location(review, finding),
                "logicalLocations": [{"fullyQualifiedName": finding.subject, "kind": "module"}],
            }
        ],
        "partialFingerprints": {"advisor/v1": mark},
    }
    if finding.use:
        result["properties"] = {"use": finding.use}
    if finding.waived_by:
        result["suppressions"] = [{"kind": "external", "justification": f"waiver {finding.waived_by}"}]
    return result


def _location(review: Review, finding: LicenseFinding) -> dict[str, Any]:
    """The line of the file that names the target, else the file of the repository; what is neither is itself."""
    place = review.place
    if place is None:
        return {"artifactLocation": {"uri": quote(_file(review, finding))}}
    path = Path(place.path)
    inside = path.is_absolute() and path.is_relative_to(Path.cwd())
    address = {"artifactLocation": {"uri": quote((path.relative_to(Path.cwd()) if inside else path).as_posix())}}
    return address | ({"region": {"startLine": place.line}} if place.line else {})


def _file(review: Review, finding: LicenseFinding) -> str:
    if not review.evidence.is_repository:
        return finding.subject
    place = finding.place if finding.place and finding.place in _files(review) else "README.md"
    return f"{finding.subject}/{place}"


def _files(review: Review) -> set[str]:
    return {text.place for evidence in review.lineage.nodes.values() for text in evidence.texts}
