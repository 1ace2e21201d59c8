"""The sample of questions that themes are made of: the same whatever the runs, kept without keys and personal data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from advisor.engine.duckdb import connect
from advisor.engine.port import Bounds
from advisor.errors import MonitorError
from advisor.evals.pii import text_cleaner
from advisor.monitor.call import Call
from advisor.monitor.new_themes import WINDOW
from advisor.monitor.questions import NAME, Questions

START = datetime(2026, 11, 1, tzinfo=UTC)
KEY = "sk-proj-" + "Ab1xY9zzQ7" * 3
CLEAN = text_cleaner({})


def _call(number: int, given: str | None, answer: str = "An answer.") -> Call:
    empty: dict[str, Any] = dict.fromkeys(Call._fields)
    at = (START + timedelta(minutes=number)).replace(tzinfo=None)
    own = {"id": f"{number:x}", "at": at, "input": given, "output": answer, "outcomes": {}, "place": ""}
    return Call(**{**empty, **own})


def _engine(numbers: range, resolved: dict[int, float] | None = None) -> Any:
    engine = connect(Bounds(threads=1))
    shape = {"key": "UBIGINT", "file": "INTEGER", "line": "BIGINT", "fault": "VARCHAR", "conversation": "UBIGINT"}
    shape |= {"outcome:resolved": "DOUBLE", "outcome:retried": "DOUBLE", "verdict:refusal": "BOOLEAN"}
    outcome = resolved or {}
    rows = [
        (one, 0, one + 1, "timeout" if one == 7 else None, one // 2, outcome.get(one), None, None) for one in numbers
    ]
    engine.load("calls", shape, rows)
    return engine


def test_what_became_of_a_call_is_read_where_it_is_told() -> None:
    found = Questions(CLEAN)
    found.see([_call(number, f"Question {number}?") for number in (9, 8, 7, 6)] + [_call(3, None), _call(4, " ")])
    with _engine(range(6, 9), {6: 1.0, 8: 0.0}) as engine:
        asked = found.settle(engine, ["log.jsonl"])
    assert [(one.text, one.failed, one.answer) for one in asked] == [
        ("Question 6?", False, None),
        ("Question 7?", True, "An answer."),
        ("Question 8?", True, "An answer."),
    ], "9 is not in the table"
    assert [one.place for one in asked] == ["log.jsonl:7", "log.jsonl:8", "log.jsonl:9"]
    assert asked[0].at == START + timedelta(minutes=6)


def test_runs_that_follow_each_other_hold_the_sample_of_one_run_without_keys(tmp_path: Path) -> None:
    n, most = 900, 300
    calls = [_call(number, f"Write to jane@example.org about {number}, {KEY}", f"No, {KEY}.") for number in range(n)]
    with _engine(range(n), {3: 0.0}) as engine:
        whole = Questions(CLEAN, most)
        whole.see(calls)
        in_one_run = whole.settle(engine, ["log.jsonl"])
        folder = tmp_path / ".advisor"
        for some in (calls[:500], calls[500:]):
            run = Questions(CLEAN, most)
            run.restore(folder)
            run.see(some)
            in_two = run.settle(engine, ["log.jsonl"])
            run.save(folder)
    kept = (folder / NAME).read_text()
    assert "jane" not in kept
    assert KEY not in kept
    assert "[email]" in kept
    assert list(in_two) == list(in_one_run)
    assert most < len(in_two) <= most + WINDOW
    assert in_two[-1].text == "Write to [email] about 899, [hidden]"
    assert (folder / ".gitignore").read_text() == "*\n"


def test_a_torn_file_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('{"id": "1", "at"\n')
    with pytest.raises(MonitorError, match=r"questions\.jsonl:1: expected a question") as caught:
        Questions(CLEAN).restore(tmp_path)
    assert "--fresh" in (caught.value.hint or "")
