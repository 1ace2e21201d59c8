"""Small random problems, and the answer found by trying every assignment."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from random import Random

from advisor.portfolio.problem import Choice, CommitmentTier, Objective, PlanWorkload, Problem, ServingOption, Share
from advisor.portfolio.verify import PlanValue, plan_value, violated_limits


def single(name: str, vendor: str, score: str, usd: str, *labels: tuple[str, str]) -> ServingOption:
    """A way of one offering."""
    return ServingOption(name, Decimal(score), (Share(name, vendor, Decimal(1), Decimal(usd)),), labels)


def random_problem(seed: int, *, tasks: int = 3, ways: int = 5, plain: bool = False) -> Problem:
    """A problem with a mix of limits, some of them too tight; ``plain`` has a budget, vendors and a score only."""
    random = Random(seed)
    vendors = [f"v{index}" for index in range(random.randint(2, 4))]
    made = []
    for number in range(random.randint(1, tasks)):
        group = tuple(_way(random, f"o{index}", vendors, plain=plain) for index in range(random.randint(2, ways)))
        share = Decimal("0.1") if not plain and random.random() < 0.4 else None
        rate = Decimal(random.randint(1, 50))
        made.append(PlanWorkload(f"w{number}", group, Decimal(random.randint(1, 4)), share, rate))
    scale = len(made)
    return Problem(
        tuple(made),
        random.choice([Objective.SCORE, Objective.COST]),
        Decimal(random.randint(5, 60) * scale) if random.random() < 0.7 else None,
        Decimal(random.randint(40, 90)) if random.random() < 0.5 else None,
        tuple((kind, random.randint(1, 2)) for kind in ("vendor", "license") if random.random() < 0.4),
        _commitments(random, vendors) if not plain and random.random() < 0.4 else (),
        (("o1", Decimal(40)),) if not plain and random.random() < 0.3 else (),
    )


def _way(random: Random, name: str, vendors: list[str], *, plain: bool) -> ServingOption:
    score = Decimal(random.randint(300, 990)) / 10
    labels = (("license", random.choice(["mit", "terms", "llama"])),)
    if plain or random.random() < 0.85:
        vendor = random.choice(vendors)
        return ServingOption(name, score, (Share(name, vendor, Decimal(1), _usd(random)),), labels)
    first, second = random.sample(vendors, 2)
    parts = (Share(name, first, Decimal("0.7"), _usd(random)), Share(f"{name}b", second, Decimal("0.3"), _usd(random)))
    return ServingOption(name, score, parts, labels)


def _usd(random: Random) -> Decimal:
    return Decimal(random.randint(100, 9900)) / 100


def _commitments(random: Random, vendors: list[str]) -> tuple[tuple[str, tuple[CommitmentTier, ...]], ...]:
    tiers = (CommitmentTier(Decimal(50), Decimal("0.1")), CommitmentTier(Decimal(120), Decimal("0.3")))
    return tuple((vendor, tiers) for vendor in vendors if random.random() < 0.6)


def assignments(problem: Problem) -> Iterator[tuple[Choice, ...]]:
    """Every assignment, valid or not."""
    spaces = []
    for task in problem.tasks:
        fallbacks = task.ways if task.fallback_share is not None else (None,)
        spaces.append([Choice(task.name, way, other) for way in task.ways for other in fallbacks])
    yield from product(*spaces)


def brute_force(problem: Problem) -> PlanValue | None:
    """The worth of the best valid assignment; None if there is none."""
    best: PlanValue | None = None
    for choices in assignments(problem):
        if violated_limits(problem, choices):
            continue
        found = plan_value(problem, choices)
        if found.better_than(best, problem.objective):
            best = found
    return best
