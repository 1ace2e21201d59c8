"""Whether a chosen candidate still passes by itself."""

from __future__ import annotations

from datetime import date

from advisor.catalog import Catalog
from advisor.decision.diff import Difference, Locked, between, find, since_lock
from advisor.decision.finding import DecisionStatus, Finding
from advisor.solver.answer import Cause, Standing, WorkloadAdvice
from advisor.solver.explain.sentences import excluded_sentence, gone_sentence, unanswered_sentence


def changed(locked: Locked, then: Catalog, now: Catalog) -> tuple[Difference, ...]:
    """What is another than the lock has, or than it was on an earlier day."""
    return tuple(dict.fromkeys((*since_lock(locked, now), *between(then, now, locked.chosen))))


def finding_if_unfit(locked: Locked, answer: WorkloadAdvice, then: Catalog, now: Catalog) -> Finding | None:
    """Why a chosen candidate is out, gone or in doubt; None if it passes. To move to is who leads by itself."""
    standing = answer.standing(locked.chosen)
    if standing is None:
        return finding_excluded(locked, answer, then, now)
    return finding_open(locked, standing, answer, then, now) if standing.open_questions else None


def finding_open(locked: Locked, standing: Standing, answer: WorkloadAdvice, then: Catalog, now: Catalog) -> Finding:
    """Something must be answered before the chosen candidate counts."""
    message, by = unanswered_sentence(standing), changed(locked, then, now)
    return Finding(answer.workload, DecisionStatus.UNDECIDED, locked.chosen, message, by, None, standing.open_questions)


def finding_excluded(locked: Locked, answer: WorkloadAdvice, then: Catalog, now: Catalog) -> Finding:
    """The chosen candidate is gone or fails something; failing only what is unknown leaves it undecided."""
    changes = changed(locked, then, now)
    found = answer.excluded.find(locked.chosen)
    if found is None:
        gone = find(now, locked.chosen) is None
        message = gone_sentence(locked.chosen, _retired(locked, now), on_offer=not gone)
        return _made(locked, answer, DecisionStatus.OVERTURNED, message, changes)
    violated = tuple(cause for cause in found.because if cause.state.value == "violated")
    outcome = DecisionStatus.OVERTURNED if violated else DecisionStatus.UNDECIDED
    causes = violated or found.because
    named = tuple(one for one in changes if any(_about(one, cause) for cause in causes)) or changes
    return _made(locked, answer, outcome, excluded_sentence(found), named, causes=causes)


def _about(difference: Difference, cause: Cause) -> bool:
    """Whether a change is of what a cause rests on."""
    kind = cause.constraint.rpartition(".")[2]
    is_price = difference.what.startswith("price.") and cause.constraint == "budget_usd_per_month"
    return is_price or kind in difference.what or (cause.source is not None and cause.source == difference.source)


def _retired(locked: Locked, now: Catalog) -> date | None:
    offering = next((one for one in now.offerings.values() if locked.chosen.startswith(one.id)), None)
    fact = offering.fact("retirement_date", now.as_of) if offering else None
    return fact.value if fact and fact.is_usable and fact.value <= now.as_of else None


def _made(
    locked: Locked,
    answer: WorkloadAdvice,
    outcome: DecisionStatus,
    message: str,
    by: tuple[Difference, ...],
    *,
    causes: tuple[Cause, ...] = (),
) -> Finding:
    return Finding(answer.workload, outcome, locked.chosen, message, by, answer.recommended, causes)
