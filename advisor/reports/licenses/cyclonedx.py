"""License reviews as a CycloneDX 1.6 bill of materials: a machine-learning-model component for each model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote
from uuid import UUID

from advisor.licenses.conclude import Conclusion
from advisor.licenses.evidence.records import Evidence
from advisor.licenses.license import License
from advisor.licenses.review import Review
from advisor.reports.json_writer import text
from advisor.version import __version__

SPEC = "1.6"


def render(reviews: Sequence[Review]) -> str:
    """Return the bill of materials as JSON; the same evidence gives the same serial number."""
    components: dict[str, dict[str, Any]] = {}
    dependencies: dict[str, set[str]] = {}
    for review in reviews:
        for name, evidence in review.lineage.nodes.items():
            root = review if name == review.lineage.root else None
            component = _component(evidence, review, name)
            if root or component["bom-ref"] not in components:
                components[component["bom-ref"]] = component
        for edge in review.lineage.edges:
            if edge.parent in review.lineage.nodes:
                child, parent = review.lineage.nodes[edge.child], review.lineage.nodes[edge.parent]
                if child is not parent:
                    dependencies.setdefault(_ref(child), set()).add(_ref(parent))
    document: dict[str, Any] = {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPEC}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "version": 1,
        "metadata": {"tools": {"components": [{"type": "application", "name": "advisor", "version": __version__}]}},
        "components": list(components.values()),
        "dependencies": [{"ref": ref, "dependsOn": sorted(on)} for ref, on in dependencies.items()],
    }
    mark = sha256(json.dumps(document, sort_keys=True).encode()).digest()
    document["serialNumber"] = f"urn:uuid:{UUID(bytes=mark[:16], version=4)}"
    return text(document, indented=True)


def _ref(evidence: Evidence) -> str:
    """Return the package URL of a repository; a name of our own for what is none."""
    if not evidence.is_repository:
        return f"advisor:{quote(evidence.repository, safe='/')}"
    version = f"@{evidence.commit}" if evidence.commit else ""
    return f"pkg:huggingface/{quote(evidence.repository, safe='/')}{version}"


def _component(evidence: Evidence, review: Review, model: str) -> dict[str, Any]:
    conclusion = review.conclusions[model]
    root = review if model == review.lineage.root else None
    group, _, name = evidence.repository.rpartition("/")
    component: dict[str, Any] = {
        "type": "machine-learning-model",
        "bom-ref": _ref(evidence),
        "name": name or evidence.repository,
        "properties": [
            {"name": f"advisor:{key}", "value": value} for key, value in _properties(evidence, conclusion, root)
        ],
    }
    if group:
        component["group"] = group
    if evidence.is_repository:
        component["purl"] = _ref(evidence)
    if evidence.commit:
        component["version"] = evidence.commit
    bound = review.concluded(model)
    unsure = [{"license": {"name": "NOASSERTION", "acknowledgement": "concluded"}}]
    component["licenses"] = unsure if bound is None else [_license(terms) for terms in bound]
    if evidence.parents:
        ancestors = [_ancestor(parent.id) for parent in evidence.parents[:100]]
        component["pedigree"] = {"ancestors": ancestors}
    return component


def _ancestor(name: str) -> dict[str, str]:
    return {"type": "machine-learning-model", "name": name}


def _license(terms: License) -> dict[str, Any]:
    """Return an SPDX id only for what SPDX has one for; everything else by name."""
    named = {"id": terms.spdx} if terms.spdx else {"name": terms.spdx_id}
    address = {"url": terms.sources[0].url} if terms.sources else {}
    return {"license": {**named, **address, "acknowledgement": "concluded"}}


def _properties(evidence: Evidence, conclusion: Conclusion, review: Review | None) -> Iterator[tuple[str, str]]:
    yield "class", conclusion.license_class
    yield "declared", ", ".join(meaning.name for meaning in conclusion.declared) or "none"
    yield "outcome", evidence.outcome.value
    for doubt in conclusion.doubts:
        yield "doubt", doubt
    if review is not None:
        yield "verdict", review.verdict.value
        for use in review.uses:
            yield f"use:{use.use}", use.verdict.value
