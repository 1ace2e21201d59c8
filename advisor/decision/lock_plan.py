"""Make a decision out of a plan: everyone who serves, with all that it rested on."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from advisor.decision.decide import requirements_sha256, rivals
from advisor.decision.lock_schema import (
    Decision,
    LockedBeside,
    LockedBill,
    LockedCatalog,
    LockedChange,
    LockedPlan,
    LockedRequirements,
    LockedResults,
    LockedServing,
    LockedWorkload,
)
from advisor.decision.plan_context import MadePlan, PlanContext, results_sha256
from advisor.decision.snapshot import ABSENT, CandidateSnapshot, rested
from advisor.portfolio.from_requirements import parse_cascade
from advisor.portfolio.limits import limits, words
from advisor.portfolio.pareto_front import sensitivity
from advisor.portfolio.problem import ONE, Choice, PortfolioPlan, ServingOption, Share
from advisor.portfolio.sentences import plan_sentences
from advisor.solver.answer import Advice, WorkloadAdvice
from advisor.version import __version__

if TYPE_CHECKING:
    from advisor.portfolio.build import PortfolioProblem

Role = Literal["split", "escalated", "fallback"]

_CENT = Decimal("0.01")


def lock_plan(basis: PlanContext, made: MadePlan, advice: Advice, name: str) -> Decision:
    """Return the decision for workloads that are planned together; ``name`` is the requirements' file."""
    answers = {answer.workload: answer for answer in advice.workloads}
    return Decision(
        decided_on=advice.as_of,
        advisor_version=__version__,
        requirements=LockedRequirements(file=name, sha256=requirements_sha256(basis.requirements)),
        catalog=LockedCatalog(version=advice.catalog_version, sha256=advice.catalog_sha256),
        workloads=tuple(
            _Serving(basis, made.posed, choice).workload(answers[choice.workload]) for choice in made.plan.choices
        ),
        plan=_plan(basis, made),
    )


class _Serving:
    """Who serves one workload, being written down."""

    def __init__(self, basis: PlanContext, posed: PortfolioProblem, choice: Choice) -> None:
        self._basis, self._posed, self._choice = basis, posed, choice
        self._task = next(task for task in posed.problem.tasks if task.name == choice.workload)

    def workload(self, answer: WorkloadAdvice) -> LockedWorkload:
        """Return the first part of the way, and the others beside it."""
        first, *rest = self._choice.way.parts
        is_split = first.share < ONE
        beside = [self._beside("split" if is_split else "escalated", part, part.share) for part in rest]
        fallback = self._choice.fallback
        if fallback is not None and self._task.fallback_share is not None:
            beside.append(self._beside("fallback", fallback.parts[0], self._task.fallback_share))
        known = self._rested(first.offering)
        is_open = known.open_questions or any(one.open_questions for one in beside)
        return LockedWorkload(
            workload=self._choice.workload,
            status="undecided" if is_open else "decided",
            chosen=first.offering,
            leader=answer.recommended or first.offering,
            share=first.share if is_split else None,
            rivals=rivals(answer, first.offering),
            beside=tuple(beside),
            **known._asdict(),
        )

    def _beside(self, role: Role, part: Share, share: Decimal) -> LockedBeside:
        known = self._rested(part.offering)
        return LockedBeside(role=role, chosen=part.offering, vendor=part.vendor, share=share, **known._asdict())

    def _rested(self, name: str) -> CandidateSnapshot:
        standing = self._basis.standing(self._choice.workload, name)
        known = rested(standing, self._basis.catalog, self._basis.measurements) if standing else ABSENT
        open_ = self._posed.open_for(self._choice.workload, name)
        return known._replace(open_questions=tuple(cause.constraint for cause in open_))


def _plan(basis: PlanContext, made: MadePlan) -> LockedPlan:
    found, problem = made.plan, made.posed.problem
    if found.score is None or found.cost_usd is None:
        raise ValueError("a plan without choices cannot be written down")
    results = basis.results
    return LockedPlan(
        objective=problem.objective.value,
        score=found.score,
        unit=made.posed.unit,
        usd_per_month=found.cost_usd,
        proven=found.proven,
        gap=found.gap,
        results=LockedResults(file=results.path, sha256=results_sha256(results)) if results else None,
        limits=tuple(words(problem, name) for name in limits(problem)),
        by_hand=made.by_hand,
        why=plan_sentences(made.posed, found) if not made.by_hand else (),
        serves=tuple(
            LockedServing(
                workload=choice.workload,
                way=choice.way.id,
                score=choice.way.score,
                usd_per_month=choice.way.cost_usd,
                signal=_signal(basis, choice.workload, choice.way),
            )
            for choice in found.choices
        ),
        bills=tuple(
            LockedBill(
                vendor=bill.vendor,
                spend_usd=bill.spend_usd,
                commitment_usd=bill.tier.usd_per_month if bill.tier else None,
                discount=bill.tier.discount if bill.tier else None,
                pay_usd=bill.pay_usd,
            )
            for bill in found.bills
        ),
        if_changed=tuple(_changes(made, found)),
    )


def _changes(made: MadePlan, found: PortfolioPlan) -> Iterator[LockedChange]:
    """Yield the plan with each thing changed by one step; none where a person chose, which a step would undo."""
    for one in () if made.by_hand else sensitivity(made.posed.problem, found):
        cost = one.plan.cost_usd
        yield LockedChange(
            change=one.change, score=one.plan.score, usd_per_month=cost.quantize(_CENT) if cost is not None else None
        )


def _signal(basis: PlanContext, workload: str, way: ServingOption) -> str | None:
    """Return what a cascade escalates, as the requirements say it."""
    found = parse_cascade(basis.requirements, workload, way.id)
    return found.signal if found else None
