"""Records as JSON: one walk over named tuples, dataclasses and pydantic models for every report.

A record's fields are its keys, so that a report has no second description of its shape: the JSON schemas are made
from the same records (:mod:`advisor.reports.json_schema`). A key that is a word of Python ends in an underscore in
the record (``class_``) and not in the JSON.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from inspect import get_annotations
from math import isfinite
from pathlib import PurePath
from typing import Any, NamedTuple, TypeVar

from advisor.facts import Source
from advisor.reports.header import Header

_SOURCE = ("Source", "Source | None")
"""How a record says that a field is where it was read."""


_SPARSE: set[type[Any]] = set()
_Kind = TypeVar("_Kind", bound=type[Any])


class Sources:
    """The sources that a report names, each told once and then by its number, from 1."""

    def __init__(self) -> None:
        self._numbers: dict[Source, int] = {}

    def number(self, source: Source) -> int:
        """Return the number of a source; a new one if it was not named before."""
        return self._numbers.setdefault(source, len(self._numbers) + 1)

    def listed(self) -> tuple[Source, ...]:
        """Every source that was named, in the order of the numbers."""
        return tuple(self._numbers)


class Field(NamedTuple):
    """A field of a record: its name, its key in JSON, and whether it says where the record was read."""

    name: str
    key: str
    is_source: bool


def render(header: Header, report: object, *, sources: Sources | None = None, indented: bool | None = None) -> str:
    """Give a report below its header; with ``sources`` each is listed once at the end.

    And named by its number before.
    """
    whole = {**to_json(header), **to_json(report, sources)}
    if sources is not None:
        whole["sources"] = [
            {"number": number, "url": one.url, "read_on": one.read_on.isoformat()}
            for number, one in enumerate(sources.listed(), start=1)
        ]
    return text(whole, indented=indented)


def text(value: object, *, indented: bool | None = None) -> str:
    """Plain values as text, ending in a line break: indented for a person, without a blank for a program.

    ``indented`` None asks whether the standard output is a terminal.
    """
    for_a_person = sys.stdout.isatty() if indented is None else indented
    separators = None if for_a_person else (",", ":")
    written = json.dumps(value, indent=2 if for_a_person else None, separators=separators, ensure_ascii=False)
    # A card or a server may put signs into a name that steer a terminal or turn the direction of what follows.
    return _STEERING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", written) + "\n"


_STEERING = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""Signs that are not seen and change how others are; JSON holds them as escapes, so that no byte of them is written."""


def to_json(value: Any, sources: Sources | None = None) -> Any:
    """Return a value that JSON has. Decimals and floats become numbers, what is not finite null, dates ISO text.

    Raises TypeError for what is none of these: what is not a value does not go into a report silently.
    """
    kind: type = type(value)
    if value is None or kind in (str, bool, int):
        return value
    if is_record(kind):
        return sources.number(value) if sources is not None and kind is Source else _record(value, sources)
    if isinstance(value, Mapping):
        return {str(to_json(key)): to_json(item, sources) for key, item in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [to_json(item, sources) for item in items]
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return to_json(value.value)
    if isinstance(value, float | Decimal):
        return _number(float(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | PurePath):
        return str(value)
    raise TypeError(f"{type(value).__name__}: expected a record or a plain value")


@cache
def is_record(kind: type[Any]) -> bool:
    """Whether a type has named fields: a named tuple, a dataclass or a pydantic model."""
    return any(hasattr(kind, mark) for mark in ("_fields", "__dataclass_fields__", "model_fields"))


def sparse(kind: _Kind) -> _Kind:
    """Mark a record that is written many times: what is None in it is left out."""
    _SPARSE.add(kind)
    return kind


def is_sparse(kind: type[Any]) -> bool:
    """Whether what is None in a record is left out."""
    return kind in _SPARSE


@cache
def fields(kind: type[Any]) -> tuple[Field, ...]:
    """Return the fields of a record type, in order."""
    names = next(getattr(kind, m) for m in ("_fields", "__dataclass_fields__", "model_fields") if hasattr(kind, m))
    notes = {name: note for base in reversed(kind.__mro__) for name, note in get_annotations(base).items()}
    # A named tuple keeps the words of an annotation in an object of its own, a dataclass as they are.
    words = getattr(notes.get("source"), "__forward_arg__", notes.get("source"))
    return tuple(Field(name, name.removesuffix("_"), name == "source" and words in _SOURCE) for name in names)


def _record(value: Any, sources: Sources | None) -> dict[str, Any]:
    made: dict[str, Any] = {}
    kind: Any = type(value)
    leaves_out_none = is_sparse(kind)
    for name, key, is_source in fields(kind):
        found = getattr(value, name)
        if found is None and leaves_out_none:
            continue
        if not is_source:
            made[key] = to_json(found, sources)
        elif sources is not None:
            made[key] = None if found is None else sources.number(found)
        else:
            made[key] = None if found is None else found.url
            made["read_on"] = None if found is None else found.read_on.isoformat()
    return made


def _number(value: float) -> float | None:
    """Nine digits, which no figure here knows better; None for what JSON has no number for."""
    return float(f"{value:.9g}") if isfinite(value) else None
