"""Labels of people, drawn by the command, correct the rate of refusals."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from advisor.cli import main
from advisor.errors import MonitorError
from advisor.monitor.labels import read_labels

REFUSES, HELPS = "I'm sorry, but I cannot help with that request.", "Your order was sent on Monday and arrives soon."


def test_a_person_labels_calls_that_are_drawn_and_the_rate_is_corrected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(3)
    rows = [
        {"id": str(n), "at": f"2026-11-02T{n // 60:02}:{n % 60:02}:00Z", "model": "m", "input": f"question {n}",
         "output": f"{REFUSES if random.random() < 0.3 else HELPS} {n}"}
        for n in range(400)
    ]  # fmt: skip
    Path("a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main(["monitor", "a.jsonl", "--draw-labels", "l.jsonl", "-f", "json"]) == 0
    (plain,) = [one for one in json.loads(capsys.readouterr().out)["failure_modes"] if one["name"] == "refusal"]
    drawn = [json.loads(line) for line in Path("l.jsonl").read_text().splitlines()]
    assert len(drawn) == 60
    assert {one["refusal"] for one in drawn} == {None}
    # A person finds that half of what the detector calls help refuses as well.
    for number, one in enumerate(drawn):
        one["refusal"] = one["output"].startswith("I'm sorry") or number % 2 == 0
    Path("l.jsonl").write_text("".join(json.dumps(one) + "\n" for one in drawn))
    assert main(["monitor", "a.jsonl", "--labels", "l.jsonl", "-f", "json"]) == 0
    (found,) = [one for one in json.loads(capsys.readouterr().out)["failure_modes"] if one["name"] == "refusal"]
    assert found["labels"] == 60
    assert plain["rate"]["high"] < found["rate"]["value"]
    assert found["rate"]["low"] < 0.65 < found["rate"]["high"]


@pytest.mark.parametrize("line", ["x", '{"id": "zz", "refusal": true}', '{"id": "1f", "refusal": 1}', '{"id": "1f"}'])
def test_a_wrong_label_names_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "l.jsonl").write_text(line + "\n")
    with pytest.raises(MonitorError, match=r"l\.jsonl:1: expected"):
        read_labels(tmp_path / "l.jsonl")


def test_too_few_labels_correct_nothing(tmp_path: Path) -> None:
    (tmp_path / "l.jsonl").write_text('{"id": "1f", "refusal": true}\n')
    with pytest.raises(MonitorError, match="at least 30 labels, found 1"):
        read_labels(tmp_path / "l.jsonl")
