"""A model card's fields as evidence, whatever types they come in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from advisor.licenses.evidence.records import MOST_CHARS, Parent

RELATIONS = ("finetune", "adapter", "merge", "quantized")
CONVERTED = frozenset(("gguf", "gptq", "awq", "exl2", "exl3", "mlx"))
"""Tags of formats into which the weights of another model are converted."""

MOST_ENTRIES = 20_000
"""Entries kept of a list in a card."""


class Card(NamedTuple):
    """The fields of a card and its tags that bear on licenses."""

    licenses: tuple[str, ...]
    license_tags: tuple[str, ...]
    license_name: str | None
    license_link: str | None
    prompt: str | None
    """``extra_gated_prompt``: often the whole license."""
    eu_disallowed: bool
    parents: tuple[Parent, ...]
    datasets: tuple[str, ...]
    remarks: tuple[str, ...]


def parse_card(data: object, tags: Iterable[str]) -> Card:
    """The card from its data (None if there is none) and the Hub's tags."""
    remarks = []
    if data is not None and not isinstance(data, Mapping):
        remarks.append(f"the card's data is {type(data).__name__}, not a mapping")
    card: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
    tags = tuple(tag for tag in tags if isinstance(tag, str))
    license_tags = tuple(tag.removeprefix("license:") for tag in tags if tag.startswith("license:"))
    licenses = _texts(card.get("license"), "license", remarks)
    if licenses and license_tags and {one.lower() for one in licenses} != {one.lower() for one in license_tags}:
        remarks.append(f"the tags say {', '.join(license_tags)} and the card {', '.join(licenses)}; both count")
        licenses = tuple(dict.fromkeys((*licenses, *license_tags)))
    return Card(
        licenses or license_tags,
        license_tags,
        _text(card.get("license_name"), "license_name", remarks),
        _text(card.get("license_link"), "license_link", remarks),
        card["extra_gated_prompt"] if isinstance(card.get("extra_gated_prompt"), str) else None,
        str(card.get("extra_gated_eu_disallowed")).strip().lower() in ("true", "yes", "1"),
        _parents(card, tags, remarks),
        _texts(card.get("datasets"), "datasets", remarks),
        tuple(remarks),
    )


def derived_as(paths: Iterable[str], tags: Iterable[str]) -> Literal["adapter", "quantized"] | None:
    """What of another model a repository holds, by its files and tags; None where nothing says so."""
    names = {path.rpartition("/")[2].lower() for path in paths}
    labels = {tag.lower() for tag in tags if isinstance(tag, str)}
    if "adapter_config.json" in names or labels & {"peft", "lora"}:
        return "adapter"
    if any(name.endswith(".gguf") for name in names) or labels & CONVERTED:
        return "quantized"
    return None


def _parents(card: Mapping[str, Any], tags: Iterable[str], remarks: list[str]) -> tuple[Parent, ...]:
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
    by_card = _texts(card.get("base_model"), "base_model", remarks)
    known = {name.lower() for name in by_card}
    named = (*by_card, *(name for name in by_tag if name.lower() not in known))
    every = stated if isinstance(stated, str) and stated in RELATIONS else None
    found = (Parent.model_validate({"id": name, "relation": every or by_tag.get(name, "unknown")}) for name in named)
    return tuple(dict.fromkeys(found))


def _texts(value: object, field: str, remarks: list[str]) -> tuple[str, ...]:
    """A text or a list of texts; anything else is said to be odd and left out."""
    entries = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
    if len(entries) > MOST_ENTRIES:
        remarks.append(f"{field} has {len(entries):,} entries; the first {MOST_ENTRIES:,} are kept")
        entries = entries[:MOST_ENTRIES]
    odd = [entry for entry in entries if not isinstance(entry, str) or not entry.strip()]
    if odd:
        remarks.append(f"{field} holds {len(odd)} entries that are no text")
    kept = (entry.strip()[:MOST_CHARS] for entry in entries if isinstance(entry, str) and entry.strip())
    return tuple(dict.fromkeys(kept))


def _text(value: object, field: str, remarks: list[str]) -> str | None:
    found = _texts(value, field, remarks)
    if len(found) > 1:
        remarks.append(f"{field} holds {len(found)} entries; the first is kept")
    return found[0] if found else None
