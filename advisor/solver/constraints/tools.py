"""That a model calls tools."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.solver.constraints.base import WorkloadQuestion, by_facts, yes
from advisor.solver.constraints.group import NEEDS
from advisor.solver.constraints.kind import Constraint, ConstraintKind, dropped
from advisor.solver.constraints.shown import with_shown

FACT = "tools"


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    day = question.catalog.as_of
    if question.workload.needs.tools:
        constraint = Constraint(
            KIND,
            "tool calls",
            (FACT, day),
            lambda candidate: yes(FACT, candidate.offering.fact(FACT, day)),
            by_facts(FACT),
        )
        yield with_shown(constraint, ("tools",), question.measured)


KIND = ConstraintKind("needs.tools", NEEDS, "workloads.needs.tools", _make, dropped("do without tool calls"))
