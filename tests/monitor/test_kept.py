"""A second run reads what is new, whatever became of the files meanwhile."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import main
from advisor.engine.duckdb import connect
from advisor.engine.port import Bounds
from advisor.errors import MonitorError
from advisor.monitor.run import Asked, Read, read_logs

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def _rows(first: int, count: int, *, with_id: bool = True, **more: object) -> str:
    rows = []
    for number in range(first, first + count):
        own = {"at": f"2026-11-02T{number // 60:02}:{number % 60:02}:00Z", "model": "m", "resolved": number % 10 > 0}
        rows.append(json.dumps({**own, **({"id": str(number)} if with_id else {}), **more}) + "\n")
    return "".join(rows)


def _run(folder: Path, *, fresh: bool = False, logs: str = "logs") -> tuple[Read, int]:
    with connect(Bounds(256, 1)) as engine:
        read = read_logs(engine, Asked([str(folder / logs)], fresh=fresh, folder=folder / "kept", texts=0), NOW, str)
        return read, int(next(iter(engine.rows("SELECT count(*) FROM calls")))[0])


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "logs" / "app.jsonl"
    path.parent.mkdir()
    path.write_text(_rows(0, 50, with_id=False))
    return path


def test_only_what_was_added_is_read_and_the_rest_is_kept(tmp_path: Path, log: Path) -> None:
    assert _run(tmp_path)[1] == 50
    read, calls = _run(tmp_path)
    assert (read.counted.lines, read.kept, calls, read.new_from) == (0, 50, 50, None)
    with log.open("a") as file:
        file.write(_rows(50, 7, with_id=False))
    read, calls = _run(tmp_path)
    assert (read.counted.lines, read.kept, calls) == (7, 50, 57)
    assert read.new_from == datetime(2026, 11, 2, 0, 50, tzinfo=UTC)


def test_a_rotated_file_is_known_under_its_new_name_and_the_new_one_is_read(tmp_path: Path, log: Path) -> None:
    _run(tmp_path)
    with log.open("a") as file:
        file.write(_rows(50, 3, with_id=False))
    log.with_name("app.1.jsonl.gz").write_bytes(gzip.compress(log.read_bytes()))
    log.write_text(_rows(53, 4, with_id=False))
    read, calls = _run(tmp_path)
    assert (read.counted.lines, calls, read.counted.doubles) == (7, 57, 0)
    assert _run(tmp_path)[0].counted.lines == 0


def test_a_file_written_anew_with_the_same_calls_adds_only_the_others(tmp_path: Path, log: Path) -> None:
    log.write_text(_rows(0, 50))
    _run(tmp_path)
    log.write_text(_rows(20, 40))
    assert _run(tmp_path)[1] == 60


def test_a_packed_file_that_grew_is_read_on(tmp_path: Path, log: Path) -> None:
    log.unlink()
    packed = log.with_name("b.jsonl.gz")
    packed.write_bytes(gzip.compress(_rows(0, 10, with_id=False).encode()))
    _run(tmp_path)
    packed.write_bytes(gzip.compress(_rows(0, 12, with_id=False).encode()))
    read, calls = _run(tmp_path)
    assert (read.counted.lines, calls) == (2, 12)


def test_a_torn_last_line_waits_for_its_rest(tmp_path: Path, log: Path) -> None:
    whole = _rows(50, 1, with_id=False)
    with log.open("a") as file:
        file.write(whole[:20])
    assert _run(tmp_path)[1] == 50
    with log.open("a") as file:
        file.write(whole[20:])
    read, calls = _run(tmp_path)
    assert (calls, read.counted.skipped) == (51, 0)


def test_calls_of_earlier_runs_are_as_likely_to_be_looked_at_as_new_ones(tmp_path: Path, log: Path) -> None:
    log.write_text(_rows(0, 60, output="It is on its way."))
    shares = list[tuple[float, int, int]]()
    for first, count in ((60, 0), (60, 900)):
        with log.open("a") as file:
            file.write(_rows(first, count, output="It is on its way."))
        with connect(Bounds(256, 1)) as engine:
            asked = Asked([str(tmp_path / "logs")], folder=tmp_path / "kept", texts=100)
            read = read_logs(engine, asked, NOW, str)
            sql = "SELECT count(looked) FILTER (file < 0), count(looked) FROM calls"
            shares.append((read.texts_share, *next(iter(engine.rows(sql)))))
    assert shares[0] == (1.0, 0, 60)
    share, old, every = shares[1]
    assert share <= 0.125
    assert 0 < every <= 100
    assert old < 25
    assert log.is_file()


def test_fresh_forgets_and_what_is_broken_says_so(tmp_path: Path, log: Path) -> None:
    _run(tmp_path)
    (cursor,) = (tmp_path / "kept").glob("*/cursor.json")
    cursor.write_text('{"calls": 1}')
    with pytest.raises(MonitorError, match=r"cursor\.json") as found:
        _run(tmp_path)
    assert found.value.hint is not None
    assert "--fresh" in found.value.hint
    assert _run(tmp_path, fresh=True)[1] == 50
    assert log.is_file()


def test_retries_are_made_anew_with_what_is_new(tmp_path: Path, log: Path) -> None:
    same: dict[str, Any] = {"conversation_id": "c", "input": "where is it?"}
    log.write_text(_rows(0, 1, **same))
    assert "retried" in _run(tmp_path)[0].counted.derived
    with log.open("a") as file:
        file.write(_rows(5, 1, **same))
    with connect(Bounds(256, 1)) as engine:
        asked = Asked([str(tmp_path / "logs")], folder=tmp_path / "kept", texts=0)
        read_logs(engine, asked, NOW, str)
        assert list(engine.rows('SELECT "outcome:retried" FROM calls ORDER BY "at"')) == [(1,), (0,)]


def test_no_key_is_kept_or_shown_and_no_text_is_in_the_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    key = "sk-proj-Abc123Def456Ghi789"
    texts: dict[str, Any] = {"input": f"MARKER-IN {key}", "output": f"MARKER-OUT {key}", "error": f"bad {key}"}
    rows = _rows(0, 40, segment=key, prompt_name=key, **texts)
    Path("a.jsonl").write_text(rows + _rows(41, 40, prompt_name=key + "x"))
    main(["monitor", "a.jsonl", "--by", "prompt", "--by", "segment", "--summary", "-f", "json"])
    said = capsys.readouterr()
    kept = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file() and one.name != "a.jsonl")
    assert "Abc123Def456" not in said.out + said.err
    assert b"Abc123Def456" not in kept
    assert "MARKER" not in Path("advisor-monitor.json").read_text()
    prompts = [cell["value"] for cell in json.loads(said.out)["cells"] if cell["by"] == "prompt"]
    assert len(set(prompts)) == 2, "two prompts stay two though their names are hidden"
