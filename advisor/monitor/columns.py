"""SQL that makes columns of rows in JSON: where a name is found, and what its value says."""

# ruff: noqa: S608 - every value in a query here is a column of ours, a number or quoted
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from advisor.engine.port import listed, quoted
from advisor.evals.traffic import BAD, GOOD, WORST_OF_FIVE
from advisor.monitor.fields import NUMBERS, OUTCOME_NAMES, TEXT, TIMES
from advisor.monitor.mapping import LogMapping

GROUPS = ("attributes", "metadata", "span_attributes")
"""Objects of a row whose keys count as its own, after those at its top."""

_MOST_COMPARED = 1_000
"""Characters from the beginning of a text that its edit distance is taken of."""

_MOST = 1e15
"""No tokens, milliseconds or dollars of one call are more."""

_EDITED = 0.1
"""A text sent in the end that differs from the answer by more than this share was edited before use."""

COLUMNS = {
    "key": "UBIGINT",
    "file": "INTEGER",
    "line": "BIGINT",
    "at": "TIMESTAMP",
    **dict.fromkeys(("trace", "span", "conversation", "asked_key"), "UBIGINT"),
    **dict.fromkeys(("model_asked", "model_served", "channel", "prompt", "segment", "language"), "VARCHAR"),
    **dict.fromkeys(("finish_reason", "fault"), "VARCHAR"),
    **dict.fromkeys(("input_tokens", "output_tokens", "cached_tokens", "hidden_tokens", "turn", "images"), "BIGINT"),
    **dict.fromkeys(("latency_ms", "first_token_ms", "usd", "edit_distance"), "DOUBLE"),
    "output_chars": "BIGINT",
}
"""The columns of ``calls``, before outcomes and verdicts."""

_PLACE = "hash(concat(path, ':', line, ':', content))"
KEY = (
    f"CASE WHEN id IS NULL THEN {_PLACE} ELSE hash(concat(coalesce(trace, ''), '/', id, '/', "
    """CAST("at" AS VARCHAR))) END"""
)
"""How a call is known again: by its ids and its time, or by its place and all that it says."""

_SPAN_MS = """nullif(greatest(date_diff('microsecond', "at", ended) / 1000.0, 0), 0)"""
_BOTH = f"left(output, {_MOST_COMPARED})", f"left(sent, {_MOST_COMPARED})"
_IS_MESSAGE = """regexp_matches(left(output, 300), '^\\s*[\\[{].*"(role|content|parts|choices)"')"""

DERIVED = f"""
    key, file, line, "at", CASE WHEN trace IS NOT NULL THEN hash(trace) END AS trace,
    CASE WHEN id IS NOT NULL THEN hash(id) END AS span,
    CASE WHEN conversation IS NOT NULL THEN hash(conversation) END AS conversation,
    CASE WHEN conversation IS NOT NULL AND input IS NOT NULL THEN hash(concat(conversation, '/', input)) END
        AS asked_key,
    model_asked, model_served, channel, prompt, segment, language, finish_reason, fault,
    {", ".join(f"CAST({name} AS BIGINT) AS {name}" for name in (
        "input_tokens", "output_tokens", "cached_tokens", "hidden_tokens", "turn", "images"))},
    coalesce(latency_ms, latency_s * 1000, {_SPAN_MS}) AS latency_ms,
    coalesce(first_token_ms, first_token_s * 1000, date_diff('microsecond', "at", first_token_at) / 1000.0)
        AS first_token_ms,
    usd, CASE WHEN output IS NULL OR sent IS NULL THEN NULL ELSE
        levenshtein({_BOTH[0]}, {_BOTH[1]}) / greatest(length({_BOTH[0]}), length({_BOTH[1]}), 1) END AS edit_distance,
    CASE WHEN NOT {_IS_MESSAGE} THEN length(output) END AS output_chars
"""  # fmt: skip
"""The columns of ``calls`` from those of ``named``."""

NAMED = """
    SELECT * REPLACE (
        left(model_asked, 200) AS model_asked, left(model_served, 200) AS model_served, left(channel, 100) AS channel,
        left(segment, 100) AS segment, left(language, 20) AS language,
        left(regexp_replace(finish_reason, '[\\[\\]" ]', '', 'g'), 60) AS finish_reason,
        CASE WHEN lower(fault) IN ('false', '0', 'null', 'none', '{}') THEN NULL
             WHEN fault IS NOT NULL AND (status IS NULL OR lower(status) NOT IN
                  ('ok', 'success', 'default', 'unset', '0', '1', 'status_code_ok', 'status_code_unset'))
             THEN left(fault, 200)
             WHEN lower(status) IN ('error', 'failure', 'failed', 'status_code_error', '2') THEN left(status, 40) END
             AS fault),
        CASE WHEN prompt_version IS NULL THEN left(prompt_name, 200)
             ELSE concat(left(coalesce(prompt_name, ''), 200), '@', left(prompt_version, 24)) END AS prompt
    FROM typed
"""
"""The names in rows, shortened."""

