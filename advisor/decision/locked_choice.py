"""What was decided, read back from the lock: as choices on today's figures, and in words."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.decision.lock_schema import Decision, LockedWorkload
from advisor.portfolio.from_requirements import split_way
from advisor.portfolio.problem import ONE, Choice, PlanWorkload, ServingOption


def by_hand(decision: Decision) -> dict[str, str]:
    """Return what a person chose, by workload."""
    names = decision.plan.by_hand if decision.plan else ()
    return {locked.workload: locked.chosen for locked in decision.workloads if locked.workload in names}


def choice_again(task: PlanWorkload, locked: LockedWorkload) -> Choice | None:
    """Return the way and the fallback of a decision on today's figures."""
    ways = {way.id: way for way in task.ways}
    fallback = next((one.chosen for one in locked.beside if one.role == "fallback"), None)
    way = _way(ways, locked)
    if way is None or (fallback is not None and fallback not in ways):
        return None
    return Choice(task.name, way, ways[fallback] if fallback is not None else None)


def _way(ways: Mapping[str, ServingOption], locked: LockedWorkload) -> ServingOption | None:
    """Return a single offering or a cascade as it stands among the ways, a split put together again."""
    rest = next((one for one in locked.beside if one.role != "fallback"), None)
    if rest is None:
        return ways.get(locked.chosen)
    if rest.role == "escalated":
        return ways.get(f"{locked.chosen} then {rest.chosen}")
    one, other = ways.get(locked.chosen), ways.get(rest.chosen)
    if one is None or other is None:
        return None
    return split_way(one, other, locked.share if locked.share is not None else ONE - rest.share)


def locked_words(locked: LockedWorkload) -> str:
    """How a decision serves a workload, worded as a plan's choice is."""
    fallback = next((one.chosen for one in locked.beside if one.role == "fallback"), None)
    rest = next((one for one in locked.beside if one.role != "fallback"), None)
    way = locked.chosen
    if rest is not None and rest.role == "escalated":
        way = f"{locked.chosen} then {rest.chosen}"
    elif rest is not None:
        way = f"{locked.share or ONE:.0%} {locked.chosen} + {rest.share:.0%} {rest.chosen}"
    return f"{way}, fallback {fallback}" if fallback else way


def choice_words(choice: Choice) -> str:
    """How a plan serves a workload."""
    return f"{choice.way.id}, fallback {choice.fallback.id}" if choice.fallback else choice.way.id
