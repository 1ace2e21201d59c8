"""A split or a cascade against the staircase of single offerings, never against the most expensive one.

The staircase has, at each cost, the best single offering that costs no more. A mix is worth its trouble only where it
stands above that.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from advisor.portfolio.problem import ServingOption


class Against(NamedTuple):
    """What a mix gains over single offerings; None where no single one compares."""

    best_no_dearer: ServingOption | None
    score_gained: Decimal | None
    cheapest_no_worse: ServingOption | None
    usd_saved: Decimal | None


def against_staircase(way: ServingOption, ways: Sequence[ServingOption]) -> Against | None:
    """Return the comparison of a mix; None for a single offering, which is itself a step."""
    if len(way.parts) == 1:
        return None
    singles = [other for other in ways if len(other.parts) == 1]
    no_dearer = [other for other in singles if other.cost_usd <= way.cost_usd]
    no_worse = [other for other in singles if other.score >= way.score]
    best = max(no_dearer, key=lambda other: (other.score, -other.cost_usd, other.id), default=None)
    cheapest = min(no_worse, key=lambda other: (other.cost_usd, -other.score, other.id), default=None)
    return Against(
        best,
        way.score - best.score if best else None,
        cheapest,
        cheapest.cost_usd - way.cost_usd if cheapest else None,
    )
