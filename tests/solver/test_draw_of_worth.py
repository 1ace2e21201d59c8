"""The stated worth of a point is drawn between half and twice, evenly on a logarithmic scale."""

from __future__ import annotations

from decimal import Decimal
from math import inf, log
from random import Random

import pytest

from advisor.requirements.enums import Preference
from advisor.requirements.schema import DifferenceThatMatters
from advisor.solver.explain.contenders import PASSES, Contender
from advisor.solver.explain.rank_stability import _worth, stability
from advisor.solver.rank import Rules

ORDER = (Preference.QUALITY, Preference.COST, Preference.LATENCY)


def contender(name: str, estimate: float, cost: float) -> Contender:
    return Contender(name, name, estimate, 0.0, (0, Decimal(cost)), inf, None, PASSES, (), (0, 0, name))


def test_draws_lie_between_half_and_twice_and_as_often_above_as_below() -> None:
    random = Random(1)
    drawn = [found for _ in range(4000) if (found := _worth(Decimal(10), random)) is not None]
    assert 5 <= min(drawn) < 5.1
    assert 19.5 < max(drawn) <= 20
    assert sum(one > 10 for one in drawn) / len(drawn) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("even", [7.0, 10.0, 15.0])
def test_the_share_of_firsts_is_that_of_the_draws_above_the_even_price(even: float) -> None:
    """``better`` costs as much more as its hundred points are worth at ``even`` dollars a point."""
    found = stability(
        [contender("better", 100.0, 100 * even), contender("cheaper", 0.0, 0.0)],
        Rules(ORDER, DifferenceThatMatters(), Decimal(10)),
    )
    expected = log(20 / even) / log(4)
    first = found.of("better")
    assert first is not None
    assert first.share == pytest.approx(expected, abs=0.04)
