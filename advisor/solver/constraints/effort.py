"""An effort that the provider refused in the user's own probe is none that can be asked for there."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.catalog.records import Candidate
from advisor.solver.constraints.base import SATISFIED, VIOLATED, MeasurementIndex, TestResult, WorkloadQuestion
from advisor.solver.constraints.group import NEEDS
from advisor.solver.constraints.kind import Constraint, ConstraintKind, no_change

_QUANTITY = "ability:effort:"


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    measured = question.measured
    if measured.refuses(_QUANTITY):
        yield Constraint(
            KIND,
            "an effort that the provider takes",
            (KIND.id, measured),
            lambda candidate: _accepted(candidate, measured),
        )


def _accepted(candidate: Candidate, measured: MeasurementIndex) -> TestResult:
    found = measured.find(candidate, f"{_QUANTITY}{candidate.config.effort}")
    if found is None or found.value > 0:
        return TestResult(SATISFIED, "not refused in your own probes")
    return TestResult(VIOLATED, f"refused in your own probe on {found.measured_on}: {found.source}")


KIND = ConstraintKind("needs.effort", NEEDS, None, _make, no_change)
