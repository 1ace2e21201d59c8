"""Rows of logs as columns of one table ``calls``, made by the data engine: a batch of lines at a time.

Every line lands in ``calls``, or is counted: dead with its place, not a call of a model, or a double of one that is
known. No text is kept.
"""

# ruff: noqa: S608 - every value in a query here is a column of ours, a number or quoted
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from advisor.engine.port import Engine, quoted
from advisor.monitor import columns, nested, scores
from advisor.monitor.fields import NO_CALLS, NUMBERS, OUTCOME_NAMES, TEXT, TIMES
from advisor.monitor.mapping import NONE, LogMapping
from advisor.monitor.text_sample import TextSample

BATCH = 20_000
"""Lines that are taken apart at once."""

_BATCH_CHARACTERS = 48 << 20
_AHEAD = timedelta(days=1)
_FIRST = "2015-01-01"
"""Before this day no language model was called; a clock that says so is wrong."""
_SHOWN = 20
_RETRIED_S = 600
"""The same question again in the same conversation within this time is a retry."""


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
    derived: tuple[str, ...]
    """Outcomes that no log states, and that were made of other columns."""


class CallTable:
    """Fills the table ``calls`` of an engine."""

    def __init__(
        self,
        engine: Engine,
        now: datetime,
        mapping: LogMapping = NONE,
        *,
        sample: TextSample | None = None,
        clean: Callable[[str], str] = str,
    ) -> None:
        self._engine, self._now, self._mapping, self._sample, self._clean = engine, now, mapping, sample, clean
        self._lines = self._skipped = self._other = 0
        self._dead: list[str] = []
        self._files: list[str] = []
        self._cleaned: dict[str, str] = {}
        self.derived: list[str] = []
        """Outcomes that no log states, and that were made of other columns."""
        shape = ", ".join(f'"{name}" {kind}' for name, kind in columns.COLUMNS.items())
        engine.run(f"CREATE TABLE calls ({shape})")
        scores.create(engine)
        if sample:
            sample.add_columns(engine)

    def add(self, file: str, lines: Iterable[tuple[int, bytes]]) -> None:
        """Add the lines of a file, by batches."""
        self._files.append(file)
        number, held, size = len(self._files) - 1, list[tuple[int, int, str]](), 0
        for line, raw in lines:
            text = raw.decode("utf-8", "replace").strip()
            if text:
                held.append((number, line, text))
                size += len(text)
            if len(held) == BATCH or size > _BATCH_CHARACTERS:
                self._take(held)
                held, size = [], 0
        if held:
            self._take(held)

    @property
    def files(self) -> Sequence[str]:
        """The files that were read, by the number that calls have of them."""
        return self._files

    def refuse(self, place: str, why: str, count: int = 1) -> None:
        """Count lines that could not be read."""
        self._lines += count
        self._skipped += count
        if len(self._dead) < _SHOWN:
            self._dead.append(f"{place}: {why}")

    def end(self) -> Counted:
        """Drop doubles, join what was said of calls elsewhere, and return what was counted."""
        doubles = self._one("SELECT count(*) - count(DISTINCT key) FROM calls")
        if doubles:
            self._engine.run(
                "CREATE OR REPLACE TABLE calls AS SELECT * FROM calls "
                "QUALIFY row_number() OVER (PARTITION BY key ORDER BY file, line) = 1"
            )
        scores.join(self._engine, self._column)
        self._derive("edited", "edit_distance IS NOT NULL", columns.is_edited())
        again = f"""
            lead("at") OVER (PARTITION BY asked_key ORDER BY "at") - "at" <= to_seconds({_RETRIED_S})
        """
        self._derive("retried", "asked_key IS NOT NULL", f"CAST(coalesce({again}, false) AS DOUBLE)")
        taken = tuple(
            name
            for name in outcome_names(self._engine)
            if name not in self._mapping.outcomes and name not in self.derived
        )
        made = tuple(self.derived)
        return Counted(self._lines, tuple(self._dead), self._skipped, self._other, doubles, taken, made)

    def _derive(self, name: str, condition: str, value: str) -> None:
        """Fill an outcome from other columns where the log does not state it."""
        if not self._one(f"SELECT count(*) FROM calls WHERE {condition}"):
            return
        if name in outcome_names(self._engine) and self._one(f'SELECT count("outcome:{name}") FROM calls'):
            return
        self.derived.append(name)
        self._column(name)
        self._engine.run(
            f'UPDATE calls SET "outcome:{name}" = found.value FROM (SELECT key, {value} AS value FROM calls '
            f"WHERE {condition}) AS found WHERE found.key = calls.key"
        )

    def _column(self, outcome: str) -> None:
        self._engine.run(f'ALTER TABLE calls ADD COLUMN IF NOT EXISTS "outcome:{outcome}" DOUBLE')

    def _one(self, sql: str, parameters: Sequence[object] = ()) -> int:
        return int(next(iter(self._engine.rows(sql, parameters)))[0])

    def _take(self, held: Sequence[tuple[int, int, str]]) -> None:
        self._lines += len(held)
        engine = self._engine
        engine.run("DROP TABLE IF EXISTS staged")
        engine.load("staged", {"file": "INTEGER", "line": "BIGINT", "content": "VARCHAR"}, held)
        self._refuse("NOT json_valid(content)", "staged", "expected a JSON object")
        self._refuse(
            "json_type(content) != 'OBJECT' AND coalesce(json_type(content, '$[0]') != 'OBJECT', true)",
            "staged",
            "expected a JSON object",
        )
        top = nested.take_apart(engine)
        self._refuse("json_type(content) != 'OBJECT'", "staged", "expected a JSON object")
        self._other += scores.take(engine, self._mapping, top)
        typed = columns.typed(self._paths(top), self._mapping)
        place = quoted(self._files[-1])
        engine.run(f"CREATE OR REPLACE TABLE typed AS {typed}")
        self._only_calls()
        engine.run(
            f"CREATE OR REPLACE TABLE named AS SELECT * EXCLUDE (content, path), {columns.KEY} AS key "
            f"FROM (SELECT *, {place} AS path FROM ({columns.NAMED}))"
        )
        self._without_secrets()
        self._keep()

    def _only_calls(self) -> None:
        kinds = columns.words(sorted(NO_CALLS))
        is_call = f"(kind IS NULL OR lower(kind) NOT IN {kinds}) AND coalesce(model_asked, model_served, input, output"
        is_call += ", CAST(output_tokens AS VARCHAR)) IS NOT NULL"
        before = self._one("SELECT count(*) FROM typed")
        self._engine.run(f"DELETE FROM typed WHERE NOT ({is_call})")
        self._other += before - self._one("SELECT count(*) FROM typed")
        self._refuse('"at" IS NULL', "typed", f"expected a time under {', '.join(TIMES['at'][2:6])}")
        limit = quoted((self._now + _AHEAD).strftime("%Y-%m-%d %H:%M:%S"))
        self._refuse(f'"at" > CAST({limit} AS TIMESTAMP)', "typed", "expected a time that has passed")
        self._refuse(f"\"at\" < CAST('{_FIRST}' AS TIMESTAMP)", "typed", f"expected a time after {_FIRST}")

    def _refuse(self, condition: str, table: str, why: str) -> None:
        """Count rows as dead, name the first of them, and drop them."""
        count = self._one(f"SELECT count(*) FROM {table} WHERE {condition}")
        if not count:
            return
        self._skipped += count
        room = max(_SHOWN - len(self._dead), 0)
        found = f"SELECT file, line FROM {table} WHERE {condition} ORDER BY file, line LIMIT {room}"
        self._dead += [f"{self._files[file]}:{line}: {why}" for file, line in self._engine.rows(found)]
        self._engine.run(f"DELETE FROM {table} WHERE {condition}")

    def _paths(self, top: set[str]) -> Mapping[str, Sequence[str]]:
        """Return the JSON paths of each name that occurs in the batch, those of the row itself first."""
        groups = {}
        for group in columns.GROUPS:
            groups[group] = set[str]()
            if group in top:
                keys = f"SELECT DISTINCT unnest(json_keys(content, '$.{group}')) FROM staged"
                groups[group] = {str(row[0]) for row in self._engine.rows(keys)}
        wanted = [name for names in (*TEXT.values(), *NUMBERS.values(), *TIMES.values()) for name in names]
        wanted += [*OUTCOME_NAMES, *self._mapping.fields.values(), *self._mapping.outcomes.values()]
        return {name: found for name in wanted if (found := columns.paths(name, top, groups))}

    def _without_secrets(self) -> None:
        """Hide whatever has the shape of a key in the words that are kept."""
        for column in columns.CLEANED:
            distinct = [str(row[0]) for row in self._engine.rows(f"SELECT DISTINCT {column} FROM named") if row[0]]
            for word in distinct:
                if word not in self._cleaned:
                    self._cleaned[word] = self._clean(word)
            for word in distinct:
                if (clean := self._cleaned[word]) != word:
                    self._engine.run(f"UPDATE named SET {column} = ? WHERE {column} = ?", (clean, word))
        if len(self._cleaned) > BATCH:
            self._cleaned.clear()

    def _keep(self) -> None:
        """Move the named rows into ``calls``, with columns for the outcomes that are new, and look at texts."""
        outcomes = [name for name in self._engine.columns("SELECT * FROM named") if name.startswith("outcome:")]
        for name in outcomes:
            self._column(name.removeprefix("outcome:"))
        more = "".join(f', "{name}"' for name in outcomes)
        rows = f"SELECT {columns.DERIVED}{more} FROM named"
        if self._sample:
            self._sample.look(self._engine)
            rows = f"SELECT * FROM ({rows}) LEFT JOIN looked USING (key)"
        self._engine.run(f"INSERT INTO calls BY NAME {rows}")
        if self._sample:
            self._sample.narrow(self._engine)


def outcome_names(engine: Engine) -> tuple[str, ...]:
    """Return the outcomes that ``calls`` has a column for, by name."""
    found = (name for name in engine.columns("SELECT * FROM calls") if name.startswith("outcome:"))
    return tuple(sorted(name.removeprefix("outcome:") for name in found))
