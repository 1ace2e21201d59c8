"""License reviews as an SPDX 3.0.1 document with the AI profile: each model's declared and concluded license."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from advisor.licenses.conclude import Conclusion
from advisor.licenses.evidence.records import Evidence
from advisor.licenses.review import Review
from advisor.licenses.spdx import is_expression
from advisor.reports.json_writer import text
from advisor.version import __version__

CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
NO_ASSERTION = "NOASSERTION"
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def render(reviews: Sequence[Review]) -> str:
    """Return the document as JSON-LD; identifiers follow from what is described, so equal evidence gives equal ids."""
    nodes = {
        name: (evidence, review.conclusions[name], _concluded(review, name))
        for review in reviews
        for name, evidence in review.lineage.nodes.items()
    }
    base = f"urn:advisor:{sha256('|'.join(sorted(nodes)).encode()).hexdigest()[:16]}"
    created = max((evidence.read_at for evidence, *_ in nodes.values()), default=_NEVER)
    graph = [*_creation(base, created)]
    for name, (evidence, conclusion, concluded) in nodes.items():
        graph += _package(base, name, evidence, (_declared(conclusion), concluded))
    graph += _descent(base, reviews, set(nodes))
    roots = [_id(base, review.lineage.root) for review in reviews]
    graph.append(_document(base, roots, [one["spdxId"] for one in graph if "spdxId" in one]))
    return text({"@context": CONTEXT, "@graph": graph}, indented=True)


def _descent(base: str, reviews: Sequence[Review], known: set[str]) -> Iterator[dict[str, Any]]:
    """Who derives from whom: the parent has the child as its descendant."""
    edges = {edge[:2] for review in reviews for edge in review.lineage.edges if edge.child != edge.parent}
    for number, (child, parent) in enumerate(sorted(edges)):
        if parent in known:
            yield _relation(base, f"lineage-{number}", _id(base, parent), "ancestorOf", _id(base, child))


def _id(base: str, name: str) -> str:
    return f"{base}#{quote(name, safe='')}"


def _creation(base: str, created: datetime) -> Iterator[dict[str, Any]]:
    yield {
        "type": "CreationInfo",
        "@id": "_:creation",
        "specVersion": "3.0.1",
        "created": f"{created:%Y-%m-%dT%H:%M:%SZ}",
        "createdBy": [f"{base}#agent"],
        "createdUsing": [f"{base}#tool"],
    }
    yield {"type": "SoftwareAgent", "spdxId": f"{base}#agent", "creationInfo": "_:creation", "name": "advisor"}
    yield {"type": "Tool", "spdxId": f"{base}#tool", "creationInfo": "_:creation", "name": f"advisor-{__version__}"}


def _concluded(review: Review, name: str) -> str:
    """Return the licenses that bind, with those of what the model derives from; no assertion where that is in doubt."""
    conclusion = review.conclusions[name]
    bound = review.concluded(name)
    if bound is None:
        return NO_ASSERTION
    if conclusion.choice and len(bound) == len(conclusion.binding):
        return conclusion.choice
    return " AND ".join(sorted({terms.spdx_id for terms in bound}))


def _package(base: str, name: str, evidence: Evidence, licenses: tuple[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the model, its declared license and its concluded one: exactly one of each."""
    own = _id(base, name)
    yield {
        "type": "ai_AIPackage",
        "spdxId": own,
        "creationInfo": "_:creation",
        "name": name,
        "software_packageVersion": evidence.commit or "unknown",
        "software_primaryPurpose": "model",
        **({"software_downloadLocation": _location(name, evidence)} if evidence.is_repository else {}),
    }
    for kind, expression in zip(("Declared", "Concluded"), licenses, strict=True):
        license_id = f"{own}-{kind.lower()}"
        yield {
            "type": "simplelicensing_LicenseExpression",
            "spdxId": license_id,
            "creationInfo": "_:creation",
            "simplelicensing_licenseExpression": expression,
        }
        yield _relation(base, f"{quote(name, safe='')}-{kind.lower()}-relation", own, f"has{kind}License", license_id)


def _location(name: str, evidence: Evidence) -> str:
    host = evidence.endpoint if evidence.endpoint.startswith("http") else "https://huggingface.co"
    return f"{host}/{quote(name, safe='/')}"


def _declared(conclusion: Conclusion) -> str:
    """Return the declared licenses as one expression; a name that nobody knows becomes a LicenseRef."""
    if conclusion.choice and is_expression(conclusion.choice):
        return conclusion.choice
    parts = [
        meaning.license.spdx_id if meaning.license else _reference(meaning.name) for meaning in conclusion.declared
    ]
    return " AND ".join(dict.fromkeys(parts)) or NO_ASSERTION


def _reference(name: str) -> str:
    plain = "".join(char if char.isascii() and (char.isalnum() or char in ".-") else "-" for char in name)[:80]
    return f"LicenseRef-{plain}"


def _relation(base: str, name: str, source: str, kind: str, target: str) -> dict[str, Any]:
    return {
        "type": "Relationship",
        "spdxId": f"{base}#{name}",
        "creationInfo": "_:creation",
        "from": source,
        "relationshipType": kind,
        "to": [target],
    }


def _document(base: str, roots: list[str], elements: list[str]) -> dict[str, Any]:
    return {
        "type": "SpdxDocument",
        "spdxId": f"{base}#document",
        "creationInfo": "_:creation",
        "name": "License review",
        "profileConformance": ["core", "software", "ai", "simpleLicensing"],
        "rootElement": list(dict.fromkeys(roots)),
        "element": elements,
    }
