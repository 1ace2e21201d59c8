"""A good plan before any proof: one price on the binding limit, found by bisection, and a few swaps of vendors.

For a price the workloads part ways, so each takes its best at that price (Lagrangian relaxation, Everett 1963).
Vendors are chosen by how much of the workloads' best values they cover, added one by one and swapped while it helps.
What comes out is a plan only if the plain arithmetic of the certificate agrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from advisor.portfolio.problem import Choice, Objective, Problem, ServingOption
from advisor.portfolio.verify import PlanValue, plan_value, violated_limits

_BISECTIONS = 40
_SWAP_ROUNDS = 6


class _CostTable(NamedTuple):
    """The ways of all workloads, laid end to end; ``task``, ``vendor`` are numbers, one for each way."""

    score: Any
    """In the weighted mean's unit."""
    cost: Any
    task: Any
    starts: Any
    vendor: Any
    """-1 for a way that pays two vendors."""
    vendors: int


def first_answer(problem: Problem, ways: Sequence[Sequence[ServingOption]]) -> tuple[Choice, ...] | None:
    """Choices that keep every limit, or None if this method finds none."""
    # Why a price: apart from vendors, the limit on a sum is what ties the workloads together. Once a dollar of it has
    # a price, each of them takes its best alone, and one pass over the table stands for a search through all
    # combinations. The higher the price, the less is spent, never more: so bisection finds the price at which the
    # limit just holds. What it leaves is mostly less than one step of one workload, and single upgrades spend that. A
    # count of vendors has no such price, because the first workload that uses one pays for all the others: sets of
    # vendors are tried instead, and at several prices, because with few vendors to choose from the binding price is
    # another one than with all. Floats are enough here: no plan leaves this function that the exact arithmetic of the
    # limits has not passed.
    table = _table(problem, ways)
    most = dict(problem.most).get("vendor")
    best: tuple[PlanValue, tuple[Choice, ...]] | None = None
    for allowed in _vendor_sets(problem, table, most):
        for chosen in _priced(problem, table, allowed):
            choices = _with_fallbacks(problem, ways, chosen, table, allowed)
            if choices is None or violated_limits(problem, choices):
                continue
            found = plan_value(problem, choices)
            if best is None or found.better_than(best[0], problem.objective):
                best = (found, choices)
    return best[1] if best else None


def _table(problem: Problem, ways: Sequence[Sequence[ServingOption]]) -> _CostTable:
    import numpy as np

    names = sorted({vendor for group in ways for way in group for vendor in way.vendors})
    number = {name: index for index, name in enumerate(names)}
    total = float(problem.total_weight)
    weights = [float(task.weight) / total for task in problem.tasks]
    lengths = [len(group) for group in ways]
    every = [way for group in ways for way in group]
    task = np.repeat(np.arange(len(ways)), lengths)
    return _CostTable(
        np.array([float(way.score) for way in every]) * np.repeat(weights, lengths),
        np.array([float(way.cost_usd) for way in every]),
        task,
        np.concatenate(([0], np.cumsum(lengths)[:-1])),
        np.array([number[way.parts[0].vendor] if len(way.vendors) == 1 else -1 for way in every]),
        len(names),
    )


def _vendor_sets(problem: Problem, table: _CostTable, most: int | None) -> list[Any]:
    """Masks of the ways that may be used, one for each set of vendors worth trying."""
    import numpy as np

    every = np.ones(len(table.score), dtype=bool)
    if most is None or most >= table.vendors:
        return [every]
    masks = []
    for price in _prices(problem, table):
        chosen = _covering(table, _value(problem, table, price), most)
        masks.append(np.isin(table.vendor, sorted(chosen)))
    return masks


def _prices(problem: Problem, table: _CostTable) -> list[float]:
    """Return the price that binds when every vendor may be used, and a few around it."""
    import numpy as np

    every = np.ones(len(table.score), dtype=bool)
    price = _bisected(problem, table, every)
    return [0.0, price / 3, price, price * 3, price * 10]


def _covering(table: _CostTable, value: Any, most: int) -> set[int]:
    """Vendors whose best values cover the workloads best: greedy, then swaps."""
    import numpy as np

    tasks = len(table.starts)
    lowest = float(value.min()) - 1.0 - 1e6 * (float(value.max()) - float(value.min()) + 1.0)
    best = np.full((tasks, table.vendors), lowest)
    alone = table.vendor >= 0
    np.maximum.at(best, (table.task[alone], table.vendor[alone]), value[alone])
    chosen: list[int] = []
    cover = np.full(tasks, lowest)
    for _ in range(most):
        gains = np.maximum(best, cover[:, None]).sum(axis=0)
        gains[chosen] = -np.inf
        chosen.append(int(gains.argmax()))
        cover = np.maximum(cover, best[:, chosen[-1]])
    for _ in range(_SWAP_ROUNDS):
        before = best[:, chosen].max(axis=1).sum()
        for place in range(len(chosen)):
            rest = chosen[:place] + chosen[place + 1 :]
            cover = best[:, rest].max(axis=1) if rest else np.full(tasks, lowest)
            gains = np.maximum(best, cover[:, None]).sum(axis=0)
            gains[rest] = -np.inf
            chosen[place] = int(gains.argmax())
        if best[:, chosen].max(axis=1).sum() <= before:
            break
    return set(chosen)


