"""Results of other tools are read as they write them, paired by case, and compared as our own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import main
from advisor.errors import EvaluationError
from advisor.evals.readers import read_scores

PUBLISHED = Path(__file__).parents[3] / "shared/data/loop/evalconfidence/gpqa_diamond_scores.csv"

LOGS: dict[str, Any] = {
    "inspect": {
        "eval": {"model": "openai/m"},
        "samples": [
            {"id": 1, "epoch": 1, "scores": {"match": {"value": "C"}}},
            {"id": 2, "epoch": 1, "scores": {"match": {"value": "I"}}},
            {"id": 3, "epoch": 1, "scores": None},
        ],
    },
    "promptfoo": {
        "results": {
            "results": [
                {"provider": {"id": "openai/m"}, "testIdx": 1, "success": True, "score": 1},
                {"provider": {"id": "openai/m"}, "testIdx": 2, "success": False, "score": 0},
                {"provider": {"id": "openai/m"}, "testIdx": 3, "error": "timeout", "failureReason": 2, "score": 0},
            ]
        }
    },
    "langfuse": [
        {"datasetItemId": "1", "runName": "openai/m", "scores": [{"name": "right", "value": 1}]},
        {
            "datasetItemId": "2",
            "runName": "openai/m",
            "scores": [{"name": "right", "value": 0}, {"name": "x", "value": 9}],
        },
    ],
    "mlflow": {"columns": ["request_id", "right/score", "model"], "data": [["1", 1, "openai/m"], ["2", 0, "openai/m"]]},
    "lm-eval": [
        {"doc_id": 1, "exact_match": 1.0, "filter": "strict"},
        {"doc_id": 2, "exact_match": 0.0, "filter": "strict"},
    ],
    "table": [{"case": "1", "model": "openai/m", "score": "pass"}, {"case": "2", "model": "openai/m", "score": "fail"}],
}


@pytest.mark.parametrize("tool", list(LOGS))
def test_each_tool_is_known_by_its_shape(tmp_path: Path, tool: str) -> None:
    path = tmp_path / "log.json"
    path.write_text(json.dumps(LOGS[tool]))
    found = read_scores(path, None, "openai/m")
    assert [(one.case, one.candidate, one.value) for one in found] == [("1", "openai/m", 1.0), ("2", "openai/m", 0.0)]
    lines = tmp_path / "log.jsonl"
    if isinstance(LOGS[tool], list):
        lines.write_text("\n".join(json.dumps(row) for row in LOGS[tool]))
        assert read_scores(lines, tool, "openai/m") == found


@pytest.mark.parametrize(
    "text", ["{}", "[]", '[{"case": "a", "score": 7}]', "not json", '[{"case": "a", "score": NaN}]']
)
def test_what_is_no_result_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "log.json"
    path.write_text(text)
    with pytest.raises(EvaluationError, match=r"log\.json"):
        read_scores(path, None, None)


def _csv(path: Path, cases: range, right: int) -> str:
    path.write_text("case,score\n" + "".join(f"{n},{int(n < right)}\n" for n in cases))
    return str(path)


def test_cases_that_one_lacks_are_left_out_and_too_many_are_undecided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = _csv(tmp_path / "a.csv", range(100), 100), _csv(tmp_path / "b.csv", range(95), 50)
    assert main(["eval", "import", f"one={first}", f"two={second}", "-f", "json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert [one["candidate"] for one in found["results"]] == ["one", "two"]
    assert found["pairs"][0]["n"] == 95
    assert found["pairs"][0]["verdict"] == "first"
    assert "left out" in err
    third = _csv(tmp_path / "c.csv", range(60), 30)
    assert main(["eval", "import", f"one={first}", f"two={third}", "-f", "json"]) == 3
    assert main(["eval", "import", f"one={first}", "two=/nowhere.csv"]) == 2


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the labeled data is not beside the checkout")
def test_a_published_comparison_comes_out_as_published(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "import", str(PUBLISHED), "-f", "json"]) == 0
    pair = json.loads(capsys.readouterr().out)["pairs"][0]
    assert round(pair["p_value"], 4) == 0.0363
    assert (round(pair["difference"]["low"], 2), round(pair["difference"]["high"], 2)) == (0.38, 11.34)


def test_scores_of_known_candidates_count_on_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = _csv(tmp_path / "support.csv", range(60), 60)
    assert main(["eval", "import", f"openai/gpt-6-luna~max={path}", "--count", "-f", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["counted"] == ["openai/gpt-6-luna~max"]
    assert list((tmp_path / ".advisor/evals").glob("*.scores.json"))
