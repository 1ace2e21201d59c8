"""Relaxations: priced in their own unit, in sets where no single one helps, verified; flip points by hand."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings

from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.answer import WorkloadAdvice
from tests.made_catalogs import Document, catalog, document, license_record, model, offering, price
from tests.solver.test_laws import asks, catalogs, solved

TRAFFIC = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 100}


def answer(compiled: Document, workload: dict[str, Any], **rest: Any) -> WorkloadAdvice:
    wanted = Requirements.model_validate({"workloads": [{"name": "job", "traffic": TRAFFIC, **workload}], **rest})
    return advise(catalog(compiled), wanted).workloads[0]


def two(retention: int = 10) -> Document:
    models = [model("big", quality={"general": (1500, 8)}), model("small", quality={"general": (1300, 8)})]
    offerings = [
        offering("big", prices=[price("2", "10", "0.2")], max_input_tokens=20_000, retention_days=90),
        offering("small", prices=[price("0.1", "0.5", "0.1")], max_input_tokens=4_000, retention_days=retention),
    ]
    return document(models, offerings, licenses=[license_record("open")])


def test_where_no_single_change_helps_the_cheapest_set_is_given() -> None:
    found = answer(
        two(retention=40),
        {"needs": {"context_tokens": 32_000}, "budget_usd_per_month": 1_000},
        data={"retention_days": {"at_most": 30}},
    )
    # small lacks 10 days at $20 and 28,000 tokens at $0.005; big fails the budget as well.
    way = found.relaxations[0]
    assert way.change == "let it be kept 40 days and accept prompts of 4,000 tokens"
    assert way.counts_as_usd == Decimal("340.000")
    assert way.lets_in == ("host/small",)


def test_single_changes_come_cheapest_first_and_graded() -> None:
    found = answer(two(), {"needs": {"context_tokens": 32_000}})
    way = found.relaxations[0]
    assert (way.change, way.counts_as_usd) == ("accept prompts of 20,000 tokens", Decimal("60.000"))
    assert way.lets_in == ("host/big",)


def test_stated_worths_reorder_the_ways_out() -> None:
    workload = {"budget_usd_per_month": 2_000, "quality": {"within_points_of_best": 50}}
    first = answer(two(), workload).relaxations[0]
    assert first.change == "raise the budget by $1,000 to $3,000 a month"
    cheap_points = answer(two(), workload, quality_point_usd_per_month=1).relaxations[0]
    assert cheap_points.constraints == ("quality.within_points_of_best",)


@settings(max_examples=80)
@given(catalogs(), asks())
def test_an_infeasible_question_gets_a_way_out_unless_no_edit_is_one(compiled: Document, asked: frozenset[str]) -> None:
    found = solved(compiled, asked)
    if found.recommended is not None:
        return
    assert found.relaxations
    assert [way.counts_as_usd for way in found.relaxations] == sorted(way.counts_as_usd for way in found.relaxations)


@settings(max_examples=80)
@given(catalogs(), asks())
def test_conflicts_are_those_that_brute_force_finds(compiled: Document, asked: frozenset[str]) -> None:
    found = solved(compiled, asked)
    if found.recommended is not None:
        return
    fails = [frozenset(out.constraints) for out in found.excluded]
    names = sorted(frozenset().union(*fails))
    hitting = [
        frozenset(kept)
        for size in range(1, len(names) + 1)
        for kept in combinations(names, size)
        if all(one & set(kept) for one in fails)
    ]
    least = {one for one in hitting if not any(other < one for other in hitting)}
    assert {frozenset(conflict.constraints) for conflict in found.conflicts} == least


def test_the_traffic_that_the_budget_carries_is_a_flip_point() -> None:
    found = answer(two(), {"budget_usd_per_month": 6_000})
    flip = next(flip for flip in found.flips if flip.kind == "traffic")
    # $3,000 for a million requests.
    assert flip.value == 2_000_000


def test_the_cached_share_at_which_two_cost_the_same_is_a_flip_point() -> None:
    models = [model("a", quality={"general": (1500, 8)}), model("b", quality={"general": (1500, 8)})]
    offerings = [
        offering("a", prices=[price("2", "0", "0.2")]),
        offering("b", prices=[price("1", "0", "1")]),
    ]
    found = answer(document(models, offerings), {})
    assert found.recommended == "host/b"
    flip = next(flip for flip in found.flips if flip.kind == "cached-share")
    # 2 - 1.8 s = 1 at s = 0.5556.
    assert flip.value == pytest.approx(1 / 1.8, abs=1e-4)
    assert flip.to == "host/a"
    moved = answer(document(models, offerings), {"traffic": TRAFFIC | {"cached_input_share": 0.56}})
    assert moved.recommended == "host/a"


def test_near_misses_are_cheapest_first() -> None:
    found = answer(two(), {"budget_usd_per_month": 100})
    assert [miss.candidate for miss in found.nearest_misses] == ["host/small", "host/big"]
    assert found.nearest_misses[0].counts_as_usd == Decimal(50)
