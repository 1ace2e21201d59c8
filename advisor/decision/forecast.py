"""Days that are already on record and on which the answer will change: prices, retirements and terms to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.records import Candidate, Offering
from advisor.decision.diff import Period, everyone, find
from advisor.decision.finding import DecisionStatus, Finding
from advisor.decision.lock_schema import Decision
from advisor.decision.plan_context import PlanContext
from advisor.facts import Measurement
from advisor.solver import advise
from advisor.solver.answer import Advice, WorkloadAdvice
from advisor.solver.calendar import add_months

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements

MOST_DAYS = 12
"""Days on record that are solved for, the soonest first."""

MOST_WATCHED = 20
"""Standings of each workload whose days are looked at, best first."""


class Upcoming(NamedTuple):
    """A day on which the chosen candidate stops leading or passing."""

    day: date
    workload: str
    chosen: str
    to: str | None
    because: str


def upcoming(
    decision: Decision,
    catalog: Catalog,
    requirements: Requirements,
    advice: Advice,
    measurements: tuple[Measurement, ...] = (),
) -> tuple[Upcoming, ...]:
    """For each workload the first day of the horizon on which its choice is overturned by what is on record now."""
    end = add_months(catalog.as_of, requirements.horizon_months)
    chosen = {locked.workload: locked.chosen for locked in decision.workloads}
    leading = {answer.workload for answer in advice.workloads if answer.recommended == chosen.get(answer.workload)}
    found: dict[str, Upcoming] = {}
    for day, events in _days(catalog, advice, end)[:MOST_DAYS]:
        open_ = leading - found.keys()
        if not open_:
            break
        later = advise(catalog.on(day), requirements, measurements=measurements)
        for answer in later.workloads:
            name = answer.workload
            if name in open_ and answer.recommended != chosen[name] and not _as_good(answer, chosen[name]):
                found[name] = Upcoming(day, name, chosen[name], answer.recommended, "; ".join(events))
    return tuple(sorted(found.values(), key=lambda one: (one.day, one.workload)))


def upcoming_plan(
    decision: Decision, basis: PlanContext, advice: Advice, findings: Sequence[Finding], worth_moving_percent: float
) -> tuple[Upcoming, ...]:
    """Return the first day of the horizon on which a workload's part of a plan, or the plan itself, is overturned."""
    from advisor.decision.check_plan import plan_findings

    catalog, requirements = basis.catalog, basis.requirements
    end = add_months(catalog.as_of, requirements.horizon_months)
    holds = {one.workload for one in findings if one.outcome is DecisionStatus.STANDS}
    serving = [known for locked in everyone(decision) if (known := find(catalog, locked.chosen))]
    found: dict[str, Upcoming] = {}
    for day, events in _days(catalog, advice, end, serving)[:MOST_DAYS]:
        if not holds - found.keys():
            break
        later = basis._replace(catalog=catalog.on(day))
        answers = advise(later.catalog, requirements, measurements=basis.measurements)
        for one in plan_findings(
            decision, later, answers, Period(catalog, later.catalog, requirements), worth_moving_percent
        ):
            if one.outcome is DecisionStatus.OVERTURNED and one.workload in holds - found.keys():
                found[one.workload] = Upcoming(day, one.workload, one.chosen, one.move_to, "; ".join(events))
    return tuple(sorted(found.values(), key=lambda one: (one.day, one.workload)))


def _as_good(answer: WorkloadAdvice, chosen: str) -> bool:
    """Whether the choice still passes, tied, at the leader's cost."""
    standing = answer.standing(chosen)
    if standing is None or chosen not in answer.tied or standing.cost is None:
        return False
    leader = answer.standings[0]
    return leader.cost is not None and standing.cost.usd_per_month_mean <= leader.cost.usd_per_month_mean


def _days(
    catalog: Catalog, advice: Advice, end: date, serving: Sequence[Candidate] = ()
) -> list[tuple[date, tuple[str, ...]]]:
    """Give the days to come on which something about those who serve or about the best standings changes, with what."""
    events: dict[date, dict[str, None]] = {}
    best = [standing.candidate for answer in advice.workloads for standing in answer.standings[:MOST_WATCHED]]
    for offering in {one.offering.id: one.offering for one in (*serving, *best)}.values():
        for day, words in _events(offering, catalog.as_of):
            if catalog.as_of < day < end:
                events.setdefault(day, {})[words] = None
    return [(day, tuple(events[day])) for day in sorted(events)]


def _events(offering: Offering, today: date) -> Iterator[tuple[date, str]]:
    for row in offering.prices:
        if row.valid_from and row.valid_from > today:
            yield row.valid_from, f"the price of {offering.id} changes"
        if row.valid_to and row.valid_to > today:
            yield row.valid_to, f"a price of {offering.id} ends"
    retirement = offering.fact("retirement_date", today)
    if retirement.is_usable:
        yield retirement.value, f"{offering.id} retires"
    for facts in (offering.facts, offering.channel.facts):
        for name in facts.names():
            for fact in facts.timeline(name):
                if fact.valid_from and fact.valid_from > today:
                    yield fact.valid_from, f"{name} of {offering.id} changes"
