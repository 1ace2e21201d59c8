"""How long an answer takes: bounds refute, guarantees satisfy, claims and estimates do neither."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.catalog import load_catalog
from advisor.facts import Measurement
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.answer import WorkloadAdvice
from tests.made_catalogs import AS_OF, Document, catalog, document, model, offering, price

TRAFFIC = {"requests_per_month": 1_000, "input_tokens": 1_000, "output_tokens": 100}


def job(workload: dict[str, Any], **rest: Any) -> Requirements:
    return Requirements.model_validate({"workloads": [{"name": "job", "traffic": TRAFFIC, **workload}], **rest})


def thinker(*, speed: tuple[float, float, float] = (60, 30, 120), **facts: Any) -> Document:
    """quick thinks nothing; slow thinks 8,000 tokens or more: 44.4 s at 180 tokens a second."""
    models = [
        model("quick", quality={"general": (1400, 8)}, thinks={"": (0, 0, 0)}),
        model("slow", quality={"general": (1500, 8)}, thinks={"": (12_000, 8_000, 20_000)}),
    ]
    for one in models:
        one["speed"] = [*speed, "measured", []]
    prices = [price("1", "5"), price("2", "10", tier="priority")]
    return document(models, [offering(name, prices=prices, **facts) for name in ("quick", "slow")])


def solve(asked: Requirements, compiled: Document, *measured: Measurement) -> WorkloadAdvice:
    return advise(catalog(compiled), asked, measurements=measured).workloads[0]


@pytest.mark.parametrize("rule", ["accept", "ask", "exclude"])
def test_a_bound_beyond_the_limit_never_passes(rule: str) -> None:
    answer = solve(job({"latency": {"ttft_ms_p95": 1_500}}, unknown={"latency": rule}), thinker())
    out = answer.excluded.find("host/slow")
    assert out is not None
    assert out.because[0].state == "violated"
    assert "44.6 s at the earliest" in out.because[0].found
    if rule == "accept":
        assert answer.recommended == "host/quick"


def test_no_estimate_satisfies_a_limit_on_the_first_token() -> None:
    answer = solve(job({"latency": {"ttft_ms_p95": 60_000}}), thinker())
    assert {cause.state for one in answer.standings for cause in one.open_questions} == {"unknown"}


def test_a_measurement_outranks_the_bound() -> None:
    fast = Measurement("host/slow", "ttft_ms_p95", 800, 700, 900, 100, AS_OF, "run.jsonl")
    answer = solve(job({"latency": {"ttft_ms_p95": 1_500}}), thinker(), fast)
    assert answer.recommended == "host/slow"


def test_seconds_for_an_answer_grow_with_what_is_thought() -> None:
    found = {one.id: one.latency for one in solve(job({}), thinker()).standings}
    quick, slow = found["host/quick"], found["host/slow"]
    assert quick is not None
    assert slow is not None
    assert quick.answer_s is not None
    assert slow.answer_s is not None
    assert quick.answer_s.low < quick.answer_s.estimate < quick.answer_s.high
    assert quick.answer_s.high < slow.answer_s.low
    assert slow.answer_s.estimate == pytest.approx(0.2 + 12_100 / 60, abs=0.01)


def test_latency_first_leads_to_the_quicker_answer() -> None:
    answer = solve(job({}, stage="production", preferences=["latency", "quality"]), thinker())
    assert answer.recommended == "host/quick"


def test_latency_first_is_a_tie_within_the_interval_of_the_quickest() -> None:
    compiled = thinker()
    compiled["models"][1]["tokens"][""] = {"chat": [103, 102, 104, 3, 2, 4, "lab", []]}
    answer = solve(job({}, stage="production", preferences=["latency", "quality"]), compiled)
    assert answer.recommended == "host/slow"


@pytest.mark.parametrize(("least", "state"), [(80, "satisfied"), (81, "unknown")])
def test_a_guarantee_satisfies_at_its_tier_alone(least: int, state: str) -> None:
    compiled = thinker(guaranteed_output_tokens_per_s=80, claimed_output_tokens_per_s=500)
    asked = job({"latency": {"output_tokens_per_s": least}}, deployment={"price_tiers": ["standard", "priority"]})
    answer = solve(asked, compiled)
    found = {one.id: not one.open_questions for one in answer.standings}
    assert found["host/quick:priority"] is (state == "satisfied")
    assert found["host/quick"] is False
    speed = {one.id: one.latency.output_tokens_per_s for one in answer.standings if one.latency}
    assert speed["host/quick:priority"] == (80, "guaranteed")
    assert speed["host/quick"] == (500, "claimed")


def test_nobody_at_max_answers_within_a_second_and_a_half() -> None:
    asked = job({"latency": {"ttft_ms_p95": 1_500}}, unknown={"latency": "accept", "quality": "accept"})
    answer = advise(load_catalog(overlay=False), asked).workloads[0]
    assert not [one.id for one in answer.standings if one.candidate.config.effort == "max"]
