"""What a model takes in besides text."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.solver.constraints.base import WorkloadQuestion, by_facts, has_all
from advisor.solver.constraints.group import NEEDS
from advisor.solver.constraints.kind import Constraint, ConstraintKind, dropped
from advisor.solver.constraints.shown import with_shown

FACT = "input_modalities"


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    kinds, day = tuple(question.workload.needs.modalities), question.catalog.as_of
    if not kinds:
        return
    constraint = Constraint(
        KIND,
        f"takes {', '.join(kinds)}",
        ("modalities", kinds, day),
        lambda candidate: has_all(FACT, candidate.offering.fact(FACT, day), kinds, exhaustive=True),
        by_facts(FACT),
    )
    is_shown_by_probe = set(kinds) <= {"text", "image"}
    yield with_shown(constraint, ("image",), question.measured) if is_shown_by_probe else constraint


KIND = ConstraintKind(
    "needs.modalities", NEEDS, "workloads.needs.modalities", _make, dropped("do without the extra modalities")
)
