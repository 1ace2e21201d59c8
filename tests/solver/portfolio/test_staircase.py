"""A cascade against the staircase of single offerings, by looking at every step."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest

from advisor.portfolio.from_requirements import cascade_way
from advisor.portfolio.problem import PlanWorkload, Problem, ServingOption
from advisor.portfolio.single_baseline import against_staircase
from advisor.requirements.portfolio_schema import Cascade
from tests.solver.portfolio.problems import brute_force, single


def offerings(random: Random) -> list[ServingOption]:
    return [
        single(f"o{n}", f"v{n % 3}", str(random.randint(300, 990) / 10), str(random.randint(1, 3000))) for n in range(8)
    ]


@pytest.mark.parametrize("seed", range(60))
def test_a_cascade_gains_what_no_single_offering_at_its_cost_reaches(seed: int) -> None:
    random = Random(seed)
    ways = offerings(random)
    first, then = random.sample(ways, 2)
    share = random.randint(0, 10) / 10
    score = Decimal(random.randint(300, 990)) / 10
    stated = Cascade(first=first.id, then=then.id, signal="no valid JSON", escalated_share=share, score=score)
    cascade = cascade_way(stated, first, then)
    # Every request pays the first step, the escalated ones the second as well.
    assert cascade.cost_usd == first.cost_usd + then.cost_usd * Decimal(str(share))
    found = against_staircase(cascade, [*ways, cascade])
    assert found is not None
    no_dearer = [way.score for way in ways if way.cost_usd <= cascade.cost_usd]
    no_worse = [way.cost_usd for way in ways if way.score >= score]
    assert found.score_gained == score - max(no_dearer)
    assert found.usd_saved == (min(no_worse) - cascade.cost_usd if no_worse else None)
    # A plan with exactly its money takes the cascade only where it stands above the staircase.
    task = PlanWorkload("job", (*ways, cascade))
    best = brute_force(Problem((task,), budget_usd=cascade.cost_usd))
    assert best is not None
    assert best.score == max(score, *no_dearer)


def test_a_single_offering_is_not_compared() -> None:
    ways = offerings(Random(1))
    assert against_staircase(ways[0], ways) is None
