"""Which shared limits contradict each other: a smallest set, by QuickXplain (Junker 2004) with HiGHS as oracle."""

from __future__ import annotations

from collections.abc import Callable

from advisor.portfolio.dominance import without_dominated
from advisor.portfolio.heuristic import first_answer
from advisor.portfolio.highs import EngineFailed, solve
from advisor.portfolio.limits import Limits, limits, only, words
from advisor.portfolio.mip import Formulation
from advisor.portfolio.problem import PlanConflict, Problem
from advisor.portfolio.verify import violated_limits


def has_plan(problem: Problem) -> bool:
    """Whether any assignment keeps every limit; found by the first answer where it can, else proven by HiGHS."""
    ways = without_dominated(problem)
    if first_answer(problem, ways):
        return True
    for task, group in zip(problem.tasks, ways, strict=True):
        if task.fallback_share is not None and len({vendor for way in group for vendor in way.vendors}) < 2:  # noqa: PLR2004
            return False
    form = Formulation(problem, ways)
    form.aim([])
    for _ in range(200):
        solved = solve(form.model)
        if solved.values is None:
            return False
        choices = form.choices(solved.values)
        if not violated_limits(problem, choices):
            return True
        form.forbid(choices)
    raise EngineFailed("no plan within the engine's tolerance could be checked")


def conflict(problem: Problem) -> PlanConflict:
    """Return a smallest set of limits without a plan; taking any one of them out leaves a plan."""
    found = quickxplain(limits(problem), lambda kept: has_plan(only(problem, kept)))
    return PlanConflict(found, tuple(words(problem, name) for name in found))


def quickxplain(names: Limits, holds: Callable[[Limits], bool]) -> Limits:
    """Return a minimal subset that does not hold, in the order given; the whole must not hold."""

    def explain(background: Limits, added: bool, rest: Limits) -> Limits:
        if added and not holds(background):
            return ()
        if len(rest) == 1:
            return rest
        first, second = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        needed = explain((*background, *first), True, second)
        return (*explain((*background, *needed), bool(needed), first), *needed)

    return explain((), False, names) if names else ()
