"""Whether a chosen candidate still passes by itself."""

from __future__ import annotations

from datetime import date

from advisor.catalog import Catalog
from advisor.decision.diff import Period, between, find, since_lock
from advisor.decision.difference import Difference, Locked
from advisor.decision.finding import DecisionStatus, Finding
from advisor.facts import Ternary
from advisor.solver.answer import WorkloadAdvice
from advisor.solver.cause import Cause
from advisor.solver.explain.sentences import excluded_sentence, gone_sentence, unanswered_sentence
from advisor.solver.standing import Standing


def changed(locked: Locked, period: Period) -> tuple[Difference, ...]:
    """Return what is another than the lock has, or than it was on an earlier day."""
    since = since_lock(locked, period.now, period.requirements)
    return tuple(dict.fromkeys((*since, *between(period.then, period.now, locked.chosen))))


def finding_if_unfit(locked: Locked, answer: WorkloadAdvice, period: Period) -> Finding | None:
    """Why a chosen candidate is out, gone or in doubt; None if it passes. To move to is who leads by itself."""
    standing = answer.standing(locked.chosen)
    if standing is None:
        return finding_excluded(locked, answer, period)
    return finding_open(locked, standing, answer, period) if standing.open_questions else None


def finding_open(locked: Locked, standing: Standing, answer: WorkloadAdvice, period: Period) -> Finding:
    """Something must be answered before the chosen candidate counts."""
    message, causes = unanswered_sentence(standing), standing.open_questions
    by = _by(changed(locked, period), causes)
    return Finding(answer.workload, DecisionStatus.UNDECIDED, locked.chosen, message, by, None, causes)


def finding_excluded(locked: Locked, answer: WorkloadAdvice, period: Period) -> Finding:
    """Return the chosen candidate is gone or fails something; failing only what is unknown leaves it undecided."""
    changes = changed(locked, period)
    found = answer.excluded.find(locked.chosen)
    if found is None:
        gone = find(period.now, locked.chosen) is None
        message = gone_sentence(locked.chosen, _retired(locked, period.now), on_offer=not gone)
        return _made(locked, answer, DecisionStatus.OVERTURNED, message, changes)
    violated = tuple(cause for cause in found.because if cause.state is Ternary.VIOLATED)
    outcome = DecisionStatus.OVERTURNED if violated else DecisionStatus.UNDECIDED
    causes = violated or found.because
    return _made(locked, answer, outcome, excluded_sentence(found), _by(changes, causes), causes=causes)


def _by(changes: tuple[Difference, ...], causes: tuple[Cause, ...]) -> tuple[Difference, ...]:
    """Return the changes of what the causes rest on; where none of them is, everything that changed."""
    facts = {cause.fact for cause in causes}
    return tuple(one for one in changes if one.fact in facts) or changes


def _retired(locked: Locked, now: Catalog) -> date | None:
    """Return the day on which the chosen candidate's own offering was retired, if it was."""
    names = _offering_names(locked.chosen)
    offering = next((now.offerings[name] for name in names if name in now.offerings), None)
    fact = offering.fact("retirement_date", now.as_of) if offering else None
    return fact.value if fact and fact.is_usable and fact.value <= now.as_of else None


def _offering_names(candidate: str) -> tuple[str, ...]:
    """Give the ids that a candidate's offering may have: the candidate's without its effort, then without its tier."""
    offering = candidate.partition("~")[0]
    return (offering, offering.rpartition(":")[0])


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
