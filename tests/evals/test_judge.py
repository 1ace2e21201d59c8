"""A judge speaks only when people's labels show that it may, and what it says is corrected by them."""

from __future__ import annotations

import ast
import json
import random
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from advisor.evals.compare import compare
from advisor.evals.judge_gate import Judged, gate
from advisor.evals.judge_standing import judge_gate
from advisor.evals.judge_words import read_which, read_yes_no
from advisor.evals.labels import Label, agreed, read_labels, write_labels
from advisor.evals.results import JUDGE_FAULT, score
from advisor.evals.review import items
from advisor.evals.run import Judge, Runner
from advisor.evals.run_file import answer_id, output_hash
from tests.evals.answer_server import last_text, serving
from tests.evals.conftest import Bench, probed, write_cases

PAIRS = Path(__file__).parents[3] / "shared/data/loop/llmbar"
NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.mark.parametrize("reply", ['{"verdict": "yes"}', "yes", "Yes.", '```json\n{"verdict": true}\n```', "PASS"])
def test_a_verdict_is_read(reply: str) -> None:
    assert read_yes_no(reply)


@pytest.mark.parametrize(
    "reply", ["I think the answer is mostly right, so yes I guess", "", "{}", '{"verdict": "maybe"}']
)
def test_prose_is_no_verdict(reply: str) -> None:
    with pytest.raises(ValueError, match="expected a verdict"):
        read_yes_no(reply)
    with pytest.raises(ValueError, match="expected a verdict"):
        read_which(reply)


def _verdicts(judge: str) -> list[Judged]:
    found = []
    for path in sorted(PAIRS.glob(f"*__{judge}_vanilla.json")):
        for row in json.loads(path.read_text()):
            results = row["results"] if isinstance(row["results"], list) else ast.literal_eval(row["results"])
            first, second = (results[0][f"swap = {swap}"]["winner"] for swap in (False, True))
            value = {"1": 1.0, "2": 0.0}.get(str(first), 0.5) if first == second else 0.5
            length = len(row["output_1"]) - len(row["output_2"])
            found.append(Judged(value, float(str(row["label"]) == "1"), length))
    return found


@pytest.mark.skipif(not PAIRS.exists(), reason="the labeled data is not beside the checkout")
def test_the_bad_judge_is_refused_and_the_good_one_admitted() -> None:
    draw = random.Random(1)
    good = sum(gate(draw.sample(_verdicts("GPT-4"), 100), [0.0] * 20).admitted for _ in range(20))
    bad = sum(gate(draw.sample(_verdicts("ChatGPT"), 100), [0.0] * 20).admitted for _ in range(20))
    assert good >= 19
    assert bad == 0


def test_each_reason_is_named() -> None:
    right = [Judged(float(n % 2), float(n % 2), float(n % 7)) for n in range(60)]
    assert gate(right, [0.0] * 20).admitted
    assert "50" in gate(right[:49], [0.0]).reasons[0]
    assert "same to everything" in gate(right, [1.0] * 5).reasons[0]
    assert "same to everything" in gate(right, []).reasons[0]
    assert "kappa" in gate([one._replace(judge=1.0) for one in right], [0.0]).reasons[0]
    longer = [Judged(float(n % 4 > 0 and n % 2 > -1), float(n % 2), float(n % 4 > 0)) for n in range(200)]
    assert any("long answers" in reason for reason in gate(longer, [0.0]).reasons)


def test_who_labels_last_and_most_counts(tmp_path: Path) -> None:
    path = tmp_path / "support.jsonl"

    def label(case: str, word: str, by: str, second: int = 0) -> Label:
        at = NOW.replace(second=second)
        return Label.model_validate({"case": case, "output": "o", "label": word, "by": by, "at": at})

    write_labels(path, [label("a", "fail", "me"), label("a", "pass", "me", 1), label("a", "pass", "you")])
    found = agreed((*read_labels(path), label("b", "fail", "me"), label("b", "pass", "you", 5)), None)
    assert found.values == {"a/o": 1.0, "b/o": 1.0}
    assert found.people == ("me", "you")
    assert found.between_people is not None
    assert found.between_people.n == 2
    assert agreed(read_labels(path), "another policy").values == {}


def _answer(body: dict[str, Any]) -> Any:
    said = last_text(body)
    if body["model"] == "judge":
        if "Thank you for your question" in said:
            return '{"verdict": "no"}'
        number = int(re.findall(r"case (\d+)", said)[0])
        if number == 59:
            return "Well, it depends on how you look at it."
        is_right = said.count(f"right {number}\n") == 2
        return json.dumps({"verdict": "yes" if is_right or number % 10 == 0 else "no"})
    number = int(re.findall(r"case (\d+)", said)[0])
    return f"right {number}" if number % 3 else f"wrong {number}"


def test_a_judged_score_is_corrected_by_labels_and_a_reply_without_verdict_is_a_fault(bench: Bench) -> None:
    cases = [{"id": f"c{n}", "input": f"case {n}?", "reference": f"right {n}"} for n in range(60)]
    write_cases(bench.path, *cases)
    runners: list[Runner] = []
    with serving(_answer) as server:
        judge = Judge(probed("judge", server.base))
        plan = bench.plan(probed("m", server.base))
        found = bench.evaluate(plan, judge=judge, opened=runners.append).comparison.results[0]
        kept = list(runners[0].answers.values())
        said = [
            Label(case=line.case, output=output_hash(line.answer.content), label=word, by="me", at=NOW)
            for line in kept
            if line.answer.content is not None
            for word in (("pass",) if line.answer.content.text.startswith("right") else ("fail",))
        ]
        labels = agreed(said, None).values
        again = bench.evaluate(bench.plan(probed("m", server.base)), judge=judge, opened=runners.append, labels=labels)
    assert found.scores.faults == {JUDGE_FAULT: 1}
    assert found.n == 59
    fair = again.comparison.results[0]
    assert found.score is not None
    assert fair.score is not None
    assert found.score.value > 0.66
    assert fair.score.method == "prediction-powered"
    assert abs(fair.score.value - 40 / 60) < 0.02
    standing = judge_gate(plan, judge, labels=labels, said=said, answers=kept, judgments=runners[1].judgments)
    assert standing.admitted, standing.reasons
    assert standing.constant_wins == 0.0
    few = judge_gate(plan, judge, labels={}, said=(), answers=kept, judgments=runners[1].judgments)
    assert not few.admitted
    judged = compare(score(plan, judge, runners[1].answers, runners[1].judgments))
    assert judged.results[0].score == found.score
    rest = items(
        plan.case_set, kept, [answer_id(one.case, one.output) for one in said[:50]], sample=3, random=random.Random(1)
    )
    assert len(rest) == 3


def test_a_pair_is_judged_in_both_orders(bench: Bench) -> None:
    def answer(body: dict[str, Any]) -> str:
        said = last_text(body)
        if body["model"] != "judge":
            return "new answer"
        is_first = said.index("new answer") < said.index("old answer")
        if "biased" in said:
            return '{"verdict": "A"}'
        return '{"verdict": "A"}' if is_first else '{"verdict": "B"}'

    cases = [{"id": name, "input": f"{name}?", "previous": "old answer"} for name in ("fair", "biased")]
    write_cases(bench.path, *cases)
    with serving(answer) as server:
        judge = Judge(probed("judge", server.base))
        found = bench.evaluate(bench.plan(probed("m", server.base)), judge=judge).comparison.results[0]
        assert len(server.of_model("judge")) == 4
    assert {name: one.value for name, one in found.scores.scored.items()} == {"fair": 1.0, "biased": 0.5}
