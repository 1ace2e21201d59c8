"""The doubt about an answer, workload by workload: who else may be best, and which evaluation would tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from advisor.decision.cases import CasesWorth, worth_of_cases
from advisor.solver.advice import Advice
from advisor.solver.stability import Stability

if TYPE_CHECKING:
    from advisor.requirements.records import Requirements


class Doubt(NamedTuple):
    """How stable the answer for one workload is."""

    stability: Stability
    cases: tuple[CasesWorth, ...]


def doubts(advice: Advice, requirements: Requirements) -> Mapping[str, Doubt]:
    """The doubt about each workload, by name."""
    return {
        answer.workload: Doubt(answer.stability, worth_of_cases(answer, requirements)) for answer in advice.workloads
    }
