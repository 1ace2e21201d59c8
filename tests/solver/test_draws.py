"""Each draw is decided as the solver would decide it: on a catalog in which the drawn figures stand."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from itertools import permutations
from math import exp, log
from random import Random
from typing import Any

import pytest

from advisor.facts import Measurement
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from advisor.solver.explain.contenders import Contender, contenders
from advisor.solver.explain.rank_stability import drawn, leader
from advisor.solver.rank import Rules, slowness_function
from advisor.solver.workload import WorkloadSolver
from tests.made_catalogs import Document, catalog, document, license_record, model, offering, price

ORDERS = list(permutations(["quality", "cost", "latency"]))
POLICIES = ("exclude", "ask", "accept")


@dataclass(frozen=True)
class Case:
    """A random question with figures that have errors."""

    compiled: Document
    wanted: Requirements
    measured: tuple[Measurement, ...]

    def contenders(self) -> list[Contender]:
        question = WorkloadQuestion(
            catalog(self.compiled), self.wanted, self.wanted.workloads[0], MeasurementIndex(self.measured)
        )
        solving = WorkloadSolver(question)
        return contenders(
            question, solving.screen, solving.standing, slowness_function(question.measured, lambda _: None)
        )

    def redrawn(self, z: dict[str, float]) -> Case:
        """The same question once every figure fell elsewhere."""
        compiled = deepcopy(self.compiled)
        for one in compiled["models"]:
            for row in one["quality"].get("", []):
                by = z.get(one["id"], 0.0) * max(row[3] - row[1], row[1] - row[2]) / 1.96
                row[1:4] = [figure + by for figure in row[1:4]]
        return Case(compiled, self.wanted, tuple(_again(one, z) for one in self.measured))


def _again(one: Measurement, z: dict[str, float]) -> Measurement:
    by = z.get(f"{one.subject} {one.quantity}", 0.0)
    if one.low is None or one.high is None:
        return one
    if one.quantity.startswith("score:"):
        step = by * (one.high - one.low) / 2 / 1.959964
        return one._replace(value=one.value + step, low=one.low + step, high=one.high + step)
    factor = exp(by * log(one.high / one.low) / 2 / 1.959964)
    return one._replace(value=one.value * factor, low=one.low * factor, high=one.high * factor)


def random_case(random: Random) -> Case:
    """Up to seven models; the best of the catalog is on a denied channel, so that floors stand still."""
    names = [f"m{n}" for n in range(random.randint(2, 7))]
    models = [model("anchor", quality={"general": (1500, 0.0)}, license="open")]
    offerings = [offering("anchor", channel="denied", prices=[price("1", "1")])]
    for name in names:
        quality = {"general": (random.randint(1380, 1470), random.randint(1, 60))} if random.random() < 0.85 else {}
        models.append(model(name, quality=quality, license="open"))
        for channel in ("host", "other")[: random.randint(1, 2)]:
            tools = random.choice([True, True, None, False])
            offerings.append(offering(name, channel, prices=[price(str(random.randint(1, 9)), "0")], tools=tools))
    channels: dict[str, dict[str, Any]] = {"host": {}, "other": {}, "denied": {}}
    compiled = document(models, offerings, channels=channels, licenses=[license_record("open")])
    subjects = [f"{one['channel']}/{one['model']}" for one in offerings[1:]]
    measured = tuple(one for name in subjects for one in random_measurements(name, random))
    return Case(compiled, random_requirements(random), measured)


def random_measurements(name: str, random: Random) -> list[Measurement]:
    found = []
    for quantity, typical in (("ttft_ms_p95", 600.0), ("output_tokens_per_s", 50.0), ("score:ours", 70.0)):
        value = typical * random.uniform(0.6, 1.6)
        ends = (value * random.uniform(0.7, 0.99), value * random.uniform(1.01, 1.4))
        low, high = ends if random.random() < 0.85 else (None, ends[1])
        if random.random() < 0.75:
            found.append(Measurement(name, quantity, value, low, high, 50, date(2026, 11, 20), "probe"))
    return found


def random_requirements(random: Random) -> Requirements:
    workload: dict[str, Any] = {
        "name": "job",
        "traffic": {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 100},
        "needs": {"tools": True} if random.random() < 0.5 else {},
        "latency": {
            **({"ttft_ms_p95": 650} if random.random() < 0.5 else {}),
            **({"output_tokens_per_s": 45} if random.random() < 0.4 else {}),
        },
        "quality": random.choice([{}, {"within_points_of_best": 80}, {"at_least": {"case_set": "ours", "score": 70}}]),
    }
    whole: dict[str, Any] = {
        "workloads": [workload],
        "deployment": {"channels": {"deny": ["denied"]}},
        "stage": "production",
        "preferences": list(random.choice(ORDERS)),
        "unknown": {group: random.choice(POLICIES) for group in ("needs", "latency", "quality")},
    }
    if random.random() < 0.3:
        whole["quality_point_usd_per_month"] = random.choice([0, 1, 20, 500])
    return Requirements.model_validate(whole)


@pytest.mark.parametrize("seed", range(150))
def test_a_draw_is_decided_as_the_solver_decides(seed: int) -> None:
    random = Random(seed)
    case = random_case(random)
    found = case.contenders()
    names = {one["id"] for one in case.compiled["models"]} | {f"{m.subject} {m.quantity}" for m in case.measured}
    worth = case.wanted.quality_point_usd_per_month
    is_scored = case.wanted.workloads[0].quality.at_least is not None
    rules = Rules(case.wanted.order, case.wanted.difference_that_matters, worth, needs_quality=not is_scored)
    for _ in range(4):
        z = {name: random.uniform(-1.5, 1.5) for name in sorted(names)}
        again = case.redrawn(z)
        expected = advise(catalog(again.compiled), again.wanted, measurements=again.measured).workloads[0].recommended
        first = leader(found, drawn(found, z, None if worth is None else float(worth)), rules)
        assert (first.id if first else None) == expected
