"""Random portfolios of any size, and the same problem as a CP-SAT model."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from advisor.portfolio.problem import ONE, CommitmentTier, Objective, PlanWorkload, Problem, ServingOption, Share

VENDORS = 12
CENTS = 100


def random_portfolio(tasks: int, offerings: int, seed: int, *, kept: float = 0.1) -> Problem:
    """More expensive offerings tend to be better; each workload can use about a tenth of them.

    Half ask for a fallback.
    """
    random = Random(seed)
    vendors = [f"v{random.randrange(VENDORS)}" for _ in range(offerings)]
    quality = [random.gauss(65, 12) for _ in range(offerings)]
    prices = [10 ** random.uniform(-0.7, 1.3) * 1.03 ** (one - 65) for one in quality]
    made = []
    for number in range(tasks):
        volume = 10 ** random.uniform(1, 3)
        ways = []
        for index in range(offerings):
            if random.random() > kept:
                continue
            score = Decimal(f"{min(100.0, max(0.0, quality[index] + random.gauss(0, 6))):.2f}")
            usd = Decimal(f"{volume * prices[index] * random.uniform(0.7, 1.4):.2f}")
            ways.append(ServingOption(f"o{index}", score, (Share(f"o{index}", vendors[index], ONE, usd),)))
        fallback = Decimal("0.02") if random.random() < 0.5 else None
        made.append(PlanWorkload(f"w{number:03}", tuple(ways), Decimal(f"{volume:.1f}"), fallback))
    least = sum((min(way.cost_usd for way in task.ways) for task in made), Decimal(0))
    most = sum((max(task.ways, key=lambda way: way.score).cost_usd for task in made), Decimal(0))
    budget = (least + (most - least) / 4).quantize(Decimal("0.01"))
    tiers = (
        CommitmentTier((budget / 10).quantize(ONE), Decimal("0.08")),
        CommitmentTier((budget / 3).quantize(ONE), Decimal("0.2")),
    )
    commitments = tuple((f"v{index}", tiers) for index in range(0, VENDORS, 2))
    return Problem(tuple(made), Objective.SCORE, budget, None, (("vendor", 4),), commitments)


class ByCpSat(NamedTuple):
    status: str
    score: float | None


def by_cp_sat(problem: Problem, *, seconds: float) -> ByCpSat:
    """The best weighted mean that CP-SAT finds with two workers in that time, in whole cents and hundredths."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    used: dict[str, Any] = {}
    spend: dict[str, list[Any]] = {}
    score: list[Any] = []
    for task in problem.tasks:
        share = task.fallback_share or Decimal(0)
        primary, second = [], []
        by_vendor: dict[str, list[Any]] = {}
        for way in task.ways:
            vendor = way.vendors[0]
            used.setdefault(vendor, model.new_bool_var(vendor))
            for columns, part in ((primary, ONE - share), (second, share)):
                if not part:
                    continue
                column = model.new_bool_var("")
                columns.append(column)
                by_vendor.setdefault(vendor, []).append(column)
                score.append(int(way.score * task.weight * part * 1000) * column)
                spend.setdefault(vendor, []).append(int(way.cost_usd * part * CENTS) * column)
        for columns in filter(None, (primary, second)):
            model.add_exactly_one(columns)
        for vendor, columns in by_vendor.items():
            model.add(sum(columns) <= used[vendor])
    model.add(sum(used.values()) <= dict(problem.most)["vendor"])
    model.add(
        sum(_paid(model, problem, vendor, terms) for vendor, terms in spend.items()) <= _cents(problem.budget_usd)
    )
    model.maximize(sum(score))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.max_time_in_seconds = seconds
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return ByCpSat(solver.status_name(status).lower(), None)
    return ByCpSat(solver.status_name(status).lower(), solver.objective_value / 1000 / float(problem.total_weight))


def _paid(model: Any, problem: Problem, vendor: str, terms: list[Any]) -> Any:
    """What a vendor is paid: the spend, or under one commitment the larger of it and the discounted spend."""
    tiers = problem.tiers.get(vendor, ())
    if not tiers:
        return sum(terms)
    paid = model.new_int_var(0, 10**12, "")
    taken = [model.new_bool_var("") for _ in tiers]
    model.add_at_most_one(taken)
    none = model.new_bool_var("")
    model.add_exactly_one([*taken, none])
    model.add(paid >= sum(terms)).only_enforce_if(none)
    for literal, tier in zip(taken, tiers, strict=True):
        rest = int((ONE - tier.discount) * 100)
        model.add(100 * paid >= rest * sum(terms)).only_enforce_if(literal)
        model.add(paid >= _cents(tier.usd_per_month)).only_enforce_if(literal)
    return paid


def _cents(usd: Decimal | None) -> int:
    return int((usd or Decimal(0)) * CENTS)
