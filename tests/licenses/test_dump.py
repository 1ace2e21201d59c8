"""Dumps are classified offline, lineage included: JSON lines and Parquet alike, and a bad file is said to be one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from advisor.cli import main
from advisor.errors import UsageError
from advisor.licenses.aliases import Licenses
from advisor.licenses.audit import read_dump as reading
from advisor.licenses.audit.classify_dump import Classifier, DumpRow
from advisor.licenses.audit.read_dump import Declared, read_rows
from advisor.licenses.license import CLASS_STRICTNESS, STRICTNESS, Verdict
from advisor.requirements.schema import Organization

ROWS: tuple[dict[str, Any], ...] = (
    {"id": "owls/a", "license": "mit"},
    {"id": "owls/b", "license": "mit", "base_model": ["owls/c"]},
    {"id": "owls/c", "license": "cc-by-nc-4.0", "base_model": ["owls/b", "owls/a"]},
    {"id": "owls/d", "license": "apache-2.0", "base_model": ["owls/gone"]},
    {"id": "owls/f", "license": "other", "license_name": "modified-mit"},
    {"id": "owls/g"},
    {"license": "mit"},
)


def classified(licenses: Licenses, rows: Any) -> dict[str, DumpRow]:
    return {row.id: row for row in Classifier(licenses, ("commercial",), Organization()).classify(rows)}


def table(path: Path, **columns: Any) -> Path:
    parquet.write_table(pa.table(columns), path)
    return path


def test_a_dump_is_classified_with_its_lineage(licenses: Licenses) -> None:
    found = classified(
        licenses,
        [
            Declared("a", "mit"),
            Declared("b", "mit", base_model="c"),
            Declared("c", "cc-by-nc-4.0", base_model=["b"]),
            Declared("d", "apache-2.0", base_model="gone"),
            Declared("e", ["mit", "cc-by-nc-4.0"]),
            Declared("f", "other", "modified-mit"),
            Declared("g", 7, {"x": 1}, 7),
            Declared("h", "mit", base_model="b"),
            Declared("i", "mit", base_model=["c", "gone"]),
            Declared(None),
        ],
    )
    assert {name: row.verdict.value for name, row in found.items()} == {
        "a": "allowed",
        "b": "forbidden",
        "c": "forbidden",
        "d": "unknown",
        "e": "forbidden",
        "f": "unknown",
        "g": "unknown",
        "h": "forbidden",
        "i": "forbidden",
    }
    assert {name for name, row in found.items() if row.is_conflict} == {"b", "h", "i"}


def test_of_two_rows_with_one_id_the_stricter_stands(licenses: Licenses) -> None:
    strict, loose = Declared("a", "cc-by-nc-4.0"), Declared("a", "mit")
    for rows in ([strict, loose], [loose, strict]):
        row = classified(licenses, rows)["a"]
        assert (row.verdict, row.license_class) == ("forbidden", "non-commercial")


NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f", "gone"])


@given(
    st.lists(
        st.tuples(NAMES, st.sampled_from(["mit", "gpl-3.0", "cc-by-nc-4.0", "llama3", "zzz", None]), st.lists(NAMES)),
        unique_by=lambda row: row[0],
    )
)
def test_a_row_is_as_strict_as_the_strictest_that_can_be_reached_from_it(
    licenses: Licenses, rows: list[tuple[str, str | None, list[str]]]
) -> None:
    found = classified(licenses, [Declared(name, tag, None, base) for name, tag, base in rows])
    parents = {name: base for name, _, base in rows}
    for name, row in found.items():
        reached, waiting = set[str](), [name]
        while waiting:
            one = waiting.pop()
            if one not in reached:
                reached.add(one)
                waiting += parents.get(one, [])
        ranks = [STRICTNESS[found[one].own_verdict] if one in found else STRICTNESS[Verdict.UNKNOWN] for one in reached]
        assert STRICTNESS[row.verdict] == max(ranks)
        known = [CLASS_STRICTNESS[found[one].own_class] for one in reached if one in found]
        clear = [rank for rank in known if rank < CLASS_STRICTNESS["unknown"]]
        assert row.is_conflict == (max(clear, default=0) > CLASS_STRICTNESS[row.own_class])


def test_parquet_and_json_lines_give_the_same_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", 2)
    lines, columns = tmp_path / "dump.jsonl", tmp_path / "dump.parquet"
    lines.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    fields = ("downloads", "id", "license", "license_name", "base_model")
    whole = pa.table({name: [row.get(name) for row in ROWS] for name in fields})
    parquet.write_table(whole, columns, row_group_size=3)
    outputs = []
    for source in (lines, columns):
        output = tmp_path / f"{source.suffix}.out"
        assert main(["license", "dump", str(source), "-o", str(output), "--use", "commercial"]) == 0
        outputs.append(output.read_text(encoding="utf-8"))
    assert outputs[0] == outputs[1]
    assert [json.loads(line)["id"] for line in outputs[0].splitlines()] == [row["id"] for row in ROWS if "id" in row]


def test_parquet_holds_tags_as_text_lists_or_a_dictionary(tmp_path: Path, licenses: Licenses) -> None:
    ids, expected = ["a", "b", "c"], ["allowed", "forbidden", "unknown"]
    tags = pa.array(["mit", "cc-by-nc-4.0", None])
    kinds = (
        tags,
        tags.dictionary_encode(),
        tags.cast(pa.large_string()),
        pa.array([["mit"], ["mit", "cc-by-nc-4.0"], []]),
    )
    for number, kind in enumerate(kinds):
        path = table(tmp_path / f"{number}.parquet", id=ids, license=kind)
        assert [row.verdict for row in classified(licenses, read_rows(path)).values()] == expected


def test_a_name_that_is_no_text_costs_its_own_row(tmp_path: Path, licenses: Licenses) -> None:
    broken = pa.Array.from_buffers(pa.string(), 2, pa.array([b"a", b"\xff"]).buffers())
    path = table(tmp_path / "dump.parquet", id=["a", "b"], license=broken)
    assert [row.verdict for row in classified(licenses, read_rows(path)).values()] == ["unknown", "unknown"]
    path = table(tmp_path / "dump.parquet", id=broken, license=["mit", "mit"])
    assert [row.verdict for row in classified(licenses, read_rows(path)).values()] == ["allowed"]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"license": ["mit"]}, "expected one column id or repo_id, found 'license'"),
        ({"id": ["a"]}, "expected one column license, found 'id'"),
        ({"id": [1], "license": ["mit"]}, "expected text in the column id, found int64"),
        ({"id": ["a"], "license": [{"id": "mit"}]}, "expected text or a list of texts in the column license"),
        ({"id": ["a"], "license": ["mit"], "base_model": [[["b"]]]}, "in the column base_model, found list<"),
        ({"id": ["a"], "license": ["mit"], "license_name": [["b"]]}, "expected text in the column license_name"),
    ],
)
def test_columns_that_are_missing_or_of_another_type_are_named(
    columns: dict[str, Any], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path / "dump.parquet", **columns)
    assert main(["license", "dump", str(path)]) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_is_cut_off_or_no_parquet_is_an_error_and_leaves_the_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = table(tmp_path / "whole.parquet", id=[f"owls/{n}" for n in range(5000)], license=["mit"] * 5000)
    raw = whole.read_bytes()
    damaged = bytes(byte ^ 0x55 if 40 < place < 4000 else byte for place, byte in enumerate(raw))
    output = tmp_path / "out.jsonl"
    output.write_text("kept\n", encoding="utf-8")
    for content in (b"", b"PAR1", raw[: len(raw) // 2], raw[:-3], damaged, b'{"id": "a"}\n', b"\x00" * 4096):
        path = tmp_path / "dump.parquet"
        path.write_bytes(content)
        assert main(["license", "dump", str(path), "-o", str(output)]) == 2
        assert "dump.parquet: " in capsys.readouterr().err
    assert output.read_text(encoding="utf-8") == "kept\n"


def test_a_row_group_with_too_many_values_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_VALUES", 99)
    path = table(tmp_path / "dump.parquet", id=["a"], license=["mit"], base_model=[["b"] * 100])
    with pytest.raises(UsageError, match="at most 99 values of a column in a row group, found 100"):
        list(read_rows(path))


def test_without_pyarrow_json_lines_are_read_and_parquet_says_what_to_install(tmp_path: Path) -> None:
    table(tmp_path / "dump.parquet", id=["a"], license=["mit"])
    (tmp_path / "dump.jsonl").write_text('{"id": "a", "license": "mit"}\n', encoding="utf-8")
    script = "import sys; sys.modules['pyarrow'] = None; from advisor.cli import main; sys.exit(main(sys.argv[1:]))"
    for name, code, said in (("dump.jsonl", 0, "1 rows"), ("dump.parquet", 2, "pip install 'model-advisor[parquet]'")):
        command = [sys.executable, "-c", script, "license", "dump", str(tmp_path / name)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert (done.returncode, said in done.stderr) == (code, True), done.stderr


def test_lines_that_are_no_rows_are_left_out_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, output = tmp_path / "dump.jsonl", tmp_path / "out.jsonl"
    lines = [
        '\ufeff{"id": "a", "license": "mit"}',
        "not json",
        "[]",
        "[" * 100_000,
        '  {"id": "b"} ',
        '{"id": "c"} {}',
        "7",
        '{"id": "a"}',
    ]
    source.write_text("\n".join(lines), encoding="utf-8")
    assert main(["license", "dump", str(source), "-o", str(output), "--use", "commercial"]) == 0
    found = {row["id"]: row["verdict"] for row in map(json.loads, output.read_text(encoding="utf-8").splitlines())}
    assert found == {"a": "unknown", "b": "unknown"}
    said = capsys.readouterr()
    assert "2  unknown" in said.out
    assert "6 rows left out" in said.err


def test_a_file_without_a_single_row_is_no_dump(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "notes.txt"
    for content in (b"", b"my notes\n", b"\x00\xff" * 999):
        source.write_bytes(content)
        assert main(["license", "dump", str(source)]) == 2
        assert "expected rows with an id" in capsys.readouterr().err
    assert main(["license", "dump", str(tmp_path / "gone.jsonl")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert main(["license", "dump", str(tmp_path)]) == 2
