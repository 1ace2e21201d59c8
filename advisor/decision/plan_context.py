"""The plan behind a decision for workloads that share limits: made, made again, and around what people chose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog import Catalog
from advisor.errors import DecisionError
from advisor.facts import Measurement
from advisor.portfolio.build import PortfolioProblem, SharedLimits
from advisor.portfolio.from_catalog import pose_catalog
from advisor.portfolio.from_scores import pose_requirements
from advisor.portfolio.limits import words
from advisor.portfolio.problem import Choice, PortfolioPlan, Problem, ServingOption
from advisor.portfolio.solve import SearchSettings, plan
from advisor.portfolio.verify import is_valid_fallback, plan_value, violated_limits
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from advisor.solver.standing import Standing
from advisor.solver.workload import WorkloadSolver

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements
    from advisor.requirements.score_table import Results


class PlanContext(NamedTuple):
    """What a plan is made on."""

    catalog: Catalog
    requirements: Requirements
    measurements: tuple[Measurement, ...] = ()
    results: Results | None = None
    """A team's own table, which replaces quality and cost."""

    def posed(self) -> PortfolioProblem:
        """Return the problem. Raises EvidenceError if the table has other workloads than the requirements."""
        if self.results is not None:
            return pose_requirements(self.results, SharedLimits(), self.requirements, self.catalog)
        return pose_catalog(self.catalog, self.requirements, SharedLimits(), self.measurements)

    def standing(self, workload: str, name: str) -> Standing | None:
        """Return what a candidate, or the best of an offering's candidates, is for a workload.

        None if there is none.
        """
        stated = next(one for one in self.requirements.workloads if one.name == workload)
        solving = WorkloadSolver(
            WorkloadQuestion(self.catalog, self.requirements, stated, MeasurementIndex(self.measurements))
        )
        screen = solving.screen
        places = [at for at, one in enumerate(screen.candidates) if name in (one.id, one.offering.id)]
        place = min(places, key=lambda at: (len(screen.causes(at, screen.failed)), at), default=None)
        return None if place is None else solving.standing(place)


class MadePlan(NamedTuple):
    """A plan with the problem that it answers; ``by_hand`` are the workloads for which a person chose."""

    posed: PortfolioProblem
    plan: PortfolioPlan
    by_hand: tuple[str, ...] = ()


def planned(basis: PlanContext, by_hand: Mapping[str, str]) -> MadePlan:
    """Return the plan around what a person chose for some workloads. Raises DecisionError if there is none."""
    posed = basis.posed()
    if posed.unserved:
        raise DecisionError(
            f"nothing passes for {', '.join(posed.unserved)}, so there is nothing to decide",
            hint="`advisor recommend` shows the cheapest relaxations",
        )
    held = around(posed.problem, by_hand)
    found = plan(held, SearchSettings(explain=False))
    if not found.choices:
        raise DecisionError(
            "no plan keeps what the workloads share, so there is nothing to decide",
            hint="`advisor recommend` shows the conflict and the cheapest relaxations",
        )
    return MadePlan(posed, put(held, found, by_hand), tuple(sorted(by_hand)))


def around(problem: Problem, by_hand: Mapping[str, str]) -> Problem:
    """Return the problem in which a chosen candidate is the only way.

    With a fallback asked for, the others stay for that.

    Raises DecisionError if a choice is none of its workload's ways.
    """
    tasks = []
    for task in problem.tasks:
        name = by_hand.get(task.name)
        if name is not None and all(way.id != name for way in task.ways):
            raise DecisionError(f"{task.name}: {name} does not pass", hint=f"`advisor explain {name}` says more")
        alone = name is not None and task.fallback_share is None
        tasks.append(task._replace(ways=tuple(way for way in task.ways if way.id == name)) if alone else task)
    return replace(problem, tasks=tuple(tasks))


def put(problem: Problem, found: PortfolioPlan, by_hand: Mapping[str, str]) -> PortfolioPlan:
    """Give the plan with the choices by hand in it. Raises DecisionError if it then breaks what the workloads share."""
    choices = tuple(
        _put(choice, next(way for way in task.ways if way.id == by_hand[task.name]))
        if task.name in by_hand and choice.way.id != by_hand[task.name]
        else choice
        for task, choice in zip(problem.tasks, found.choices, strict=True)
    )
    if choices == found.choices:
        return found
    limits = [words(problem, name) for name in violated_limits(problem, choices)]
    if limits:
        raise DecisionError(
            f"what is chosen does not keep {' and '.join(limits)}", hint="choose another candidate, or fewer by hand"
        )
    reached = plan_value(problem, choices)
    return replace(
        found, choices=choices, bills=reached.bills, score=reached.score, cost_usd=reached.cost_usd, proven=False,
        gap=None,
    )  # fmt: skip


def _put(choice: Choice, way: ServingOption) -> Choice:
    """Return the way in place of the planned one, with whichever of the planned two can stand in for it."""
    other = choice._replace(way=way)
    return other if is_valid_fallback(other) else Choice(choice.workload, way, choice.way)


def results_sha256(results: Results) -> str:
    """Return the hash of what a table says, whatever its layout and the order of its rows."""
    rows = sorted([*map(str, row[:-1])] for row in results.rows)
    weights = sorted([name, str(weight)] for name, weight in results.weights.items())
    return sha256(json.dumps([rows, weights], ensure_ascii=False).encode()).hexdigest()
