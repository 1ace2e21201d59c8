"""The audit of a whole Hub: every row of a dump with its own verdict and that of all it derives from.

The data engine reads the files and joins each row to the verdict of its declaration. There is no second set of rules:
each combination of license and license_name is judged once, by the one classifier
(:mod:`advisor.licenses.audit.classify_dump`), and a test holds both ways against each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from advisor.engine.port import Engine, listed, quoted
from advisor.errors import UsageError
from advisor.files.leftovers import mark, sweep
from advisor.licenses.audit.classify_dump import CLASSES, Classifier
from advisor.licenses.audit.lineage import inherit
from advisor.licenses.license import CLASS_STRICTNESS, STRICTNESS, Verdict

LONGEST_LINE = 16 << 20
"""Bytes of a JSON line; a longer one is left out."""

_VERDICTS = tuple(Verdict)
_UNKNOWN = (STRICTNESS[Verdict.UNKNOWN], CLASS_STRICTNESS["unknown"])
_NONE = -1
"""The rank of a class that nobody knows where only known ones are compared."""
_COLUMNS = ("id", "repo_id", "license", "license_name", "base_model")

Tell = Callable[[str], None]


class Count(NamedTuple):
    """How many repositories there are of a kind."""

    name: str
    repositories: int


class Worst(NamedTuple):
    """A repository that is looser than what it derives from, and how many derive from it."""

    id: str
    own_class: str
    license_class: str
    descendants: int


class AuditSummary(NamedTuple):
    """What a dump comes to."""

    rows: int
    """Rows read, those without an id included."""
    repositories: int
    verdicts: tuple[Count, ...]
    classes: tuple[Count, ...]
    conflicts: int
    """Repositories whose own class is known, and looser than that of something they derive from."""
    labs: tuple[Count, ...]
    """Organizations with the most such repositories."""
    worst: tuple[Worst, ...]
    """Of those, the ones with the most direct descendants."""


class Trend(NamedTuple):
    """What changed between two audits, repository by repository."""

    added: int
    removed: int
    changes: tuple[tuple[str, str, int], ...]
    """From one verdict to another, and how many."""


class Audit:
    """One dump in an engine, read, judged and followed through its lineage."""

    def __init__(self, engine: Engine, classifier: Classifier, tell: Tell = lambda _: None) -> None:
        self._engine, self._classifier, self._tell = engine, classifier, tell
        self._read = 0
        for statement in _MACROS.split(";"):
            engine.run(statement)

    def read(self, files: Sequence[Path]) -> None:
        """Read and judge. Raises UsageError for a file that is no dump, EngineError where the engine gives up."""
        parts = [_source(self._engine, path) for path in files]
        self._tell(f"reading {', '.join(path.name for path in files)}")
        self._engine.run(f"CREATE TABLE raw AS {' UNION ALL BY NAME '.join(parts)}")
        ((self._read,),) = self._engine.rows("SELECT count(*) FROM raw")
        self._judge()
        self._engine.run(_NODES)
        ((found,),) = self._engine.rows("SELECT count(*) FROM nodes")
        if not found:
            names = ", ".join(map(str, files))
            raise UsageError(f"{names}: expected rows with an id, found none in {self._read:,}", hint="is it a dump?")
        self._tell(f"following what {found:,} repositories derive from")
        self._engine.run(_EDGES)
        self._follow(found)

    def write(self, output: Path) -> None:
        """Write a row for each repository, sorted by id: Parquet or JSON lines, by the name's ending.

        A file that is there is replaced in one step at the end.
        """
        form = "parquet" if output.suffix == ".parquet" else "json"
        sweep(output.parent)
        temporary = output.with_name(f".{output.name}.{mark()}rows.tmp")
        try:
            self._engine.run(f"COPY ({_ROWS} ORDER BY id) TO {quoted(str(temporary))} (FORMAT {form})")
            temporary.replace(output)
        finally:
            temporary.unlink(missing_ok=True)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield what :meth:`write` writes: the fields of :class:`~advisor.licenses.audit.classify_dump.DumpRow`."""
        return self._engine.rows(f"{_ROWS} ORDER BY id")

    def summary(self, most: int = 10) -> AuditSummary:
        """Return the counts, and the ``most`` first of labs and of conflicts that others derive from."""
        engine = self._engine
        by_verdict = engine.records(f"SELECT verdict, count(*) FROM ({_ROWS}) GROUP BY 1 ORDER BY 2 DESC, 1", Count)  # noqa: S608
        by_class = engine.records(f"SELECT license_class, count(*) FROM ({_ROWS}) GROUP BY 1 ORDER BY 2 DESC, 1", Count)  # noqa: S608
        labs = engine.records(_LABS, Count, [most])
        worst = engine.records(_WORST, Worst, [most])
        verdicts = tuple(by_verdict)
        ((conflicts,),) = engine.rows("SELECT count(*) FROM judged WHERE known > own_class")
        return AuditSummary(
            self._read,
            sum(one.repositories for one in verdicts),
            verdicts,
            tuple(by_class),
            conflicts,
            tuple(labs),
            tuple(worst),
        )

    def trend(self, before: Path) -> Trend:
        """Compare with the rows of an earlier audit. Raises UsageError if the file holds none."""
        was = _earlier(self._engine, before)
        joined = (
            f"SELECT b.id AS was_id, a.id, b.verdict AS was, a.verdict "  # noqa: S608
            f"FROM ({_ROWS}) a FULL JOIN ({was}) b ON a.id = b.id"
        )
        ((added, removed),) = self._engine.rows(
            f"SELECT count(*) FILTER (was_id IS NULL), count(*) FILTER (id IS NULL) FROM ({joined})"  # noqa: S608
        )
        changes = self._engine.rows(
            f"SELECT was, verdict, count(*) FROM ({joined}) WHERE was <> verdict GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"  # noqa: S608
        )
        return Trend(added, removed, tuple((str(one), str(two), int(count)) for one, two, count in changes))

    def _judge(self) -> None:
        self._engine.run(_COMBINATIONS)
        found = list(self._engine.rows("SELECT key, license, license_name FROM combinations"))
        self._tell(f"judging {len(found):,} kinds of declaration")
        rows = []
        for key, license_, name in found:
            own = self._classifier.own(_value(license_), _value(name))
            rows.append((key, own.rank, own.class_rank, json.dumps(own.ids)))
        self._engine.load(
            "verdicts", {"key": "BIGINT", "rank": "TINYINT", "class_rank": "TINYINT", "ids": "VARCHAR"}, rows
        )

    def _follow(self, places: int) -> None:
        import numpy as np

        own = self._engine.arrays("SELECT place, rank, class_rank FROM nodes ORDER BY place")
        edges = self._engine.arrays("SELECT child, coalesce(parent, -1) AS parent FROM edges")
        child, parent = edges["child"].astype(np.int64), edges["parent"].astype(np.int64)
        is_clear = own["class_rank"] < _UNKNOWN[1]
        known = np.where(is_clear, own["class_rank"], _NONE)
        ranks = np.stack([own["rank"], own["class_rank"], known]).astype(np.int8)
        # A base that the dump lacks is one more place, of which nothing is known.
        ranks = np.concatenate([ranks, np.array([[_UNKNOWN[0]], [_UNKNOWN[1]], [_NONE]], dtype=np.int8)], axis=1)
        parent = np.where(parent < 0, places, parent)
        found = inherit(ranks, child, parent)[:, :places]
        self._engine.load_arrays(
            "ranks", {"place": np.arange(places), "rank": found[0], "class_rank": found[1], "known": found[2]}
        )
        self._engine.run(_JUDGED)
        self._engine.run(_MEANINGS)


