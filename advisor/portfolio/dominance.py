"""Ways that no plan needs: another one is as good, costs no more and uses the same of everything that is limited.

It is exact because what is paid grows with what is spent ("the larger of the commitment and the discounted spend"),
so that replacing a way by one that dominates it never breaks a limit nor makes the objective worse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable

from advisor.portfolio.problem import PlanWorkload, Problem, ServingOption


def without_dominated(problem: Problem) -> tuple[tuple[ServingOption, ...], ...]:
    """For each workload the ways that are left, sorted by id."""
    return tuple(_front(problem, task) for task in problem.tasks)


def _front(problem: Problem, task: PlanWorkload) -> tuple[ServingOption, ...]:
    groups: dict[Hashable, list[ServingOption]] = defaultdict(list)
    grouped = _Grouping(problem, task)
    for way in task.ways:
        groups[grouped.key(way)].append(way)
    kept: list[ServingOption] = []
    for group in groups.values():
        cheapest = None
        for way in sorted(group, key=lambda way: (-way.score, way.cost_usd, way.id)):
            cost = way.cost_usd
            if cheapest is None or cost < cheapest:
                kept.append(way)
                cheapest = cost
    return tuple(sorted(kept, key=lambda way: way.id))


class _Grouping:
    """What two ways must share for one to stand in for the other."""

    def __init__(self, problem: Problem, task: PlanWorkload) -> None:
        self._kinds = {kind for kind, _ in problem.most}
        if task.fallback_share is not None or problem.commitments:
            self._kinds.add("vendor")
        self._committed = {vendor for vendor, _ in problem.commitments}
        self._rated = {offering for offering, _ in problem.rates}
        self._has_fallback = task.fallback_share is not None

    def key(self, way: ServingOption) -> Hashable:
        uses = frozenset(use for use in way.uses if use[0] in self._kinds)
        rated = tuple((part.offering, part.share) for part in way.parts if part.offering in self._rated)
        split = len(way.parts) > 1
        # Two vendors of whom one gives discounts: the costs at each count, so no single figure compares them.
        alone = way.id if split and self._committed & set(way.vendors) else None
        return uses, rated, alone, split and self._has_fallback
