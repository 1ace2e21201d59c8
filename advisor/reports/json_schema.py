"""The JSON schema of a report, made from the records that it is written from (:mod:`advisor.reports.json_writer`)."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from advisor.facts import Source
from advisor.reports.header import Header
from advisor.reports.json_writer import fields, is_record, is_sparse

_PLAIN: tuple[tuple[type, Mapping[str, str]], ...] = (
    (bool, {"type": "boolean"}),
    (int, {"type": "integer"}),
    (float, {"type": "number"}),
    (Decimal, {"type": "number"}),
    (datetime, {"type": "string", "format": "date-time"}),
    (date, {"type": "string", "format": "date"}),
    (str, {"type": "string"}),
    (PurePath, {"type": "string"}),
)


def json_schema(report: type, title: str, *, numbered_sources: bool = False) -> dict[str, Any]:
    """Return the schema of a report below its header; ``numbered_sources`` as the writer is told."""
    found = _Schemas(numbered_sources)
    head, body = found.properties(Header), found.properties(report)
    if numbered_sources:
        body["sources"] = {"type": "array", "items": _LISTED}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "description": _words(report),
        "type": "object",
        "properties": {**head, **body},
        "required": [*head, *body],
        "$defs": dict(sorted(found.definitions.items())),
    }


_LISTED = {
    "type": "object",
    "properties": {
        "number": {"type": "integer"},
        "url": {"type": "string"},
        "read_on": {"type": "string", "format": "date"},
    },
    "required": ["number", "url", "read_on"],
}


class _Schemas:
    """The definitions of every record that was met."""

    def __init__(self, numbered_sources: bool) -> None:
        self.definitions: dict[str, Any] = {}
        self._numbered = numbered_sources

    def properties(self, kind: type) -> dict[str, Any]:
        """Return the schema of each key of a record."""
        hints = get_type_hints(kind)
        made: dict[str, Any] = {}
        for name, key, is_source in fields(kind):
            if not is_source:
                made[key] = self.schema(hints[name])
            elif self._numbered:
                made[key] = _nullable({"type": "integer"}, hints[name])
            else:
                made[key] = _nullable({"type": "string"}, hints[name])
                made["read_on"] = _nullable({"type": "string", "format": "date"}, hints[name])
        return made

    def schema(self, hint: Any) -> dict[str, Any]:
        """Return the schema of a type as it is written."""
        origin = get_origin(hint)
        if origin in (Union, UnionType):
            return {"anyOf": [self.schema(one) for one in get_args(hint)]}
        if origin is Literal:
            return {"enum": list(get_args(hint))}
        if origin is not None:
            return self._generic(origin, get_args(hint))
        return {} if hint in (Any, object) else self._single(hint)

    def _single(self, kind: Any) -> dict[str, Any]:
        if kind is NoneType:
            return {"type": "null"}
        if self._numbered and kind is Source:
            return {"type": "integer"}
        if issubclass(kind, Enum):
            return {"enum": [one.value for one in kind]}
        if is_record(kind):
            return self._reference(kind)
        return next((dict(made) for plain, made in _PLAIN if issubclass(kind, plain)), {})

    def _generic(self, origin: Any, inner: Sequence[Any]) -> dict[str, Any]:
        if issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.schema(inner[1])}
        if origin is tuple and inner[-1] is not Ellipsis:
            return {"type": "array", "prefixItems": [self.schema(one) for one in inner]}
        return {"type": "array", "items": self.schema(inner[0])}

    def _reference(self, kind: type) -> dict[str, Any]:
        name = kind.__name__
        if name not in self.definitions:
            self.definitions[name] = {}
            made = self.properties(kind)
            self.definitions[name] = {
                "description": _words(kind),
                "type": "object",
                "properties": made,
                "required": [key for key in made if not (is_sparse(kind) and _may_be_null(made[key]))],
            }
        return {"$ref": f"#/$defs/{name}"}


def _nullable(schema: dict[str, Any], hint: Any) -> dict[str, Any]:
    return schema if hint is Source else {"anyOf": [schema, {"type": "null"}]}


def _may_be_null(schema: Mapping[str, Any]) -> bool:
    return {"type": "null"} in schema.get("anyOf", ())


def _words(kind: type) -> str:
    return inspect.cleandoc(kind.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
