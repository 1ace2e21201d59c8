"""Scores go out as a table for plans, and answers as training data only where the license lets them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import main
from advisor.evals.kept_scores import keep
from advisor.evals.labels import Label, write_labels
from advisor.evals.measurements import mean_usd, measurements
from advisor.evals.run_file import output_hash
from tests.evals.answer_server import last_text, serving
from tests.evals.conftest import DAY, Bench, probed, sums, write_cases

QWEN, LUNA = "novita/qwen3-4b", "openai/gpt-6-luna~max"


def _answer(body: dict[str, Any]) -> str:
    number = int(re.findall(r"\d+", last_text(body))[-1])
    return f"{body['model']}: {2 * number}"


def test_only_passed_answers_of_models_that_may_train_others_leave(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(bench.folder)
    held = {"id": "held", "input": "What is twice 99?", "answer": 198, "split": "held"}
    bench.path = write_cases(Path("support.jsonl"), *sums(6), held)
    with serving(_answer) as server:
        both = [
            probed(name, server.base, price=(1, 2))._replace(subject=subject)
            for name, subject in (("qwen", QWEN), ("luna", LUNA))
        ]
        found = bench.evaluate(bench.plan(*both))
    said = [
        Label(
            case=line.case,
            output=output_hash(line.answer.content),
            label="fail" if line.case == "c1" else "pass",
            by="me",
            at=datetime.now(UTC),
        )
        for line in bench.answers
        if line.answer.content is not None and line.case != "c0"
    ]
    write_labels(Path("support.jsonl"), said)
    keep(tuple(measurements(found.comparison, DAY, "run")), found.path, mean_usd(found.comparison))
    capsys.readouterr()
    assert main(["eval", "export", "support.jsonl", "--sft"]) == 1
    out, err = capsys.readouterr()
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["messages"][-1]["role"] for row in rows] == ["assistant"] * 4
    assert all(row["messages"][-1]["content"].startswith("qwen: ") for row in rows)
    assert all("99" not in row["messages"][0]["content"] for row in rows)
    assert f"{LUNA}: nothing of it is written: train-on-outputs: conditional by openai-services-agreement" in err
    assert main(["eval", "export", "support.jsonl", "--dpo"]) == 1
    assert capsys.readouterr().out == ""
    assert main(["eval", "export", "support.jsonl"]) == 2


def test_scores_and_costs_are_a_table_that_plans_read(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(bench.folder)
    bench.path = write_cases(Path("support.jsonl"), *sums(8))
    with serving(_answer) as server:
        one = probed("qwen", server.base, price=(1, 2))._replace(subject=QWEN)
        found = bench.evaluate(bench.plan(one))
    keep(tuple(measurements(found.comparison, DAY, "run")), found.path, mean_usd(found.comparison))
    capsys.readouterr()
    assert main(["eval", "export", "support.jsonl", "--measurements", "-o", "scores.csv"]) == 0
    head, row = Path("scores.csv").read_text().splitlines()
    assert head == "workload,offering,vendor,score,cost_usd,n"
    name, offering, vendor, score, cost, n = row.split(",")
    assert (name, offering, vendor, float(score), n) == ("support", QWEN, "novita", 100.0, "8")
    assert 0 < float(cost) < 1
    assert main(["recommend", "--measurements", "scores.csv", "-f", "json"]) == 0
