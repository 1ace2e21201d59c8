"""Rows of logs as columns of one table ``calls``, made by the data engine: a batch of lines at a time.

Every line lands in ``calls``, or is counted: dead with its place, not a call of a model, or a double of one that is
known. No text is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from advisor.engine.port import Engine, listed, quoted
from advisor.evals.traffic import BAD, GOOD, WORST_OF_FIVE
from advisor.monitor.fields import NUMBERS, OUTCOME_NAMES, TEXT, TIMES
from advisor.monitor.mapping import NONE, LogMapping

BATCH = 20_000
"""Lines that are taken apart at once."""

_GROUPS = ("attributes", "metadata")
_CALLS = ("chat", "text_completion", "generate_content", "llm", "completion")
_AHEAD = timedelta(days=1)
_SHOWN = 20
_MOST_COMPARED = 1_000
"""Characters from the beginning of a text that its edit distance is taken of."""

_COLUMNS = {
    "key": "UBIGINT",
    "file": "INTEGER",
    "line": "BIGINT",
    "at": "TIMESTAMP",
    "trace": "UBIGINT",
    **dict.fromkeys(("model_asked", "model_served", "channel", "prompt", "segment", "language"), "VARCHAR"),
    **dict.fromkeys(("finish_reason", "fault", "conversation"), "VARCHAR"),
    **dict.fromkeys(("input_tokens", "output_tokens", "cached_tokens", "hidden_tokens", "turn", "images"), "BIGINT"),
    **dict.fromkeys(("latency_ms", "first_token_ms", "usd", "edit_distance"), "DOUBLE"),
    "output_chars": "BIGINT",
}


class Counted(NamedTuple):
    """What became of the lines that are no call."""

    lines: int
    dead: tuple[str, ...]
    """The first of the lines that could not be read, each with its place and why."""
    skipped: int
    """All of those."""
    other: int
    """Rows that are no call of a model: spans of tools and agents."""
    doubles: int
    from_outcomes: tuple[str, ...]
    """Columns that were taken as outcomes without a mapping."""


class CallTable:
    """Fills the table ``calls`` of an engine."""

    def __init__(self, engine: Engine, now: datetime, mapping: LogMapping = NONE) -> None:
        self._engine, self._now, self._mapping = engine, now, mapping
        self._lines = self._skipped = self._other = 0
        self._dead: list[str] = []
        self._files: list[str] = []
        self._outcomes: dict[str, None] = {}
        shape = ", ".join(f'"{name}" {kind}' for name, kind in _COLUMNS.items())
        engine.run(f"CREATE TABLE calls ({shape})")

    def add(self, file: str, lines: Iterable[tuple[int, bytes]]) -> None:
        """Add the lines of a file, by batches."""
        self._files.append(file)
        number, held = len(self._files) - 1, list[tuple[int, int, str]]()
        for line, raw in lines:
            text = raw.decode("utf-8", "replace").strip()
            if text:
                held.append((number, line, text))
            if len(held) == BATCH:
                self._take(held)
                held = []
        if held:
            self._take(held)

    def end(self) -> Counted:
        """Drop doubles, and return what was counted."""
        doubles = self._one("SELECT count(*) - count(DISTINCT key) FROM calls")
        if doubles:
            self._engine.run(
                "CREATE OR REPLACE TABLE calls AS SELECT * FROM calls "
                "QUALIFY row_number() OVER (PARTITION BY key ORDER BY file, line) = 1"
            )
        taken = tuple(name for name in self._outcomes if name not in self._mapping.outcomes)
        return Counted(self._lines, tuple(self._dead), self._skipped, self._other, doubles, taken)

    def _one(self, sql: str, parameters: Sequence[object] = ()) -> int:
        return int(next(iter(self._engine.rows(sql, parameters)))[0])

    def _take(self, held: Sequence[tuple[int, int, str]]) -> None:
        self._lines += len(held)
        engine = self._engine
        engine.run("DROP TABLE IF EXISTS staged")
        engine.load("staged", {"file": "INTEGER", "line": "BIGINT", "content": "VARCHAR"}, held)
        self._refuse("NOT json_valid(content)", "staged", "expected a JSON object")
        self._refuse("json_type(content) != 'OBJECT'", "staged", "expected a JSON object")
        engine.run("DROP TABLE IF EXISTS typed")
        engine.run(f"CREATE TABLE typed AS {self._typed(self._paths())}")
        is_call = "(kind IS NULL OR lower(kind) IN " + _tuple(_CALLS) + ") AND coalesce(model_asked, model_served"
        is_call += ", input, output, CAST(output_tokens AS VARCHAR)) IS NOT NULL"
        before = self._one("SELECT count(*) FROM typed")
        engine.run(f"DELETE FROM typed WHERE NOT ({is_call})")  # noqa: S608 - our own words
        self._other += before - self._one("SELECT count(*) FROM typed")
        self._refuse('"at" IS NULL', "typed", f"expected a time under {', '.join(TIMES['at'][2:6])}")
        limit = quoted((self._now + _AHEAD).strftime("%Y-%m-%d %H:%M:%S"))
        self._refuse(f'"at" > CAST({limit} AS TIMESTAMP)', "typed", "expected a time that has passed")
        self._keep()

    def _refuse(self, condition: str, table: str, why: str) -> None:
        """Count rows as dead, name the first of them, and drop them."""
        count = self._one(f"SELECT count(*) FROM {table} WHERE {condition}")  # noqa: S608 - our own words
        if not count:
            return
        self._skipped += count
        room = max(_SHOWN - len(self._dead), 0)
        found = f"SELECT file, line FROM {table} WHERE {condition} ORDER BY file, line LIMIT {room}"  # noqa: S608 - our own
        self._dead += [f"{self._files[file]}:{line}: {why}" for file, line in self._engine.rows(found)]
        self._engine.run(f"DELETE FROM {table} WHERE {condition}")  # noqa: S608 - our own words

    def _paths(self) -> Mapping[str, str]:
        """Return the JSON path of each name that occurs in the batch, those of the row itself first."""
        top = {str(row[0]) for row in self._engine.rows("SELECT DISTINCT unnest(json_keys(content)) FROM staged")}
        groups = {}
        for group in _GROUPS:
            if group in top:
                keys = f"SELECT DISTINCT unnest(json_keys(content, '$.{group}')) FROM staged"  # noqa: S608 - our own
                groups[group] = {str(row[0]) for row in self._engine.rows(keys)}
        wanted = [name for names in (*TEXT.values(), *NUMBERS.values(), *TIMES.values()) for name in names]
        wanted += [*OUTCOME_NAMES, *self._mapping.fields.values(), *self._mapping.outcomes.values()]
        return {name: path for name in wanted if (path := _path(name, top, groups)) is not None}

    def _typed(self, paths: Mapping[str, str]) -> str:
        order = {name: number for number, name in enumerate(paths, 1)}

        def values(field: str, names: Sequence[str]) -> list[str]:
            own = self._mapping.fields.get(field)
            return [f"nullif(v[{order[name]}], '')" for name in ((own,) if own else names) if name in order]

        def first(found: Sequence[str]) -> str:
            return f"coalesce({', '.join(found)})" if found else "NULL"

        texts = [f"CAST({first(values(field, names))} AS VARCHAR) AS {field}" for field, names in TEXT.items()]
        numbers = [
            f"{first([f'TRY_CAST({one} AS DOUBLE)' for one in values(field, names)])}::DOUBLE AS {field}"
            for field, names in NUMBERS.items()
        ]
        times = [
            f"{first([_moment(one) for one in values(field, names)])}::TIMESTAMP AS {_named(field)}"
            for field, names in TIMES.items()
        ]
        outcomes = [
            f'{_outcome(name, f"v[{order[column]}]")} AS "outcome:{name}"'
            for name, column in ({name: name for name in OUTCOME_NAMES} | dict(self._mapping.outcomes)).items()
            if column in order
        ]
        columns = ", ".join(["file", "line", *texts, *numbers, *times, *outcomes])
        return (
            f"SELECT {columns} FROM (SELECT file, line, json_extract_string(content, {listed(paths.values())}) AS v "  # noqa: S608 - quoted
            "FROM staged)"
        )

    def _keep(self) -> None:
        """Move the typed rows into ``calls``, with columns for the outcomes that are new."""
        outcomes = [name for name in self._engine.columns("SELECT * FROM typed") if name.startswith("outcome:")]
        for name in outcomes:
            if name.removeprefix("outcome:") not in self._outcomes:
                self._outcomes[name.removeprefix("outcome:")] = None
                self._engine.run(f'ALTER TABLE calls ADD COLUMN "{name}" DOUBLE')
        more = "".join(f', "{name}"' for name in outcomes)
        self._engine.run(f"INSERT INTO calls BY NAME SELECT {_DERIVED}{more} FROM typed")  # noqa: S608 - our own words


_KEY = "CASE WHEN id IS NULL THEN hash(concat(file, ':', line)) ELSE hash(concat(coalesce(trace, ''), '/', id)) END"
_SPAN_MS = """nullif(greatest(date_diff('microsecond', "at", ended) / 1000.0, 0), 0)"""
_DERIVED = f"""
    {_KEY} AS key, file, line, "at", CASE WHEN trace IS NULL THEN NULL ELSE hash(trace) END AS trace,
    left(model_asked, 200) AS model_asked, left(model_served, 200) AS model_served, left(channel, 100) AS channel,
    CASE WHEN prompt_version IS NULL THEN left(prompt_name, 200)
         ELSE concat(left(coalesce(prompt_name, ''), 200), '@', left(prompt_version, 64)) END AS prompt,
    left(segment, 100) AS segment, left(language, 20) AS language,
    left(regexp_replace(finish_reason, '[\\[\\]" ]', '', 'g'), 60) AS finish_reason,
    CASE WHEN lower(fault) IN ('false', '0', 'null', 'none') THEN NULL
         WHEN fault IS NOT NULL AND (status IS NULL OR lower(status) NOT IN ('ok', 'success', 'default', 'unset'))
         THEN left(fault, 200)
         WHEN lower(status) IN ('error', 'failure', 'failed', 'status_code_error', '2')
         THEN left(status, 40) END AS fault,
    left(conversation, 100) AS conversation, CAST(input_tokens AS BIGINT) AS input_tokens,
    CAST(output_tokens AS BIGINT) AS output_tokens, CAST(cached_tokens AS BIGINT) AS cached_tokens,
    CAST(hidden_tokens AS BIGINT) AS hidden_tokens, CAST(turn AS BIGINT) AS turn, CAST(images AS BIGINT) AS images,
    coalesce(latency_ms, latency_s * 1000, {_SPAN_MS}) AS latency_ms,
    coalesce(first_token_ms, first_token_s * 1000, date_diff('microsecond', "at", first_token_at) / 1000.0)
        AS first_token_ms,
    usd, CASE WHEN output IS NULL OR sent IS NULL THEN NULL ELSE
        levenshtein(left(output, {_MOST_COMPARED}), left(sent, {_MOST_COMPARED}))
        / greatest(length(left(output, {_MOST_COMPARED})), length(left(sent, {_MOST_COMPARED})), 1)
        END AS edit_distance,
    length(output) AS output_chars
