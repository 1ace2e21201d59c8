"""Rows of logs become calls, or are counted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from advisor.engine.duckdb import DuckEngine, connect
from advisor.engine.port import Bounds
from advisor.errors import MonitorError
from advisor.monitor.log_files import Lines, LogFile, find_logs, position
from advisor.monitor.mapping import LogMapping, load_mapping
from advisor.monitor.rows import CallTable

NOW = datetime(2026, 11, 30)  # noqa: DTZ001 - UTC by contract


@pytest.fixture
def engine() -> Iterator[DuckEngine]:
    with connect(Bounds(256, 1)) as made:
        yield made


def test_names_of_the_genai_conventions_old_and_new(engine: DuckEngine) -> None:
    old = {"gen_ai.system": "openai", "gen_ai.usage.prompt_tokens": 7, "gen_ai.request.model": "m"}
    new = {"gen_ai.provider.name": "openai", "gen_ai.usage.input_tokens": 7, "gen_ai.request.model": "m"}
    rows = [
        {"span_id": f"{n}", "start_time": "2026-11-02T10:00:00Z", "attributes": one} for n, one in enumerate((old, new))
    ]
    _filled(engine, rows)
    assert list(engine.rows("SELECT channel, input_tokens FROM calls")) == [("openai", 7)] * 2


@pytest.mark.parametrize("at", ["2026-11-02T10:00:00Z", 1793613600, 1793613600000, "1793613600000000000"])
def test_a_moment_in_any_unit(engine: DuckEngine, at: object) -> None:
    _filled(engine, [{"at": at, "model": "m"}])
    assert list(engine.rows('SELECT "at" FROM calls')) == [(datetime(2026, 11, 2, 10),)]  # noqa: DTZ001 - as stored


def test_outcomes_without_a_mapping_are_told(engine: DuckEngine) -> None:
    said = [("thumbs", "up"), ("thumbs", "down"), ("rating", 2), ("rating", 4), ("accepted", True), ("thumbs", "hm")]
    rows = [{"at": "2026-11-02", "model": "m", name: value} for name, value in said]
    counted = _filled(engine, rows).end()
    assert set(counted.from_outcomes) == {"thumbs", "rating", "accepted"}
    found = 'SELECT "outcome:thumbs", "outcome:rating", "outcome:accepted" FROM calls ORDER BY line'
    assert list(engine.rows(found)) == [
        (1, None, None),
        (0, None, None),
        (None, 0, None),
        (None, 1, None),
        (None, None, 1),
        (None, None, None),
    ]


def test_dead_lines_futures_tools_and_doubles_are_counted(engine: DuckEngine) -> None:
    table = CallTable(engine, NOW)
    good = b'{"id": "a", "at": "2026-11-02", "model": "m"}'
    tool = b'{"at": "2026-11-02", "gen_ai.operation.name": "execute_tool", "model": "m"}'
    lines = [good, b"{broken", b"[1]", b'{"model": "m"}', b'{"at": "2027-11-02", "model": "m"}', tool, good]
    table.add("a.jsonl", enumerate(lines, 1))
    counted = table.end()
    assert (counted.lines, counted.skipped, counted.other, counted.doubles) == (7, 4, 1, 1)
    assert [one.partition(": ")[0] for one in counted.dead] == [f"a.jsonl:{n}" for n in (2, 3, 4, 5)]


@pytest.mark.parametrize("amount", [1e30, -5, "NaN", "Infinity", [1], {"a": 1}, "many"])
def test_an_amount_that_can_be_none_is_left_out(engine: DuckEngine, amount: object) -> None:
    _filled(engine, [{"at": "2026-11-02", "model": "m", "input_tokens": amount, "usd": amount, "latency_ms": amount}])
    assert list(engine.rows("SELECT input_tokens, usd, latency_ms FROM calls")) == [(None, None, None)]


def test_an_edit_before_use_has_a_distance(engine: DuckEngine) -> None:
    _filled(engine, [{"at": "2026-11-02", "model": "m", "output": "abcd", "final_output": "abcx"}])
    assert list(engine.rows("SELECT edit_distance FROM calls")) == [(0.25,)]


def test_a_mapping_names_columns_of_ones_own(engine: DuckEngine, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("fields: {at: when, latency_s: took}\noutcomes: {solved: closed_ok}\n")
    table = CallTable(engine, NOW, load_mapping(tmp_path / "m.yaml"))
    table.add("x", [(1, b'{"when": "2026-11-02", "took": 1.5, "closed_ok": "no", "model": "m"}')])
    assert table.end().from_outcomes == ()
    assert list(engine.rows('SELECT latency_ms, "outcome:solved" FROM calls')) == [(1500, 0)]


@pytest.mark.parametrize("text", ["fields: {speed: x}", "columns: {}", "fields: [a]", "outcomes: {'a b': x}"])
def test_a_wrong_mapping_names_its_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "m.yaml").write_text(text + "\n")
    with pytest.raises(MonitorError, match=r"m\.yaml:1"):
        load_mapping(tmp_path / "m.yaml")


def test_a_log_goes_on_where_it_was_left(engine: DuckEngine, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"n": 1}\n{"n": 2')
    lines = Lines(LogFile(str(path)), engine)
    assert [number for number, _ in lines] == [1]
    kept = {str(path): position(str(path), lines.offset, lines.number)}
    assert find_logs([str(tmp_path)], kept) == ()
    with path.open("ab") as file:
        file.write(b'2}\n{"n": 3}\n')
    (grown,) = find_logs([str(tmp_path)], kept)
    assert [(number, line.strip()) for number, line in Lines(grown, engine)] == [(2, b'{"n": 22}'), (3, b'{"n": 3}')]
    path.write_bytes(b'{"other": 1}\n' * 9)
    (rotated,) = find_logs([str(tmp_path)], kept)
    assert rotated.start is None


def test_a_name_without_logs_is_an_error(tmp_path: Path) -> None:
    for name in (str(tmp_path), str(tmp_path / "none.jsonl"), str(tmp_path / "*.jsonl")):
        with pytest.raises(MonitorError, match=str(tmp_path)):
            find_logs([name], {})


def _filled(engine: DuckEngine, rows: Sequence[Mapping[str, object]]) -> CallTable:
    table = CallTable(engine, NOW, LogMapping())
    table.add("a.jsonl", enumerate((json.dumps(row).encode() for row in rows), 1))
    return table
