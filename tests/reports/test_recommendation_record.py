"""The JSON record says who leads only where that is decided, and until when it can be had."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from advisor.reports.recommendation.json import WorkloadRecord, recommendation_record
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from tests.made_catalogs import Document, catalog, document, model, offering, price

DAY, MAKERS_END, OWN_END = date(2026, 11, 23), "2028-03-01", "2028-09-01"
TRAFFIC = {"requests_per_month": 1_000, "input_tokens": 1_000, "output_tokens": 100}


def world(own_end: str | None = None) -> Document:
    """Closed weights that their lab ends after the horizon, cheaper at a host that names a later end or none."""
    compiled = document(
        [model("m", quality={"general": (1500, 5)}, weights="closed")],
        [
            offering("m", "lab", prices=[price("2", "10")], retirement_date=MAKERS_END),
            offering("m", "host", prices=[price("1", "5")], retirement_date=own_end),
        ],
    )
    for channel in compiled["channels"]:
        channel["kind"] = channel["id"]
    return compiled


def record(compiled: Document, **workload: Any) -> WorkloadRecord:
    asked = Requirements.model_validate({"workloads": [{"name": "job", "traffic": TRAFFIC, **workload}]})
    return recommendation_record(asked, advise(catalog(compiled, DAY), asked)).workloads[0]


def test_an_undecided_answer_recommends_nobody_and_says_who_would_lead_and_what_settles_it() -> None:
    found = record(world(), languages=["de"])
    assert (found.status, found.recommended) == ("undecided", None)
    assert found.would_lead is not None
    assert found.would_lead.id == "host/m"
    assert "advisor eval CASES" in found.settle[0]


def test_a_decided_answer_has_nobody_who_would_lead_and_nothing_to_settle() -> None:
    found = record(world())
    assert found.recommended is not None
    assert (found.recommended.id, found.would_lead, found.settle) == ("host/m", None, ())


def test_nothing_that_passes_is_neither() -> None:
    found = record(world(), budget_usd_per_month=0)
    assert (found.status, found.recommended, found.would_lead) == ("infeasible", None, None)


@pytest.mark.parametrize("own_end", [None, OWN_END])
def test_what_the_maker_of_closed_weights_ends_is_ended_at_who_resells_them(own_end: str | None) -> None:
    found = record(world(own_end))
    assert found.recommended is not None
    assert found.recommended.retires == found.candidates[0].retires == date.fromisoformat(MAKERS_END)
