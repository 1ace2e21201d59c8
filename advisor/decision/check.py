"""A committed decision solved again: does it stand, which fact overturns it, and what to move to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog import Catalog
from advisor.decision.check_caveats import blamed_on_edit, with_doubts
from advisor.decision.check_workload import single_findings
from advisor.decision.decide import requirements_sha256
from advisor.decision.diff import Period, everyone, since_lock
from advisor.decision.difference import Difference
from advisor.decision.finding import DecisionStatus, Finding
from advisor.decision.forecast import Upcoming, upcoming, upcoming_plan
from advisor.decision.lock_schema import Decision
from advisor.decision.plan_context import PlanContext
from advisor.errors import DecisionError
from advisor.facts import Measurement
from advisor.solver import advise
from advisor.solver.answer import Advice

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements
    from advisor.requirements.score_table import Results

WORTH_MOVING_PERCENT = 5.0
"""A rival as good must be cheaper by more than this share to overturn a decision, unless stated otherwise."""


class Monitored(NamedTuple):
    """What users' logs were looked at for."""

    file: str
    last: date
    """Of the newest call."""
    calls: int


class DecisionCheck(NamedTuple):
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
    monitored: Monitored | None = None
    """None where nobody looked at any log."""

    @property
    def outcome(self) -> DecisionStatus:
        """The worst of the workloads."""
        order = list(DecisionStatus)
        return max((finding.outcome for finding in self.findings), key=order.index, default=DecisionStatus.STANDS)


def check(
    decision: Decision,
    catalog: Catalog,
    requirements: Requirements,
    *,
    measurements: Iterable[Measurement] = (),
    results: Results | None = None,
    since: date | None = None,
    worth_moving_percent: float = WORTH_MOVING_PERCENT,
    look_ahead: bool = True,
) -> DecisionCheck:
    """Solve a decision again as of the catalog's day; ``since`` is the day before which changes are not told.

    ``results`` is the table of results that a plan was made on, as it is today.

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
    period = Period(catalog.on(start), catalog, requirements)
    basis = PlanContext(catalog, requirements, taken, results)
    digest = requirements_sha256(requirements)
    if decision.plan is None and requirements.portfolio is None:
        findings = single_findings(decision, period, advice, worth_moving_percent)
        if digest != decision.requirements.sha256:
            findings = tuple(blamed_on_edit(findings, decision, digest, partial(_on_its_day, decision, period, taken)))
        ahead = upcoming(decision, catalog, requirements, advice, taken) if look_ahead else ()
    else:
        from advisor.decision.check_plan import plan_findings

        findings = plan_findings(decision, basis, advice, period, worth_moving_percent)
        ahead = upcoming_plan(decision, basis, advice, findings, worth_moving_percent) if look_ahead else ()
    changes = tuple(one for locked in everyone(decision) for one in since_lock(locked, catalog, requirements))
    return DecisionCheck(
        catalog.as_of,
        start,
        catalog,
        decision,
        tuple(with_doubts(findings, decision, catalog, advice)),
        changes,
        ahead,
        digest != decision.requirements.sha256,
        advice,
    )


def _on_its_day(decision: Decision, period: Period, measurements: tuple[Measurement, ...]) -> tuple[Finding, ...]:
    """Return what comes of a decision on the day it was made, against the requirements as they are today."""
    then = period.now.on(decision.decided_on)
    advice = advise(then, period.requirements, measurements=measurements)
    return single_findings(decision, Period(then, then, period.requirements), advice, WORTH_MOVING_PERCENT)
