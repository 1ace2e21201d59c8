"""Sets of cases are read strictly: every dead line is named with its place, and nothing is guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.errors import EvaluationError
from advisor.evals.cases import load_cases, parse_case


def _write(folder: Path, *lines: dict[str, Any] | str, encoding: str = "utf-8") -> Path:
    path = folder / "support.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (('{"id": "a", "input": "x"}\nnot json',), ":2: expected JSON"),
        (('{"id": "a", "input": "x", "answer": NaN}',), ":1: expected a number, found NaN"),
        (('{"id": "a", "input": "x", "answer": 1e999}',), ":1: expected a number that"),
        (({"id": "a", "input": "x"}, {"id": "a", "input": "y"}), ":2: id a: expected each id once"),
        (({"id": "a", "input": "x"}, {"id": "b", "input": "x", "split": "held"}), "is in held and asks the same as a"),
        (({"id": "a", "input": "x", "answer": "1", "reference": "2"},), ":1: answer and reference both"),
        (({"id": "a", "input": "x", "state": "proposed"},), "expected at least one accepted case, found 1 proposed"),
        (({"id": "a"},), "expected input, messages or vars"),
        (({"input": "x"},), ":1: id: Field required"),
        (({"id": "a", "input": "x", "split": "test"},), ":1: split"),
        (({"id": "a", "input": "x", "weight": -1},), ":1: weight"),
        (({"id": "a", "input": "x", "checks": [{"regex": "("}]},), ":1: checks.0: regex"),
        (({"id": "a", "input": "x", "checks": ["no_such"]},), "expected a check, found 'no_such'"),
        (({"id": "a", "input": "x", "checks": [{"json_schema": {"$ref": "http://a.b/c"}}]},), "holds all it refers to"),
        (({"id": "a", "messages": [{"role": "assistant", "content": "x"}]},), "the last turn to be the user's"),
        (("[1]",), ":1: expected an object, found list"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, lines: tuple[Any, ...], words: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        load_cases(_write(tmp_path, *lines))
    assert words in caught.value.message


def test_every_dead_line_is_named_and_the_rest_is_scored_on_request_only(tmp_path: Path) -> None:
    path = _write(tmp_path, {"id": "a", "input": "x"}, "not json", {"id": "b", "input": "y"}, "[]")
    with pytest.raises(EvaluationError) as caught:
        load_cases(path)
    assert ":2:" in caught.value.message
    assert ":4:" in caught.value.message
    found = load_cases(path, skip_bad=True)
    assert [case.id for case in found.cases] == ["a", "b"]
    assert len(found.skipped) == 2


def test_utf16_is_refused_and_bom_and_crlf_are_read(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="expected UTF-8"):
        load_cases(_write(tmp_path, {"id": "a", "input": "x"}, encoding="utf-16"))
    plain = load_cases(_write(tmp_path, {"id": "a", "input": "x"}, {"id": "b", "input": "y"}))
    odd = load_cases(_write(tmp_path, '\ufeff{"id": "a", "input": "x"}\r', '{"id": "b", "input": "y"}\r\n'))
    assert odd.version == plain.version


def test_a_version_is_of_the_cases_whatever_their_order_and_notes(tmp_path: Path) -> None:
    one, other = {"id": "a", "input": "x", "answer": 1}, {"id": "b", "input": "y", "split": "held"}
    first = load_cases(_write(tmp_path, one, other))
    second = load_cases(_write(tmp_path, other, {**one, "note": "kept"}))
    more = load_cases(_write(tmp_path, one, other, {"id": "c", "input": "z"}))
    changed = load_cases(_write(tmp_path, {**one, "answer": 2}, other))
    assert first.version == second.version
    assert first.version != more.version
    assert first.held_version == more.held_version
    assert first.version != changed.version
    assert {case.hash for case in first.cases} < {case.hash for case in more.cases}


def test_a_number_may_name_a_case() -> None:
    assert parse_case({"id": 7, "input": "x"}, "f:1").id == "7"
