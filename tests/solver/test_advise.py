"""The answer on small catalogs where it can be checked by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from advisor.requirements.schema import Requirements
from advisor.solver import Advice, advise
from advisor.solver.answer import Status
from tests.made_catalogs import Document, catalog, document, license_record, model, offering, price

TRAFFIC = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 100}


def requirements(workload: dict[str, Any] | None = None, **rest: Any) -> Requirements:
    return Requirements.model_validate({"workloads": [{"name": "job", "traffic": TRAFFIC, **(workload or {})}], **rest})


def three_models() -> Document:
    """best: 1500 at $2/$10; rival: 1495 at $1/$5, not to be told from it; small: 1400 at $0.1/$0.5."""
    models = [
        model("best", lab="a", quality={"general": (1500, 8)}, license="open"),
        model("rival", lab="b", quality={"general": (1495, 8)}, license="open"),
        model("small", lab="c", quality={"general": (1400, 8)}, license="non-commercial"),
    ]
    offerings = [
        offering("best", prices=[price("2", "10")], max_input_tokens=200_000, tools=True),
        offering("rival", prices=[price("1", "5")], max_input_tokens=100_000, tools=True),
        offering("small", prices=[price("0.1", "0.5")], max_input_tokens=32_000),
    ]
    licenses = [license_record("open"), license_record("non-commercial", commercial="forbidden")]
    return document(models, offerings, licenses=licenses)


def solve(asked: Requirements, compiled: Document | None = None) -> Advice:
    return advise(catalog(compiled or three_models()), asked)


def test_the_cheapest_of_those_that_quality_cannot_tell_apart_leads() -> None:
    answer = solve(requirements()).workloads[0]
    assert answer.status is Status.TIED
    assert answer.recommended == "host/rival"
    assert answer.tied == ("host/rival", "host/best")


def test_the_cost_is_the_traffic_times_the_rates() -> None:
    answer = solve(requirements()).workloads[0]
    cost = answer.standings[0].cost
    assert cost is not None
    # 1,000 M tokens in at $1 and 100 M tokens out at $5.
    assert cost.usd_per_month_now == Decimal("1500.00")
    assert cost.usd_horizon == Decimal("18000.00")


def test_every_cause_is_kept_not_the_first() -> None:
    asked = requirements({"needs": {"context_tokens": 150_000, "tools": True}}, uses=["commercial"])
    answer = solve(asked).workloads[0]
    out = {exclusion.id: exclusion.constraints for exclusion in answer.excluded}
    assert out == {
        "host/rival": ("needs.context_tokens",),
        "host/small": ("license.commercial", "needs.context_tokens", "needs.tools"),
    }


def test_unknown_tools_do_not_pass_for_tools() -> None:
    answer = solve(requirements({"needs": {"tools": True}})).workloads[0]
    assert [exclusion.id for exclusion in answer.excluded] == ["host/small"]
    assert answer.excluded[0].because[0].found == "unknown"


def test_nothing_passes_gives_no_fallback_but_the_ways_out() -> None:
    asked = requirements({"budget_usd_per_month": 1_000, "quality": {"within_points_of_best": 20}})
    answer = solve(asked).workloads[0]
    assert answer.status is Status.INFEASIBLE
    assert answer.recommended is None
    assert answer.standings == ()
    assert [conflict.constraints for conflict in answer.conflicts] == [
        ("quality.within_points_of_best", "budget_usd_per_month")
    ]
    raise_budget = next(way for way in answer.relaxations if way.constraints == ("budget_usd_per_month",))
    assert raise_budget.change == "raise the budget by $500 to $1,500 a month"
    assert raise_budget.lets_in == ("host/rival",)


def test_an_unmeasured_floor_is_asked_and_the_answer_undecided() -> None:
    unmeasured = document([model("new", license="open")], [offering("new", prices=[price("1", "1")])])
    answer = solve(requirements({"languages": ["de"]}), unmeasured).workloads[0]
    assert answer.status is Status.UNDECIDED
    assert answer.recommended == "host/new"
    assert [cause.constraint for cause in answer.standings[0].open_questions] == ["languages.de"]


def test_a_candidate_with_open_questions_never_leads_one_without() -> None:
    compiled = three_models()
    compiled["models"][1]["facts"]["languages"] = [[["de"], None, 0, "2020-01-01"]]
    answer = solve(requirements({"languages": ["de"]}), compiled).workloads[0]
    assert answer.recommended == "host/rival"
    assert answer.status is Status.DECIDED


def test_cost_first_takes_the_cheapest_that_passes_the_floor() -> None:
    asked = requirements(
        {"quality": {"within_points_of_best": 120}},
        stage="production",
        preferences=["cost", "quality"],
        horizon_months=1,
    )
    assert solve(asked).workloads[0].recommended == "host/small"


def test_a_price_rise_inside_the_horizon_is_paid_from_its_day() -> None:
    compiled = three_models()
    compiled["offerings"][1]["prices"] = [
        price("1", "5", until="2026-12-08"),
        price("4", "20", since="2026-12-08"),
    ]
    answer = solve(requirements(horizon_months=2), compiled).workloads[0]
    rival = answer.standing("host/rival")
    assert rival is not None
    assert rival.cost is not None
    # The first month has 30 days: 15 at $1,500 a month and 15 at $6,000; then a month at $6,000.
    assert [month.usd for month in rival.cost.months] == [Decimal("3750.00"), Decimal("6000.00")]
    assert rival.cost.usd_per_month_peak == Decimal("6000.00")
    assert answer.recommended == "host/best"


def test_disputed_figures_are_marked_in_the_cost() -> None:
    compiled = three_models()
    compiled["offerings"][1]["prices"] = [price("1", "5", state="disputed")]
    rival = solve(requirements(), compiled).workloads[0].standing("host/rival")
    assert rival is not None
    assert rival.cost is not None
    assert rival.cost.notes[0] == "sources differ on a price; the more expensive one is used"


def test_a_missing_rate_is_unknown_and_does_not_pass_a_budget() -> None:
    compiled = three_models()
    compiled["offerings"][1]["prices"] = [price("1", None)]
    answer = solve(requirements({"budget_usd_per_month": 1_000_000}), compiled).workloads[0]
    assert [exclusion.id for exclusion in answer.excluded] == ["host/rival"]
    assert answer.excluded[0].because[0].found == "cost unknown"


def test_cached_tokens_take_the_cached_rate_and_long_prompts_their_tier() -> None:
    compiled = three_models()
    compiled["offerings"][1]["prices"] = [price("1", "5", "0.1"), price("2", "10", "0.2", above=500)]
    asked = requirements({"traffic": {**TRAFFIC, "cached_input_share": 0.5}})
    rival = solve(asked, compiled).workloads[0].standing("host/rival")
    assert rival is not None
    assert rival.cost is not None
    # 500 M at $2, 500 M at $0.2 and 100 M out at $10.
    assert rival.cost.usd_per_month_now == Decimal("2100.00")


def test_a_retired_offering_is_no_candidate_and_one_that_retires_inside_the_horizon_fails_in_production() -> None:
    compiled = three_models()
    compiled["offerings"][0]["facts"]["retirement_date"] = [["2026-11-01", None, 0, "2026-01-01"]]
    compiled["offerings"][1]["facts"]["retirement_date"] = [["2027-02-01", None, 0, "2026-01-01"]]
    asked = requirements(stage="production", preferences=["quality"])
    answer = solve(asked, compiled).workloads[0]
    assert [exclusion.id for exclusion in answer.excluded] == ["host/rival"]
    assert answer.recommended == "host/small"


def test_hours_of_the_day_share_the_traffic() -> None:
    compiled = three_models()
    compiled["offerings"][1]["prices"] = [price("1", "5"), price("0.5", "2.5", hours=[["16:00", "22:00"]])]
    rival = solve(requirements(), compiled).workloads[0].standing("host/rival")
    assert rival is not None
    assert rival.cost is not None
    # A quarter of the day at half the price.
    assert rival.cost.usd_per_month_now == Decimal("1312.50")


def test_hours_that_only_timed_rows_leave_are_priced_by_the_more_expensive_row() -> None:
    compiled = three_models()
    compiled["offerings"][1]["prices"] = [
        price("1", "5", hours=[["00:00", "06:00"]]),
        price("0.5", "2.5", hours=[["06:00", "12:00"]]),
    ]
    rival = solve(requirements(), compiled).workloads[0].standing("host/rival")
    assert rival is not None
    assert rival.cost is not None
    # A quarter at half the price; the half of the day that no row names is not taken for the cheaper one.
    assert rival.cost.usd_per_month_now == Decimal("1312.50")


def thinking(**traffic: Any) -> tuple[Document, Requirements]:
    """One model at a reasoning effort: 1,000 M tokens in at $1 and 100 M out at $5 a month, $1,500 in all."""
    models = [model("thinker", efforts=["high"], quality={"general": (1500, 8)})]
    compiled = document(models, [offering("thinker", prices=[price("1", "5")])])
    return compiled, requirements({"traffic": {**TRAFFIC, **traffic}, "budget_usd_per_month": 2_000})


def test_a_budget_is_not_known_to_hold_while_hidden_reasoning_has_no_length() -> None:
    compiled, asked = thinking()
    answer = solve(asked, compiled).workloads[0]
    assert answer.status is Status.INFEASIBLE
    (out,) = answer.excluded
    assert (out.id, out.because[0].state) == ("host/thinker~high", "unknown")
    words = (
        "$1,500.00 to any sum in the most expensive month: may think, nobody knows how long; "
        "holds up to 100 hidden tokens an answer"
    )
    assert out.because[0].found == words


def test_a_budget_that_is_exceeded_without_reasoning_is_violated() -> None:
    compiled, asked = thinking(output_tokens=300)
    (out,) = solve(asked, compiled).workloads[0].excluded
    assert out.because[0].state == "violated"


def test_stated_reasoning_is_billed_as_output() -> None:
    compiled, asked = thinking(reasoning_tokens=50)
    standing = solve(asked, compiled).workloads[0].standings[0]
    assert standing.cost is not None
    # 50 M tokens of reasoning at $5 on top of $1,500.
    assert standing.cost.usd_per_month_now == Decimal("1750.00")
    assert standing.cost.notes == ("thinks 50 tokens an answer (as you state)",)


@pytest.mark.parametrize(("tokens", "usd"), [(1_000, "1500.00"), (1_001, "3002.00")])
def test_a_tier_by_length_begins_above_its_bound_and_not_at_it(tokens: int, usd: str) -> None:
    compiled = three_models()
    compiled["offerings"][1]["prices"] = [price("1", "5"), price("2", "10", above=1_000)]
    asked = requirements({"traffic": {**TRAFFIC, "input_tokens": tokens}})
    rival = solve(asked, compiled).workloads[0].standing("host/rival")
    assert rival is not None
    assert rival.cost is not None
    assert rival.cost.usd_per_month_now == Decimal(usd)
