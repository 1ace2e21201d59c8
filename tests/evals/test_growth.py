"""Cases grow from failures and from what no case covers; repeats count once and nothing personal is written."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from advisor.cli import main
from advisor.evals.case_file import accept_cases, proposed_cases
from advisor.evals.cases import load_cases
from advisor.evals.traffic import read_traffic
from tests.evals.answer_server import serving

KEY = "sk-proj-" + "Ab1xY9zzQ7" * 3

BANK = Path(__file__).parents[3] / "shared/data/loop/banking77/test.csv"


@pytest.mark.parametrize(
    ("line", "question", "is_failure", "feedback"),
    [
        ({"input": "a?", "output": "b"}, "a?", False, None),
        ({"question": "a?", "thumbs": "down"}, "a?", True, None),
        ({"input": "a?", "thumbs": -1}, "a?", True, None),
        ({"input": "a?", "rating": 2}, "a?", True, None),
        ({"input": "a?", "rating": 4}, "a?", False, None),
        ({"input": "a?", "resolved": False}, "a?", True, None),
        ({"input": "a?", "error": "timeout"}, "a?", True, None),
        ({"input": "a?", "feedback": "name the order number"}, "a?", False, "name the order number"),
        ({"messages": [{"role": "user", "content": "a?"}, {"role": "assistant", "content": "b"}]}, "a?", False, None),
        ({"attributes": {"gen_ai.input.messages": '[{"role": "user", "content": "a?"}]'}}, "a?", False, None),
    ],
)
def test_logs_are_read_by_the_names_they_use(
    tmp_path: Path, line: dict[str, object], question: str, is_failure: bool, feedback: str | None
) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(json.dumps(line) + "\n{}\n")
    wrong: list[str] = []
    found = read_traffic([path], wrong)
    assert [(one.question, one.is_failure, one.feedback) for one in found] == [(question, is_failure, feedback)]
    assert wrong[0].startswith(f"{path}:2: expected a question")


def test_keys_go_even_where_personal_data_stays_and_long_texts_stay_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("wordllama")
    monkeypatch.chdir(tmp_path)
    words = "My parcel is late. " * 200
    asked = f"{words}I use {KEY} and jane@example.org, a key-value store, a basic question."
    line = {"input": asked, "output": f"Use {KEY}.", "thumbs": "down"}
    Path("log.jsonl").write_text(json.dumps(line) + "\n")
    assert main(["eval", "add", "log.jsonl", "--to", "support", "--keep-pii"]) == 0
    (case,) = map(json.loads, Path("evals/support.jsonl").read_text().splitlines())
    assert case["input"] == asked.replace(KEY, "[hidden]")
    assert case["answered"] == "Use [hidden]."


def test_failures_come_first_and_personal_data_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("wordllama")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHOP_API_KEY", "A1b2C3d4E5f6G7h8")
    lines = [
        {"input": "Where is my parcel?", "feedback": "up"},
        {"input": "Where is my parcel ?", "feedback": "up"},
        {"input": "Write to jane.doe@example.com, key A1b2C3d4E5f6G7h8", "output": "No.", "feedback": "down"},
        {"input": "How do I cancel my subscription?", "feedback": "up"},
    ]
    Path("log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert main(["eval", "add", "log.jsonl", "--to", "support"]) == 0
    path = Path("evals/support.jsonl")
    cases = [json.loads(line) for line in path.read_text().splitlines()]
    assert [case["origin"] for case in cases] == ["failure", "uncovered", "uncovered"]
    assert cases[0]["input"] == "Write to [email], key [hidden]"
    assert {case["state"] for case in cases} == {"proposed"}
    assert cases[0]["source"] == "log.jsonl:3"
    assert main(["eval", "support", "openai/m", "--api-base", "http://127.0.0.1:9/v1"]) == 2
    assert "0 proposed" not in capsys.readouterr().err
    assert main(["eval", "add", "log.jsonl", "--to", "support"]) == 0
    assert len(path.read_text().splitlines()) == 3
    waiting = proposed_cases(path)
    accept_cases(path, {waiting[0][0]: True, waiting[1][0]: False})
    assert [case.state for case in load_cases(path).cases] == ["accepted", "proposed"]


def test_a_model_proposes_and_a_person_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("wordllama")
    monkeypatch.chdir(tmp_path)
    Path("evals").mkdir()
    Path("evals/support.jsonl").write_text('{"id": "a", "input": "Where is my parcel?", "answer": 1}\n')
    reply = '["Where is my parcel?", "Can I pay by invoice?"]'
    with serving(lambda _: reply) as server:
        call = ["eval", "add", "--to", "support", "--generate", "2", "--model", "openai/m", "--api-base", server.base]
        assert main(call) == 0
    made = json.loads(Path("evals/support.jsonl").read_text().splitlines()[-1])
    assert (made["input"], made["origin"], made["state"]) == ("Can I pay by invoice?", "generated", "proposed")
    assert made["source"] == "openai/m"


@pytest.mark.skipif(not BANK.exists(), reason="the labeled data is not beside the checkout")
def test_fifty_chosen_cases_cover_half_of_what_comes_later() -> None:
    pytest.importorskip("wordllama")
    import numpy as np

    from advisor.evals.coverage import choose_uncovered, covered
    from advisor.evals.embedding import embed

    with BANK.open() as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    vectors = embed(texts)
    random = np.random.default_rng(0)
    order = random.permutation(len(texts))
    before, later = order[: len(order) // 2], order[len(order) // 2 :]
    nothing = vectors[:0]
    chosen = before[list(choose_uncovered(vectors[before], nothing, 50))]
    drawn = random.choice(before, 50, replace=False)
    assert covered(vectors[later], vectors[chosen]).mean() >= 0.5
    assert covered(vectors[later], vectors[drawn]).mean() <= 0.35
