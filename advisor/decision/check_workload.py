"""Each workload's choice by itself: it stands while it passes and leads.

A rival that quality cannot tell from the chosen one overturns it only by costing less by more than a stated share, so
that a cent does not fail a build; and one that only moved inside what was never known about it overturns nothing.
"""

from __future__ import annotations

from advisor.decision.diff import Period, between
from advisor.decision.finding import DecisionStatus, Finding
from advisor.decision.license_and_quality import is_inside
from advisor.decision.lock_schema import Decision, LockedRival, LockedWorkload
from advisor.decision.still_passes import changed, finding_if_unfit
from advisor.solver.answer import Advice, WorkloadAdvice
from advisor.solver.explain.sentences import overtaken_sentence
from advisor.solver.standing import Standing


def single_findings(
    decision: Decision, period: Period, advice: Advice, worth_moving_percent: float
) -> tuple[Finding, ...]:
    """Return what came of each workload."""
    answers = {answer.workload: answer for answer in advice.workloads}
    return tuple(
        _finding(locked, answers[locked.workload], period, worth_moving_percent) for locked in decision.workloads
    )


def _finding(locked: LockedWorkload, answer: WorkloadAdvice, period: Period, worth_moving_percent: float) -> Finding:
    unfit = finding_if_unfit(locked, answer, period)
    standing = answer.standing(locked.chosen)
    if unfit is not None or standing is None:
        return unfit or Finding(locked.workload, DecisionStatus.STANDS, locked.chosen, "", (), None)
    rival = _overtaker(locked, answer, standing, worth_moving_percent)
    if rival is None:
        message = f"{locked.chosen} passes and leads" if answer.recommended == locked.chosen else _still(locked, answer)
        return Finding(locked.workload, DecisionStatus.STANDS, locked.chosen, message, (), None)
    by = tuple(dict.fromkeys((*between(period.then, period.now, rival.id), *changed(locked, period))))
    known = _known(locked, rival)
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
    return None if _only_wavered(locked, standing, leader) else leader


def _only_wavered(locked: LockedWorkload, standing: Standing, leader: Standing) -> bool:
    """Whether nothing but the two estimates moved, and neither beyond the doubt that there was about it."""
    known = _known(locked, leader)
    if known is None or known.estimate is None or leader.quality is None:
        return False
    if locked.quality is None or locked.cost is None or standing.quality is None:
        return False
    same_cost = (
        standing.cost is not None
        and leader.cost is not None
        and standing.cost.usd_per_month_mean == locked.cost.usd_per_month_mean
        and leader.cost.usd_per_month_mean == known.usd_per_month_mean
    )
    wavered = is_inside(locked.quality, standing.quality.estimate)
    return same_cost and wavered and leader.quality.low <= known.estimate <= leader.quality.high


def _known(locked: LockedWorkload, rival: Standing) -> LockedRival | None:
    """Return what the lock has of a rival."""
    return next((one for one in locked.rivals if one.id == rival.id), None)


def _still(locked: LockedWorkload, answer: WorkloadAdvice) -> str:
    if locked.chosen != locked.leader:
        return f"{locked.chosen} passes, as chosen then over {locked.leader}"
    return f"{locked.chosen} passes, and {answer.recommended} is not better by enough to move"
