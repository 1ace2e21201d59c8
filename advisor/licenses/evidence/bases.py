"""Which models a repository derives from, in every form in which cards and files name them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from advisor.licenses.evidence.records import MOST_CHARS, Parent

RELATIONS = ("finetune", "adapter", "merge", "quantized")

# Such as `parent_model_id` and `fine-tuned_from`, not `model_type`.
BASE_FIELDS = re.compile(
    r"(?:base|parent|source|original|foundation|merged|teacher)[-_ ]?(?:model)?s?(?:[-_ ]?(?:id|name|repo|path))?s?"
    r"|fine-?_?tuned[-_ ]?from|quantized[-_ ]?from|derived[-_ ]?from|model[-_ ]?base",
    re.IGNORECASE,
)
"""Fields of a card that name a base, besides ``base_model``."""

LINEAGE_FILES = ("adapter_config.json", "mergekit_config.yml", "mergekit_config.yaml", "merge_config.yml")
"""Files in which tools write down what they derived a model from."""

MOST_PARENTS = 200
"""Bases that are kept of one repository."""

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[\w.-]{1,96}")
# Such as `https://huggingface.co/acme/owl/tree/main`, not `https://example.com/acme/owl`.
_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co|hf-mirror\.com)/(?:models/)?([\w.-]+/[\w.-]+)(?:[/?#].*)?",
    re.IGNORECASE,
)
_WITH_REVISION = re.compile(r"([\w.-]+/[\w.-]+)[@:]([\w./-]+)")
_SEPARATORS = re.compile(r"\s*(?:[,;|\n+]|\s&\s|\s(?:and|und|et|y)\s)\s*")
# Such as `- model: acme/owl`, not `submodel: acme/owl`.
_MERGED = re.compile(r"^[\s\-{,]*(?:base_)?model\s*:\s*[\"']?([^\s\"',}#]+)", re.MULTILINE)
_MERGED_INSIDE = re.compile(r"[{,]\s*(?:base_)?model\s*:\s*[\"']?([^\s\"',}#]+)")


def card_parents(card: Mapping[str, Any], tags: Iterable[str]) -> tuple[Parent, ...]:
    """Named by the card or by the tags; the relation stated by the card, else by the tags."""
    by_tag: dict[str, str] = {}
    for tag in tags:
        kind, _, rest = tag.partition(":")
        if kind == "base_model" and rest:
            relation, _, name = rest.partition(":")
            if name and relation in RELATIONS:
                by_tag[name] = relation
            else:
                by_tag.setdefault(rest, "unknown")
    stated = card.get("base_model_relation")
    every = stated if isinstance(stated, str) and stated in RELATIONS else None
    found: dict[str, Parent] = {}
    for field, value in (("base_model", card.get("base_model")), *_other_fields(card)):
        for name, is_plain in _names(value):
            named_by = None if is_plain and field == "base_model" else f"{field}: {_short(value)}"
            relation = every or by_tag.get(name, "unknown")
            found.setdefault(name.lower(), _parent(name, relation, named_by))
    spelled = {one for parent in found.values() if parent.named_by for one in (parent.named_by.partition(": ")[2],)}
    for tag, relation in by_tag.items():
        if tag not in spelled:
            for name, is_plain in _names(tag):
                named_by = None if is_plain else f"base_model tag: {tag}"
                found.setdefault(name.lower(), _parent(name, every or relation, named_by))
    return tuple(found.values())[:MOST_PARENTS]


def file_parents(place: str, content: str) -> tuple[Parent, ...]:
    """Return the bases that a file of a tool names; a path on somebody's disk names none."""
    if place.endswith(".json"):
        try:
            data = json.loads(content)
        except (ValueError, RecursionError):
            return ()
        names = [data.get("base_model_name_or_path")] if isinstance(data, dict) else []
        relation = "adapter"
    else:
        names = [*_MERGED.findall(content), *_MERGED_INSIDE.findall(content)]
        relation = "merge"
    found = [name for value in names for name, _ in _names(value) if _REPOSITORY.fullmatch(name)]
    return tuple(_parent(name, relation, place) for name in dict.fromkeys(found))[:MOST_PARENTS]


def _other_fields(card: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for field, value in card.items():
        is_base = isinstance(field, str) and field not in ("base_model", "source") and BASE_FIELDS.fullmatch(field)
        if is_base and any(_REPOSITORY.fullmatch(name) for name, _ in _names(value)):
            yield field, value


def _names(value: Any, depth: int = 0) -> Iterator[tuple[str, bool]]:
    """Each base that a value names, and whether it names it as the Hub does."""
    if isinstance(value, str):
        yield from _in_text(value.strip()[:MOST_CHARS])
    elif isinstance(value, (list, tuple)) and depth < 3:  # noqa: PLR2004 - a list of mappings of lists
        for one in value[:MOST_PARENTS]:
            yield from ((name, is_plain and depth == 0) for name, is_plain in _names(one, depth + 1))
    elif isinstance(value, Mapping) and depth < 3:  # noqa: PLR2004
        for one in (*value.values(), *value):
            yield from ((name, False) for name, _ in _names(one, depth + 1) if _REPOSITORY.fullmatch(name))


def _in_text(text: str) -> Iterator[tuple[str, bool]]:
    if not text:
        return
    if _REPOSITORY.fullmatch(text):
        yield text, True
        return
    parts = [part.strip(" \t[]()'\"`") for part in _SEPARATORS.split(text)]
    read = [name for part in parts if part and (name := _one(part))]
    if read:
        # What is no name among them is kept as it stands: it cannot be read, and that is said.
        yield from ((name, False) for name in read)
        yield from ((part, False) for part in parts if "/" in part and not _one(part))
    else:
        yield text, True


def _one(part: str) -> str | None:
    if _REPOSITORY.fullmatch(part):
        return part
    match = _ADDRESS.fullmatch(part) or _WITH_REVISION.fullmatch(part)
    return match[1] if match else None


def _parent(name: str, relation: str, named_by: str | None) -> Parent:
    return Parent.model_validate({"id": name, "relation": relation, "named_by": named_by})


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return " ".join(text.split())[:120]
