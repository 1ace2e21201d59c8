"""Constraints on where a model runs and who may make or serve it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from advisor.catalog.records import SELF_HOSTED, Candidate
from advisor.solver.constraints.base import (
    SATISFIED,
    VIOLATED,
    Constraint,
    TestResult,
    WorkloadQuestion,
    from_state,
)
from advisor.solver.constraints.own_hardware import own_hardware

if TYPE_CHECKING:
    from advisor.requirements.schema import NameRule


def deployment(question: WorkloadQuestion) -> Iterator[Constraint]:
    """Where the model may run and who may make or serve it."""
    wanted, day = question.requirements.deployment, question.catalog.as_of
    if not wanted.api:
        yield Constraint("deployment.api", "deployment", "runs on your own hardware", "no-api", _hosted)
    for name, rule in (("channels", wanted.channels), ("labs", wanted.labs)):
        if rule.allow or rule.deny:
            parts = [f"one of {', '.join(rule.allow)}"] if rule.allow else []
            parts += [f"not {', '.join(rule.deny)}"] if rule.deny else []
            yield Constraint(
                f"deployment.{name}",
                "deployment",
                f"{name}: {' and '.join(parts)}",
                (name, rule),
                partial(_named, name, rule),
            )
    if wanted.open_weights:
        yield Constraint(
            "deployment.open_weights",
            "deployment",
            "open weights",
            ("open", day),
            lambda candidate: _open(candidate, day),
        )
    yield from own_hardware(question)


def _hosted(candidate: Candidate) -> TestResult:
    own = candidate.offering.channel.kind == SELF_HOSTED
    return TestResult(
        SATISFIED if own else VIOLATED, "own hardware" if own else f"served by {candidate.offering.channel.name}"
    )


def _named(kind: str, rule: NameRule, candidate: Candidate) -> TestResult:
    name = candidate.offering.channel.id if kind == "channels" else candidate.offering.model.lab
    passes = (not rule.allow or name in rule.allow) and name not in rule.deny
    return TestResult(SATISFIED if passes else VIOLATED, name)


def _open(candidate: Candidate, day: date) -> TestResult:
    fact = candidate.offering.fact("weights", day)
    if not fact.is_usable:
        return from_state(fact, "weights")
    return TestResult(
        SATISFIED if fact.value == "open" else VIOLATED, f"{fact.value} weights", fact.source, ("weights", fact)
    )
