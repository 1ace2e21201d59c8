"""Whether a hosted API is allowed at all."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.catalog.records import Candidate
from advisor.solver.constraints.base import (
    OWN_HARDWARE,
    SATISFIED,
    VIOLATED,
    TestResult,
    WorkloadQuestion,
    is_self_hosted,
)
from advisor.solver.constraints.group import DEPLOYMENT
from advisor.solver.constraints.kind import Constraint, ConstraintKind, dropped


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    if not question.requirements.deployment.api:
        yield Constraint(KIND, OWN_HARDWARE, "no-api", _test)


def _test(candidate: Candidate) -> TestResult:
    if is_self_hosted(candidate):
        return TestResult(SATISFIED, "own hardware")
    return TestResult(VIOLATED, f"served by {candidate.offering.channel.name}")


KIND = ConstraintKind("deployment.api", DEPLOYMENT, "deployment.api", _make, dropped("allow hosted APIs", value=True))
