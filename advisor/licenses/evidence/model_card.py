"""A model card's fields as evidence, whatever types they come in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from advisor.licenses.evidence.bases import card_parents
from advisor.licenses.evidence.records import MOST_CHARS, Parent

MOST_ENTRIES = 20_000
"""Entries kept of a list in a card."""

LONGEST_STATEMENT = 60_000
"""Characters kept of a field that speaks of rights."""

PROMPT = "extra_gated_prompt"
"""The field with what is put to those who ask for access: often the whole license."""

_READ = frozenset(
    ("license", "license_name", "license_link", PROMPT, "extra_gated_eu_disallowed", "base_model_relation")
)
# Such as `usage_rights` and `intended-use`, not `pipeline_tag`.
_SPEAKS_OF_RIGHTS = re.compile(
    r"licen[cs]e|terms|usage|commercial|rights|restrict|copyright"
    r"|(?:intended|acceptable|prohibited|permitted)[-_ ]?use",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(r"data|metric|tokenizer|language|example|widget|model-index", re.IGNORECASE)


_STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Statement(NamedTuple):
    """A field of the card that speaks of rights, besides those with a meaning of their own."""

    field: str
    content: str
    is_gate: bool
    """Whether it is put to those who ask for access."""


class Card(NamedTuple):
    """The fields of a card and its tags that bear on licenses."""

    licenses: tuple[str, ...]
    license_tags: tuple[str, ...]
    license_name: str | None
    license_link: str | None
    prompt: str | None
    """``extra_gated_prompt``: often the whole license."""
    statements: tuple[Statement, ...]
    eu_disallowed: bool
    parents: tuple[Parent, ...]
    datasets: tuple[str, ...]
    remarks: tuple[str, ...]


def parse_card(data: object, tags: Iterable[str]) -> Card:
    """Return the card from its data (None if there is none) and the Hub's tags."""
    remarks: list[str] = []
    if data is not None and not isinstance(data, Mapping):
        remarks.append(f"the card's data is {type(data).__name__}, not a mapping")
    card: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
    tags = tuple(clean(tag)[:MOST_CHARS] for tag in tags if isinstance(tag, str))
    license_tags = tuple(tag.removeprefix("license:") for tag in tags if tag.startswith("license:"))
    licenses = _texts(card.get("license"), "license", remarks)
    if licenses and license_tags and {one.lower() for one in licenses} != {one.lower() for one in license_tags}:
        remarks.append(f"the tags say {', '.join(license_tags)} and the card {', '.join(licenses)}; both count")
        licenses = tuple(dict.fromkeys((*licenses, *license_tags)))
    prompt = card.get(PROMPT)
    parents = card_parents(card, tags)
    if card.get("base_model") is not None and not parents:
        remarks.append("base_model holds no name that can be read")
    return Card(
        licenses or license_tags,
        license_tags,
        _text(card.get("license_name"), "license_name", remarks),
        _text(card.get("license_link"), "license_link", remarks),
        clean(prompt) if isinstance(prompt, str) else None,
        tuple(_statements(card)),
        str(card.get("extra_gated_eu_disallowed")).strip().lower() in ("true", "yes", "1"),
        parents,
        _texts(card.get("datasets"), "datasets", remarks),
        tuple(remarks),
    )


def clean(text: str) -> str:
    """Give a text that every file and report can hold.

    No lone surrogates, and signs that steer a terminal spelled out.
    """
    whole = text.encode("utf-8", "replace").decode("utf-8", "replace")
    return _STEERING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", whole)


def _statements(card: Mapping[str, Any]) -> Iterator[Statement]:
    """Yield what else the card says of rights: every question put to those who ask, and fields whose names say so."""
    for key, value in card.items():
        field = str(key)
        if field.startswith("extra_gated") and (field not in _READ or (field == PROMPT and not isinstance(value, str))):
            yield _statement(field, value, is_gate=True)
        elif field in ("license", "license_name", "license_link"):
            odd = _odd(value, 0 if field == "license" else 1)
            if odd:
                yield _statement(field, odd)
        elif field not in _READ and (value is False or value) and _is_about_rights(field):
            yield _statement(field, value)


def _is_about_rights(field: str) -> bool:
    return _SPEAKS_OF_RIGHTS.search(field) is not None and _OF_OTHERS.search(field) is None


def _odd(value: object, texts: int) -> list[object]:
    """Return what is left of a field when its texts (all, or so many) are taken out."""
    entries = list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]
    plain = [one for one in entries if isinstance(one, str)]
    others = [one for one in entries if not isinstance(one, str) and one is not None]
    return [*(plain[texts:] if texts else ()), *others]


def _statement(field: str, value: object, *, is_gate: bool = False) -> Statement:
    lines = "\n".join(_lines(value))
    return Statement(clean(field)[:200], clean(lines)[:LONGEST_STATEMENT], is_gate)


def _lines(value: object, depth: int = 0) -> Iterator[str]:
    """Every word of a value, one entry a line; a question with its kind before it where it is to be ticked."""
    if isinstance(value, Mapping) and depth < 4:  # noqa: PLR2004 - a choice among options with labels
        for key, one in value.items():
            if isinstance(one, (str, bool, int, float)) or one is None:
                yield f"{key}: {one}"
            else:
                yield str(key)
                yield from _lines(one, depth + 1)
    elif isinstance(value, (list, tuple)) and depth < 4:  # noqa: PLR2004
        for one in value[:200]:
            yield from _lines(one, depth + 1)
    elif value is not None:
        yield str(value)


def _texts(value: object, field: str, remarks: list[str]) -> tuple[str, ...]:
    """Return a text or a list of texts; anything else is said to be odd and left out."""
    entries = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
    if len(entries) > MOST_ENTRIES:
        remarks.append(f"{field} has {len(entries):,} entries; the first {MOST_ENTRIES:,} are kept")
        entries = entries[:MOST_ENTRIES]
    odd = [entry for entry in entries if not isinstance(entry, str) or not entry.strip()]
    if odd:
        remarks.append(f"{field} holds {len(odd)} entries that are no text")
    kept = (clean(entry.strip()[:MOST_CHARS]) for entry in entries if isinstance(entry, str) and entry.strip())
    return tuple(dict.fromkeys(kept))


def _text(value: object, field: str, remarks: list[str]) -> str | None:
    found = _texts(value, field, remarks)
    if len(found) > 1:
        remarks.append(f"{field} holds {len(found)} entries; the first is kept, the others are read as statements")
    return found[0] if found else None
