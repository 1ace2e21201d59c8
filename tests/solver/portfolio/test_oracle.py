"""Plans against another engine: CP-SAT on the same problem, with whole-number money and scores."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from advisor.portfolio.problem import Objective, PlanWorkload, Problem
from advisor.portfolio.solve import SearchSettings, plan
from tests.solver.portfolio.problems import single

cp_model = pytest.importorskip("ortools.sat.python.cp_model", reason="the oracles' requirements are not installed")


def middle_problem(seed: int, objective: Objective) -> Problem:
    """Eight workloads, thirty offerings of six vendors: too many assignments to try one by one."""
    random = Random(seed)
    vendors = [f"v{random.randrange(6)}" for _ in range(30)]
    tasks = tuple(
        PlanWorkload(
            f"w{number}",
            tuple(
                single(f"o{n}", vendors[n], str(random.randint(300, 990) / 10), str(random.randint(100, 9900) / 100))
                for n in range(30)
            ),
            Decimal(random.randint(1, 5)),
        )
        for number in range(8)
    )
    score = Decimal(80) if objective is Objective.COST else None
    budget = Decimal(200) if objective is Objective.SCORE else None
    return Problem(tasks, objective, budget, score, (("vendor", 2),))


def by_cp_sat(problem: Problem) -> int | None:
    """The best objective in whole units: tenths of a point times weight, or cents; None if there is no plan."""
    model = cp_model.CpModel()
    used: dict[str, Any] = {}
    score: list[Any] = []
    cost: list[Any] = []
    for task in problem.tasks:
        columns = []
        for way in task.ways:
            column = model.new_bool_var("")
            vendor = used.setdefault(way.vendors[0], model.new_bool_var(""))
            model.add_implication(column, vendor)
            columns.append(column)
            score.append(column * int(way.score * 10 * task.weight))
            cost.append(column * int(way.cost_usd * 100))
        model.add_exactly_one(columns)
    model.add(sum(used.values()) <= dict(problem.most)["vendor"])
    if problem.budget_usd is not None:
        model.add(sum(cost) <= int(problem.budget_usd * 100))
    if problem.min_score is not None:
        model.add(sum(score) >= int(problem.min_score * problem.total_weight * 10))
    if problem.objective is Objective.SCORE:
        model.maximize(sum(score))
    else:
        model.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    return round(solver.objective_value) if status == cp_model.OPTIMAL else None


@pytest.mark.parametrize("objective", list(Objective))
@pytest.mark.parametrize("seed", range(6))
def test_another_engine_finds_nothing_better(seed: int, objective: Objective) -> None:
    problem = middle_problem(seed, objective)
    found = plan(problem, SearchSettings(explain=False, states=0))
    expected = by_cp_sat(problem)
    if expected is None:
        assert found.status == "infeasible"
        return
    assert found.score is not None
    assert found.cost_usd is not None
    reached = found.score * problem.total_weight * 10 if objective is Objective.SCORE else found.cost_usd * 100
    assert round(reached) == expected
