"""Plan a problem: leave out what is dominated, answer at once, prove, settle ties, check, explain.

Ties are settled in further stages: the better of cost and score that the objective leaves open, then a stable hash of
the ids, so that the answer does not depend on the engine's seed nor on the order of the input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from advisor.errors import UsageError
from advisor.portfolio.dominance import without_dominated
from advisor.portfolio.enumerate import MOST_STATES, exact_plan, tie_figure
from advisor.portfolio.heuristic import first_answer
from advisor.portfolio.highs import SEED, EngineFailed, MipSolution, solve
from advisor.portfolio.infeasibility import conflict
from advisor.portfolio.mip import Formulation, Terms
from advisor.portfolio.problem import (
    Choice,
    Objective,
    PlanWorkload,
    PortfolioPlan,
    Problem,
    SearchStats,
    ServingOption,
)
from advisor.portfolio.relaxations import ways_out
from advisor.portfolio.verify import PlanValue, plan_value, violated_limits

MAX_NODES = 50_000
"""Nodes of the search before it stops with a gap; a count, so that every machine stops at the same place."""

SETTLED_COLUMNS = 6_000
"""Models with more columns are not solved again to settle ties: one seed and a sorted input give one answer."""

PROVEN_GAP = 1e-7
"""Relative gaps up to this are rounding."""

_RETRIES = 200


class SearchSettings(NamedTuple):
    """How far to search; nothing here is counted in seconds."""

    max_nodes: int = MAX_NODES
    gap: float = 0.0
    """The relative gap that is good enough."""
    seed: int = SEED
    settle: bool = True
    """Whether ties are settled by further stages."""
    dominance: bool = True
    first: bool = True
    explain: bool = True
    """Whether an infeasible problem gets its conflict and its relaxations."""
    states: int = MOST_STATES
    """Problems with no more states than this are solved in exact decimals, without the engine."""


DEFAULT = SearchSettings()

_VERIFYING = SearchSettings(max_nodes=2_000, settle=False, explain=False)
"""Enough to see that moved limits can be met."""


def plan(problem: Problem, effort: SearchSettings = DEFAULT) -> PortfolioPlan:
    """Give the best assignment, or why there is none.

    Raises UsageError if a workload has no way or a name comes twice.
    """
    problem = _ordered(problem)
    before = sum(len(task.ways) for task in problem.tasks)
    ways = without_dominated(problem) if effort.dominance else tuple(task.ways for task in problem.tasks)
    found = _search(problem, ways, effort)
    searched = SearchStats(before, sum(map(len, ways)), found.nodes)
    if found.choices is None:
        return _nothing(problem, effort, complete=found.complete, searched=searched)
    reached = plan_value(problem, found.choices)
    value = float(reached.score if problem.objective is Objective.SCORE else reached.cost_usd)
    gap = _gap(value, found.bound)
    proven = found.complete and gap <= PROVEN_GAP
    return PortfolioPlan(
        status="optimal" if proven else "feasible",
        choices=found.choices,
        bills=reached.bills,
        score=reached.score,
        cost_usd=reached.cost_usd,
        bound=value if proven else found.bound,
        gap=0.0 if proven else gap,
        proven=proven,
        first_answer=_objective(problem, plan_value(problem, found.answered)) if found.answered else None,
        searched=searched,
    )


class _Found(NamedTuple):
    choices: tuple[Choice, ...] | None
    bound: float
    """In the objective's own direction."""
    complete: bool
    nodes: int
    answered: tuple[Choice, ...] | None = None
    """What was found before the proof began."""


def _ordered(problem: Problem) -> Problem:
    """Return the same problem with workloads and ways sorted by name; the answer must not depend on their order."""
    names = [task.name for task in problem.tasks]
    if not names:
        raise UsageError("expected at least one workload to plan, found none")
    if len(set(names)) != len(names):
        raise UsageError("expected each workload once", hint="give each workload a name of its own")
    for task in problem.tasks:
        if len({way.id for way in task.ways}) != len(task.ways):
            raise UsageError(f"workload {task.name!r}: expected each offering once")
        if not task.ways:
            raise UsageError(f"workload {task.name!r}: nothing can serve it")
    if not problem.total_weight:
        raise UsageError("expected a weight above 0 for at least one workload")
    tasks = [
        task._replace(ways=tuple(sorted(task.ways, key=lambda way: way.id)))
        for task in sorted(problem.tasks, key=lambda task: task.name)
    ]
    return replace(problem, tasks=tuple(tasks))


def _search(problem: Problem, ways: Sequence[Sequence[ServingOption]], effort: SearchSettings) -> _Found:
    """Return a small problem in exact decimals, any other by the engine."""
    small = exact_plan(problem, ways, effort.states)
    if small is None:
        answered = first_answer(problem, ways) if effort.first else None
        return _by_engine(problem, ways, answered, effort)._replace(answered=answered)
    reached = plan_value(problem, small.choices) if small.choices else None
    return _Found(small.choices, _objective(problem, reached) if reached else 0.0, complete=True, nodes=small.states)


