"""A plan checked by plain arithmetic: what it scores, what each vendor is paid, and which limits it breaks.

Nothing here knows the engine. Whatever an engine gives is believed only after this.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from advisor.portfolio.problem import (
    ONE,
    ZERO,
    Bill,
    Choice,
    CommitmentTier,
    Objective,
    PlanWorkload,
    Problem,
    ServingOption,
)


class PlanValue(NamedTuple):
    """What choices come to: the weighted mean score and a month's cost, with each vendor's bill."""

    score: Decimal
    cost_usd: Decimal
    bills: tuple[Bill, ...]

    def better_than(self, other: PlanValue | None, objective: Objective) -> bool:
        """Whether it beats the other: in the objective, or in what is left when that is equal."""
        if other is None:
            return True
        mine, its = (-self.score, self.cost_usd), (-other.score, other.cost_usd)
        return mine < its if objective is Objective.SCORE else mine[::-1] < its[::-1]


def plan_value(problem: Problem, choices: Sequence[Choice]) -> PlanValue:
    """Return the score and cost of choices, one for each workload in the problem's order."""
    total = sum((choice_score(task, choice) * task.weight for task, choice in _pairs(problem, choices)), ZERO)
    spend: dict[str, Decimal] = defaultdict(Decimal)
    for task, choice in _pairs(problem, choices):
        for vendor, usd in spends(task, choice):
            spend[vendor] += usd
    tiers = problem.tiers
    bills = tuple(bill(vendor, spend[vendor], tiers.get(vendor, ())) for vendor in sorted(spend))
    return PlanValue(total / problem.total_weight, sum((one.pay_usd for one in bills), ZERO), bills)


def choice_score(task: PlanWorkload, choice: Choice) -> Decimal:
    """Return the score of a choice: the fallback's counts for the share of requests that it takes over."""
    if choice.fallback is None or task.fallback_share is None:
        return choice.way.score
    return choice.way.score * (ONE - task.fallback_share) + choice.fallback.score * task.fallback_share


def spends(task: PlanWorkload, choice: Choice) -> Iterator[tuple[str, Decimal]]:
    """Yield what each part of a choice costs a month at list prices, with its vendor."""
    share = task.fallback_share if choice.fallback is not None and task.fallback_share is not None else ZERO
    yield from ((part.vendor, part.cost_usd * (ONE - share)) for part in choice.way.parts)
    if choice.fallback is not None:
        yield from ((part.vendor, part.cost_usd * share) for part in choice.fallback.parts)


def bill(vendor: str, spend: Decimal, tiers: Sequence[CommitmentTier]) -> Bill:
    """Return the cheapest commitment for a spend: pay the larger of the commitment and the discounted spend."""
    best = Bill(vendor, spend, None, spend)
    for tier in tiers:
        pay = max(tier.usd_per_month, spend * (ONE - tier.discount))
        if pay < best.pay_usd:
            best = Bill(vendor, spend, tier, pay)
    return best


def violated_limits(problem: Problem, choices: Sequence[Choice]) -> tuple[str, ...]:
    """Return the names of the limits that choices break; empty for a valid plan."""
    return tuple(_broken(problem, choices))


def _broken(problem: Problem, choices: Sequence[Choice]) -> Iterator[str]:
    for task, choice in _pairs(problem, choices):
        if choice.workload != task.name or choice.way not in task.ways:
            yield f"workload.{task.name}"
        if task.fallback_share is not None and not is_valid_fallback(choice):
            yield f"fallback.{task.name}"
    found = plan_value(problem, choices)
    if problem.budget_usd is not None and found.cost_usd > problem.budget_usd:
        yield "budget_usd"
    if problem.min_score is not None and found.score < problem.min_score:
        yield "min_score"
    for kind, most in problem.most:
        if len(names_used(kind, choices)) > most:
            yield f"most.{kind}"
    for offering, limit in problem.rates:
        if rate_used(problem, choices, offering) > limit:
            yield f"rate.{offering}"


def is_valid_fallback(choice: Choice) -> bool:
    """Whether a choice has a fallback of one offering at a vendor that the first way does not pay."""
    fallback = choice.fallback
    return fallback is not None and len(fallback.parts) == 1 and not set(fallback.vendors) & set(choice.way.vendors)


def names_used(kind: str, choices: Sequence[Choice]) -> set[str]:
    """Return the different names of a kind that choices use."""
    ways: list[ServingOption] = [way for choice in choices for way in (choice.way, choice.fallback) if way is not None]
    return {name for way in ways for other, name in way.uses if other == kind}


def rate_used(problem: Problem, choices: Sequence[Choice], offering: str) -> Decimal:
    """Return requests a minute that an offering must take."""
    return sum((choice_rates(task, choice).get(offering, ZERO) for task, choice in _pairs(problem, choices)), ZERO)


def choice_rates(task: PlanWorkload, choice: Choice) -> dict[str, Decimal]:
    """Return requests a minute by offering; a fallback must be able to take them all."""
    rates: dict[str, Decimal] = defaultdict(Decimal)
    for part in (*choice.way.parts, *(choice.fallback.parts if choice.fallback else ())):
        rates[part.offering] += task.requests_per_minute * part.share
    return rates


def _pairs(problem: Problem, choices: Sequence[Choice]) -> Iterator[tuple[PlanWorkload, Choice]]:
    return zip(problem.tasks, choices, strict=True)
