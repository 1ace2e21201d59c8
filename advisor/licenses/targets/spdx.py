"""The models of an SPDX document: 2.x as JSON, YAML or tag-value, and 3.0 as JSON-LD, our own output among them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from advisor.errors import UsageError
from advisor.licenses.targets.mention import Mention, Role
from advisor.licenses.targets.names import hub_name
from advisor.licenses.targets.purls import parse_purl, revision_of
from advisor.licenses.targets.target import REPOSITORY, Target

_AI_TYPES = ("ai_AIPackage", "AIPackage", "ai:AIPackage")


class _Package(NamedTuple):
    """What a package says of where it is from."""

    name: str
    version: str
    download: str
    references: tuple[str, ...]
    """Package URLs and addresses."""
    is_model: bool = False
    """Whether its type says that it is a model."""


def is_spdx(text: str) -> bool:
    """Whether a text is an SPDX document, by what it begins with or names."""
    head = text[:4_000]
    return bool(re.search(r"^SPDXVersion:|[\"']?spdxVersion[\"']?\s*:|spdx\.org/rdf/3", head, re.MULTILINE))


def spdx_models(text: str, path: str) -> Iterator[Target]:
    """Yield the models among the packages of a document. Raises UsageError on a broken one."""
    if text.lstrip().startswith("{"):
        try:
            document: Any = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{path}: expected JSON: {str(error) or 'too deep'}") from None
        packages = _graph(document) if "@graph" in document or "@context" in document else _packages(document)
    elif re.search(r"^SPDXVersion:", text, re.MULTILINE):
        packages = _tags(text)
    else:
        from advisor.files.yaml import parse_document

        content = parse_document(text, path=path, error=UsageError).content
        packages = _packages(content if isinstance(content, dict) else {})
    for package in packages:
        yield from _target(package)


def _packages(document: dict[str, Any]) -> Iterator[_Package]:
    for one in _list(document.get("packages")):
        references = [_text(ref.get("referenceLocator")) for ref in _list(one.get("externalRefs"))]
        is_model = "MODEL" in _text(one.get("primaryPackagePurpose")).upper()
        yield _Package(
            _text(one.get("name")),
            _text(one.get("versionInfo")),
            _text(one.get("downloadLocation")),
            (*references, _text(one.get("homepage"))),
            is_model,
        )


def _graph(document: dict[str, Any]) -> Iterator[_Package]:
    elements = _list(document.get("@graph")) or [document]
    for one in elements:
        kind = one.get("type") or one.get("@type") or ""
        kinds = kind if isinstance(kind, list) else [kind]
        if not any(str(each).rpartition("/")[2] in (*_AI_TYPES, "software_Package", "Package") for each in kinds):
            continue
        identifiers = [_text(each.get("identifier")) for each in _list(one.get("externalIdentifier"))]
        locators = [_text(place) for each in _list(one.get("externalRef")) for place in _several(each.get("locator"))]
        yield _Package(
            _text(one.get("name")),
            _text(one.get("software_packageVersion") or one.get("packageVersion")),
            _text(one.get("software_downloadLocation") or one.get("downloadLocation")),
            (_text(one.get("software_packageUrl") or one.get("packageUrl")), *identifiers, *locators),
            any(str(each).rpartition("/")[2] in _AI_TYPES for each in kinds),
        )


def _tags(text: str) -> Iterator[_Package]:  # noqa: C901 - one case a tag
    package: _Package | None = None
    for line in text.splitlines():
        tag, _, value = line.partition(":")
        value = value.strip()
        if tag == "PackageName":
            if package:
                yield package
            package = _Package(value, "", "", ())
        elif package is None:
            continue
        elif tag == "PackageVersion":
            package = package._replace(version=value)
        elif tag == "PackageDownloadLocation":
            package = package._replace(download=value)
        elif tag == "PackageHomePage":
            package = package._replace(references=(*package.references, value))
        elif tag == "ExternalRef":
            package = package._replace(references=(*package.references, value.split()[-1] if value else ""))
        elif tag == "PrimaryPackagePurpose":
            package = package._replace(is_model="MODEL" in value.upper())
    if package:
        yield package


def _target(package: _Package) -> Iterator[Target]:
    purls = [purl for purl in map(parse_purl, package.references) if purl]
    hub = next((purl for purl in purls if purl.is_hub and purl.repository), None)
    if hub is not None and hub.repository:
        yield Target(hub.repository, hub.revision or revision_of(package.version or None))
        return
    for place in (package.download, *package.references):
        if re.match(r"(?:git\+)?https?://(?:www\.)?(?:huggingface\.co|hf\.co)/", place):
            named = hub_name(Mention(place.removeprefix("git+").removesuffix(".git"), 0, Role.ADDRESS))
            if named:
                yield Target(named.repository, named.revision or revision_of(package.version or None))
                return
    if any(purl.is_code for purl in purls):
        return
    other = next((purl for purl in purls if purl.repository), None)
    if other is not None and other.repository:
        yield Target(other.repository, other.revision)
    elif "/" in package.name and REPOSITORY.fullmatch(package.name):
        yield Target(package.name, revision_of(package.version or None))
    elif package.is_model:
        yield Target(package.name or "a model", missing="the package names no repository")


def _list(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
