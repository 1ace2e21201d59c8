"""The interval of a weighted score is that of independent errors, each with its own weight."""

from __future__ import annotations

from decimal import Decimal
from math import hypot

import pytest

from advisor.portfolio.problem import Choice, Objective, PlanWorkload, Problem, ServingOption, Share
from advisor.portfolio.score_uncertainty import expected
from advisor.statistics import Z_95


def way(name: str, score: str, error: float) -> ServingOption:
    share = Share(name, "v", Decimal(1), Decimal(1))
    return ServingOption(name, Decimal(score), (share,), (), standard_error=error)


def test_the_variance_has_the_square_of_each_weight() -> None:
    ways = way("a", "80", 3.0), way("b", "60", 8.0)
    tasks = (
        PlanWorkload("one", (ways[0], way("a2", "79", 3.0), way("a3", "70", 3.0)), Decimal(3)),
        PlanWorkload("two", (ways[1], way("b2", "59", 8.0), way("b3", "50", 8.0)), Decimal(1)),
    )
    found = expected(Problem(tasks, Objective.SCORE), (Choice("one", ways[0]), Choice("two", ways[1])))
    assert found is not None
    reach = Z_95 * hypot(0.75 * 3.0, 0.25 * 8.0)
    assert [found.low, found.high] == pytest.approx([75 - reach, 75 + reach])
