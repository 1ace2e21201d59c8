"""Every relaxation that one or two edits make is found, held against trying them all; and each edit is the least."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from random import Random
from typing import Any

import pytest

from advisor.requirements.enums import OnUnknown
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from advisor.solver.explain.follow import changed, edited, failures, follow
from advisor.solver.explain.why_not import why_not
from advisor.solver.workload import WorkloadSolver
from tests.made_catalogs import Document, catalog, document, license_record, model, offering, price

GIVEN_UP: dict[str, list[dict[str, Any]]] = {
    "budget_usd_per_month": [{"workloads.job.budget_usd_per_month": None}],
    "needs.context_tokens": [{"workloads.job.needs.context_tokens": None}],
    "needs.tools": [{"workloads.job.needs.tools": None}],
    "data.training_on_inputs": [{"data.training_on_inputs": None}],
    "data.retention_days": [{"data.retention_days": None}],
    "quality.within_points_of_best": [{"workloads.job.quality.within_points_of_best": None}],
    "license.commercial": [{"uses": ()}],
}
UNKNOWNS = [{f"unknown.{group}": OnUnknown.ACCEPT} for group in ("data", "needs", "cost", "quality", "license")]


def world(random: Random) -> Document:
    models, offerings = [model("anchor", quality={"general": (1500, 5)}, license="open")], []
    for index in range(random.randint(2, 7)):
        quality = {"general": (random.randint(1380, 1490), 8)} if random.random() < 0.8 else {}
        models.append(model(f"m{index}", quality=quality, license=random.choice(["open", "unclear", "closed"])))
        rates = [price(str(random.randint(1, 60)), None if random.random() < 0.2 else "1")]
        offerings.append(
            offering(
                f"m{index}",
                prices=rates,
                max_input_tokens=random.choice([8_000, 32_000, 200_000, None]),
                tools=random.choice([True, False, None]),
                training_on_inputs=random.choice(["never", "default", None]),
                retention_days=random.choice([0, 30, 365, None]),
            )
        )
    licenses = [
        license_record("open"),
        license_record("unclear", every="unknown"),
        license_record("closed", every="forbidden"),
    ]
    return document(models, [*offerings, offering("anchor", "denied", prices=[price("1", "1")])], licenses=licenses)


def wanted(random: Random) -> Requirements:
    workload: dict[str, Any] = {
        "name": "job",
        "traffic": {"requests_per_month": 100_000, "input_tokens": 1_000, "output_tokens": 100},
        "needs": {"context_tokens": 16_000, "tools": random.random() < 0.5},
        "budget_usd_per_month": random.choice([200, 1_000, 3_000]),
        "quality": random.choice([{}, {"within_points_of_best": 60}]),
    }
    data = {"training_on_inputs": "forbidden", **({"retention_days": {"at_most": 7}} if random.random() < 0.6 else {})}
    whole = {"uses": ["commercial"], "data": data, "deployment": {"channels": {"deny": ["denied"]}}}
    return Requirements.model_validate({"workloads": [workload], "unknown": {"quality": "exclude"}, **whole})


@pytest.mark.parametrize("seed", range(60))
def test_where_two_edits_help_a_way_out_is_shown(seed: int) -> None:
    random = Random(seed)
    compiled, requirements = catalog(world(random)), wanted(random)
    answer = advise(compiled, requirements).workloads[0]
    if answer.standings:
        return
    single = [*(edits for several in GIVEN_UP.values() for edits in several), *UNKNOWNS]
    tried = [*single, *({**a, **b} for a, b in combinations(single, 2))]
    helps = any(advise(compiled, edited(requirements, edits)).workloads[0].standings for edits in tried)
    assert bool(answer.relaxations) or not helps
    for way in answer.relaxations:
        again = advise(compiled, edited(requirements, way.edits)).workloads[0]
        assert {standing.id for standing in again.standings} >= set(way.lets_in)


@pytest.mark.parametrize("seed", range(40))
def test_an_edit_is_followed_to_its_end(seed: int) -> None:
    random = Random(seed)
    compiled, requirements = catalog(world(random)), wanted(random)
    question = WorkloadQuestion(compiled, requirements, requirements.workloads[0], MeasurementIndex())
    for candidate in WorkloadSolver(question).screen.candidates:
        found = follow(question, candidate)
        if candidate.offering.channel.id == "denied":
            assert found.change is not None
        elif found.change is not None:
            assert failures(changed(question, found.change.edits), candidate) == []
            told = why_not(compiled, requirements, requirements.workloads[0], candidate.id)
            assert told.fixed == ()
        assert not found.fixed


def test_a_budget_that_is_raised_where_months_have_no_price_needs_the_unknown_accepted() -> None:
    compiled = catalog(
        document(
            [model("m", quality={"general": (1500, 5)})], [offering("m", prices=[price("9", "9", until="2027-01-01")])]
        )
    )
    traffic = {"requests_per_month": 100_000, "input_tokens": 1_000, "output_tokens": 100}
    asked = {"workloads": [{"name": "job", "traffic": traffic, "budget_usd_per_month": 500}]}
    requirements = Requirements.model_validate(asked)
    told = why_not(compiled, requirements, requirements.workloads[0], "host/m")
    assert told.fixed == ()
    assert told.edits == {"workloads.job.budget_usd_per_month": Decimal(990), "unknown.cost": OnUnknown.ACCEPT}
    (way,) = advise(compiled, requirements).workloads[0].relaxations
    assert way.edits == told.edits


def test_accepting_points_is_the_least_that_does_it() -> None:
    models = [model("best", quality={"general": (1500, 0)}), model("m", quality={"general": (1440, 5)})]
    compiled = catalog(document(models, [offering("best", "denied"), offering("m")]))
    requirements = Requirements.model_validate(
        {
            "deployment": {"channels": {"deny": ["denied"]}},
            "unknown": {"quality": "exclude"},
            "workloads": [{"name": "job", "quality": {"within_points_of_best": 40}}],
        }
    )
    ways = {way.change: way for way in advise(compiled, requirements).workloads[0].relaxations}
    assert "accept 65 points below the best" in ways
