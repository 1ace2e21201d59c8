"""What a model thinks before it answers: in its cost, against a budget, on own hardware, at each effort."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from advisor.facts import Measurement
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from tests.made_catalogs import AS_OF, Document, catalog, document, fact, model, offering, price

TRAFFIC = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 100}


def job(workload: dict[str, Any]) -> Requirements:
    return Requirements.model_validate({"workloads": [{"name": "job", "traffic": TRAFFIC, **workload}]})


def wondering(budget_usd: float, **traffic: Any) -> tuple[Document, Requirements]:
    """A model that thinks 100 to 900 tokens before each of a million answers, at $5 a million: $500 to $4,500 more."""
    models = [model("thinker", quality={"general": (1500, 8)}, thinks={"": (300, 100, 900)})]
    compiled = document(models, [offering("thinker", prices=[price("1", "5")], max_output_tokens=8_000)])
    return compiled, job({"traffic": {**TRAFFIC, **traffic}, "budget_usd_per_month": budget_usd})


@pytest.mark.parametrize(
    ("budget_usd", "state"), [(6_000, "satisfied"), (5_999, "unknown"), (2_000, "unknown"), (1_999, "violated")]
)
def test_a_budget_holds_when_the_upper_end_fits_and_breaks_when_the_lower_end_does_not(
    budget_usd: float, state: str
) -> None:
    compiled, asked = wondering(budget_usd)
    answer = advise(catalog(compiled), asked).workloads[0]
    if state == "satisfied":
        assert answer.recommended == "host/thinker"
        assert answer.standings[0].cost is not None
        assert answer.standings[0].cost.span == (Decimal("2000.00"), Decimal("6000.00"))
    else:
        (out,) = answer.excluded
        assert out.because[0].state == state


def test_a_budget_that_may_hold_says_up_to_how_many_hidden_tokens() -> None:
    compiled, asked = wondering(4_000)
    (out,) = advise(catalog(compiled), asked).workloads[0].excluded
    assert "$2,000.00 to $6,000.00 in the most expensive month" in out.because[0].found
    assert out.because[0].found.endswith("; holds up to 500 hidden tokens an answer")


@pytest.mark.parametrize(
    ("rate", "score", "leader", "said"),
    [
        ("3.4", 1495, "steady", "host/steady costs least at the upper end of the 80 % interval of a month, it leads"),
        ("9", 1505, "thinker", "host/thinker costs least at the upper end of the 80 % interval of a month ($4,"),
    ],
)
def test_a_reason_names_the_figure_that_costs_were_compared_by(rate: str, score: float, leader: str, said: str) -> None:
    compiled, asked = wondering(10_000)
    more = document(
        [*compiled["models"], model("steady", quality={"general": (score, 8)})],
        [*compiled["offerings"], offering("steady", prices=[price(rate, "1")])],
    )
    answer = advise(catalog(more), asked).workloads[0]
    assert answer.recommended == f"host/{leader}"
    assert said in answer.why[0]


def test_each_step_of_the_ladder_saves_in_the_mean_month_too() -> None:
    compiled, asked = wondering(10_000)
    plain = {"steady": (1400, "3.4", "1"), "small": (1300, "1", "1")}
    models = [model(name, quality={"general": (score, 8)}) for name, (score, _, _) in plain.items()]
    offerings = [offering(name, prices=[price(put, got)]) for name, (_, put, got) in plain.items()]
    more = document([model("thinker", quality={"general": (1500, 8)}, thinks={"": (300, 100, 900)}), *models], [])
    more["offerings"] = compiled["offerings"] + document(models, offerings)["offerings"]
    steps = advise(catalog(more), asked).workloads[0].ladder
    # steady costs $3,500: less than the upper end of the thinker's interval, more than its mean of $3,000.
    assert [step.candidate for step in steps] == ["host/thinker", "host/small"]
    assert steps[1].saves_usd_per_month == Decimal("1900.00")


def test_no_answer_is_longer_than_the_maximum_output() -> None:
    compiled, asked = wondering(2_500)
    compiled["offerings"][0]["facts"]["max_output_tokens"] = fact(300)
    answer = advise(catalog(compiled), asked).workloads[0]
    assert answer.recommended == "host/thinker"
    assert answer.standings[0].thinking is not None
    # The maximum less the 100 tokens that are read.
    assert answer.standings[0].thinking.hidden.high == 200


def test_estimated_tokens_are_compared_at_the_upper_end_of_80_percent_and_own_ones_as_expected() -> None:
    compiled, asked = wondering(10_000)
    estimated = advise(catalog(compiled), asked).workloads[0].standings[0]
    measured = Measurement("host/thinker", "reasoning_tokens", 300, 250, 350, 40, AS_OF, "run.jsonl")
    own = advise(catalog(compiled), asked, measurements=[measured]).workloads[0].standings[0]
    assert estimated.cost is not None
    assert own.cost is not None
    assert estimated.cost.usd_per_month_mean == own.cost.usd_per_month_mean == Decimal("3000.00")
    assert float(estimated.cost.ranked_usd) == pytest.approx(1500 + 5 * 300 * 3 ** (1.2815516 / 1.959964), 1e-4)
    assert own.cost.ranked_usd == Decimal("3000.00")
    assert own.thinking is not None
    assert own.thinking.hidden.basis == "probe"


def test_tokens_stated_for_one_effort_leave_the_others_to_the_estimate() -> None:
    models = [model("thinker", efforts=["low", "max"], thinks={"low": (50, 20, 90), "max": (5_000, 2_000, 9_000)})]
    compiled = document(models, [offering("thinker", prices=[price("1", "5")])])
    asked = job({"traffic": {**TRAFFIC, "reasoning_tokens": {"low": 70}}})
    found = {
        one.candidate.config.effort: one.thinking for one in advise(catalog(compiled), asked).workloads[0].standings
    }
    assert found["low"] is not None
    assert found["max"] is not None
    assert (found["low"].hidden.estimate, found["low"].hidden.basis) == (70, "stated")
    assert (found["max"].hidden.estimate, found["max"].hidden.basis) == (5_000, "lab")
