"""Evidence on weights that stand on this machine: headers, cards, license files beside them, manifests of Ollama.

Pickles are never opened. Whatever a header or a file beside it says counts as what the publisher declares; models that
it names as its base or source are looked up on the Hub as parents.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

from advisor.licenses.evidence.license_files import license_files
from advisor.licenses.evidence.model_card import Card, parse_card
from advisor.licenses.evidence.read_text import LARGEST_TEXT_BYTES, read_content
from advisor.licenses.evidence.records import A_FILE, Evidence, FetchOutcome, Parent, Role, Text, Unread
from advisor.licenses.targets.mention import Mention
from advisor.licenses.targets.mention import Role as Place
from advisor.licenses.targets.names import hub_name
from advisor.licenses.targets.weights.header import Header
from advisor.licenses.targets.weights.read_header import read_header

ENDINGS = (".gguf", ".safetensors", ".onnx")
"""Weights whose header is read."""

PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".h5", ".msgpack")
"""Weights that are not opened: opening them may run code."""

MOST_FILES = 400
"""Weights files of one folder whose headers are read."""

_LICENSE_KEYS = (
    "general.license",
    "license",
    "modelspec.license",
    "model_license",
    "general.license.name",
    "license_name",
)
_LINK_KEYS = ("general.license.link", "license_link", "license_url", "modelspec.license_url")
_SOURCE_KEYS = (
    "general.source.huggingface.repository", "general.source.repo_url", "general.source.url", "general.repo_url",
    "source_repo", "hf_repo", "huggingface_repository", "modelspec.source",
)  # fmt: skip
_BASE_KEYS = ("base_model", "base_model_name_or_path", "general.base_model", "ss_sd_model_name", "ss_base_model")


class Weights(NamedTuple):
    """A model on disk: a file, or a folder with its weights and what lies beside them."""

    name: str
    files: tuple[Path, ...]
    folder: Path
    parents: tuple[Parent, ...] = ()
    """What is known of where it is from besides its headers: the place in a cache."""
    texts: tuple[Text, ...] = ()
    """License texts that belong to it and lie elsewhere: the blobs of a manifest."""
    unread: tuple[Unread, ...] = ()
    """Those of them that cannot be read."""


def evidence_on(weights: Weights) -> Evidence:
    """All that stands in the headers of the weights and in the files beside them."""
    headers = [(file, header) for file in weights.files[:MOST_FILES] if (header := read_header(file))]
    card, remarks = _card(weights.folder)
    said = [header.values for _, header in headers]
    names = _first(said, _LICENSE_KEYS)
    parents = dict.fromkeys(
        (*weights.parents, *_parents(said), *(card.parents if card else ()), *_configured(weights.folder))
    )
    texts, unread = _texts(weights.folder)
    odd = [f"{file.name}: {header.odd}" for file, header in headers if header.odd]
    return Evidence(
        repository=weights.name,
        endpoint=A_FILE,
        read_at=datetime.now(UTC),
        outcome=FetchOutcome.READ,
        licenses=tuple(dict.fromkeys((*names, *(card.licenses if card else ())))),
        license_name=card.license_name if card else None,
        license_link=next(iter(_first(said, _LINK_KEYS)), card.license_link if card else None),
        parents=_one_each(parents),
        datasets=card.datasets if card else (),
        derived_as=_derived(weights, headers),
        texts=(*weights.texts, *texts),
        unread=(*weights.unread, *unread),
        remarks=(*remarks, *odd, *_unopened(weights)),
    )


def _first(values: list[Mapping[str, str]], keys: tuple[str, ...]) -> list[str]:
    """Return what the headers say under the first of the keys that any of them has, each once."""
    for key in keys:
        found = dict.fromkeys(one[key].strip() for one in values if one.get(key, "").strip())
        if found:
            return list(found)[:8]
    return []


def _parents(values: list[Mapping[str, str]]) -> Iterator[Parent]:
    for one in values:
        for key, text in one.items():
            if re.fullmatch(r"general\.base_model\.\d+\.repo_url", key) or key in _BASE_KEYS:
                yield from _parent(text, "unknown")
            elif key in _SOURCE_KEYS:
                yield from _parent(text, "quantized")


def _parent(text: str, relation: Literal["quantized", "adapter", "unknown"]) -> Iterator[Parent]:
    for part in re.split(r"[\n,]", text)[:8]:
        named = hub_name(Mention(part.strip().strip("\"'[]"), 0, Place.HUB))
        if named and not named.missing:
            yield Parent(id=named.repository, relation=relation)


def _configured(folder: Path) -> Iterator[Parent]:
    """Yield the base that the configuration of an adapter, or of the model, names."""
    for name, key, relation in (
        ("adapter_config.json", "base_model_name_or_path", "adapter"),
        ("config.json", "_name_or_path", "unknown"),
    ):
        content = _json(folder / name)
        value = content.get(key)
        if isinstance(value, str) and "/" in value:
            yield from _parent(value, "adapter" if relation == "adapter" else "unknown")


def _one_each(parents: Mapping[Parent, None]) -> tuple[Parent, ...]:
    """Each parent once, with the first relation that is not unknown."""
    found: dict[str, Parent] = {}
    for parent in parents:
        known = found.get(parent.id)
        if known is None or (known.relation == "unknown" and parent.relation != "unknown"):
            found[parent.id] = parent
    return tuple(found.values())


def _derived(weights: Weights, headers: list[tuple[Path, Header]]) -> Literal["adapter", "quantized"] | None:
    if (weights.folder / "adapter_config.json").is_file():
        return "adapter"
    values = [header.values for _, header in headers]
    if any(one.get("general.type") == "adapter" or "ss_network_module" in one for one in values):
        return "adapter"
    converted = any(header.format in ("gguf", "onnx") for _, header in headers)
    quantized = "quantization_config" in _json(weights.folder / "config.json")
    return "quantized" if converted or quantized else None


def _card(folder: Path) -> tuple[Card | None, list[str]]:
    """Return the front matter of the README beside the weights."""
    text = _text_of(folder / "README.md")
    # Such as `---\nlicense: mit\n---\n# Owl`, not `# Owl\n---\nlicense: mit\n---`.
    match = re.match(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", text or "", re.DOTALL)
    if match is None:
        return None, []
    import yaml

    if re.search(r"(?:^|[\s\[{,])[&*][A-Za-z]", match[1]):
        return None, ["the front matter of README.md holds anchors and was not read"]
    try:
        content: Any = yaml.load(match[1], Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe one
    except (yaml.YAMLError, ValueError, RecursionError):
        return None, ["the front matter of README.md is no YAML"]
    return parse_card(content, ()), []


def _texts(folder: Path) -> tuple[list[Text], list[Unread]]:
    texts: list[Text] = []
    unread: list[Unread] = []
    try:
        names = sorted(one.name for one in folder.iterdir() if one.is_file())[:5_000]
    except OSError:
        return texts, unread
    for place, role in license_files(names):
        found = license_text(place, folder / place, role)
        texts += [found] if isinstance(found, Text) else []
        unread += [found] if isinstance(found, Unread) else []
    return texts, unread


def license_text(place: str, file: Path, role: Role = "license") -> Text | Unread:
    """Return a text in a file of any name, or why it was not read."""
    raw = _bytes(file)
    if raw is None:
        detail = "no file of at most 1 MiB"
        return Unread(place=place, role=role, outcome=FetchOutcome.TOO_LARGE, detail=detail)
    return read_content(place, role, raw)


def _unopened(weights: Weights) -> Iterator[str]:
    try:
        names = [one.name for one in weights.folder.iterdir() if one.suffix.lower() in PICKLES]
    except OSError:
        return
    if names and not weights.files:
        yield f"{', '.join(sorted(names)[:3])} may hold code and was not opened; only what lies beside it was read"


def _json(file: Path) -> Mapping[str, Any]:
    try:
        content: Any = json.loads(_text_of(file) or "{}")
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _text_of(file: Path) -> str | None:
    raw = _bytes(file)
    return None if raw is None else raw.decode("utf-8-sig", "replace")


def _bytes(file: Path) -> bytes | None:
    """Read a file of at most 1 MiB; nothing else is opened."""
    try:
        if not file.is_file() or file.stat().st_size > LARGEST_TEXT_BYTES:
            return None
        return file.read_bytes()
    except OSError:
        return None