CLEANED = ("model_asked", "model_served", "channel", "prompt", "segment", "language", "finish_reason", "fault")
"""Columns of words from a log, of which none is kept before it has been searched for keys."""


def is_edited(sql: str = "edit_distance") -> str:
    """Return the outcome ``edited`` where a log has both texts instead of a word for it."""
    return f"CAST({sql} > {_EDITED} AS DOUBLE)"


def typed(places: Mapping[str, Sequence[str]], mapping: LogMapping) -> str:
    """Return the query from ``staged`` to columns of text, numbers, times and outcomes."""
    every = [path for found in places.values() for path in found]
    numbered = iter(range(1, len(every) + 1))
    order = {name: [f"v[{next(numbered)}]" for _ in found] for name, found in places.items()}

    def values(field: str, names: Sequence[str]) -> list[str]:
        own = mapping.fields.get(field)
        named = [one for name in ((own,) if own else names) for one in order.get(name, ())]
        return [f"nullif({one}, '')" for one in named]

    def first(found: Sequence[str]) -> str:
        return f"coalesce({', '.join(found)})" if found else "NULL"

    # litellm names what was asked for as a group, and what answered as the model.
    served = (*TEXT["model_served"], "model") if "model_group" in order else TEXT["model_served"]
    texts = [
        f"CAST({first(values(field, served if field == 'model_served' else names))} AS VARCHAR) AS {field}"
        for field, names in TEXT.items()
    ]
    numbers = [
        f"{first([_amount(one) for one in values(field, names)])}::DOUBLE AS {field}"
        for field, names in NUMBERS.items()
    ]
    times = [
        f'{first([_moment(one) for one in values(field, names)])}::TIMESTAMP AS "{field}"'
        for field, names in TIMES.items()
    ]
    found = ({name: name for name in OUTCOME_NAMES} | dict(mapping.outcomes)).items()
    outcomes = [
        f'{outcome(name, first(order[column]))} AS "outcome:{name}"' for name, column in found if column in order
    ]
    columns = ", ".join(["file", "line", "content", *texts, *numbers, *times, *outcomes])
    return (
        f"SELECT {columns} FROM (SELECT file, line, content, "
        f"json_extract_string(content, {listed(every)}) AS v FROM staged)"
    )


def paths(name: str, top: set[str], groups: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Return the JSON paths of a name: as a key of the row or of a group, and along the keys between its dots."""
    found = [f'$."{name}"'] if name in top else []
    found += [f'$.{group}."{name}"' for group, keys in groups.items() if name in keys]
    found += [f'$."{group}.{name}"' for group in groups if f"{group}.{name}" in top]  # a column for each attribute
    first, *rest = name.split(".")
    if rest:
        steps = "".join(f"[{one}]" if one.isdecimal() else f'."{one}"' for one in rest)
        bases = ["$"] if first in top else []
        bases += [f"$.{group}" for group, keys in groups.items() if first in keys]
        found += [f'{base}."{first}"{steps}' for base in bases]
    return tuple(found)


def outcome(name: str, value: str) -> str:
    """Return what became of a call: 1 for yes, 0 for no; words that are neither say nothing."""
    word = f"lower(trim({value}))"
    number = f"TRY_CAST({value} AS DOUBLE)"
    good = f"{number} > {WORST_OF_FIVE}" if name == "rating" else f"{number} >= 0.5"
    return (
        f"CASE WHEN isfinite({number}) THEN CAST({good} AS DOUBLE) "
        f"WHEN {word} IN {words(sorted(GOOD))} THEN 1.0 WHEN {word} IN {words(sorted(BAD))} THEN 0.0 END"
    )


def words(given: Iterable[str]) -> str:
    """Return texts as the right side of IN."""
    return "(" + ", ".join(quoted(word) for word in given) + ")"


def _amount(value: str) -> str:
    """Return a number that can be an amount: neither negative nor endless."""
    number = f"TRY_CAST({value} AS DOUBLE)"
    return f"CASE WHEN {number} >= 0 AND {number} < {_MOST} THEN {number} END"


def _moment(value: str) -> str:
    number = f"TRY_CAST({value} AS DOUBLE)"
    scale = (
        f"CASE WHEN {number} > 1e17 THEN 1e-3 WHEN {number} > 1e14 THEN 1 WHEN {number} > 1e11 THEN 1e3 ELSE 1e6 END"
    )
    since = f"make_timestamp(CAST({number} * {scale} AS BIGINT))"
    text = f"CAST(TRY_CAST({value} AS TIMESTAMPTZ) AS TIMESTAMP)"
    return f"CASE WHEN {number} > 0 AND {number} < 4e18 THEN {since} WHEN {number} IS NULL THEN {text} END"
