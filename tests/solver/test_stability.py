"""Shares of draws and the worth of cases, against what can be said without them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import erf, sqrt
from random import Random
from typing import Any

import pytest

from advisor.decision.value_of_cases import FrontCandidate, knowledge_gradient, robust_front, value_of_cases
from advisor.facts import Measurement
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.answer import WorkloadAdvice
from advisor.solver.stability import SEED
from tests.made_catalogs import Document, catalog, document, license_record, model, offering, price

TRAFFIC = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 0}


def requirements(workload: Mapping[str, object] | None = None, **rest: Any) -> Requirements:
    return Requirements.model_validate({"workloads": [{"name": "job", "traffic": TRAFFIC, **(workload or {})}], **rest})


def answer(compiled: Document, **rest: Any) -> tuple[WorkloadAdvice, Requirements]:
    wanted = requirements(**rest)
    return advise(catalog(compiled), wanted).workloads[0], wanted


def pair(gap: float, half: float, dearer: str = "1") -> Document:
    """Two models ``gap`` points apart; the worse costs $1,000 a month."""
    models = [model("low", quality={"general": (1400, half)}), model("high", quality={"general": (1400 + gap, half)})]
    offerings = [offering("low", prices=[price("1", "0")]), offering("high", prices=[price(dearer, "0")])]
    return document(models, offerings, licenses=[license_record("open")])


def test_at_equal_cost_the_share_is_the_chance_that_the_better_is_better() -> None:
    found, _ = answer(pair(10, 19.6), quality_point_usd_per_month=1)
    shares = {one.candidate: one for one in found.stability.shares}
    # Both errors are 10: the difference is normal with spread 14.1. At equal cost the worth of a point is no matter.
    expected = (1 + erf(10 / (10 * sqrt(2)) / sqrt(2))) / 2
    assert shares["host/high"].low <= expected <= shares["host/high"].high
    assert sum(one.share for one in shares.values()) == pytest.approx(1)
    assert found.stability.drawn == ("quality", "worth of a point")


def test_a_stated_worth_is_drawn_between_half_and_twice() -> None:
    # A hundred points, known to the point, cost $1,000 a month more: $10 a point, which is drawn from $5 to $20.
    found, _ = answer(pair(100, 0.001, "2"), quality_point_usd_per_month=10)
    share = found.stability.of("host/high")
    assert share is not None
    assert share.share == pytest.approx(0.5, abs=0.04)
    for worth, certain in ((21, "host/high"), (4.9, "host/low")):
        found, _ = answer(pair(100, 0.001, "2"), quality_point_usd_per_month=worth)
        assert [one.candidate for one in found.stability.shares] == [certain]


def test_an_order_of_preferences_is_not_drawn() -> None:
    found, _ = answer(pair(5, 19.6, "2"), preferences=["cost", "quality"])
    assert [(one.candidate, one.share) for one in found.stability.shares] == [("host/low", 1.0)]
    found, _ = answer(pair(5, 19.6, "2"), preferences=["quality", "cost"])
    # The cheaper one leads unless the other is better by the 20 points that matter: 15 more than measured.
    share = found.stability.of("host/high")
    assert share is not None
    expected = (1 - erf(15 / (10 * sqrt(2)) / sqrt(2))) / 2
    assert share.low <= expected <= share.high


def test_a_floor_that_is_barely_held_is_seen_in_the_shares() -> None:
    # The cheaper one lies 19.7 points above the floor with a half interval of 19.6: it holds in half of the draws.
    compiled = pair(30, 19.6, "2")
    floor = {"workloads": [{"name": "job", "traffic": TRAFFIC, "quality": {"within_points_of_best": 49.7}}]}
    found, _ = answer(compiled, preferences=["cost"], stage="production", **floor)
    assert found.recommended == "host/low"
    share = found.stability.of("host/low")
    assert share is not None
    assert share.share == pytest.approx(0.5, abs=0.05)


def timed(candidate: str, value: float, low: float, high: float) -> Measurement:
    return Measurement(candidate, "ttft_ms_p95", value, low, high, 100, date(2026, 11, 20), "probe")


def test_own_latencies_are_drawn_as_a_preference_and_as_a_limit() -> None:
    compiled = pair(0, 5)
    measured = (timed("host/low", 500, 400, 625), timed("host/high", 500, 400, 625))
    wanted = requirements(preferences=["latency", "quality", "cost"])
    found = advise(catalog(compiled), wanted, measurements=measured).workloads[0].stability
    assert found.drawn == ("quality", "latency")
    assert {one.candidate: round(one.share, 1) for one in found.shares} == {"host/low": 0.5, "host/high": 0.5}
    limited = requirements(workload={"latency": {"ttft_ms_p95": 625}}, preferences=["cost"])
    measured = (timed("host/low", 500, 400, 625), timed("host/high", 300, 290, 310))
    found = advise(catalog(pair(0, 5, "2")), limited, measurements=measured).workloads[0].stability
    # The upper end lies on the limit, so that it is passed in half of the draws; the other one always holds it.
    assert {one.candidate: round(one.share, 1) for one in found.shares} == {"host/low": 0.5, "host/high": 0.5}


def test_the_same_question_gives_the_same_shares_whatever_the_order_of_entries() -> None:
    compiled = pair(10, 19.6, "1.2")
    turned = {**compiled, **{key: compiled[key][::-1] for key in ("models", "offerings")}}
    assert answer(compiled)[0].stability == answer(turned)[0].stability
    assert answer(compiled)[0].stability.seed == SEED


def test_what_is_beaten_beyond_doubt_is_no_contender() -> None:
    found, _ = answer(pair(200, 5, "0.5"))
    assert found.stability.contenders == 1
    assert [one.id for one in robust_front(found.standings)] == ["host/high"]


def test_nothing_that_passes_has_no_shares() -> None:
    found, _ = answer(pair(10, 5), data={"retention_days": {"at_most": 1}}, stage="production", preferences=["cost"])
    assert found.stability.shares == ()


def test_the_knowledge_gradient_is_the_mean_gain_of_a_simulation() -> None:
    front = [FrontCandidate("a", "a", 1400, 12, 100), FrontCandidate("b", "b", 1405, 12, 150)]
    random = Random(7)
    measured, spread = 400 / sqrt(200), 12**2 / sqrt(12**2 + (400 / sqrt(200)) ** 2)
    net = {one.id: one.estimate - one.cost / 10 for one in front}
    draws = [max(net["a"] + random.gauss(0, spread), net["b"]) - max(net.values()) for _ in range(200_000)]
    assert measured > 0
    assert knowledge_gradient(front[0], front, 10.0, 200) == pytest.approx(sum(draws) / len(draws), rel=0.03)


def test_cases_are_worth_most_where_two_are_close() -> None:
    close, wanted = answer(pair(1, 20), quality_point_usd_per_month=10)
    far, _ = answer(pair(60, 20), quality_point_usd_per_month=10)
    near_worth, far_worth = value_of_cases(close, wanted), value_of_cases(far, wanted)
    assert near_worth[0].usd_per_month > 5 * max((one.usd_per_month for one in far_worth), default=0.0)
    assert near_worth[0].costs_usd == pytest.approx(0.2)
