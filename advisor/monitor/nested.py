"""Lines that hold several rows, taken apart by the data engine: OTLP requests, lists of traces, spans and their kind.

OTLP keeps spans under ``resourceSpans``, and attributes as a list of keys and typed values; other exports keep rows
under ``data`` or ``observations``. What comes out is one row a span with its attributes as one object.
"""

# ruff: noqa: S608 - every value in a query here is a column of ours, a number or quoted
from __future__ import annotations

from collections.abc import Iterable, Sequence

from advisor.engine.port import Engine

_LISTS = ("data", "observations", "scores", "traces", "spans", "items", "rows", "results")
"""Keys under which exports keep their rows."""

_OTLP = (
    "resourceSpans[*].scopeSpans[*].spans[*]",
    "resourceSpans[*].instrumentationLibrarySpans[*].spans[*]",
    "resource_spans[*].scope_spans[*].spans[*]",
)
_OBJECTS = (
    *("attributes", "metadata", "usage", "usage_details", "usageDetails", "cost_details", "costDetails", "response"),
    *("status", "context"),
)
"""Keys whose objects some exports write as text."""

_DEPTH = 3


def take_apart(engine: Engine) -> set[str]:
    """Replace the rows of the table ``staged`` (file, line, content) by the rows that they hold; return their keys."""
    if _any(engine, ["json_type(content) = 'ARRAY'"])[0]:
        engine.run(
            "CREATE OR REPLACE TABLE staged AS "
            "SELECT file, line, CAST(unnest(json_extract(content, '$[*]')) AS VARCHAR) AS content "
            "FROM staged WHERE json_type(content) = 'ARRAY' "
            "UNION ALL SELECT file, line, content FROM staged WHERE json_type(content) != 'ARRAY'"
        )
    top = keys(engine)
    for _ in range(_DEPTH):
        paths = [path for path in _OTLP if path.partition("[")[0] in top]
        lists = [name for name in _LISTS if name in top]
        paths += [f"{name}[*]" for name, any_ in zip(lists, _any(engine, map(_is_list, lists)), strict=True) if any_]
        if not paths:
            break
        _unwrap(engine, paths)
        top = keys(engine)
    objects = [name for name in _OBJECTS if name in top]
    for name, is_text in zip(objects, _any(engine, map(_is_text, objects)), strict=True):
        if is_text:
            _parse(engine, name)
    if _flatten_attributes(engine, top):
        top = keys(engine)
    return top


def _any(engine: Engine, conditions: Iterable[str]) -> Sequence[bool]:
    """Return for each condition whether some row meets it."""
    parts = ", ".join(f"coalesce(bool_or({one}), false)" for one in conditions)
    return next(iter(engine.rows(f"SELECT {parts} FROM staged"))) if parts else ()


def keys(engine: Engine) -> set[str]:
    """Return the names that occur at the top of the rows."""
    return {str(row[0]) for row in engine.rows("SELECT DISTINCT unnest(json_keys(content)) FROM staged")}


def _is_list(name: str) -> str:
    return f"""coalesce(json_type(content, '$."{name}"[0]') = 'OBJECT', false)"""


def _is_text(name: str) -> str:
    return f"""json_type(content, '$."{name}"') = 'VARCHAR'"""


def _unwrap(engine: Engine, paths: list[str]) -> None:
    conditions = {path: _is_list(path.partition("[")[0]) for path in paths}
    # A list that is empty holds no row and is none.
    empty = " OR ".join(f"json_type(content, '$.{path.partition('[')[0]}') = 'ARRAY'" for path in _OTLP)
    parts = [
        f"SELECT file, line, CAST(unnest(json_extract(content, '$.{path}')) AS VARCHAR) AS content "
        f"FROM staged WHERE {condition}"
        for path, condition in conditions.items()
    ]
    rest = " OR ".join([*conditions.values(), f"coalesce({empty}, false)"])
    parts.append(f"SELECT file, line, content FROM staged WHERE NOT ({rest})")
    engine.run(f"CREATE OR REPLACE TABLE staged AS {' UNION ALL '.join(parts)}")


def _parse(engine: Engine, name: str) -> None:
    text = f"""json_extract_string(content, '$."{name}"')"""
    engine.run(
        f"UPDATE staged SET content = json_merge_patch(content, json_object('{name}', CAST({text} AS JSON))) "
        f"""WHERE {_is_text(name)} AND left({text}, 1) = '{{' AND json_valid({text})"""
    )


_VALUE = """coalesce(
    json_extract(x, '$.value.stringValue'), json_extract(x, '$.value.intValue'), json_extract(x, '$.value.doubleValue'),
    json_extract(x, '$.value.boolValue'), json_extract(x, '$.value.string_value'),
    json_extract(x, '$.value.int_value'), json_extract(x, '$.value.double_value'),
    json_extract(x, '$.value.bool_value'),
    CASE WHEN json_exists(x, '$.value.arrayValue.values')
         THEN to_json(json_extract(x, '$.value.arrayValue.values[*].*')) END, json_extract(x, '$.value'))"""
_PAIRS = (
    "'{' || array_to_string(list_transform(pairs, lambda x: "
    f"CAST(to_json(json_extract_string(x, '$.key')) AS VARCHAR) || ':' || CAST({_VALUE} AS VARCHAR)), ',') || '}}'"
)


def _flatten_attributes(engine: Engine, top: set[str]) -> bool:
    """Write attributes that are a list of keys and values, of a span and then of its events, as one object.

    Return whether there are any.
    """
    lists = {"attributes": "$.attributes", "events": "$.events[0].attributes"}
    is_listed = " OR ".join(
        f"coalesce(json_type(content, '{path}') = 'ARRAY', false)" for name, path in lists.items() if name in top
    )
    if not is_listed or not _any(engine, [is_listed])[0]:
        return False
    events = "json_extract(content, '$.events[*].attributes[*]')" if "events" in top else "[]"
    own = "json_extract(content, '$.attributes[*]')" if "attributes" in top else "[]"
    pairs = (
        f"list_filter(list_concat({own}, {events}), lambda x: json_extract_string(x, '$.key') IS NOT NULL "
        "AND json_exists(x, '$.value'))"
    )
    rest = """json_merge_patch(content, '{"attributes":null,"events":null,"links":null,"resource":null}')"""
    engine.run(
        "CREATE OR REPLACE TABLE staged AS "
        f"SELECT file, line, content FROM staged WHERE NOT ({is_listed}) UNION ALL "
        f"""SELECT file, line, '{{"attributes":' || ({_PAIRS}) || CASE WHEN rest = '{{}}' THEN '}}' """
        f"ELSE ',' || substr(rest, 2) END FROM (SELECT file, line, {pairs} AS pairs, CAST({rest} AS VARCHAR) AS rest "
        f"FROM staged WHERE {is_listed})"
    )
    return True
