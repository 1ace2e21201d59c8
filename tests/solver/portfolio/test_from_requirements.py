"""Several workloads of one file, planned together from the catalog or from results."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from advisor.portfolio.build import PortfolioProblem, SharedLimits
from advisor.portfolio.from_catalog import pose_catalog
from advisor.portfolio.from_scores import pose_requirements
from advisor.portfolio.single_baseline import against_staircase
from advisor.portfolio.solve import plan
from advisor.requirements.schema import Requirements
from advisor.requirements.score_table import parse_results
from tests.made_catalogs import Document, catalog, document, license_record, model, offering, price
from tests.solver.portfolio.problems import brute_force

TRAFFIC = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 100}


def three_vendors() -> Document:
    """On one million requests: best $3,000 at a, good $1,500 at b, small $150 at c."""
    models = [
        model("best", quality={"general": (1500, 8)}, license="open"),
        model("good", quality={"general": (1450, 8)}, license="terms"),
        model("small", quality={"general": (1400, 8)}, license="open"),
    ]
    offerings = [
        offering("best", "a", prices=[price("2", "10")]),
        offering("good", "b", prices=[price("1", "5")]),
        offering("small", "c", prices=[price("0.1", "0.5")]),
    ]
    return document(models, offerings, licenses=[license_record("open"), license_record("terms")])


def requirements(portfolio: dict[str, Any], *names: str) -> Requirements:
    workloads = [{"name": name, "traffic": TRAFFIC} for name in names or ("one", "two")]
    return Requirements.model_validate({"workloads": workloads, "portfolio": portfolio})


def posed(portfolio: dict[str, Any], *names: str) -> PortfolioProblem:
    return pose_catalog(catalog(three_vendors()), requirements(portfolio, *names), SharedLimits())


def served(portfolio: dict[str, Any], *names: str) -> dict[str, str]:
    return {choice.workload: choice.way.id for choice in plan(posed(portfolio, *names).problem).choices}


def test_a_shared_budget_is_spent_where_it_counts_most() -> None:
    weighted = {"budget_usd_per_month": 3_200, "workloads": [{"name": "two", "weight": 5}]}
    assert served(weighted) == {"one": "c/small", "two": "a/best"}


def test_numbers_of_vendors_and_licenses_are_limited() -> None:
    assert served({"budget_usd_per_month": 3_200, "max_vendors": 1}) == {"one": "b/good", "two": "b/good"}
    by_license = served({"budget_usd_per_month": 2_000, "max_licenses": 1})
    assert by_license == {"one": "c/small", "two": "c/small"}


def test_a_fallback_is_at_another_channel() -> None:
    problem = posed({"workloads": [{"name": "one", "fallback_share": 0.01}]}, "one").problem
    choice = plan(problem).choices[0]
    assert choice.way.id == "a/best"
    assert choice.fallback is not None
    assert choice.fallback.id == "b/good"


def test_a_commitment_is_taken_when_it_pays() -> None:
    portfolio = {"commitments": [{"channel": "a", "usd_per_month": 4_000, "discount": 0.5}]}
    found = plan(posed(portfolio).problem)
    assert found.cost_usd == Decimal(4_000)
    assert found.bills[0].tier is not None
    alone = plan(posed(portfolio, "one").problem)
    assert alone.cost_usd == Decimal(3_000)
    assert alone.bills[0].tier is None


def test_a_rate_limit_moves_a_workload_elsewhere() -> None:
    # A million requests a month are 22.8 a minute.
    limited = {"rate_limits": [{"offering": "a/best", "requests_per_minute": 30}]}
    assert sorted(served(limited).values()) == ["a/best", "b/good"]
    hours = requirements(limited | {"peak_factor": 2})
    found = plan(pose_catalog(catalog(three_vendors()), hours, SharedLimits()).problem)
    assert {choice.way.id for choice in found.choices} == {"b/good"}


def test_a_split_fills_what_a_budget_leaves() -> None:
    portfolio = {"budget_usd_per_month": 1_700, "workloads": [{"name": "one", "split": True}]}
    problem = posed(portfolio, "one").problem
    found, best = plan(problem), brute_force(problem)
    assert best is not None
    assert found.score == best.score
    way = found.choices[0].way
    assert len(way.parts) == 2
    against = against_staircase(way, problem.tasks[0].ways)
    assert against is not None
    assert against.best_no_dearer is not None
    assert against.best_no_dearer.id == "b/good"


def test_a_cascade_is_held_against_the_best_single_offering_that_costs_no_more() -> None:
    table = (
        "workload,offering,vendor,score,cost_usd\none,c/small,c,60,150\none,b/good,b,70,1500\none,a/best,a,90,3000\n"
    )
    cascade = {"first": "c/small", "then": "a/best", "signal": "no valid JSON", "escalated_share": 0.4, "score": 82}
    asked = requirements({"budget_usd_per_month": 1_600, "workloads": [{"name": "one", "cascades": [cascade]}]}, "one")
    made = pose_requirements(parse_results(table, "r.csv"), SharedLimits(), asked, catalog(three_vendors()))
    way = plan(made.problem).choices[0].way
    assert way.id == "c/small then a/best"
    assert way.cost_usd == Decimal("1350.0")
    against = against_staircase(way, made.problem.tasks[0].ways)
    assert against is not None
    # The good one costs more than the cascade: the best that does not is the small one.
    assert against.best_no_dearer is not None
    assert (against.best_no_dearer.id, against.score_gained) == ("c/small", Decimal(22))
    assert against.cheapest_no_worse is not None
    assert (against.cheapest_no_worse.id, against.usd_saved) == ("a/best", Decimal("1650.0"))


def test_what_nothing_measured_is_left_out_and_named() -> None:
    compiled = three_vendors()
    compiled["models"][0]["quality"] = {"": []}
    made = pose_catalog(catalog(compiled), requirements({}, "one"), SharedLimits())
    assert [(one.way, one.because[0].found) for one in made.left_out] == [("a/best", "not measured")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"workloads": [{"name": "three"}]},
        {"workloads": [{"name": "one"}, {"name": "one"}]},
        {"max_vendors": 0},
        {"commitments": [{"channel": "a", "usd_per_month": 1, "discount": 1}]},
        {"rate_limits": [{"offering": "a", "requests_per_minute": 1}] * 2},
        {"budget_usd_per_month": "nan"},
    ],
)
def test_a_block_that_contradicts_itself_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        requirements(wrong)
