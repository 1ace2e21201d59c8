"""Why a check may not say that a decision stands although nothing overturns it, and what an edit has to do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from advisor.catalog import Catalog
from advisor.catalog.freshness import LIMIT_DAYS, Stale, stale
from advisor.decision.diff import find
from advisor.decision.difference import Difference
from advisor.decision.finding import ALL, DecisionStatus, Finding
from advisor.decision.lock_schema import Decision, LockedWorkload
from advisor.solver.answer import Advice
from advisor.solver.standing import Standing

TOO_OLD_DAYS = max(limit for limit in LIMIT_DAYS.values() if limit is not None)
"""Days after which no kind of fact that ages is good any more: what rests on such a fact is not decided."""

_SHORT = 12


def with_doubts(findings: Sequence[Finding], decision: Decision, catalog: Catalog, advice: Advice) -> Iterator[Finding]:
    """Yield the findings with what is to be known of whom to move to.

    And where one stands on facts that are too old, so.
    """
    locked = {one.workload: one for one in decision.workloads}
    standings = {
        standing.id: standing
        for answer in advice.workloads
        for standing in answer.standings
        if standing.id in {one.move_to for one in findings}
    }
    for one in findings:
        old = _too_old(locked[one.workload], catalog) if one.workload in locked else ()
        if one.outcome is DecisionStatus.STANDS and old:
            yield one._replace(outcome=DecisionStatus.UNDECIDED, message=_old_words(one.chosen, old, catalog))
        elif one.move_to in standings:
            yield one._replace(caveats=tuple(_caveats(standings[one.move_to])))
        else:
            yield one
    yield from _about_the_lock(decision, catalog, advice)


def _about_the_lock(decision: Decision, catalog: Catalog, advice: Advice) -> Iterator[Finding]:
    """Yield a lock that is later than the day asked, and workloads that it lacks."""
    if decision.decided_on > catalog.as_of:
        message = (
            f"Because it was decided on {decision.decided_on}, after {catalog.as_of}, the day that is asked about, "
            "this check says nothing of it."
        )
        yield Finding(ALL, DecisionStatus.UNDECIDED, "", message, (), None)
    known = {locked.workload for locked in decision.workloads}
    for answer in advice.workloads:
        if answer.workload not in known:
            message = (
                f"Because the decision has no workload {answer.workload!r}, nothing is decided for it; "
                "`advisor decide` decides it."
            )
            yield Finding(answer.workload, DecisionStatus.UNDECIDED, "", message, (), None)


def _too_old(locked: LockedWorkload, catalog: Catalog) -> tuple[Stale, ...]:
    """Return the facts of the chosen one that no longer say anything about the day asked."""
    candidate = find(catalog, locked.chosen)
    if candidate is None:
        return ()
    tested = {fact.name for fact in locked.facts}
    found = stale(catalog, offerings={candidate.offering.id})
    return tuple(
        one for one in found if one.age_days > TOO_OLD_DAYS and (one.what in tested or one.what.endswith(" price"))
    )


def _old_words(chosen: str, old: Sequence[Stale], catalog: Catalog) -> str:
    first = old[0]
    more = f" and {len(old) - 1} more" if len(old) > 1 else ""
    return (
        f"Because {first.what.replace('_', ' ')} of {first.subject}{more} was read {first.age_days} days before "
        f"{catalog.as_of} and such facts are good for {first.limit_days}, whether {chosen} still holds is not known; "
        "a newer catalog tells."
    )


def _caveats(standing: Standing) -> Iterator[str]:
    for cause in standing.open_questions:
        yield f"{standing.id}: not known yet: {cause.required} ({cause.found})."
    for cause in standing.accepted_unknowns:
        yield f"{standing.id}: accepted though unknown: {cause.required} ({cause.found})."
    for note in standing.cost.notes if standing.cost else ():
        yield f"{standing.id}: {note}."
    if standing.license.verdict == "conditional":
        yield f"{standing.id}: its license has obligations: {'; '.join(standing.license.duties[:3])}."


def blamed_on_edit(
    findings: Sequence[Finding],
    decision: Decision,
    digest: str,
    solve_then: Callable[[], Sequence[Finding]],
) -> Iterator[Finding]:
    """Yield the findings, each that the edit of the requirements alone would have brought on named as such.

    ``solve_then`` checks the decision on the day it was made against the requirements as they are today: what falls
    there falls by the edit.
    """
    open_then = {locked.workload for locked in decision.workloads if locked.status == "undecided"}
    fallen = [
        one
        for one in findings
        if one.outcome is not DecisionStatus.STANDS and one.chosen and one.workload not in open_then
    ]
    then = {one.workload: one.outcome for one in solve_then()} if fallen else {}
    for one in findings:
        if one in fallen and then.get(one.workload, DecisionStatus.STANDS) is not DecisionStatus.STANDS:
            name = decision.requirements.file
            was, now = f"sha256 {decision.requirements.sha256[:_SHORT]}", f"sha256 {digest[:_SHORT]}"
            edit = Difference(name, "requirements", was, now, None)
            message = f"Because {name} was edited since: {one.message}"
            yield one._replace(message=message, by=(edit, *(d for d in one.by if d.fact != "requirements")))
        else:
            yield one
