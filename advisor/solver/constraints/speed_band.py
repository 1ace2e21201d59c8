"""A coarse band of speed, for those who have not measured."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from advisor.catalog.records import Candidate
from advisor.solver.constraints.base import SATISFIED, VIOLATED, TestResult, WorkloadQuestion, by_facts, from_state
from advisor.solver.constraints.group import LATENCY
from advisor.solver.constraints.kind import Constraint, ConstraintKind, by_probe, dropped

SPEED_BANDS = ("slow", "medium", "fast")
"""From the least to the most speed; a coarse band with a date, never a measurement."""

FACT = "speed_band"


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    band, day = question.workload.latency.speed, question.catalog.as_of
    if band is not None:
        yield Constraint(
            KIND,
            f"speed {band} or better",
            ("speed", band, day),
            lambda candidate: _test(candidate, band, day),
            by_facts(FACT),
        )


def _test(candidate: Candidate, band: str, day: date) -> TestResult:
    fact = candidate.offering.fact(FACT, day)
    if not fact.is_usable or fact.value not in SPEED_BANDS:
        return from_state(fact, FACT)
    passes = SPEED_BANDS.index(fact.value) >= SPEED_BANDS.index(band)
    return TestResult(SATISFIED if passes else VIOLATED, fact.value, fact.source, (FACT, fact))


KIND = ConstraintKind(
    "latency.speed", LATENCY, "workloads.latency.speed", _make, dropped("drop the least speed band"), by_probe
)
