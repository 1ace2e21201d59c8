"""The commands as a person calls them: the exit codes, the JSON, and what they leave in the folder."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from advisor.cli import main
from tests.evals.answer_server import last_text, serving
from tests.evals.conftest import sums, write_cases

ROOT = Path(__file__).parents[2]


def _answer(body: dict[str, Any]) -> Any:
    numbers = re.findall(r"\d+", last_text(body))
    number = int(numbers[-1]) if numbers else 0
    if body["model"] == "down":
        return 401
    return f"It is {2 * number}." if body["model"] == "good" or number % 2 else "1"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evals").mkdir()
    return tmp_path


def test_the_contract_of_the_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_cases(folder / "evals/support.jsonl", *sums(30))
    with serving(_answer) as server:
        call = ["eval", "support", "openai/good", "openai/bad", "openai/down", "--api-base", server.base, "-f", "json"]
        code = main([*call, "--at-least", "80"])
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((ROOT / "docs/reference/eval.schema.json").read_text()))
    assert code == 1
    assert found["case_set"]["name"] == "support"
    assert (found["case_set"]["n"], found["case_set"]["held"], found["case_set"]["coverage"]) == (30, 0, None)
    assert set(found["case_set"]) >= {"version"}
    assert found["prompt"] == {"path": None, "version": None, "dirty": False}
    good, bad, down = found["results"]
    assert good["candidate"] == "openai/good"
    assert (good["n"], good["score"]["value"], good["faults"], good["read"]) == (30, 100.0, {}, 0)
    assert good["score"]["low"] < 100.0
    assert good["served_models"] == ["good"]
    assert {"usd", "tokens"} <= set(good)
    assert (down["n"], down["score"]["value"]) == (0, None)
    assert sum(down["faults"].values()) == 30
    pair = found["pairs"][0]
    assert (pair["first"], pair["second"], pair["verdict"]) == ("openai/good", "openai/bad", "first")
    assert pair["flips"] == {"better": 15, "worse": 0}
    assert pair["difference"]["value"] == 50.0
    assert pair["p_value"] < 0.001
    assert pair["more_cases"] is None
    assert found["pairs"][1]["verdict"] == "open"
    assert found["judge"] is None
    assert bad["score"]["value"] == 50.0
    assert (folder / ".advisor/evals/.gitignore").read_text() == "*\n"


def test_nothing_comes_back_ends_with_4_and_wrong_input_with_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_cases(folder / "evals/support.jsonl", *sums(3))
    with serving(_answer) as server:
        assert main(["eval", "support", "openai/down", "--api-base", server.base, "-f", "json"]) == 4
    (folder / "evals/bad.jsonl").write_text('{"id": "a"}\nno\n')
    assert main(["eval", "bad", "openai/good", "--api-base", "http://127.0.0.1:9/v1"]) == 2
    assert "bad.jsonl:2:" in capsys.readouterr().err
    (folder / "evals/empty.jsonl").write_text('{"id": "a", "input": "?"}\n')
    assert main(["eval", "empty", "openai/good", "--api-base", "http://127.0.0.1:9/v1"]) == 2


def test_a_killed_run_loses_nothing_that_was_answered(folder: Path) -> None:
    write_cases(folder / "evals/support.jsonl", *sums(40))
    with serving(_answer) as server:
        args = ["eval", "support", "openai/good", "--api-base", server.base, "--concurrency", "1", "-f", "json"]
        command = [sys.executable, "-m", "advisor", *args]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        server.answer = lambda body: time.sleep(0.02) or _answer(body)  # type: ignore[func-returns-value]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while len(server.asked) < 10 and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kept = [line for path in (folder / ".advisor/evals").glob("*.jsonl") for line in path.read_text().splitlines()]
        answered = {json.loads(line)["case"] for line in kept if '"kind":"answer"' in line}
        server.answer = _answer
        asked_before = Counter(last_text(body) for body in server.asked)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert found["results"][0]["n"] == 40
    twice = {text for text, count in Counter(last_text(body) for body in server.asked).items() if count > 1}
    assert len(answered) >= 8
    assert not twice & {f"What is twice {name[1:]}?" for name in answered}
    assert len(twice) <= 1
    assert len(asked_before) < 40


def test_a_person_begins_tries_and_plans(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "init", "orders"]) == 0
    assert main(["eval", "init", "orders"]) == 2
    lines = [json.loads(line) for line in (folder / "evals/orders.jsonl").read_text().splitlines()]
    assert len(lines) == 10
    assert all("note" in line for line in lines)
    with serving(_answer) as server:
        base = ("--api-base", server.base)
        asked = ["Where is 4711?", "openai/good", "openai/bad", *base]
        assert main(["eval", "try", *asked, "--keep", "orders", "-f", "json"]) == 0
        tried = json.loads(capsys.readouterr().out)
        assert [one["text"] for one in tried["results"]] == ["It is 9422.", "It is 9422."]
        assert '"input": "Where is 4711?"' in (folder / "evals/orders.jsonl").read_text()
        prompt = ("--prompt", "prompts/orders.md")
        assert main(["eval", "plan", "orders", "openai/good", "openai/bad", *base, *prompt, "-f", "json"]) == 0
        plan = json.loads(capsys.readouterr().out)
        assert plan["pairs"][0]["basis"] == "assumed"
        assert 1_000 < plan["pairs"][0]["cases"] < 2_000
        server.asked.clear()
        assert main(["eval", "orders", "openai/good", *base, *prompt, "--dry-run", "-f", "json"]) == 0
        assert json.loads(capsys.readouterr().out)["requests"] == 11
        assert server.asked == []
        assert main(["eval", "orders", "openai/good", *base, *prompt, "-f", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["prompt"]["dirty"]
    assert "not committed" in found["not_counted"]
