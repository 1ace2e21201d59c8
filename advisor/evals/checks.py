"""What every answer must meet whatever its wording: parsed when the case is read, tested without running any code.

A check is written ``{"contains": "Berlin"}``, ``{"type": "contains", "value": "Berlin"}`` or, where it needs no value,
``"no_pii"``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from advisor.errors import EvaluationError
from advisor.evals.pii import find_pii
from advisor.probe.worker_protocol import Content

MOST_CHARACTERS = 100_000
"""As much of an answer is searched with a pattern."""

_CITATION = re.compile(r"\[\^?\d+\]|\[[^\]]+\]\([^)]+\)|https?://\S+|\((?:source|see|cf\.)[^)]*\)", re.IGNORECASE)
# [1], [^2], [text](address), https://..., (source: ...)

Test = Callable[[Content], str | None]
"""What is wrong with an answer; None if nothing is."""


class Check(NamedTuple):
    """One check: as it was written, and its test."""

    kind: str
    written: str
    test: Test
    limit: Mapping[str, int] | None = None
    """Of a check of length, the most of each unit."""


def parse_checks(written: Sequence[Any], place: str) -> tuple[Check, ...]:
    """Check from what a case or a prompt has. Raises EvaluationError that names the place."""
    return tuple(_parse(one, f"{place}: checks.{index}") for index, one in enumerate(written))


def json_in(text: str) -> Any:
    """Return the JSON that an answer is, or that it holds in a fence or between its outermost brackets.

    Raises ValueError if there is none.
    """
    fenced = re.search(r"```(?:json)?\s*\n(.*?)```", text, re.DOTALL | re.IGNORECASE)
    for candidate in (text, fenced[1] if fenced else None, _between(text, "{", "}"), _between(text, "[", "]")):
        if candidate is None:
            continue
        try:
            return json.loads(candidate, parse_constant=_refuse)
        except (ValueError, RecursionError):
            continue
    raise ValueError("no JSON")


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _between(text: str, first: str, last: str) -> str | None:
    start, end = text.find(first), text.rfind(last)
    return text[start : end + 1] if 0 <= start < end else None


def _parse(written: Any, place: str) -> Check:
    kind, value = _named(written, place)
    if kind not in _KINDS:
        raise EvaluationError(f"{place}: expected a check, found {kind!r}", hint=f"one of {', '.join(sorted(_KINDS))}")
    try:
        test = _KINDS[kind](value)
    except (TypeError, ValueError, re.error, KeyError) as wrong:
        raise EvaluationError(f"{place}: {kind}: {wrong}") from None
    return Check(kind, json.dumps(written, ensure_ascii=False), test, _most(kind, value))


def _most(kind: str, value: Any) -> Mapping[str, int] | None:
    """Return the upper bounds of a check of length, by unit."""
    if kind not in ("length", "max_words"):
        return None
    bounds = {"max_words": value} if kind == "max_words" else {"max": value} if isinstance(value, int) else value
    parsed = [(*_bound(name), limit) for name, limit in bounds.items()]
    return {unit: limit for end, unit, limit in parsed if end == "max"}


def _named(written: Any, place: str) -> tuple[str, Any]:
    if isinstance(written, str):
        return written, None
    if isinstance(written, Mapping) and "type" in written:
        rest = {key: value for key, value in written.items() if key != "type"}
        return str(written["type"]), next(iter(rest.values())) if len(rest) == 1 else rest or None
    if isinstance(written, Mapping) and len(written) == 1:
        return next(iter(written.items()))
    found = str(written)[:60]
    raise EvaluationError(f"{place}: expected one name and its value, found {found}", hint='{"contains": "x"}')


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"expected a text, found {value!r}")
    return value


def _texts(value: Any) -> list[str]:
    return [_text(one) for one in value] if isinstance(value, list) and value else [_text(value)]


def _pattern(value: Any) -> re.Pattern[str]:
    return re.compile(_text(value))


def _regex(value: Any) -> Test:
    pattern = _pattern(value)
    missing = f"nothing matches {pattern.pattern}"
    return lambda answer: None if pattern.search(answer.text[:MOST_CHARACTERS]) else missing


def _not_regex(value: Any) -> Test:
    pattern = _pattern(value)

    def test(answer: Content) -> str | None:
        found = pattern.search(answer.text[:MOST_CHARACTERS])
        return f"{found[0][:60]!r} matches {pattern.pattern}" if found else None

    return test


def _contains(value: Any) -> Test:
    wanted = _texts(value)

    def test(answer: Content) -> str | None:
        missing = [one for one in wanted if one.casefold() not in answer.text.casefold()]
        return f"does not contain {missing[0]!r}" if missing else None

    return test


def _not_contains(value: Any) -> Test:
    refused = _texts(value)

    def test(answer: Content) -> str | None:
        found = [one for one in refused if one.casefold() in answer.text.casefold()]
        return f"contains {found[0]!r}" if found else None

    return test


def _exact(value: Any) -> Test:
    wanted = _text(value).strip()
    return lambda answer: None if answer.text.strip() == wanted else f"is not exactly {wanted[:60]!r}"


def _json(value: Any) -> Test:
    if value not in (None, True):
        raise ValueError(f"expected no value, found {value!r}; a schema is named json_schema")

    def test(answer: Content) -> str | None:
        try:
            json_in(answer.text)
        except ValueError:
            return "is no JSON"
        return None

    return test


def _json_schema(value: Any) -> Test:
    if not isinstance(value, (Mapping, bool)):
        raise TypeError(f"expected a JSON schema, found {type(value).__name__}")
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for
    from referencing import Registry

    if outside := next(_references_outside(value), None):
        raise ValueError(f"expected a schema that holds all it refers to, found {outside}")
    validator_class: Any = validator_for(value)
    try:
        validator_class.check_schema(dict(value) if isinstance(value, Mapping) else value)
    except SchemaError as error:
        raise ValueError(f"no JSON schema: {error.message}") from None
    validator = validator_class(value, registry=Registry())  # an empty registry asks no host for a $ref

    def test(answer: Content) -> str | None:
        try:
            content = json_in(answer.text)
        except ValueError:
            return "is no JSON"
        error = next(iter(validator.iter_errors(content)), None)
        return None if error is None else f"{error.json_path}: {error.message[:120]}"

    return test


def _references_outside(schema: Any) -> Iterator[str]:
    """Addresses of schemas that would have to be fetched."""
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key in ("$ref", "$dynamicRef") and isinstance(value, str) and not value.startswith("#"):
                yield value
            yield from _references_outside(value)
    elif isinstance(schema, list):
        for one in schema:
            yield from _references_outside(one)


_MEASURES: Mapping[str, Callable[[str], int]] = {
    "characters": len,
    "words": lambda text: len(text.split()),
    "lines": lambda text: len(text.strip().splitlines()),
}


def _length(value: Any) -> Test:
    """``{"max_words": 80, "min_characters": 10}``; ``{"max": 200}`` and a number alone are of characters."""
    bounds = {"max": value} if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(bounds, Mapping) or not bounds:
        raise ValueError(f"expected bounds such as max_words, found {value!r}")
    parsed = [(*_bound(name), limit) for name, limit in bounds.items()]
    if any(isinstance(limit, bool) or not isinstance(limit, int) or limit < 0 for _, _, limit in parsed):
        raise ValueError("expected whole numbers of at least 0")

    def test(answer: Content) -> str | None:
        for end, unit, limit in parsed:
            count = _MEASURES[unit](answer.text)
            if (count > limit) if end == "max" else (count < limit):
                return f"{count} {unit}, expected at {'most' if end == 'max' else 'least'} {limit}"
        return None

    return test


def _bound(name: str) -> tuple[str, str]:
    end, _, unit = name.partition("_")
    unit = {"": "characters", "chars": "characters"}.get(unit, unit)
    if end not in ("min", "max") or unit not in _MEASURES:
        raise ValueError(f"expected min or max with {', '.join(_MEASURES)}, found {name!r}")
    return end, unit


def _max_words(value: Any) -> Test:
    return _length({"max_words": value})


def _citation(value: Any) -> Test:
    """Any citation, or each of the named sources."""
    if value in (None, True):
        return lambda answer: None if _CITATION.search(answer.text) else "cites nothing"
    wanted = _texts(value)

    def test(answer: Content) -> str | None:
        missing = [one for one in wanted if one.casefold() not in answer.text.casefold()]
        return f"does not cite {missing[0]!r}" if missing else None

    return test


def _tool(value: Any) -> Test:
    """``{"name": "look_up", "arguments": {"order": 4711}}``: a call of it with at least these arguments."""
    wanted: Any = {"name": value} if isinstance(value, str) else value
    if not isinstance(wanted, Mapping) or not isinstance(wanted.get("name"), str):
        raise TypeError("expected the name of a tool, and arguments if they matter")
    if strange := set(wanted) - {"name", "arguments"}:
        raise ValueError(f"expected name and arguments, found {min(strange)!r}")
    name, arguments = wanted["name"], wanted.get("arguments", {})

    def test(answer: Content) -> str | None:
        called = [call for call in answer.tool_calls if call.name == name]
        if not called:
            others = ", ".join(call.name for call in answer.tool_calls) or "no tool"
            return f"called {others}, expected {name}"
        given = [_arguments(call.arguments) for call in called]
        met = any(one is not None and all(one.get(key) == arguments[key] for key in arguments) for one in given)
        return None if met else f"called {name} with {called[0].arguments[:80]}, expected {json.dumps(arguments)[:80]}"

    return test


def _arguments(text: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _no_pii(value: Any) -> Test:
    if value not in (None, True):
        raise ValueError(f"expected no value, found {value!r}")

    def test(answer: Content) -> str | None:
        found = find_pii(answer.text)
        return f"holds a {found[0].kind}" if found else None

    return test


def _language(value: Any) -> Test:
    from advisor.evals.language import language_of

    wanted = _text(value).casefold()
    language_of("")  # the package that knows languages is there, or the case says so now

    def test(answer: Content) -> str | None:
        found = language_of(answer.text)
        return None if found in (None, wanted) else f"is in {found}, expected {wanted}"

    return test


_KINDS: Mapping[str, Callable[[Any], Test]] = {
    "citation": _citation,
    "contains": _contains,
    "exact": _exact,
    "json": _json,
    "json_schema": _json_schema,
    "language": _language,
    "length": _length,
    "max_words": _max_words,
    "no_pii": _no_pii,
    "not_contains": _not_contains,
    "not_regex": _not_regex,
    "regex": _regex,
    "tool": _tool,
}