_NODES = """
CREATE TABLE nodes AS
SELECT id, max(v.rank) AS rank, max(v.class_rank) AS class_rank, list(DISTINCT r.key) AS keys,
       row_number() OVER () - 1 AS place
FROM declared r JOIN verdicts v USING (key) GROUP BY id
"""

_COMBINATIONS = """
CREATE TABLE combinations AS SELECT license, license_name, row_number() OVER () AS key FROM raw GROUP BY ALL;
CREATE TABLE declared AS
SELECT CASE WHEN is_named(raw.id) THEN raw.id ELSE raw.repo_id END ->> '$' AS id, key, base_model
FROM raw JOIN combinations c
ON raw.license IS NOT DISTINCT FROM c.license AND raw.license_name IS NOT DISTINCT FROM c.license_name
WHERE is_text(CASE WHEN is_named(raw.id) THEN raw.id ELSE raw.repo_id END);
DROP TABLE raw
"""

_MACROS = """
CREATE MACRO is_named(value) AS coalesce(value::VARCHAR NOT IN ('null', '""', 'false', '0', '0.0', '[]', '{}'), false);
CREATE MACRO is_text(value) AS json_type(value) = 'VARCHAR' AND value ->> '$' <> ''
"""
"""What counts as a name: a value that says something, and a text that is not empty."""

_EDGES = """
CREATE TABLE edges AS
WITH named AS (
    SELECT id, base_model ->> '$' AS base FROM declared WHERE json_type(base_model) = 'VARCHAR'
    UNION ALL
    SELECT id, one ->> '$' FROM (SELECT id, unnest(json_extract(base_model, '$[*]')) AS one FROM declared
                                 WHERE json_type(base_model) = 'ARRAY')
    WHERE json_type(one) = 'VARCHAR'
)
SELECT DISTINCT child.place AS child, parent.place AS parent
FROM named JOIN nodes child USING (id) LEFT JOIN nodes parent ON parent.id = named.base
WHERE base <> ''
"""

