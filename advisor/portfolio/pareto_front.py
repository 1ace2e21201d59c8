"""What more money buys: the best plan at each of a dozen budgets, and what a plan loses when one thing changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from advisor.portfolio.problem import Objective, PortfolioPlan, Problem
from advisor.portfolio.solve import SearchSettings, plan

POINTS = 12

_QUICK = SearchSettings(max_nodes=5_000, settle=False, explain=False)
_CENT = Decimal("0.01")


class FrontPoint(NamedTuple):
    """The best plan for a budget."""

    budget_usd: Decimal
    plan: PortfolioPlan


class Shift(NamedTuple):
    """What a plan becomes when one thing changes; ``plan`` is infeasible where nothing is left."""

    change: str
    plan: PortfolioPlan


def front(problem: Problem, *, points: int = POINTS, effort: SearchSettings = _QUICK) -> tuple[FrontPoint, ...]:
    """Budgets in equal ratios from the cheapest plan to the best one, each with its best score; none if no plan."""
    free = replace(problem, budget_usd=None)
    cheapest = plan(replace(free, objective=Objective.COST), effort)
    best = plan(replace(free, objective=Objective.SCORE), effort)
    if cheapest.cost_usd is None or best.cost_usd is None:
        return ()
    budgets = _steps(cheapest.cost_usd, best.cost_usd, points)
    found = [
        FrontPoint(budget, plan(replace(problem, budget_usd=budget, objective=Objective.SCORE), effort))
        for budget in budgets
    ]
    return tuple(point for point in found if point.plan.score is not None)


def sensitivity(problem: Problem, answer: PortfolioPlan, *, effort: SearchSettings = _QUICK) -> tuple[Shift, ...]:
    """Return the plan solved again with each thing changed by one step: money, vendors, each chosen way taken away."""
    return tuple(Shift(words, plan(changed, effort)) for words, changed in _changes(problem, answer))


def _changes(problem: Problem, answer: PortfolioPlan) -> Iterator[tuple[str, Problem]]:
    if problem.budget_usd is not None:
        for percent in (-10, 10):
            budget = (problem.budget_usd * (100 + percent) / 100).quantize(_CENT)
            yield f"budget {percent:+d} %, ${budget:,} a month", replace(problem, budget_usd=budget)
    for kind, most in problem.most:
        for other in (most - 1, most + 1):
            if other >= 1:
                limits = tuple((name, other if name == kind else count) for name, count in problem.most)
                yield f"at most {other} different {kind}s", replace(problem, most=limits)
    for choice in answer.choices:
        tasks = tuple(
            task._replace(ways=tuple(way for way in task.ways if way.id != choice.way.id))
            if task.name == choice.workload
            else task
            for task in problem.tasks
        )
        if all(task.ways for task in tasks):
            yield f"{choice.workload} without {choice.way.id}", replace(problem, tasks=tasks)


def _steps(low: Decimal, high: Decimal, points: int) -> list[Decimal]:
    if high <= low or points < 2:  # noqa: PLR2004 - a front has two ends
        return [max(low, high)]
    least = max(low, high / 10_000)
    ratio = float(high / least) ** (1 / (points - 1))
    steps = [low, *((least * Decimal(ratio**index)).quantize(_CENT, ROUND_CEILING) for index in range(1, points - 1))]
    return sorted({*steps, high})
