"""Nothing gains by being known less: on small catalogs drawn at random, and on a sample of the shipped one."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.catalog import Catalog
from advisor.requirements.schema import Requirements
from advisor.requirements.templates import load_template, templates
from advisor.solver import advise
from advisor.solver.answer import Status, WorkloadAdvice
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from advisor.solver.workload import WorkloadSolver
from tests.made_catalogs import Document, catalog, document, fact, license_record, model, offering, price
from tests.shipped import thinned
from tests.solver.unknowing import Law, forgettings

DAY = date(2026, 11, 23)
VERDICTS = ("allowed", "conditional", "unknown", "forbidden")
FACTS: dict[str, list[Any]] = {
    "max_input_tokens": [8_000, 200_000],
    "tools": [True, False],
    "structured_output": [True, False],
    "training_on_inputs": ["never", "default"],
    "retention_days": [0, 30, 365],
    "zero_retention": ["default", "self-serve", "on-approval", "no"],
    "processing_regions": [("eu",), ("us",)],
    "certifications": [("soc2",), ()],
    "input_modalities": [("text",), ("text", "image")],
    "fine_tuning": [("sft",), ()],
    "speed_band": ["slow", "fast"],
}
ORDERS = [["quality", "cost"], ["cost", "quality"], ["latency", "quality", "cost"], ["quality", "latency", "cost"]]


@st.composite
def worlds(draw: st.DrawFn) -> Document:
    """Up to five models on one or two channels; any fact may already be missing."""
    models, offerings = [], []
    for index in range(draw(st.integers(2, 5))):
        figures = (draw(st.integers(1440, 1500)), draw(st.integers(1, 60)))
        is_measured, is_predicted = draw(st.booleans()), draw(st.booleans())
        quality = {"general": figures} if is_measured else {}
        license_id = draw(st.sampled_from(VERDICTS))
        rule = draw(st.sampled_from([None, "fixed 900", "patches 32"]))
        counts: dict[str, Any] = {"image_tokens": rule} if rule else {}
        models.append(model(f"m{index}", quality=quality, license=license_id, weights="closed", **counts))
        if is_measured and is_predicted:
            models[-1]["quality"][""][0].append("predicted from other benchmarks")
        for channel in ("host", "other")[: draw(st.integers(1, 2))]:
            known = {name: draw(st.sampled_from(values)) for name, values in FACTS.items() if draw(st.integers(0, 3))}
            rates = (str(draw(st.integers(1, 5))), str(draw(st.integers(1, 9))), draw(st.sampled_from([None, "0.1"])))
            until = draw(st.sampled_from([None, None, "2027-02-01"]))
            offerings.append(offering(f"m{index}", channel, prices=[price(*rates, until=until)], **known))
    return document(models, offerings, licenses=[license_record(verdict, every=verdict) for verdict in VERDICTS])


@st.composite
def questions(draw: st.DrawFn) -> Requirements:
    needs: dict[str, Any] = draw(
        st.sampled_from(
            [{}, {"context_tokens": 16_000}, {"tools": True}, {"modalities": ["image"]}, {"fine_tuning": True}]
        )
    )
    data = draw(
        st.sampled_from(
            [{}, {"training_on_inputs": "forbidden"}, {"retention_days": {"at_most": 7}}, {"regions": ["eu"]}]
        )
    )
    workload: dict[str, Any] = {
        "name": "job",
        "traffic": {
            "requests_per_month": 100_000,
            "input_tokens": 1_000,
            "output_tokens": 500,
            "cached_input_share": draw(st.sampled_from([0, 0.5])),
            **({"images_per_request": 2} if "modalities" in needs and draw(st.booleans()) else {}),
        },
        "needs": needs,
        "quality": draw(st.sampled_from([{}, {"within_points_of_best": 40}])),
        "latency": draw(st.sampled_from([{}, {"speed": "fast"}])),
    }
    if draw(st.booleans()):
        workload["budget_usd_per_month"] = 500
    return Requirements.model_validate(
        {
            "stage": "production",
            "preferences": draw(st.sampled_from(ORDERS)),
            "uses": draw(st.sampled_from([[], ["commercial"]])),
            "data": data,
            "workloads": [workload],
            "unknown": {"quality": draw(st.sampled_from(["ask", "exclude"])), "latency": "ask"},
            **({"quality_point_usd_per_month": 5} if draw(st.integers(0, 4)) == 0 else {}),
        }
    )


def law(compiled: Catalog, requirements: Requirements) -> Law:
    return Law(WorkloadSolver(WorkloadQuestion(compiled, requirements, requirements.workloads[0], MeasurementIndex())))


@settings(max_examples=40)
@given(worlds(), questions())
def test_no_fact_forgotten_is_a_gain(compiled: Document, requirements: Requirements) -> None:
    solved = law(catalog(compiled, DAY), requirements)
    for place, candidate in enumerate(solved.candidates):
        for lacking in forgettings(candidate):
            assert solved.breach(place, lacking) is None


@settings(max_examples=40)
@given(worlds(), questions(), st.integers(0, 4), st.integers(1, 200))
def test_no_wider_interval_is_a_gain(compiled: Document, requirements: Requirements, which: int, by: int) -> None:
    rows = compiled["models"][which % len(compiled["models"])]["quality"][""]
    if not rows:
        return
    name = compiled["models"][which % len(compiled["models"])]["id"]
    before = advise(catalog(compiled, DAY), requirements).workloads[0]
    wider = deepcopy(compiled)
    row = wider["models"][which % len(compiled["models"])]["quality"][""][0]
    row[2], row[3] = row[2] - by, row[3] + by
    after = advise(catalog(wider, DAY), requirements).workloads[0]
    for standing in sure(after):
        if standing.candidate.offering.model.id != name:
            continue
        was = next((one for one in sure(before) if one.id == standing.id), None)
        assert was is not None
        ahead = {one.id for one in sure(before)[: sure(before).index(was)]}
        now = {one.id for one in sure(after)[: sure(after).index(standing)]}
        # A floor that depends on the best may fall for others with it; those who stood before it still do.
        assert {one for one in ahead - now if f"/{name}" not in one} == set()
    if leading(after) and leading(after) != leading(before):
        assert f"/{name}" not in str(leading(after)) or f"/{name}" in str(leading(before))


def sure(answer: WorkloadAdvice) -> list[Any]:
    return [standing for standing in answer.standings if standing.level == 0]


def leading(answer: WorkloadAdvice) -> str | None:
    return answer.recommended if answer.status in (Status.DECIDED, Status.TIED) else None


def resold(**facts: Any) -> Document:
    """A lab's closed model on its own channel, which it ends and makes more expensive.

    And on a router that says ``facts``.
    """
    own = offering("m", "lab", prices=[price("1", "2", until="2027-01-01"), price("2", "4", since="2027-01-01")])
    own["facts"]["retirement_date"] = fact("2027-06-01")
    router = offering("m", "router", prices=[price("1", "2")], **facts)
    other = offering("n", "host", prices=[price("1.2", "2.4")])
    kinds = {name: {"kind": kind} for name, kind in (("lab", "lab"), ("router", "router"), ("host", "host"))}
    compiled = document(
        [
            model("m", quality={"general": (1500, 5)}, weights="closed"),
            model("n", lab="else", quality={"general": (1495, 5)}, weights="closed"),
        ],
        [own, router, other],
    )
    for channel in compiled["channels"]:
        channel["kind"] = kinds.get(channel["id"], {"kind": "host"})["kind"]
    return compiled


def ask(compiled: Document, **more: Any) -> WorkloadAdvice:
    traffic = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 100}
    whole = {"stage": "production", "preferences": ["quality", "cost"], **more}
    asked = Requirements.model_validate({"workloads": [{"name": "job", "traffic": traffic}], **whole})
    return advise(catalog(compiled, DAY), asked).workloads[0]


@pytest.mark.parametrize("facts", [{}, {"retirement_date": "2028-01-01"}])
def test_the_makers_end_is_the_latest_day_for_those_who_resell(facts: dict[str, Any]) -> None:
    answer = ask(resold(**facts))
    out = answer.excluded.find("router/m")
    assert out is not None
    assert [cause.constraint for cause in out.because] == ["deployment.alive_months"]
    assert "its maker ends it on 2027-06-01 (lab/m)" in out.because[0].found
    assert answer.recommended == "host/n"


def test_the_makers_rise_passes_through_from_its_day() -> None:
    answer = ask(resold(), deployment={"alive_months": 0}, horizon_months=2)
    costs = {standing.id: standing.cost for standing in answer.standings if standing.cost}
    assert costs["router/m"].usd_by_month == costs["lab/m"].usd_by_month
    assert any("passed on" in note for note in costs["router/m"].notes)
    # $1,200 a month until January and $2,400 then: the other at $1,440 leads.
    assert answer.recommended == "host/n"


def test_what_ends_is_compared_by_the_months_it_lives() -> None:
    answer = ask(resold(), deployment={"alive_months": 0})
    cost = answer.standings[1].cost if answer.standings[1].candidate.offering.model.id == "m" else None
    found = {standing.id: standing.cost for standing in answer.standings}["lab/m"]
    assert found is not None
    assert found.ends == date(2027, 6, 1)
    assert found.months_priced == 7
    assert any("after 190 days" in note for note in found.notes)
    assert cost is None or cost.ends == date(2027, 6, 1)


NAMES = [template.name for template in templates()]


@pytest.mark.parametrize("name", NAMES)
def test_on_the_shipped_catalog_no_fact_forgotten_is_a_gain(name: str) -> None:
    """A sample of each template's own tenth of the offerings; ``benchmarks/ignorance.py`` asks of all."""
    solved = law(thinned(DAY, 10, NAMES.index(name)), load_template(name))
    passing = [place for place in range(len(solved.candidates)) if solved.known(place).standing]
    random = Random(name)
    sample = random.sample(passing, min(4, len(passing))) + random.sample(range(len(solved.candidates)), 15)
    for place in sample:
        for lacking in forgettings(solved.candidates[place]):
            assert solved.breach(place, lacking) is None
