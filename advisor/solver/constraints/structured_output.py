"""How bindingly a model keeps to a structure in its answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from advisor.catalog.records import Candidate
from advisor.solver.constraints.base import (
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    TestResult,
    WorkloadQuestion,
    by_facts,
    yes,
)
from advisor.solver.constraints.group import NEEDS
from advisor.solver.constraints.kind import Constraint, ConstraintKind, dropped
from advisor.solver.constraints.shown import with_shown

FACT = "structured_output"

_STRUCTURES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "object": ("answers as a JSON object", ("json_strict", "json_schema", "json_object")),
    "schema": ("answers in a given JSON schema", ("json_strict", "json_schema")),
    "strict": ("answers that keep a JSON schema strictly", ("json_strict",)),
}
"""How binding a structure is: its words, and the abilities each of which shows it."""


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    asked, day = question.workload.needs.structured_output, question.catalog.as_of
    if not asked:
        return
    level = "schema" if asked is True else str(asked)
    words, abilities = _STRUCTURES[level]
    constraint = Constraint(
        KIND, words, (FACT, level, day), lambda candidate: _test(level, candidate, day), by_facts(FACT)
    )
    yield with_shown(constraint, abilities, question.measured)


def _test(level: str, candidate: Candidate, day: date) -> TestResult:
    """Return the catalog knows whether a schema is taken: less than that then surely is, more than that need not be."""
    found = yes(FACT, candidate.offering.fact(FACT, day))
    if level == "object" and found.state is VIOLATED:
        return found._replace(state=UNKNOWN, found="takes no schema; whether it writes JSON objects is not on record")
    if level == "strict" and found.state is SATISFIED:
        return found._replace(state=UNKNOWN, found="takes a schema; whether it keeps it strictly is not on record")
    return found


KIND = ConstraintKind(
    "needs.structured_output",
    NEEDS,
    "workloads.needs.structured_output",
    _make,
    dropped("do without a given JSON schema"),
)