def _value(problem: Problem, table: _CostTable, price: float) -> Any:
    """Return what a way is worth when a unit of the limited figure costs ``price`` of the objective."""
    if problem.objective is Objective.SCORE:
        return table.score - price * table.cost
    return price * table.score - table.cost


def _best(table: _CostTable, value: Any, allowed: Any) -> Any | None:
    """Return the best allowed way of each workload by value, as places in the table; None if one has none."""
    import numpy as np

    masked = np.where(allowed, value, -np.inf)
    tops = np.maximum.reduceat(masked, table.starts)
    if not np.isfinite(tops).all():
        return None
    hits = np.flatnonzero(masked == tops[table.task])
    return hits[np.unique(table.task[hits], return_index=True)[1]]


def _keeps(problem: Problem, table: _CostTable, chosen: Any) -> bool:
    """Whether the limit that the price stands for holds, before discounts."""
    if problem.objective is Objective.SCORE:
        return problem.budget_usd is None or table.cost[chosen].sum() <= float(problem.budget_usd)
    return problem.min_score is None or table.score[chosen].sum() >= float(problem.min_score)


def _bisected(problem: Problem, table: _CostTable, allowed: Any) -> float:
    """Return the least price at which the limit holds; large if it never does."""
    chosen = _best(table, _value(problem, table, 0.0), allowed)
    if chosen is None or _keeps(problem, table, chosen):
        return 0.0
    low, high = 0.0, 1e-9
    while high < 1e12:  # noqa: PLR2004 - beyond any figure that the records admit
        chosen = _best(table, _value(problem, table, high), allowed)
        if chosen is not None and _keeps(problem, table, chosen):
            break
        low, high = high, high * 8
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        chosen = _best(table, _value(problem, table, middle), allowed)
        low, high = (low, middle) if chosen is not None and _keeps(problem, table, chosen) else (middle, high)
    return high


def _priced(problem: Problem, table: _CostTable, allowed: Any) -> list[Any]:
    """Return the choices at the price that binds, with what is left of the budget spent on the best upgrades."""
    chosen = _best(table, _value(problem, table, _bisected(problem, table, allowed)), allowed)
    if chosen is None:
        return []
    return [_filled(problem, table, allowed, chosen), chosen]


def _filled(problem: Problem, table: _CostTable, allowed: Any, chosen: Any) -> Any:
    """Single changes that better the objective and keep the limit, the largest first, while there are any."""
    import numpy as np

    chosen = chosen.copy()
    gain, use = (table.score, table.cost) if problem.objective is Objective.SCORE else (-table.cost, -table.score)
    limit = problem.budget_usd if problem.objective is Objective.SCORE else problem.min_score
    if limit is None:
        return chosen
    most = float(limit) if problem.objective is Objective.SCORE else -float(limit)
    for _ in range(4 * len(chosen)):
        left = most - use[chosen].sum()
        better = gain - gain[chosen][table.task]
        dearer = use - use[chosen][table.task]
        fits = allowed & (better > 1e-12) & (dearer <= left)  # noqa: PLR2004 - more than rounding
        if not fits.any():
            break
        place = int(np.where(fits, better, -np.inf).argmax())
        chosen[table.task[place]] = place
    return chosen


def _with_fallbacks(
    problem: Problem, ways: Sequence[Sequence[ServingOption]], chosen: Any, table: _CostTable, allowed: Any
) -> tuple[Choice, ...] | None:
    """Choices with, where asked, the best allowed fallback at another vendor."""
    choices = []
    for task, group, place, start in zip(problem.tasks, ways, chosen, table.starts, strict=True):
        way = group[int(place) - int(start)]
        if task.fallback_share is None:
            choices.append(Choice(task.name, way))
            continue
        others = [
            other
            for index, other in enumerate(group)
            if allowed[start + index] and len(other.parts) == 1 and not set(other.vendors) & set(way.vendors)
        ]
        if not others:
            return None
        if problem.objective is Objective.SCORE:
            fallback = max(others, key=lambda other: (other.score, -other.cost_usd, other.id))
        else:
            fallback = min(others, key=lambda other: (other.cost_usd, -other.score, other.id))
        choices.append(Choice(task.name, way, fallback))
    return tuple(choices)