def _by_engine(
    problem: Problem,
    ways: Sequence[Sequence[ServingOption]],
    answered: tuple[Choice, ...] | None,
    effort: SearchSettings,
) -> _Found:
    if any(task.fallback_share is not None and not _can_fall_back(group) for task, group in _groups(problem, ways)):
        return _Found(None, 0.0, complete=True, nodes=0)
    form = Formulation(problem, ways)
    form.aim(form.objective_terms)
    start = form.start(answered) if answered else None
    first, choices = _valid(problem, form, start, effort)
    if choices is None:
        if first.complete:
            _confirm_infeasible(form, answered)
        elif answered:
            return _Found(answered, _signed(problem, first.bound), complete=False, nodes=first.nodes)
        return _Found(None, 0.0, first.complete, first.nodes)
    if answered and plan_value(problem, answered).better_than(plan_value(problem, choices), problem.objective):
        choices = answered
    if first.complete and not effort.gap and effort.settle and len(form.model.cost) <= SETTLED_COLUMNS:
        choices = _settled(problem, form, choices, effort)
    return _Found(choices, _signed(problem, first.bound), first.complete, first.nodes)


def _groups(
    problem: Problem, ways: Sequence[Sequence[ServingOption]]
) -> zip[tuple[PlanWorkload, Sequence[ServingOption]]]:
    return zip(problem.tasks, ways, strict=True)


def _can_fall_back(group: Sequence[ServingOption]) -> bool:
    """Whether two of the ways pay different vendors, one of them alone."""
    return any(
        len(second.parts) == 1 and not set(first.vendors) & set(second.vendors) for first in group for second in group
    )


def _valid(
    problem: Problem, form: Formulation, start: list[float] | None, effort: SearchSettings
) -> tuple[MipSolution, tuple[Choice, ...] | None]:
    """Solve until the arithmetic agrees: what only the engine's tolerances allow is forbidden and solved again."""
    for _ in range(_RETRIES):
        solved = solve(form.model, start=start, max_nodes=effort.max_nodes, gap=effort.gap, seed=effort.seed)
        if solved.values is None:
            return solved, None
        choices = form.choices(solved.values)
        if not violated_limits(problem, choices):
            return solved, choices
        form.forbid(choices)
    raise EngineFailed(f"{_RETRIES} plans in a row broke a limit by less than the engine's tolerance")


def _confirm_infeasible(form: Formulation, answered: Sequence[Choice] | None) -> None:
    """Try to refute it, by a plan in hand or a second run without presolve."""
    if answered or solve(form.model, presolve=False).values is not None:
        raise EngineFailed("HiGHS calls a model infeasible that has a plan")


def _settled(
    problem: Problem, form: Formulation, choices: tuple[Choice, ...], effort: SearchSettings
) -> tuple[Choice, ...]:
    """Among plans equal in the objective the better in the other figure, among those the first by hash."""
    stages: list[Terms] = [
        form.cost_terms
        if problem.objective is Objective.SCORE
        else [(column, -value) for column, value in form.score_terms],
        _hashes(form),
    ]
    kept = form.objective_terms
    best = choices
    for terms in stages:
        values = form.start(best)
        reached = sum(values[column] * value for column, value in kept)
        form.model.row(*_columns(kept), high=reached + _slack(reached))
        form.aim(terms)
        _, found = _valid(problem, form, values, effort)
        if found is None or _is_worse(problem, found, best):
            return best
        best, kept = found, terms
    return best


def _is_worse(problem: Problem, found: Sequence[Choice], best: Sequence[Choice]) -> bool:
    return plan_value(problem, best).better_than(plan_value(problem, found), problem.objective)


def _slack(reached: float) -> float:
    return 1e-9 * abs(reached)


def _columns(terms: Terms) -> tuple[list[int], list[float]]:
    summed: dict[int, float] = {}
    for column, value in terms:
        summed[column] = summed.get(column, 0.0) + value
    return list(summed), list(summed.values())


def _hashes(form: Formulation) -> Terms:
    """Return a figure for each column from its workload's and its way's ids."""
    terms = []
    for task, group, *both in zip(form.problem.tasks, form.ways, form.primary, form.second, strict=True):
        for role, columns in enumerate(both):
            for way, column in zip(group, columns, strict=True):
                if column >= 0:
                    terms.append((column, float(tie_figure(task, way, role))))
    return terms


def _objective(problem: Problem, reached: PlanValue) -> float:
    return float(reached.score if problem.objective is Objective.SCORE else reached.cost_usd)


def _signed(problem: Problem, bound: float) -> float:
    return -bound if problem.objective is Objective.SCORE else bound


def _gap(value: float, bound: float) -> float:
    return abs(value - bound) / max(abs(value), 1e-9)


def _nothing(problem: Problem, effort: SearchSettings, *, complete: bool, searched: SearchStats) -> PortfolioPlan:
    if not complete:
        return PortfolioPlan(status="unknown", proven=False, searched=searched)
    if not effort.explain:
        return PortfolioPlan(status="infeasible", proven=True, gap=0.0, searched=searched)
    found = conflict(problem)
    return PortfolioPlan(
        status="infeasible",
        proven=True,
        gap=0.0,
        conflict=found,
        ways_out=ways_out(problem, found.limits, lambda moved: plan(moved, _VERIFYING)),
        searched=searched,
    )
