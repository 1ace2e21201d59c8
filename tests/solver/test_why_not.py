"""What it would take for another candidate to lead: every figure checked by making it so."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.explain.follow import edited
from advisor.solver.explain.why_not import WhyNot, why_not
from tests.made_catalogs import Document, catalog, document, license_record, model, offering, price
from tests.solver.test_laws import asks, build, catalogs

TRAFFIC = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 100}


def requirements(workload: dict[str, Any] | None = None, **rest: Any) -> Requirements:
    return Requirements.model_validate({"workloads": [{"name": "job", "traffic": TRAFFIC, **(workload or {})}], **rest})


def three(**changed: tuple[int, str, str]) -> Document:
    """best: 1500 at $3,000 a month; rival: 1495 at $1,500; small: 1400 at $150."""
    figures = {"best": (1500, "2", "10"), "rival": (1495, "1", "5"), "small": (1400, "0.1", "0.5")} | changed
    models = [model(name, quality={"general": (points, 8)}) for name, (points, _, _) in figures.items()]
    offerings = [
        offering(name, prices=[price(rate_in, rate_out)], max_input_tokens=100_000 if name != "small" else 8_000)
        for name, (_, rate_in, rate_out) in figures.items()
    ]
    return document(models, offerings, licenses=[license_record("open")])


def asked(candidate: str, wanted: Requirements | None = None, compiled: Document | None = None) -> WhyNot:
    wanted = wanted or requirements()
    return why_not(catalog(compiled or three()), wanted, wanted.workloads[0], candidate)


def leader(wanted: Requirements, compiled: Document) -> str | None:
    return advise(catalog(compiled), wanted).workloads[0].recommended


def test_a_tied_rival_would_have_to_cost_less_than_the_leader() -> None:
    found = asked("host/best")
    assert (found.leader, found.usd_per_month_below, found.quality_at_least) == ("host/rival", Decimal("1500.00"), None)
    assert found.price_cut_percent == pytest.approx(50)
    # $0.99 and $4.95 come to $1,485 a month.
    assert leader(requirements(), three(best=(1500, "0.99", "4.95"))) == "host/best"
    assert leader(requirements(), three(best=(1500, "1.01", "5.05"))) == "host/rival"


def test_a_cheap_one_would_have_to_be_as_good() -> None:
    found = asked("host/small")
    assert found.usd_per_month_below is None
    assert found.quality_at_least is not None
    least = int(found.quality_at_least) + 1
    assert leader(requirements(), three(small=(least, "0.1", "0.5"))) == "host/small"
    assert leader(requirements(), three(small=(least - 2, "0.1", "0.5"))) == "host/rival"


def test_what_is_out_comes_in_by_the_least_edit_and_leads() -> None:
    wanted = requirements({"needs": {"context_tokens": 16_000}}, preferences=["cost", "quality"])
    found = asked("host/small", wanted)
    assert found.change is not None
    assert found.change.words == "accept prompts of 8,000 tokens"
    assert found.leads_after_change
    assert leader(edited(wanted, found.edits), three()) == "host/small"


def test_what_no_edit_moves_is_named() -> None:
    compiled = three()
    compiled["offerings"][0]["channel"] = "own-gpus"
    compiled["channels"].append({"id": "own-gpus", "name": "Own", "kind": "self-hosted", "prefix": None, "facts": {}})
    assert asked("own-gpus/best", compiled=compiled).fixed == ("deployment.own_gpus",)


def test_weighed_in_money_the_worth_of_a_point_decides() -> None:
    wanted = requirements(quality_point_usd_per_month=5)
    # 1495 points at $1,500 against 1400 at $150: 95 points for $1,350, which is $14.21 a point.
    assert leader(wanted, three()) == "host/small"
    found = asked("host/rival", wanted)
    assert found.usd_per_month_below == Decimal("625.00")
    flips = {flip.kind: flip for flip in advise(catalog(three()), wanted).workloads[0].flips}
    assert flips["quality-point"].value == pytest.approx(1350 / 95)
    assert leader(requirements(quality_point_usd_per_month=15), three()) == "host/rival"


@settings(max_examples=60)
@given(catalogs(), asks())
def test_an_edit_that_is_said_to_make_it_lead_does(compiled: Document, asks: frozenset[str]) -> None:
    wanted = build(asks)
    for candidate in catalog(compiled).candidates:
        found = why_not(catalog(compiled), wanted, wanted.workloads[0], candidate.id)
        if found.leads_after_change:
            assert leader(edited(wanted, found.edits), compiled) == candidate.id
