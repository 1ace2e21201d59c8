"""Findings as SARIF 2.1.0, for code scanning: one result a finding, waived ones as suppressed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from advisor.reports.json_writer import text, to_json
from advisor.reports.section import printable
from advisor.reports.writers.findings import FindingLog, PlacedFinding, Rule
from advisor.version import __version__

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(log: FindingLog) -> str:
    """Return the log as JSON."""
    ids = [rule.id for rule in log.rules]
    driver = {"name": "advisor", "version": __version__, "rules": [_rule(rule) for rule in log.rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, ids) for finding in log.findings],
        **({"properties": to_json(log.properties)} if log.properties else {}),
    }
    return text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule) -> dict[str, Any]:
    return {"id": rule.id, "shortDescription": {"text": rule.says}, "defaultConfiguration": {"level": rule.level}}


def _result(finding: PlacedFinding, ids: list[str]) -> dict[str, Any]:
    place: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": quote(finding.path)}}}
    if finding.line:
        place["physicalLocation"]["region"] = {"startLine": finding.line}
    if finding.subject:
        place["logicalLocations"] = [{"fullyQualifiedName": printable(finding.subject), "kind": "module"}]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": ids.index(finding.rule),
        "level": finding.level,
        "message": {"text": printable(finding.message)},
        "locations": [place],
    }
    if finding.fingerprint:
        result["partialFingerprints"] = {"advisor/v1": finding.fingerprint}
    if finding.properties:
        result["properties"] = to_json(finding.properties)
    if finding.waived_by:
        result["suppressions"] = [{"kind": "external", "justification": f"waiver {finding.waived_by}"}]
    return result
