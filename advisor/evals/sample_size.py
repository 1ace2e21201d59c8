"""How many cases show the difference that matters, by the answers that are kept or by the spread that pairs have."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from advisor.evals.compare import Comparison
from advisor.evals.plan import Plan
from advisor.statistics.paired import cases_needed

USUAL_DEVIATION = 0.65
"""Of the difference of two yes/no scores of a case: pairs of models on GSM8K have .62 to .66."""

LEAST_PAIRS = 10
"""From so many cases that both answered their own spread is taken."""


class PairSize(NamedTuple):
    """What it takes to tell two candidates apart."""

    first: str
    second: str
    cases: int
    """In all."""
    more: int
    """Than the set has."""
    deviation: float
    basis: str
    """``measured`` or ``assumed``."""
    usd: float
    """What asking both so many cases costs, at most where nothing is known of their answers."""


def pair_sizes(comparison: Comparison, difference: float, power: float) -> tuple[PairSize, ...]:
    """Every pair of candidates; the difference is a share, 0.05 for five points."""
    plan, found = comparison.scores.plan, []
    pairs = {(one.first, one.second): one.difference for one in comparison.pairs}
    for first, second in combinations([one.name for one in plan.candidates], 2):
        known = pairs.get((first, second))
        is_measured = known is not None and known.n >= LEAST_PAIRS
        deviation = max(known.deviation, 1 / known.n) if known is not None and is_measured else USUAL_DEVIATION
        cases = cases_needed(deviation, difference, power=power)
        usd = (_usd_per_case(comparison, plan, first) + _usd_per_case(comparison, plan, second)) * cases
        more = max(0, cases - len(plan.order))
        basis = "measured" if is_measured else "assumed"
        found.append(PairSize(first, second, cases, more, round(deviation, 4), basis, float(round(usd, 6))))
    return tuple(found)


def _usd_per_case(comparison: Comparison, plan: Plan, name: str) -> Decimal:
    """Return what a case cost on average; at most where it was not asked yet."""
    scores = next(one for one in comparison.scores.candidates if one.name == name)
    if scores.usd is not None and scores.scored:
        return scores.usd / len(scores.scored)
    most = [request.most_usd for request in plan.requests if request.candidate.name == name]
    return sum(most, Decimal(0)) / len(plan.order) if most else Decimal(0)
