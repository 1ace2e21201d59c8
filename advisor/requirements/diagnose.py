"""Check a document against the records and say what is wrong in words: key, expected, found, and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from advisor.requirements.schema import Requirements


class RequirementsProblem(NamedTuple):
    """One thing that is wrong at one dotted key (``workloads.0.traffic.input_tokens``)."""

    key: str
    expected: str
    found: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        place = f"{self.key}: " if self.key else ""
        return f"{place}expected {self.expected}" + (f", found {self.found}" if self.found else "")


class ValidatedDocument(NamedTuple):
    """The requirements that a document states, or why it states none; ``more`` counts problems beyond the first."""

    requirements: Requirements | None
    problems: tuple[RequirementsProblem, ...]
    more: int = 0


MOST = 50
"""How many problems are put into words; a document with more of them is of another kind."""


def check(document: Any) -> ValidatedDocument:
    """Check plain content (as read from YAML or JSON) and list every problem, in the order of the records."""
    from pydantic import ValidationError

    if not isinstance(document, dict):
        expected = "a block with the keys of requirements, such as `workloads:`"
        return ValidatedDocument(None, (RequirementsProblem("", expected, _found(document), _START),))
    try:
        return ValidatedDocument(Requirements.model_validate_json(json.dumps(document), strict=True), ())
    except ValidationError as error:
        errors = error.errors(include_url=False)
    raw = [(_key(entry, document), entry) for entry in errors[:MOST]]
    follows = [(key, entry) for key, entry in raw if entry["type"] != "too_short" or not _at(document, key)]
    problems = [problem for key, entry in follows for problem in _problems(key, entry)]
    return ValidatedDocument(None, _merged(problems), max(0, len(errors) - MOST))


_START = "start from a template: `advisor ask --template support-bot -o advisor.yaml`"

_EXPECTED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "tuple_type": "a list, such as [a, b]",
    "greater_than_equal": "at least {ge:,}",
    "less_than_equal": "at most {le:,}",
    "greater_than": "more than {gt:,}",
    "enum": "{expected}",
    "literal_error": "{expected}",
    "finite_number": "a finite number",
    "string_too_short": "text that is not empty",
    "string_too_long": "at most {max_length} characters",
    "too_short": "at least {min_length} entry",
    "too_long": "at most {max_length} entries",
}

PATTERNS = {
    "^[A-Z]{2}$": "two capital letters, such as DE or US",
    "^[a-z]{2}$": "two small letters, such as de or en",
    "^20[0-9]{2}-(0[1-9]|1[0-2])$": "a month such as 2025-06",
    "^20[0-9]{2}-[0-9]{2}-[0-9]{2}$": "a day such as 2025-01-31",
    r"^[1-9]\d{0,4}x[1-9]\d{0,4}$": "width and height in pixels, such as 1024x1024",
    "^[a-z0-9][a-z0-9-]{0,63}$": "lower-case letters, digits and hyphens",
}


def _problems(key: str, entry: Mapping[str, Any]) -> list[RequirementsProblem]:
    """Return what one of pydantic's errors means; a rule across fields may find several things wrong."""
    kind, value = entry["type"], entry["input"]
    if kind == "value_error":
        return [_own(key, line) for line in str(entry["ctx"]["error"]).split("\n")]
    if kind == "extra_forbidden":
        return [_unknown_key(key)]
    return [
        RequirementsProblem(
            key, _expected(key, entry), _found(value) if kind != "missing" else "nothing", _mend(key, entry)
        )
    ]


def _expected(key: str, entry: Mapping[str, Any]) -> str:
    """Return what would have been right, in words."""
    kind, context = entry["type"], entry.get("ctx", {})
    if kind == "missing":
        return "a value"
    if kind == "model_type":
        return f"a block with {_keys(key)}"
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(context["pattern"], "hours such as 08:00-18:00")
    if kind in _EXPECTED:
        figures = {name: _whole(value) for name, value in context.items()}
        return _EXPECTED[kind].format(**figures)
    return str(entry["msg"]).removeprefix("Input should be ")


