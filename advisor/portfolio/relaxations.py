"""The cheapest relaxations of an infeasible plan: limits moved by priced amounts, found by a model, planned again.

A dollar of budget counts as a dollar a month. What other units count as is stated by the person or documented here;
it orders the relaxations and is shown with each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from advisor.portfolio.dominance import without_dominated
from advisor.portfolio.highs import solve
from advisor.portfolio.infeasibility import has_plan
from advisor.portfolio.limits import format_decimal, limits, only, words
from advisor.portfolio.mip import Formulation
from advisor.portfolio.problem import ONE, ZERO, Choice, LimitChange, PlanRelaxation, PortfolioPlan, Problem
from advisor.portfolio.verify import names_used, plan_value, rate_used

DEFAULT_PRICES: Mapping[str, Decimal] = {
    "budget_usd": Decimal(1),
    "min_score": Decimal(100),
    "most": Decimal(500),
    "rate": Decimal(5),
    "fallback": Decimal(1000),
}
"""USD a month for a unit: a dollar, a score point, one more vendor (or other name), a request a minute, a fallback."""

_CENT = Decimal("0.01")


PlanAgain = Callable[[Problem], PortfolioPlan]
"""Plans a problem whose limits were moved, to verify that the move helps."""


def ways_out(
    problem: Problem,
    conflict: Sequence[str],
    plan_again: PlanAgain,
    prices: Mapping[str, Decimal] = DEFAULT_PRICES,
) -> tuple[PlanRelaxation, ...]:
    """Relaxations, cheapest first: each limit moved alone, all of them together, and fallbacks given up where it helps.

    Moving one limit alone can only help if it is in every conflict, so only those of the known conflict are tried.

    With the fallbacks kept, the one that moves all limits together is the cheapest there is.
    """
    graded = tuple(name for name in limits(problem) if not name.startswith("fallback."))
    fallbacks = tuple(name for name in limits(problem) if name.startswith("fallback."))
    alone = tuple((name,) for name in graded if name in conflict)
    given_up = tuple((name,) for name in fallbacks if name in conflict)
    tries: list[tuple[tuple[str, ...], tuple[str, ...]]] = [(names, ()) for names in (graded, *alone)]
    tries += [(graded, dropped) for dropped in dict.fromkeys((*given_up, fallbacks)) if dropped]
    found = {
        way.reliefs: way for names, dropped in tries if (way := _cheapest(problem, names, dropped, prices, plan_again))
    }
    ordered = sorted(found.values(), key=lambda way: (way.price_usd, len(way.reliefs), str(way.reliefs)))
    kept: list[PlanRelaxation] = []
    for way in ordered:
        names = {one.limit for one in way.reliefs}
        if not any({one.limit for one in other.reliefs} <= names for other in kept):
            kept.append(way)
    return tuple(kept)


def _cheapest(
    problem: Problem,
    names: Sequence[str],
    dropped: Sequence[str],
    prices: Mapping[str, Decimal],
    plan_again: PlanAgain,
) -> PlanRelaxation | None:
    """Return the cheapest move of these limits together without the dropped fallbacks, planned again to verify it."""
    given_up = tuple(
        LimitChange(name, f"do without {words(problem, name)}", None, prices["fallback"]) for name in dropped
    )
    reduced = moved_problem(problem, given_up)
    if not has_plan(only(reduced, [name for name in limits(reduced) if name not in names])):
        return None
    form = Formulation(
        reduced,
        without_dominated(reduced),
        slacks={name: float(prices[name.partition(".")[0]]) for name in names},
    )
    form.aim([])
    solved = solve(form.model)
    if solved.values is None:
        return None
    moved = (*given_up, *_moves(reduced, form.choices(solved.values), prices))
    return _verified(problem, moved, plan_again) if moved else None


def _moves(problem: Problem, choices: tuple[Choice, ...], prices: Mapping[str, Decimal]) -> Iterator[LimitChange]:
    """Yield what must move for these choices to be a plan, by exact figures."""
    reached = plan_value(problem, choices)
    if problem.budget_usd is not None and reached.cost_usd > problem.budget_usd:
        to = reached.cost_usd.quantize(_CENT, ROUND_CEILING)
        by = to - problem.budget_usd
        yield LimitChange(
            "budget_usd", f"raise the budget by ${format_decimal(by)} to ${format_decimal(to)} a month", to, by
        )
    if problem.min_score is not None and reached.score < problem.min_score:
        to = reached.score.quantize(_CENT, ROUND_FLOOR)
        price = (problem.min_score - to) * prices["min_score"]
        yield LimitChange("min_score", f"accept a weighted mean score of {format_decimal(to)}", to, price)
    for kind, most in problem.most:
        used = len(names_used(kind, choices))
        if used > most:
            price = (used - most) * prices["most"]
            yield LimitChange(f"most.{kind}", f"allow {used} different {kind}s", Decimal(used), price)
    for offering, most_rate in problem.rates:
        rate = rate_used(problem, choices, offering)
        if rate > most_rate:
            to = rate.quantize(ONE, ROUND_CEILING)
            price = (to - most_rate) * prices["rate"]
            yield LimitChange(
                f"rate.{offering}", f"get {format_decimal(to)} requests a minute at {offering}", to, price
            )


def _verified(problem: Problem, moved: tuple[LimitChange, ...], plan_again: PlanAgain) -> PlanRelaxation | None:
    again = plan_again(moved_problem(problem, moved))
    if again.score is None or again.cost_usd is None:
        return None
    return PlanRelaxation(moved, sum((one.price_usd for one in moved), ZERO), again.score, again.cost_usd)


def moved_problem(problem: Problem, moved: tuple[LimitChange, ...]) -> Problem:
    """Return the problem with its limits moved."""
    changes: dict[str, Any] = {}
    for one in moved:
        kind, _, rest = one.limit.partition(".")
        if kind in ("budget_usd", "min_score"):
            changes[kind] = one.to
        elif kind == "most" and one.to is not None:
            changes["most"] = tuple(
                (name, int(one.to) if name == rest else most) for name, most in changes.get("most", problem.most)
            )
        elif kind == "rate" and one.to is not None:
            changes["rates"] = tuple(
                (name, one.to if name == rest else rate) for name, rate in changes.get("rates", problem.rates)
            )
        elif kind == "fallback":
            changes["tasks"] = tuple(
                task._replace(fallback_share=None) if task.name == rest else task
                for task in changes.get("tasks", problem.tasks)
            )
    return replace(problem, **changes)
