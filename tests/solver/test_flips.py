"""Flip points by brute force: make it so, a little before the point and a little beyond it, and solve again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from random import Random
from typing import Any

import pytest

from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.answer import Flip, WorkloadAdvice
from tests.made_catalogs import AS_OF, Document, catalog, document, license_record, model, offering, price
from tests.solver.test_draws import ORDERS, POLICIES

TRAFFIC = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 100, "cached_input_share": 0.4}


def random_catalog(random: Random) -> Document:
    """Up to seven models; the best of the catalog is on a denied channel, so that the floor stands still."""
    models = [model("anchor", quality={"general": (1500, 0.0)}, license="open")]
    offerings = [offering("anchor", channel="denied", prices=[price("1", "1")])]
    for name in (f"m{n}" for n in range(random.randint(2, 7))):
        quality = {"general": (random.randint(1380, 1480), random.randint(1, 50))} if random.random() < 0.9 else {}
        models.append(model(name, quality=quality, license="open"))
        for channel in ("host", "other")[: random.randint(1, 2)]:
            rate = random.randint(10, 90) / 10
            cached = random.choice([None, f"{rate * random.choice([0.1, 0.5]):.2f}"])
            rows = [price(f"{rate}", str(random.randint(0, 9)), cached)]
            ends = {"retirement_date": random.choice(["2027-03-01", "2027-06-15"])} if random.random() < 0.2 else {}
            offerings.append(offering(name, channel, prices=rows, tools=random.choice([True, True, None]), **ends))
    channels: dict[str, dict[str, Any]] = {"host": {}, "other": {}, "denied": {}}
    return document(models, offerings, channels=channels, licenses=[license_record("open")])


def random_question(random: Random) -> dict[str, Any]:
    workload: dict[str, Any] = {
        "name": "job",
        "traffic": dict(TRAFFIC),
        "needs": {"tools": True} if random.random() < 0.4 else {},
        "quality": random.choice([{}, {}, {"within_points_of_best": 90}]),
    }
    if random.random() < 0.6:
        workload["budget_usd_per_month"] = random.randint(2_000, 12_000)
    whole: dict[str, Any] = {
        "workloads": [workload],
        "deployment": {"channels": {"deny": ["denied"]}, "alive_months": 0},
        "stage": "production",
        "preferences": list(random.choice(ORDERS)),
        "unknown": {group: random.choice(POLICIES) for group in ("needs", "quality", "cost")},
    }
    if random.random() < 0.35:
        whole["quality_point_usd_per_month"] = random.choice([1, 10, 60])
    return whole


def solved(compiled: Document, question: Mapping[str, Any], day: date = AS_OF) -> WorkloadAdvice:
    return advise(catalog(compiled, day), Requirements.model_validate(question)).workloads[0]


def leader(compiled: Document, question: Mapping[str, Any], day: date = AS_OF) -> str | None:
    return solved(compiled, question, day).recommended


def around(flip: Flip, found: WorkloadAdvice, compiled: Document, question: dict[str, Any]) -> Iterator[str | None]:
    """Who leads a little before the point, and a little beyond it."""
    winner = found.standings[0]
    for step in (-1, 1):
        changed, asked = deepcopy(compiled), deepcopy(question)
        traffic = asked["workloads"][0]["traffic"]
        value = flip.value or 0.0
        if flip.kind == "price":
            assert winner.cost is not None
            row = next(
                one
                for one in changed["offerings"]
                if f"{one['channel']}/{one['model']}" == winner.candidate.offering.id
            )["prices"][0]
            by = (value + step * 0.05) / float(winner.cost.usd_per_month_mean)
            row[5:8] = [None if rate is None else f"{float(rate) * by:.9f}" for rate in row[5:8]]
        elif flip.kind == "traffic":
            up = -1 if flip.at.startswith("fewer") else 1
            near = 0.0005 if "budget" in flip.because else 0.005
            exact = 0.0 if "budget" in flip.because else near * up
            traffic["requests_per_month"] = int(value * (1 + up * near)) + up if step > 0 else int(value * (1 - exact))
        elif flip.kind == "cached-share":
            up = 1 if value > traffic["cached_input_share"] else -1
            traffic["cached_input_share"] = min(max(value + up * step * 0.001, 0.0), 1.0)
        elif flip.kind == "quality":
            one = next(one for one in changed["models"] if one["id"] == winner.candidate.config.id)
            by = value - step * 0.01 - one["quality"][""][0][1]
            one["quality"][""][0][1:4] = [figure + by for figure in one["quality"][""][0][1:4]]
        elif flip.kind == "quality-point":
            up = 1 if "more" in flip.at else -1
            asked["quality_point_usd_per_month"] = round(value * (1 + up * step * 0.001) + up * step * 0.001, 6)
        yield leader(changed, asked)


@pytest.mark.parametrize("seed", range(120))
def test_the_answer_turns_where_it_is_said_to(seed: int) -> None:
    """A sample; ``benchmarks/laws.py`` asks of two thousand."""
    turns_where_it_is_said_to(seed)


def turns_where_it_is_said_to(seed: int) -> None:
    random = Random(seed)
    compiled, question = random_catalog(random), random_question(random)
    found = solved(compiled, question)
    for flip in found.flips:
        if flip.kind == "date":
            assert leader(compiled, question, date.fromisoformat(flip.at)) == flip.to
            continue
        before, beyond = around(flip, found, compiled, question)
        assert beyond == flip.to, flip
        if flip.kind != "quality-point" or "quality_point_usd_per_month" in question:
            assert before == found.recommended, flip