"""


def _named(field: str) -> str:
    return f'"{field}"'


def _path(name: str, top: set[str], groups: Mapping[str, set[str]]) -> str | None:
    if name in top:
        return f'$."{name}"'
    for group, keys in groups.items():
        if name in keys:
            return f'$.{group}."{name}"'
    first, *rest = name.split(".")
    if not rest:
        return None
    steps = "".join(f"[{one}]" if one.isdecimal() else f'."{one}"' for one in rest)
    base = "$" if first in top else next((f"$.{group}" for group, keys in groups.items() if first in keys), None)
    return f'{base}."{first}"{steps}' if base else None


def _moment(value: str) -> str:
    number = f"TRY_CAST({value} AS DOUBLE)"
    scale = (
        f"CASE WHEN {number} > 1e17 THEN 1e-3 WHEN {number} > 1e14 THEN 1 WHEN {number} > 1e11 THEN 1e3 ELSE 1e6 END"
    )
    since = f"make_timestamp(CAST({number} * {scale} AS BIGINT))"
    text = f"CAST(TRY_CAST({value} AS TIMESTAMPTZ) AS TIMESTAMP)"
    return f"CASE WHEN {number} > 0 AND {number} < 4e18 THEN {since} WHEN {number} IS NULL THEN {text} END"


def _outcome(name: str, value: str) -> str:
    """Return what became of a call: 1 for yes, 0 for no; words that are neither say nothing."""
    least = WORST_OF_FIVE if name == "rating" else 0
    word = f"lower(trim({value}))"
    number = f"TRY_CAST({value} AS DOUBLE)"
    return (
        f"CASE WHEN {number} IS NOT NULL THEN CAST({number} > {least} AS DOUBLE) "
        f"WHEN {word} IN {_tuple(sorted(GOOD))} THEN 1.0 WHEN {word} IN {_tuple(sorted(BAD))} THEN 0.0 END"
    )


def _tuple(words: Iterable[str]) -> str:
    return "(" + ", ".join(quoted(word) for word in words) + ")"
