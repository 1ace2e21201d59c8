"""The measurement that is named as most valuable, against every way in which things may really stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product
from random import Random
from typing import NamedTuple

import pytest

from advisor.catalog import Catalog
from advisor.decision.next_measurement import worth_measuring
from advisor.facts import Measurement
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from tests.made_catalogs import AS_OF, catalog, document, license_record, model, offering, price

BOUND_MS = 500.0


class Shop(NamedTuple):
    """A few models that tie in quality, what is known of their latency, and what unknown latency means."""

    catalog: Catalog
    requirements: Requirements
    known: tuple[Measurement, ...]
    names: tuple[str, ...]

    def pick(self, learnt: Sequence[Measurement]) -> tuple[str | None, Decimal]:
        """Who is recommended when that much is known, and what a month of it costs."""
        answer = advise(self.catalog, self.requirements, measurements=[*self.known, *learnt]).workloads[0]
        costs = {one.id: one.cost.usd_per_month_mean for one in answer.standings if one.cost}
        return answer.recommended, costs[answer.recommended] if answer.recommended else Decimal(0)

    def spent(self, truth: Mapping[str, bool], learnt: tuple[Measurement, ...]) -> Decimal:
        """What is paid until a pick keeps the bound: a month of each that turns out not to, then one that does."""
        name, usd = self.pick(learnt)
        if name is None or truth[name]:
            return usd
        return usd + self.spent(truth, (*learnt, measured(name, passes=False)))


def measured(name: str, *, passes: bool) -> Measurement:
    value = BOUND_MS / 2 if passes else BOUND_MS * 2
    return Measurement(name, "ttft_ms_p95", value, value, value, 80, AS_OF, "a.jsonl")


def shop(seed: int, unknown: str) -> Shop:
    random = Random(seed)
    rates = random.sample(range(1, 40), 4)
    models = [model(f"m{index}", quality={"writing": (1000.0, 20.0)}, license="free") for index in range(4)]
    offered = [offering(f"m{index}", prices=[price(str(rate), str(rate))]) for index, rate in enumerate(rates)]
    found = catalog(document(models, offered, licenses=[license_record("free")]))
    names = tuple(f"host/m{index}" for index in range(4))
    states = [random.choice((None, None, True, False)) for _ in names]
    known = tuple(measured(name, passes=state) for name, state in zip(names, states, strict=True) if state is not None)
    requirements = Requirements.model_validate(
        {
            "unknown": {"latency": unknown, "license": "accept"},
            "workloads": [
                {
                    "name": "job",
                    "dimension": "writing",
                    "latency": {"ttft_ms_p95": BOUND_MS},
                    "traffic": {"requests_per_month": 1000, "input_tokens": 1000, "output_tokens": 1000},
                }
            ],
        }
    )
    return Shop(found, requirements, known, names)


def by_enumeration(instance: Shop) -> dict[str, float]:
    """What knowing each candidate's state beforehand saves on average over all that may be true."""
    known = {one.subject: one.value <= BOUND_MS for one in instance.known}
    passed, failed = list(known.values()).count(True), list(known.values()).count(False)
    chance = (passed + 1) / (passed + failed + 2)
    open_ = [name for name in instance.names if name not in known]
    saved = dict.fromkeys(open_, 0.0)
    for states in product((True, False), repeat=len(open_)):
        truth = known | dict(zip(open_, states, strict=True))
        weight = 1.0
        for state in states:
            weight *= chance if state else 1 - chance
        without = instance.spent(truth, ())
        for name in open_:
            knowing = instance.spent(truth, (measured(name, passes=truth[name]),))
            saved[name] += weight * float(without - knowing)
    return saved


SHOPS = [(seed, unknown) for unknown in ("accept", "exclude", "ask") for seed in range(16)]
"""Those in which something passes, so that something is spent that could be saved."""


@pytest.mark.parametrize(("seed", "unknown"), [one for one in SHOPS if shop(*one).pick(())[0] is not None])
def test_the_candidate_named_first_is_the_one_that_saves_most(seed: int, unknown: str) -> None:
    instance = shop(seed, unknown)
    saved = by_enumeration(instance)
    named = worth_measuring(instance.catalog, instance.requirements, instance.known)
    assert [float(one.usd_per_month) for one in named] == pytest.approx(
        [max(0.0, saved[one.candidate]) for one in named], abs=0.01
    )
    changing = {name for name in saved if changes_the_pick(instance, name)}
    assert {one.candidate for one in named} == changing
    if changing:
        assert saved[named[0].candidate] == pytest.approx(max(0.0, *(saved[name] for name in changing)), abs=0.01)


def changes_the_pick(instance: Shop, name: str) -> bool:
    before, _ = instance.pick(())
    return any(instance.pick((measured(name, passes=passes),))[0] != before for passes in (True, False))
