"""What was said of a call in a row of its own: langfuse's scores, joined to the call or to the last one of a trace."""

# ruff: noqa: S608 - every value in a query here is a column of ours, a number or quoted
from __future__ import annotations

from collections.abc import Callable

from advisor.engine.port import Engine, quoted
from advisor.monitor.columns import outcome, words
from advisor.monitor.fields import OUTCOME_NAMES, SCORES
from advisor.monitor.mapping import LogMapping


def create(engine: Engine) -> None:
    """Make the table ``scores``."""
    engine.run("CREATE TABLE scores (trace UBIGINT, span UBIGINT, name VARCHAR, value DOUBLE)")


def take(engine: Engine, mapping: LogMapping, top: set[str]) -> int:
    """Move rows that are scores out of ``staged``; return how many are of a name that is no outcome."""
    places = {field: [name for name in names if name in top] for field, names in SCORES.items()}
    if not all(places[field] for field in ("name", "value", "kind")) or not (places["trace"] or places["span"]):
        return 0

    def first(field: str) -> str:
        found = [f"""nullif(json_extract_string(content, '$."{name}"'), '')""" for name in places[field]]
        return f"coalesce({', '.join(found)})" if found else "NULL"

    is_score = f"{first('name')} IS NOT NULL AND {first('kind')} IS NOT NULL AND {first('value')} IS NOT NULL"
    before = _count(engine)
    names = {name: name for name in OUTCOME_NAMES} | {column: name for name, column in mapping.outcomes.items()}
    values = " ".join(f"WHEN {quoted(column)} THEN {outcome(name, first('value'))}" for column, name in names.items())
    renamed = " ".join(f"WHEN {quoted(column)} THEN {quoted(name)}" for column, name in names.items())
    engine.run(
        f"INSERT INTO scores SELECT CASE WHEN {first('trace')} IS NOT NULL THEN hash({first('trace')}) END, "
        f"CASE WHEN {first('span')} IS NOT NULL THEN hash({first('span')}) END, CASE {first('name')} {renamed} END, "
        f"CASE {first('name')} {values} END FROM staged WHERE {is_score} AND {first('name')} IN {words(names)}"
    )
    all_scores = int(next(iter(engine.rows(f"SELECT count(*) FROM staged WHERE {is_score}")))[0])
    engine.run(f"DELETE FROM staged WHERE {is_score}")
    return all_scores - (_count(engine) - before)


def join(engine: Engine, add_column: Callable[[str], None]) -> None:
    """Write each score to its call; one of a whole trace to the trace's last call."""
    names = [str(row[0]) for row in engine.rows("SELECT DISTINCT name FROM scores WHERE value IS NOT NULL ORDER BY 1")]
    for name in names:
        add_column(name)
        of = f"SELECT span, trace, any_value(value) AS value FROM scores WHERE name = {quoted(name)} GROUP BY ALL"
        engine.run(
            f'UPDATE calls SET "outcome:{name}" = found.value FROM ({of}) AS found WHERE found.span = calls.span'
        )
        last = 'SELECT trace, arg_max(key, "at") AS key FROM calls WHERE trace IS NOT NULL GROUP BY trace'
        engine.run(
            f'UPDATE calls SET "outcome:{name}" = found.value FROM (SELECT last.key, whole.value FROM ({of}) AS whole '
            f"JOIN ({last}) AS last USING (trace) WHERE whole.span IS NULL) AS found WHERE found.key = calls.key"
        )


def _count(engine: Engine) -> int:
    return int(next(iter(engine.rows("SELECT count(*) FROM scores")))[0])
