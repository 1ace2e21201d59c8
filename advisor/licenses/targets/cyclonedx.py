"""The machine-learning models of a CycloneDX bill of materials, JSON or XML; one that names no repository is said."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from advisor.errors import UsageError
from advisor.licenses.targets.mention import Mention, Role
from advisor.licenses.targets.names import hub_name
from advisor.licenses.targets.purls import Purl, parse_purl, revision_of
from advisor.licenses.targets.target import REPOSITORY, Target

# Such as `machine-learning-model`, not `library`.
_AI_WORDS = re.compile(
    r"primarypurpose|huggingface|\bmodel|task|weights|architecture|hyperparameter|safetensors", re.IGNORECASE
)
_LISTS = ("components", "externalReferences", "properties", "ancestors", "descendants", "variants", "services")


def cyclonedx_models(text: str, path: str) -> Iterator[Target]:
    """Each model by its package URL, its addresses, or its group and name, at any depth. Raises UsageError."""
    document = _xml(text, path) if text.lstrip().startswith("<") else _json(text, path)
    metadata = document.get("metadata")
    waiting: list[Any] = [metadata.get("component") if isinstance(metadata, dict) else None, document.get("components")]
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, list):
            waiting[:0] = found
        elif isinstance(found, dict):
            yield from _model(found)
            pedigree = found.get("pedigree")
            inner = [pedigree.get(kind) for kind in ("ancestors", "variants")] if isinstance(pedigree, dict) else []
            waiting[:0] = [found.get("components"), *inner]


def _json(text: str, path: str) -> dict[str, Any]:
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: expected JSON: {str(error) or 'too deep'}") from None
    return document if isinstance(document, dict) else {}


def _xml(text: str, path: str) -> dict[str, Any]:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UsageError(f"{path}: expected XML without a document type", hint="a bill of materials needs none")
    try:
        root = ET.fromstring(text)  # noqa: S314 - entities are refused above, and the size is bounded  # nosec B314
    except (ET.ParseError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: expected XML: {error}") from None
    content = _element(root, 0)
    return content if isinstance(content, dict) else {}


def _element(node: ET.Element, depth: int) -> Any:
    """Return an element as the JSON form of the same bill would have it."""
    if depth > 60:  # noqa: PLR2004 - deeper than any bill
        return {}
    tag = node.tag.rpartition("}")[2]
    if tag in _LISTS:
        return [_element(child, depth + 1) for child in node]
    if not len(node) and not node.attrib:
        return (node.text or "").strip()
    content: dict[str, Any] = dict(node.attrib)
    if node.text and node.text.strip():
        content["value"] = node.text.strip()
    for child in node:
        content[child.tag.rpartition("}")[2]] = _element(child, depth + 1)
    return content


def _model(component: dict[str, Any]) -> Iterator[Target]:
    """Yield the target of a component that is a model."""
    name, group = _text(component.get("name")), _text(component.get("group"))
    full = f"{group}/{name}" if group else name
    purl = parse_purl(_text(component.get("purl"))) or _of_reference(component)
    linked = next(_addresses(component), None)
    if not (_is_model(component, purl) or linked):
        return
    if purl is not None and purl.is_hub:
        if purl.repository:
            yield Target(purl.repository, purl.revision)
        elif linked:
            yield linked
        else:
            said = _text(component.get("purl")) or purl.name
            yield Target(full or purl.name, missing=f"the package URL {said[:200]!r} names no repository")
    elif linked:
        yield linked
    elif purl is not None and purl.repository and not purl.is_code:
        yield Target(purl.repository, purl.revision)
    elif "/" in full and REPOSITORY.fullmatch(full):
        yield Target(full, revision_of(_text(component.get("version")) or None))
    else:
        yield Target(full or "a model", missing="the component names no repository")


def _of_reference(component: dict[str, Any]) -> Purl | None:
    return parse_purl(_text(component.get("bom-ref")))


def _is_model(component: dict[str, Any], purl: Purl | None) -> bool:
    if component.get("type") == "machine-learning-model" or component.get("modelCard"):
        return True
    if purl is None:
        return False
    if purl.is_hub:
        return True
    if purl.is_code or not purl.repository:
        return False
    names = [_text(one.get("name")) for one in _list(component.get("properties"))]
    return purl.type in ("generic", "mlflow", "ollama", "modelscope") and (
        any(_AI_WORDS.search(name) for name in names) or "%2f" in _text(component.get("purl")).lower()
    )


def _addresses(component: dict[str, Any]) -> Iterator[Target]:
    """Yield the repositories on the Hub that the component's references and properties lead to."""
    places = [_text(one.get("url")) for one in _list(component.get("externalReferences"))]
    places += [_text(one.get("value")) for one in _list(component.get("properties"))]
    for place in places:
        if re.match(r"(?:https?://(?:www\.)?)?(?:huggingface\.co|hf\.co)/", place):
            named = hub_name(Mention(place, 0, Role.ADDRESS))
            if named:
                yield Target(named.repository, named.revision)


def _list(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
