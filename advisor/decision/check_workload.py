"""Each workload's choice by itself: it stands while it passes and leads.

A rival that quality cannot tell from the chosen one overturns it only by costing less by more than a stated share, so
that a cent does not fail a build.
"""

from __future__ import annotations

from advisor.catalog import Catalog
from advisor.decision.diff import between
from advisor.decision.finding import DecisionStatus, Finding
from advisor.decision.lock_schema import Decision, LockedWorkload
from advisor.decision.plan_context import PlanContext
from advisor.decision.still_passes import changed, finding_excluded, finding_open
from advisor.solver.answer import Advice, Standing, WorkloadAdvice
from advisor.solver.explain.sentences import overtaken_sentence


def single_findings(
    decision: Decision, basis: PlanContext, advice: Advice, then: Catalog, worth_moving_percent: float
) -> tuple[Finding, ...]:
    """What came of each workload."""
    answers = {answer.workload: answer for answer in advice.workloads}
    return tuple(
        _finding(locked, answers[locked.workload], then, basis.catalog, worth_moving_percent)
        for locked in decision.workloads
    )


def _finding(
    locked: LockedWorkload, answer: WorkloadAdvice, then: Catalog, now: Catalog, worth_moving_percent: float
) -> Finding:
    standing = answer.standing(locked.chosen)
    if standing is None:
        return finding_excluded(locked, answer, then, now)
    if standing.open_questions:
        return finding_open(locked, standing, answer, then, now)
    rival = _overtaker(locked, answer, standing, worth_moving_percent)
    if rival is None:
        message = f"{locked.chosen} passes and leads" if answer.recommended == locked.chosen else _still(locked, answer)
        return Finding(locked.workload, DecisionStatus.STANDS, locked.chosen, message, (), None)
    by = tuple(dict.fromkeys((*between(then, now, rival.id), *changed(locked, then, now))))
    known = next((one for one in locked.rivals if one.id == rival.id), None)
    message = overtaken_sentence(standing, rival, known.usd_per_month_mean if known else None)
    return Finding(locked.workload, DecisionStatus.OVERTURNED, locked.chosen, message, by, rival.id)


def _overtaker(
    locked: LockedWorkload, answer: WorkloadAdvice, standing: Standing, worth_moving_percent: float
) -> Standing | None:
    """Who leads instead, if that is reason enough to move; None for a choice that a person made against the leader."""
    leader = answer.standings[0]
    if leader.id == locked.chosen or locked.chosen != locked.leader:
        return None
    if locked.chosen in answer.tied and standing.cost and leader.cost:
        saved = standing.cost.usd_per_month_mean - leader.cost.usd_per_month_mean
        if float(saved) <= float(standing.cost.usd_per_month_mean) * worth_moving_percent / 100:
            return None
    return leader


def _still(locked: LockedWorkload, answer: WorkloadAdvice) -> str:
    if locked.chosen != locked.leader:
        return f"{locked.chosen} passes, as chosen then over {locked.leader}"
    return f"{locked.chosen} passes, and {answer.recommended} is not better by enough to move"