_JUDGED = """
CREATE TABLE judged AS
SELECT id, keys, n.place, ranks.rank, n.rank AS own_rank, ranks.class_rank, n.class_rank AS own_class, known
FROM nodes n JOIN ranks USING (place)
"""

_MEANINGS = """
CREATE TABLE meanings AS
SELECT keys, list_sort(list(DISTINCT license)) AS licenses
FROM (SELECT keys, unnest(from_json(v.ids, '["VARCHAR"]')) AS license
      FROM (SELECT keys, unnest(keys) AS key FROM (SELECT DISTINCT keys FROM nodes WHERE len(keys) > 1))
      JOIN verdicts v USING (key))
GROUP BY keys
"""
"""What repositories with several rows declare, in alphabetical order."""

_ROWS = f"""
SELECT id, {listed(_VERDICTS)}[j.rank + 1] AS verdict, {listed(_VERDICTS)}[own_rank + 1] AS own_verdict,
       {listed(CLASSES)}[j.class_rank + 1] AS license_class, {listed(CLASSES)}[own_class + 1] AS own_class,
       CASE WHEN len(j.keys) = 1 THEN from_json(v.ids, '["VARCHAR"]') ELSE coalesce(m.licenses, []) END AS licenses,
       known > own_class AS is_conflict
FROM judged j JOIN verdicts v ON v.key = j.keys[1] LEFT JOIN meanings m ON m.keys = j.keys
"""  # noqa: S608 - words of ours

_LABS = """
SELECT split_part(id, '/', 1), count(*) FROM judged WHERE known > own_class GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?
"""

_WORST = f"""
SELECT id, {listed(CLASSES)}[own_class + 1], {listed(CLASSES)}[class_rank + 1], count(edges.child) AS descendants
FROM judged LEFT JOIN edges ON edges.parent = judged.place WHERE known > own_class
GROUP BY ALL ORDER BY descendants DESC, id LIMIT ?
"""  # noqa: S608


def _value(text: Any) -> Any:
    return None if text is None else json.loads(text)


def _source(engine: Engine, path: Path) -> str:
    """Return the query that reads one file. Raises UsageError for one that is no dump."""
    if not path.is_file():
        raise UsageError(f"{path}: expected a dump of metadata, found no such file")
    with path.open("rb") as file:
        is_parquet = file.read(4) == b"PAR1"
    if is_parquet:
        return _parquet(engine, path)
    if path.suffix == ".parquet":
        raise UsageError(f"{path}: expected a Parquet file, found another kind", hint="name JSON lines .jsonl")
    columns = ", ".join(f"{name}: 'JSON'" for name in _COLUMNS)
    return (
        f"SELECT {', '.join(_COLUMNS)} FROM read_json({quoted(str(path))}, format='newline_delimited', "  # noqa: S608
        f"ignore_errors=true, maximum_object_size={LONGEST_LINE}, columns={{{columns}}})"
    )


def _parquet(engine: Engine, path: Path) -> str:
    read = f"read_parquet({quoted(str(path))})"
    kinds = engine.columns(f"SELECT * FROM {read}")  # noqa: S608
    if "license" not in kinds or not {"id", "repo_id"} & kinds.keys():
        found = ", ".join(map(repr, list(kinds)[:12])) or "none"
        raise UsageError(f"{path}: expected the columns id and license, found {found}", hint="rename the columns")
    for name in _COLUMNS:
        allowed = ("VARCHAR", "VARCHAR[]") if name in ("license", "base_model") else ("VARCHAR",)
        if kinds.get(name, "VARCHAR") not in (*allowed, '"NULL"', "INTEGER[]"):
            wanted = "text or a list of texts" if len(allowed) > 1 else "text"
            raise UsageError(f"{path}: expected {wanted} in the column {name}, found {kinds[name][:80]}")
    fields = (f"to_json({name}) AS {name}" if name in kinds else f"NULL::JSON AS {name}" for name in _COLUMNS)
    return f"SELECT {', '.join(fields)} FROM {read}"  # noqa: S608


def _earlier(engine: Engine, path: Path) -> str:
    if not path.is_file():
        raise UsageError(f"{path}: expected the rows of an earlier audit, found no such file")
    reader = "read_parquet" if path.suffix == ".parquet" else "read_json"
    kinds = engine.columns(f"SELECT * FROM {reader}({quoted(str(path))})")  # noqa: S608
    if not {"id", "verdict"} <= kinds.keys():
        raise UsageError(
            f"{path}: expected the columns id and verdict, found {', '.join(list(kinds)[:12])}",
            hint="name a file that `advisor license audit -o` wrote",
        )
    return f"SELECT id, verdict FROM {reader}({quoted(str(path))})"  # noqa: S608


def folders(files: Iterable[Path]) -> tuple[Path, ...]:
    """Return the folders of files, each once: all that the engine may touch."""
    return tuple(dict.fromkeys(path.resolve().parent for path in files))
