"""How long a model is promised, and the license of the model that another one is tuned from."""

from __future__ import annotations

import pytest

from advisor.licenses.verdict import Verdict, judge_offering
from advisor.requirements.schema import Organization, Requirements
from advisor.solver import advise
from advisor.solver.answer import Status, WorkloadAdvice
from tests.made_catalogs import catalog, document, fact, license_record, model, offering, price

OPEN = license_record("open")
CLOSED_TO_TRADE = license_record("non-commercial", commercial="forbidden")


def ask_for_a_year(**facts: str) -> WorkloadAdvice:
    compiled = document(
        [model("only", quality={"general": (1500, 8)}, license="open")],
        [offering("only", prices=[price("1", "5")], **facts)],
        licenses=[OPEN],
    )
    asked = Requirements.model_validate({"workloads": [{"name": "job"}], "deployment": {"alive_months": 12}})
    return advise(catalog(compiled), asked).workloads[0]


@pytest.mark.parametrize(("day", "accepted"), [("2028-01-01", []), ("2027-01-01", ["deployment.alive_months"])])
def test_a_promise_of_service_answers_where_no_retirement_is_announced(day: str, accepted: list[str]) -> None:
    answer = ask_for_a_year(retirement_not_before_date=day)
    assert [cause.constraint for cause in answer.standings[0].accepted_unknowns] == accepted


def test_an_announced_retirement_beats_an_older_promise() -> None:
    answer = ask_for_a_year(retirement_date="2027-01-01", retirement_not_before_date="2028-01-01")
    assert answer.status is Status.INFEASIBLE


def test_the_license_of_the_base_model_binds_too() -> None:
    compiled = document(
        [model("tuned", license="open", base_license="non-commercial")],
        [offering("tuned", prices=[price("1", "5")])],
        licenses=[OPEN, CLOSED_TO_TRADE],
    )
    made = catalog(compiled)
    answer = judge_offering(made, made.offerings["host/tuned"], ["commercial"], Organization())
    assert (answer.verdict, answer.license) == (Verdict.FORBIDDEN, "open")


def test_a_base_whose_license_nobody_names_leaves_the_verdict_unknown() -> None:
    compiled = document(
        [model("tuned", license="open")],
        [offering("tuned", prices=[price("1", "5")])],
        licenses=[OPEN, license_record("unknown", every="unknown")],
    )
    compiled["models"][0]["facts"]["base_license"] = fact(None, state="unknown")
    made = catalog(compiled)
    assert judge_offering(made, made.offerings["host/tuned"], ["internal"], Organization()).verdict is Verdict.UNKNOWN
