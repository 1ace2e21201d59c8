"""A committed decision solved again: does it stand, which fact overturns it, and what to move to.

It stands while every chosen candidate passes and leads. A rival that quality cannot tell from the chosen one overturns
it only by costing less by more than a stated share, so that a cent does not fail a build.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog import Catalog
from advisor.decision.deciding import requirements_sha256
from advisor.decision.differences import Difference, between, find, since_lock
from advisor.decision.records import Decision, LockedWorkload
from advisor.decision.upcoming import Upcoming, upcoming
from advisor.errors import DecisionError
from advisor.facts import Measurement
from advisor.solver import advise
from advisor.solver.advice import Advice, Cause, Standing, WorkloadAdvice
from advisor.solver.sentences import (
    excluded_sentence,
    gone_sentence,
    overtaken_sentence,
    together_sentence,
    unanswered_sentence,
)

if TYPE_CHECKING:
    from advisor.requirements.records import Requirements

WORTH_MOVING_PERCENT = 5.0
"""A rival as good must be cheaper by more than this share to overturn a decision, unless stated otherwise."""


ALL = "all workloads"
"""The name under which what workloads share is told; no workload can have it."""


class Outcome(StrEnum):
    """What came of checking, from best to worst."""

    STANDS = "stands"
    UNDECIDED = "undecided"
    OVERTURNED = "overturned"


class Finding(NamedTuple):
    """What came of one workload."""

    workload: str
    outcome: Outcome
    chosen: str
    message: str
    by: tuple[Difference, ...]
    """The facts that did it."""
    move_to: str | None
    causes: tuple[Cause, ...] = ()


class Checked(NamedTuple):
    """What came of checking a decision."""

    as_of: date
    since: date
    catalog: Catalog
    decision: Decision
    findings: tuple[Finding, ...]
    changes: tuple[Difference, ...]
    """What of the chosen candidates is another than the lock has, whether or not it matters."""
    upcoming: tuple[Upcoming, ...]
    requirements_changed: bool
    advice: Advice

    @property
    def outcome(self) -> Outcome:
        """The worst of the workloads."""
        order = list(Outcome)
        return max((finding.outcome for finding in self.findings), key=order.index, default=Outcome.STANDS)


def check(
    decision: Decision,
    catalog: Catalog,
    requirements: Requirements,
    *,
    measurements: Iterable[Measurement] = (),
    since: date | None = None,
    worth_moving_percent: float = WORTH_MOVING_PERCENT,
    look_ahead: bool = True,
) -> Checked:
    """Solve a decision again as of the catalogue's day; ``since`` is the day before which changes are not told.

    Raises DecisionError if the requirements have lost a workload of the decision.
    """
    taken = tuple(measurements)
    advice = advise(catalog, requirements, measurements=taken)
    answers = {answer.workload: answer for answer in advice.workloads}
    missing = [locked.workload for locked in decision.workloads if locked.workload not in answers]
    if missing:
        raise DecisionError(
            f"the requirements no longer have the workload {missing[0]!r} of the decision",
            hint="decide again with `advisor decide`",
        )
    start = since or decision.decided_on
    then = catalog.on(start)
    findings = tuple(
        _finding(locked, answers[locked.workload], then, catalog, worth_moving_percent) for locked in decision.workloads
    )
    if requirements.portfolio is not None:
        findings = (*findings, *_together(decision, catalog, requirements, taken))
    changes = tuple(difference for locked in decision.workloads for difference in since_lock(locked, catalog))
    return Checked(
        catalog.as_of,
        start,
        catalog,
        decision,
        findings,
        changes,
        upcoming(decision, catalog, requirements, advice, taken) if look_ahead else (),
        requirements_sha256(requirements) != decision.requirements.sha256,
        advice,
    )


def _finding(
    locked: LockedWorkload, answer: WorkloadAdvice, then: Catalog, now: Catalog, worth_moving_percent: float
) -> Finding:
    standing = answer.standing(locked.chosen)
    changes = tuple(dict.fromkeys((*since_lock(locked, now), *between(then, now, locked.chosen))))
    if standing is None:
        return _out(locked, answer, now, changes)
    if standing.open_questions:
        message = unanswered_sentence(standing)
        return _made(locked, Outcome.UNDECIDED, message, changes, None, causes=standing.open_questions)
    rival = _overtaker(locked, answer, standing, worth_moving_percent)
    if rival is None:
        message = f"{locked.chosen} passes and leads" if answer.recommended == locked.chosen else _still(locked, answer)
        return _made(locked, Outcome.STANDS, message, (), None)
    by = tuple(dict.fromkeys((*between(then, now, rival.id), *changes)))
    known = next((one for one in locked.rivals if one.id == rival.id), None)
    message = overtaken_sentence(standing, rival, known.usd_per_month_mean if known else None)
    return _made(locked, Outcome.OVERTURNED, message, by, rival.id)


def _together(
    decision: Decision, catalog: Catalog, requirements: Requirements, measurements: tuple[Measurement, ...]
) -> tuple[Finding, ...]:
    """What the choices break that they share; the engine is not needed to see it."""
    from advisor.decision.shared import shared_limits_broken

    limits = shared_limits_broken(decision, catalog, requirements, measurements)
    if not limits:
        return ()
    chosen = ", ".join(locked.chosen for locked in decision.workloads)
    return (Finding(ALL, Outcome.OVERTURNED, chosen, together_sentence(limits), (), None),)


def _out(locked: LockedWorkload, answer: WorkloadAdvice, now: Catalog, changes: tuple[Difference, ...]) -> Finding:
    """The chosen candidate is gone or fails something; failing only what is unknown leaves it undecided."""
    out = answer.excluded.find(locked.chosen)
    if out is None:
        gone = find(now, locked.chosen) is None
        message = gone_sentence(locked.chosen, _retired(locked, now), on_offer=not gone)
        return _made(locked, Outcome.OVERTURNED, message, changes, answer.recommended)
    violated = tuple(cause for cause in out.because if cause.state.value == "violated")
    outcome = Outcome.OVERTURNED if violated else Outcome.UNDECIDED
    causes = violated or out.because
    named = tuple(one for one in changes if any(_about(one, cause) for cause in causes)) or changes
    return _made(locked, outcome, excluded_sentence(out), named, answer.recommended, causes=causes)


def _about(difference: Difference, cause: Cause) -> bool:
    """Whether a change is of what a cause rests on."""
    kind = cause.constraint.rpartition(".")[2]
    is_price = difference.what.startswith("price.") and cause.constraint == "budget_usd_per_month"
    return is_price or kind in difference.what or (cause.source is not None and cause.source == difference.source)


def _retired(locked: LockedWorkload, now: Catalog) -> date | None:
    offering = next((one for one in now.offerings.values() if locked.chosen.startswith(one.id)), None)
    fact = offering.fact("retirement_date", now.as_of) if offering else None
    return fact.value if fact and fact.is_usable and fact.value <= now.as_of else None


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


def _made(
    locked: LockedWorkload,
    outcome: Outcome,
    message: str,
    by: tuple[Difference, ...],
    move_to: str | None,
    *,
    causes: tuple[Cause, ...] = (),
) -> Finding:
    return Finding(locked.workload, outcome, locked.chosen, message, by, move_to, causes)
