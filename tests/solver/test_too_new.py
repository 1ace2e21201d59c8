"""A new model that nobody measured does not lead, and is named with what it would take."""

from __future__ import annotations

from datetime import date

from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.answer import WorkloadAdvice
from tests.made_catalogs import catalog, document, model, offering, price


def ask(released: date, rate: str = "1") -> WorkloadAdvice:
    models = [model("old", quality={"general": (1450, 5)}), model("new", released_date=released.isoformat())]
    compiled = document(
        models, [offering("old", prices=[price("2", "2")]), offering("new", prices=[price(rate, rate)])]
    )
    traffic = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 0}
    asked = Requirements.model_validate({"workloads": [{"name": "job", "traffic": traffic}]})
    return advise(catalog(compiled), asked).workloads[0]


def test_a_cheaper_new_model_would_lead_if_it_were_as_good() -> None:
    answer = ask(date(2026, 11, 1))
    assert answer.recommended == "host/old"
    said = "which nobody measured in general, would lead with 1430 points or more."
    assert answer.why[-1] == f"Too new to judge: host/new ($1,000 a month), {said}"


def test_a_dearer_one_must_be_better_by_what_matters() -> None:
    assert "would lead with 1471 points or more" in ask(date(2026, 11, 1), "3").why[-1]


def test_what_is_old_and_unmeasured_is_not_too_new() -> None:
    assert "Too new" not in " ".join(ask(date(2025, 1, 1)).why)
