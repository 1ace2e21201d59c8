"""Plans, conflicts and relaxations against every assignment tried, on hundreds of random small problems."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from advisor.portfolio.enumerate import MOST_STATES
from advisor.portfolio.limits import limits, only
from advisor.portfolio.problem import Objective, PlanWorkload, Problem
from advisor.portfolio.relaxations import DEFAULT_PRICES, moved_problem
from advisor.portfolio.solve import SearchSettings, plan
from advisor.portfolio.verify import names_used, plan_value, rate_used, violated_limits
from tests.solver.portfolio.problems import assignments, brute_force, random_problem, single

BLOCKS = range(10)
EACH = 20

BY_ENGINE = 0
"""No states: the engine solves even what is small."""


@pytest.mark.parametrize("states", [MOST_STATES, BY_ENGINE])
@pytest.mark.parametrize("block", BLOCKS)
def test_a_plan_is_the_best_assignment_in_both_figures(block: int, states: int) -> None:
    for seed in range(block * EACH, (block + 1) * EACH):
        problem = random_problem(seed)
        best, found = brute_force(problem), plan(problem, SearchSettings(explain=False, states=states))
        assert found.proven
        if best is None:
            assert found.status == "infeasible"
            continue
        assert (found.score, found.cost_usd) == (best.score, best.cost_usd), seed
        ordered = replace(problem, tasks=tuple(sorted(problem.tasks, key=lambda task: task.name)))
        assert not violated_limits(ordered, found.choices)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_conflict_is_one_and_is_minimal(block: int) -> None:
    for seed in range(block * EACH, (block + 1) * EACH):
        problem = random_problem(seed)
        if brute_force(problem) is not None:
            continue
        conflict = plan(problem).conflict
        assert conflict is not None
        assert brute_force(only(problem, conflict.limits)) is None
        for name in conflict.limits:
            rest = [other for other in conflict.limits if other != name]
            assert brute_force(only(problem, rest)) is not None, (seed, name)


@pytest.mark.parametrize("block", BLOCKS)
def test_ways_out_lead_out_and_the_first_is_the_cheapest(block: int) -> None:
    for seed in range(block * EACH, (block + 1) * EACH):
        problem = random_problem(seed)
        if brute_force(problem) is not None:
            continue
        ways = plan(problem).ways_out
        for way in ways:
            best = brute_force(moved_problem(problem, way.reliefs))
            assert best is not None
            assert (best.score, best.cost_usd) == (way.score, way.cost_usd)
        if any(name.startswith("fallback.") for name in limits(problem)):
            continue
        assert ways
        # Money and scores are moved to whole cents and hundredths, which may cost a dollar of a point more.
        assert float(ways[0].price_usd) <= _cheapest_move(problem) + 1.01


def _cheapest_move(problem: Problem) -> float:
    """The least price of moving limits so that some assignment keeps them all."""
    least = float("inf")
    for choices in assignments(problem):
        found = plan_value(problem, choices)
        price = Decimal(0)
        if problem.budget_usd is not None:
            price += max(found.cost_usd - problem.budget_usd, Decimal(0))
        if problem.min_score is not None:
            price += max(problem.min_score - found.score, Decimal(0)) * DEFAULT_PRICES["min_score"]
        for kind, most in problem.most:
            price += max(len(names_used(kind, choices)) - most, 0) * DEFAULT_PRICES["most"]
        for offering, rate in problem.rates:
            price += max(rate_used(problem, choices, offering) - rate, Decimal(0)) * DEFAULT_PRICES["rate"]
        least = min(least, float(price))
    return least


@pytest.mark.parametrize("seed", range(40))
def test_neither_order_nor_seed_nor_the_first_answer_changes_the_plan(seed: int) -> None:
    problem = random_problem(seed, plain=seed % 2 == 0)
    random = Random(seed)
    shuffled = replace(
        problem,
        tasks=tuple(
            task._replace(ways=tuple(random.sample(task.ways, len(task.ways))))
            for task in random.sample(problem.tasks, len(problem.tasks))
        ),
    )
    one = plan(problem, SearchSettings(explain=False))
    assert plan(shuffled, SearchSettings(explain=False)).choices == one.choices
    for other in (1, 2):
        assert plan(problem, SearchSettings(explain=False, seed=other, states=BY_ENGINE)).choices == one.choices
    assert plan(problem, SearchSettings(explain=False, first=False, states=BY_ENGINE)).choices == one.choices


@pytest.mark.parametrize("seed", range(60))
def test_leaving_out_what_is_dominated_changes_neither_score_nor_cost(seed: int) -> None:
    problem = random_problem(seed)
    pruned, whole = (plan(problem, SearchSettings(explain=False, dominance=flag)) for flag in (True, False))
    assert (pruned.score, pruned.cost_usd) == (whole.score, whole.cost_usd)


@pytest.mark.parametrize("seed", range(12))
def test_of_many_equal_plans_it_is_always_the_same(seed: int) -> None:
    random = Random(seed)
    tasks = tuple(
        PlanWorkload(
            f"w{number}",
            tuple(
                single(f"o{n}", f"v{n % 3}", random.choice(["50", "60"]), random.choice(["1", "2"])) for n in range(9)
            ),
        )
        for number in range(4)
    )
    problem = Problem(tasks, budget_usd=Decimal(7), most=(("vendor", 2),))
    answers = {plan(problem, SearchSettings(seed=number, states=BY_ENGINE)).choices for number in range(4)}
    assert len(answers) == 1
    backwards = tuple(task._replace(ways=task.ways[::-1]) for task in tasks[::-1])
    assert plan(replace(problem, tasks=backwards)).choices in answers


def test_a_start_that_presolve_garbles_does_not_hide_the_best_plan() -> None:
    # HiGHS 1.16 calls the first answer optimal here, at an objective that it does not have.
    figures = {
        "w0": (("37.025332", "0.3", "v2"), ("21.040515", "0.1", "v0")),
        "w1": (("63.263445", "0.15", "v3"), ("75.441645", "0.3", "v0")),
        "w2": (("10.336857", "0.15", "v3"), ("52.394193", "0.1", "v2"), ("54.155016", "0.3", "v2")),
        "w3": (("49.617446", "0.2", "v3"), ("58.905937", "0.3", "v1")),
        "w4": (("1.937237", "0.1", "v2"), ("7.751202", "0.15", "v0"), ("15.561524", "0.2", "v3"), ("64", "0.7", "v1")),
    }
    tasks = tuple(
        PlanWorkload(name, tuple(single(f"o{n}", vendor, score, usd) for n, (usd, score, vendor) in enumerate(group)))
        for name, group in figures.items()
    )
    problem = Problem(tasks, Objective.COST, min_score=Decimal("0.17"))
    found, best = plan(problem, SearchSettings(states=BY_ENGINE)), brute_force(problem)
    assert best is not None
    assert (found.proven, found.cost_usd) == (True, best.cost_usd)
