"""The machine-learning models of a CycloneDX bill of materials; one that names no repository is not left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from advisor.errors import UsageError
from advisor.licenses.targets.source_code import mentions
from advisor.licenses.targets.target import REPOSITORY, Target, parse_target

_PURL = "pkg:huggingface/"


def models_of(text: str, path: str) -> Iterator[Target]:
    """Each model by its package URL, else by its group and name, at any depth; other JSON is searched as text.

    Raises UsageError on a broken file.
    """
    try:
        bom: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: expected JSON: {str(error) or 'too deep'}") from None
    if not isinstance(bom, dict) or bom.get("bomFormat") != "CycloneDX":
        yield from mentions(text, path)
        return
    metadata = bom.get("metadata")
    waiting = [metadata.get("component") if isinstance(metadata, dict) else None, bom.get("components")]
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, list):
            waiting[:0] = found
        elif isinstance(found, dict):
            yield from _model(found)
            waiting.insert(0, found.get("components"))


def _model(component: dict[str, Any]) -> Iterator[Target]:
    purl, name = str(component.get("purl") or ""), str(component.get("name") or "")
    group = str(component.get("group") or "")
    full = f"{group}/{name}" if group else name
    if purl.startswith(_PURL):
        place = unquote(purl.removeprefix(_PURL).partition("#")[0].partition("?")[0])
        try:
            yield parse_target(place)
        except UsageError:
            yield Target(full or place, missing=f"the package URL {purl[:200]!r} names no repository")
    elif component.get("type") == "machine-learning-model":
        known = "/" in full and REPOSITORY.fullmatch(full)
        yield Target(full) if known else Target(full or "a model", missing="the component names no repository")
