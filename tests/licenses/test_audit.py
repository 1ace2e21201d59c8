"""The audit of a whole dump says what the one classifier says, row by row, and what it all comes to."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from advisor.cli import main
from advisor.engine.duckdb import connect
from advisor.engine.port import Bounds
from advisor.errors import UsageError
from advisor.licenses.aliases import Licenses
from advisor.licenses.audit.audit import Audit, folders
from advisor.licenses.audit.classify_dump import Classifier, DumpRow, inherited
from advisor.licenses.audit.lineage import inherit
from advisor.licenses.audit.read_dump import read_rows
from advisor.requirements.schema import Organization

ODD: tuple[Any, ...] = (None, "", 0, 7, True, False, [], ["mit", 3], {"a": 1}, [None], "MIT ", "other", "unknown")
NAMES = ("mit", "apache-2.0", "cc-by-nc-4.0", "gpl-3.0", "llama3", "openrail", "gemma", "other")


def classifier(licenses: Licenses) -> Classifier:
    return Classifier(licenses, ("commercial",), Organization())


def made(count: int, seed: int) -> list[Any]:
    """Rows as a Hub has them and as it should not: odd types, doubles, cycles, bases that are not there."""
    some = random.Random(seed)

    def name() -> Any:
        return some.choice(ODD) if some.random() < 0.02 else f"org-{some.randrange(40)}/m{some.randrange(count)}"

    def license_() -> Any:
        kind = some.random()
        if kind < 0.05:
            return some.choice(ODD)
        return some.choice(NAMES) if kind < 0.8 else some.sample(NAMES, some.randrange(3))

    rows: list[Any] = []
    for _ in range(count):
        base = some.choice([None, name(), [name() for _ in range(some.randrange(4))], some.choice(ODD)])
        row = {"id": name(), "license": license_(), "license_name": some.choice([None, "llama2", "x", 3]), "more": 1}
        if some.random() < 0.1:
            row["repo_id"] = name()
        rows.append(row | ({"base_model": base} if some.random() < 0.7 else {}))
    return [*rows, 5, "text", ["list"], {}]


def written(path: Path, rows: list[Any]) -> Path:
    lines = [json.dumps(row) for row in rows]
    path.write_text("\n".join([*lines, "{torn", ""]), encoding="utf-8")
    return path


@contextmanager
def audited(licenses: Licenses, *files: Path) -> Iterator[Audit]:
    with connect(Bounds(threads=1), folders=folders(files), extra="audit") as engine:
        found = Audit(engine, classifier(licenses))
        found.read(files)
        yield found


def plain(row: DumpRow) -> tuple[Any, ...]:
    return (*row[:5], sorted(row.licenses), row.is_conflict)


def test_twenty_thousand_rows_are_judged_as_the_classifier_judges_them(licenses: Licenses, tmp_path: Path) -> None:
    path = written(tmp_path / "d.jsonl", made(20_000, 7))
    expected = {row.id: plain(row) for row in classifier(licenses).classify(read_rows(path))}
    with audited(licenses, path) as found:
        rows = {row[0]: (*row[:5], sorted(row[5]), row[6]) for row in found.rows()}
        summary = found.summary()
    assert rows.keys() == expected.keys()
    assert [name for name in rows if rows[name] != expected[name]] == []
    assert summary.conflicts == sum(row[6] for row in expected.values())
    assert sum(one.repositories for one in summary.verdicts) == len(expected)
    assert summary.worst
    assert all(expected[one.id][6] for one in summary.worst)


def test_parquet_says_what_json_lines_say(licenses: Licenses, tmp_path: Path) -> None:
    table = {
        "repo_id": ["o/a", "o/b", "o/c", None],
        "license": [["mit"], ["cc-by-nc-4.0"], None, ["mit"]],
        "base_model": [["o/b"], [], ["gone"], []],
        "downloads": [1, 2, 3, 4],
    }
    parquet.write_table(pa.table(table), tmp_path / "d.parquet")
    with audited(licenses, tmp_path / "d.parquet") as found:
        rows = {row[0]: row[1] for row in found.rows()}
    assert rows == {"o/a": "forbidden", "o/b": "forbidden", "o/c": "unknown"}


edges = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30)


@given(st.lists(st.integers(0, 3), min_size=12, max_size=12), edges)
def test_pointer_doubling_hands_down_what_a_walk_hands_down(ranks: list[int], drawn: list[tuple[int, int]]) -> None:
    pairs = sorted(set(drawn))
    children: dict[int, list[int]] = {}
    for below, above in pairs:
        children.setdefault(above, []).append(below)
    child, parent = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    found = inherit(np.array([ranks], dtype=np.int8), child, parent)
    assert found[0].tolist() == inherited(list(ranks), children)


def test_a_chain_of_a_hundred_thousand_and_a_cycle_at_its_end() -> None:
    places = 100_000
    child = np.arange(places)
    parent = np.concatenate([child[1:], [places - 2]])
    ranks = np.zeros((1, places), dtype=np.int8)
    ranks[0, -1] = 3
    assert inherit(ranks, child, parent)[0].tolist() == [3] * places


def test_the_command_writes_rows_and_compares_with_an_earlier_audit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = written(tmp_path / "a.jsonl", [{"id": "o/a", "license": "mit"}, {"id": "o/gone", "license": "mit"}])
    second = written(tmp_path / "b.jsonl", [{"id": "o/a", "license": "cc-by-nc-4.0"}, {"id": "o/new"}])
    rows = tmp_path / "rows.parquet"
    asked = ["license", "audit", "--use", "commercial"]
    assert main([*asked, str(first), "-o", str(rows)]) == 0
    table = parquet.read_table(rows).to_pylist()
    assert [(row["id"], row["verdict"], row["licenses"]) for row in table] == [
        ("o/a", "allowed", ["mit"]),
        ("o/gone", "allowed", ["mit"]),
    ]
    capsys.readouterr()
    assert main([*asked, str(second), "--since", str(rows), "-o", str(tmp_path / "new.jsonl"), "-f", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["trend"] == {"added": 1, "removed": 1, "changes": [["allowed", "forbidden", 1]]}
    lines = [json.loads(line) for line in (tmp_path / "new.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["id"], line["verdict"]) for line in lines] == [("o/a", "forbidden"), ("o/new", "unknown")]
    assert main([*asked, str(first)]) == 0
    assert "allowed" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")] == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "found no such file"),
        (b"not\nlines of json\n", "expected rows with an id, found none"),
        (b"PAR1 but nothing more", "the data engine refused"),
    ],
)
def test_a_file_that_is_no_dump_is_said_to_be_none(
    tmp_path: Path, content: bytes | None, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "d.jsonl"
    if content is not None:
        path.write_bytes(content)
    assert main(["license", "audit", str(path), "-o", str(tmp_path / "out.jsonl")]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out.jsonl").exists()


def test_columns_of_another_kind_are_named(licenses: Licenses, tmp_path: Path) -> None:
    parquet.write_table(pa.table({"id": [1], "license": ["mit"]}), tmp_path / "d.parquet")
    with (
        pytest.raises(UsageError, match="expected text in the column id, found BIGINT"),
        audited(licenses, tmp_path / "d.parquet"),
    ):
        pass