def _whole(value: Any) -> Any:
    """Return a bound without the needless ``.0`` of a float."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _own(key: str, message: str) -> RequirementsProblem:
    """Return a message that the records word themselves: ``[field: ]expected ...``."""
    place, _, rest = message.rpartition("expected ")
    return RequirementsProblem(key or place.removesuffix(": "), rest)


def _merged(problems: list[RequirementsProblem]) -> tuple[RequirementsProblem, ...]:
    """One problem a key: where a value may be one of two things, both are named, unless a block was begun."""
    merged: dict[str, RequirementsProblem] = {}
    for problem in problems:
        before = merged.get(problem.key)
        if before is None:
            merged[problem.key] = problem
        elif before != problem:
            merged[problem.key] = before._replace(expected=f"{before.expected}, or {problem.expected}")
    begun = {problem.key.rpartition(".")[0] for problem in problems if problem.found != "a block"}
    return tuple(p for p in merged.values() if not (p.expected == "text" and p.found == "a block" and p.key in begun))


def _key(entry: Mapping[str, Any], document: Any) -> str:
    """Return the dotted key of an error's place; names of a union's branches, which no file contains, are left out."""
    loc = entry["loc"]
    parts = []
    value = document
    for part in loc:
        inside = (isinstance(value, dict) and part in value) or (isinstance(value, list) and isinstance(part, int))
        if inside:
            value = value[part]
        elif part is not loc[-1] or entry["type"] != "missing":
            continue
        parts.append(str(part))
    return ".".join(parts)


def _at(document: Any, key: str) -> Any:
    value = document
    for part in key.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def _unknown_key(key: str) -> RequirementsProblem:
    """Return a key that no record has: where in the file it belongs, else the nearest one there."""
    from difflib import get_close_matches

    from advisor.requirements.fields import fields, record_at

    above, _, name = key.rpartition(".")
    record = record_at(above)
    known = sorted(record.model_fields) if record else []
    near = get_close_matches(name, known, n=2, cutoff=0.6) or [other for other in known if _akin(name, other)]
    homes = [field.key for field in fields() if field.name == name]
    if homes:
        hint = f"it belongs at {' or '.join(homes)}"
    elif near:
        hint = f"did you mean {' or '.join(near)}?"
    else:
        hint = "leave it out, or see docs/reference/requirements.md"
    return RequirementsProblem(key, f"one of {', '.join(known)}", f"the unknown key {name!r}", hint)


def _akin(name: str, other: str) -> bool:
    """Whether one of two keys is the beginning of the other, at a word's end."""
    return other.startswith(f"{name}_") or name.startswith(f"{other}_")


def _keys(key: str) -> str:
    from advisor.requirements.fields import record_at

    record = record_at(key)
    return "the keys " + ", ".join(record.model_fields) if record else "keys"


def _doc(key: str) -> str | None:
    from advisor.requirements.fields import field_docs, record_at

    above, _, name = key.rpartition(".")
    record = record_at(above)
    return f"{name}: {field_docs(record)[name]}" if record and name in record.model_fields else None


def _mend(key: str, entry: Mapping[str, Any]) -> str | None:
    """Return the edit that mends a value of the wrong type, where it is plain."""
    kind, value = entry["type"], entry["input"]
    word = str(value).lower()
    if kind == "missing":
        return _doc(key)
    if kind == "tuple_type" and isinstance(value, str):
        return f"write [{value}]"
    if kind == "bool_type" and word in ("yes", "no", "on", "off"):
        return f"write {'true' if word in ('yes', 'on') else 'false'}"
    if kind in ("int_type", "float_type") and isinstance(value, str):
        return "write digits alone, without quotes or units"
    if kind == "model_type" and value is None:
        return "fill the block, or remove its name"
    return None


def _found(value: Any) -> str:
    """Return a value as a person would name it, cut to a readable length."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a block"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    text = repr(value) if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 - a line stays readable
