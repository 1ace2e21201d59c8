"""Shares of draws and the worth of cases, against what can be said without them."""

from __future__ import annotations

from decimal import Decimal
from math import erf, sqrt
from random import Random

import pytest

from advisor.decision.cases import knowledge_gradient, worth_of_cases
from advisor.requirements.records import Requirements
from advisor.solver import advise
from advisor.solver.advice import WorkloadAdvice
from advisor.solver.stability import Priced, robust_front, stability
from tests.catalogues import Document, catalog, document, license_record, model, offering, price

TRAFFIC = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 0}


def answer(compiled: Document, **rest: object) -> tuple[WorkloadAdvice, Requirements]:
    wanted = Requirements.model_validate({"workloads": [{"name": "job", "traffic": TRAFFIC}], **rest})
    return advise(catalog(compiled), wanted).workloads[0], wanted


def pair(gap: float, half: float, dearer: str = "1") -> Document:
    """Two models ``gap`` points apart; the worse costs $1,000 a month."""
    models = [model("low", quality={"general": (1400, half)}), model("high", quality={"general": (1400 + gap, half)})]
    offerings = [offering("low", prices=[price("1", "0")]), offering("high", prices=[price(dearer, "0")])]
    return document(models, offerings, licenses=[license_record("open")])


def test_at_equal_cost_the_share_is_the_chance_that_the_better_is_better() -> None:
    found, _ = answer(pair(10, 19.6), quality_point_usd_per_month=1)
    shares = {one.candidate: one for one in stability(found.standings)}
    # Both errors are 10: the difference is normal with spread 14.1.
    expected = (1 + erf(10 / (10 * sqrt(2)) / sqrt(2))) / 2
    assert shares["host/high"].share == pytest.approx(expected, abs=4 * shares["host/high"].error)
    assert sum(one.share for one in shares.values()) == pytest.approx(1)


def test_a_stated_worth_settles_what_it_can() -> None:
    found, _ = answer(pair(100, 2, "2"))
    low = stability(found.standings, point_usd=None)
    assert {one.candidate for one in low} == {"host/low", "host/high"}
    # A hundred points cost $1,000 a month more.
    assert stability(found.standings, Decimal(50))[0].candidate == "host/high"
    assert stability(found.standings, Decimal(2))[0] == ("host/low", 1.0, 0.0)


def test_the_same_question_gives_the_same_shares() -> None:
    found, _ = answer(pair(10, 19.6, "1.2"))
    assert stability(found.standings) == stability(found.standings)


def test_what_is_beaten_beyond_doubt_is_not_on_the_robust_front() -> None:
    found, _ = answer(pair(200, 5, "0.5"))
    assert [one.id for one in robust_front(found.standings)] == ["host/high"]


def test_the_knowledge_gradient_is_the_mean_gain_of_a_simulation() -> None:
    front = [Priced("a", "a", 1400, 12, 100), Priced("b", "b", 1405, 12, 150)]
    random = Random(7)
    measured, spread = 400 / sqrt(200), 12**2 / sqrt(12**2 + (400 / sqrt(200)) ** 2)
    net = {one.id: one.estimate - one.cost / 10 for one in front}
    draws = [max(net["a"] + random.gauss(0, spread), net["b"]) - max(net.values()) for _ in range(200_000)]
    assert measured > 0
    assert knowledge_gradient(front[0], front, 10.0, 200) == pytest.approx(sum(draws) / len(draws), rel=0.03)


def test_cases_are_worth_most_where_two_are_close() -> None:
    close, wanted = answer(pair(1, 20), quality_point_usd_per_month=10)
    far, _ = answer(pair(60, 20), quality_point_usd_per_month=10)
    near_worth, far_worth = worth_of_cases(close, wanted), worth_of_cases(far, wanted)
    assert near_worth[0].usd_per_month > 5 * max((one.usd_per_month for one in far_worth), default=0.0)
    assert near_worth[0].costs_usd == pytest.approx(0.2)
