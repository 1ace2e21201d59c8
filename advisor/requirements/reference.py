"""The reference of ``advisor.yaml`` as Markdown, written from the records so that it cannot differ from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, get_type_hints

from pydantic import BaseModel

from advisor.requirements.diagnose import PATTERNS
from advisor.requirements.fields import field_docs, fields, record_in
from advisor.requirements.schema import OnUnknown, Requirements

_HEAD = """\
# advisor.yaml

This page is written from the records that check the file (`python -m advisor.requirements.codegen`). The
[guide](../guides/requirements.md) explains when to use what; [the JSON schema](../../catalog/schema/requirements.json)
serves editors that read a first line such as `# yaml-language-server: $schema=PATH/requirements.json`.

A key that is left out was not asked for. Unknown keys, repeated keys, YAML tags and aliases are mistakes. Text is
UTF-8, at most 1 MiB. Yes and no are `true` and `false`; digits may be grouped as in `300_000`.
"""


def reference() -> str:
    """Return the whole page, one trailing newline."""
    schema = Requirements.model_json_schema()
    blocks: list[tuple[str, type[BaseModel]]] = [("", Requirements)]
    blocks += [(field.key, field.nested) for field in fields() if field.nested is not None]
    parts = [_HEAD]
    shared: dict[type[BaseModel], str] = {}
    for key, record in blocks:
        if record in shared:
            parts.append(f"## `{key}`\n\nAs [`{shared[record]}`](#{_anchor(shared[record])}).\n")
            continue
        shared[record] = key
        parts.append("\n".join(_block(key, record, schema)))
    parts.append("\n".join(_unknown_rules()))
    return "\n".join(parts).replace("``", "`")


def _block(key: str, record: type[BaseModel], schema: Mapping[str, Any]) -> Iterator[str]:
    """One block: its heading, what it is, and a row for each key."""
    yield f"## `{key}`" if key else "## The top of the file"
    yield ""
    yield f"{record.__doc__ or ''}"
    yield ""
    yield "| key | what | accepts | if left out |"
    yield "| --- | --- | --- | --- |"
    own = schema if record is Requirements else schema["$defs"][record.__name__]
    for name, annotation in get_type_hints(record, include_extras=True).items():
        if name in record.model_fields:
            accepts = _accepts(own["properties"][name], schema["$defs"])
            place = f"{key}.{name}" if key else name
            if record_in(annotation) is not None:
                accepts = accepts.replace("block", f"[block](#{_anchor(place)})")
            yield f"| `{name}` | {field_docs(record)[name]} | {accepts} | {_default(record, name)} |"
    yield ""


def _accepts(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """Return what a key may hold, in words, from its JSON schema."""
    if "$ref" in schema:
        return _accepts(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        return _either(schema["anyOf"], definitions)
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if schema["type"] == "array":
        return f"list of: {_accepts(schema['items'], definitions)}"
    if "pattern" in schema:
        return PATTERNS.get(schema["pattern"], "hours such as 08:00-18:00")
    words = {"object": "block", "boolean": "true or false", "integer": "whole number", "number": "number"}
    return words.get(schema["type"], "text") + _bounds(schema)


def _either(options: list[Mapping[str, Any]], definitions: Mapping[str, Any]) -> str:
    """One of several forms; money may be text as well, which is not worth a word."""
    forms = [option for option in options if option.get("type") != "null"]
    if any(option.get("type") == "number" for option in forms):
        forms = [option for option in forms if option.get("type") == "number"]
    return ", or ".join(_accepts(option, definitions) for option in forms)


def _bounds(schema: Mapping[str, Any]) -> str:
    least, above, most = (schema.get(name) for name in ("minimum", "exclusiveMinimum", "maximum"))
    words = [
        f"at least {least:,.0f}" if least is not None else "",
        f"more than {above:,.0f}" if above is not None else "",
        f"at most {most:,.0f}" if most is not None and most < 10**9 else "",
    ]
    found = [word for word in words if word]
    return f", {', '.join(found)}" if found else ""


def _default(record: type[BaseModel], name: str) -> str:
    field = record.model_fields[name]
    if field.is_required():
        return "required"
    default = field.default
    if default is None or default == ():
        return "not asked for"
    if isinstance(default, BaseModel):
        return "as if each key in it were left out"
    return f"`{_plain(default)}`"


def _plain(value: Any) -> str:
    """Return a default as the file would write it."""
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return str(value.value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _unknown_rules() -> Iterator[str]:
    """Yield what the three rules for unknown answers mean."""
    yield "## Rules for unknown answers"
    yield ""
    yield "| rule | what it does to a candidate |"
    yield "| --- | --- |"
    for name, words in field_docs(OnUnknown).items():
        yield f"| `{OnUnknown[name].value}` | {words} |"
    yield ""


def _anchor(key: str) -> str:
    """Return the anchor that Markdown gives a heading of that key."""
    return "".join(char for char in key if char.isalnum() or char in "_-")
