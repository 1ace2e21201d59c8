"""That the maker signed the EU's code of practice for general-purpose AI, all chapters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from advisor.catalog.records import Candidate
from advisor.solver.constraints.base import SATISFIED, VIOLATED, TestResult, WorkloadQuestion, by_facts, from_state
from advisor.solver.constraints.group import DEPLOYMENT
from advisor.solver.constraints.kind import Constraint, ConstraintKind, dropped

FACT = "gpai_code"


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    day = question.catalog.as_of
    if question.requirements.deployment.gpai_code:
        yield Constraint(
            KIND,
            "the maker signed the EU's code of practice",
            ("gpai-code", day),
            lambda candidate: _test(candidate, day),
            by_facts(FACT),
        )


def _test(candidate: Candidate, day: date) -> TestResult:
    fact = candidate.offering.fact(FACT, day)
    if not fact.is_usable:
        return from_state(fact, FACT)
    words = {"signed": "signed", "safety-chapter": "signed the chapter on safety alone"}.get(fact.value, "not signed")
    return TestResult(SATISFIED if fact.value == "signed" else VIOLATED, words, fact.source, (FACT, fact))


KIND = ConstraintKind(
    "deployment.gpai_code", DEPLOYMENT, "deployment.gpai_code", _make, dropped("allow makers that did not sign")
)
