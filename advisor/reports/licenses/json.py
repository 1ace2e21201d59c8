"""License reviews as JSON: everything, with names that stay."""

from __future__ import annotations

import json
from typing import Any

from advisor.facts import Source
from advisor.licenses.conclude import Conclusion, IdentifiedText
from advisor.licenses.datasets import DatasetTerms
from advisor.licenses.evidence.records import Evidence
from advisor.licenses.findings import LicenseFinding
from advisor.licenses.review import Reason, Review, UseVerdict
from advisor.reports.header import heading
from advisor.reports.licenses import LicenseReport


def render(checked: LicenseReport) -> str:
    """The report as JSON."""
    return json.dumps(document(checked), indent=2, ensure_ascii=False) + "\n"


def document(checked: LicenseReport) -> dict[str, Any]:
    """The report as plain lists and dictionaries."""
    organization = checked.organization.model_dump(mode="json", exclude_none=True)
    return {
        **heading(checked.as_of, checked.catalog_version, checked.catalog_sha256),
        "uses": list(checked.uses),
        "organization": organization,
        "results": [result_document(review) for review in checked.reviews],
    }


def result_document(review: Review) -> dict[str, Any]:
    """One target."""
    conclusion = review.conclusion
    license_ = conclusion.license
    return {
        "target": review.target,
        "place": review.place._asdict() if review.place else None,
        "verdict": review.verdict.value,
        "outcome": review.evidence.outcome.value,
        "uses": {use.use: _use(use) for use in review.uses},
        "declared": [meaning.name for meaning in conclusion.declared],
        "found": _best_found(conclusion),
        "texts": [_found(one) for one in conclusion.found],
        "license": {
            "id": license_.id if license_ else None,
            "name": license_.name if license_ else None,
            "class": conclusion.license_class,
            "expression": conclusion.expression,
            "binding": [terms.id for terms in conclusion.binding],
            "doubts": list(conclusion.doubts),
        },
        "duties": [_reason(reason) for reason in review.duties],
        "lineage": {
            "nodes": [_node(name, review) for name in review.lineage.nodes],
            "edges": [edge._asdict() for edge in review.lineage.edges],
            "conflicts": [conflict._asdict() | {"level": conflict.level.value} for conflict in review.conflicts],
            "complete": review.lineage.complete,
        },
        "datasets": [_dataset(one) for one in review.datasets],
        "findings": [_finding(finding) for finding in review.findings],
        "evidence": evidence_document(review.evidence),
    }


def evidence_document(evidence: Evidence) -> dict[str, Any]:
    """What was read of a repository, without the texts themselves."""
    kept = evidence.model_dump(mode="json", exclude={"texts"})
    return kept | {"texts": [text.model_dump(mode="json", exclude={"content"}) for text in evidence.texts]}


def _use(use: UseVerdict) -> dict[str, Any]:
    return {
        "verdict": use.verdict.value,
        "because": [f"{reason.license} {reason.clause.text}" for reason in use.because],
        "clauses": [_reason(reason) for reason in use.because],
        "exposure": list(use.exposure),
        "read": list(use.read),
    }


def _reason(reason: Reason) -> dict[str, Any]:
    clause = reason.clause
    return {
        "model": reason.model,
        "license": reason.license,
        "section": clause.section,
        "kind": clause.kind,
        "says": clause.says,
        "form": clause.form,
        "words": clause.words,
        "quote": reason.quote._asdict() if reason.quote else None,
        **_source(clause.source),
    }


def _source(source: Source | None) -> dict[str, Any]:
    return {"source": source.url if source else None, "read_on": source.read_on.isoformat() if source else None}


def _best_found(conclusion: Conclusion) -> dict[str, Any]:
    """The license text that says most; ``none`` where there is no text."""
    order = ("exact", "ambiguous", "near", "none")
    texts = [one for one in conclusion.found if one.text.role == "license"]
    best = min(texts, key=lambda one: order.index(one.identification.match.value), default=None)
    if best is None:
        return {"match": "none", "id": None, "similarity": 0.0, "differing": []}
    return {key: value for key, value in _found(best).items() if key in ("match", "id", "similarity", "differing")}


def _found(one: IdentifiedText) -> dict[str, Any]:
    identification = one.identification
    return {
        "place": one.text.place,
        "role": one.text.role,
        "sha256": one.text.sha256,
        "match": identification.match.value,
        "id": identification.id,
        "version": identification.version,
        "similarity": identification.similarity,
        "differing": [passage._asdict() for passage in identification.differing],
        "missing": list(identification.missing),
        "candidates": [{"id": name, "similarity": similarity} for name, similarity in identification.candidates],
        "note": identification.note,
    }


def _node(name: str, review: Review) -> dict[str, Any]:
    evidence, conclusion = review.lineage.nodes[name], review.conclusions[name]
    return {
        "id": name,
        "commit": evidence.commit,
        "outcome": evidence.outcome.value,
        "license": conclusion.license.id if conclusion.license else None,
        "class": conclusion.license_class,
        "declared": [meaning.name for meaning in conclusion.declared],
        "doubts": list(conclusion.doubts),
    }


def _dataset(one: DatasetTerms) -> dict[str, Any]:
    declared = list(one.declared) if one.declared is not None else None
    return {"id": one.name, "declared": declared, "licenses": list(one.licenses), "class": one.license_class}


def _finding(finding: LicenseFinding) -> dict[str, Any]:
    return finding._asdict() | {"level": finding.level.value}
