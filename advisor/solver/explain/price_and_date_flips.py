"""What would change the answer: the price at which a rival leads, and the month in which one becomes cheaper."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from advisor.catalog import Catalog
from advisor.catalog.cache import memoize
from advisor.catalog.records import Offering
from advisor.requirements.enums import Preference
from advisor.solver.answer import Flip
from advisor.solver.calendar import add_months
from advisor.solver.cost import announced
from advisor.solver.explain.rerank import dearer, leader_after, sold_with
from advisor.solver.explain.sentences import decides_in_tie
from advisor.solver.makers import end_of_offer
from advisor.solver.rank import Ranking
from advisor.solver.standing import Standing

if TYPE_CHECKING:
    from advisor.solver.workload import WorkloadSolver

_CENT = Decimal("0.01")


def flips(solving: WorkloadSolver, ranking: Ranking, pool: Sequence[Standing]) -> tuple[Flip, ...]:
    """Flips of the first of a ranking over the horizon; a cheaper rival leads only where cost decides in a tie.

    ``pool`` are those that decide who leads.
    """
    if not ranking.tied:
        return ()
    requirements, catalog = solving.question.requirements, solving.question.catalog
    winner, months = ranking.tied[0], requirements.horizon_months
    rivals = ranking.tied[1:] if decides_in_tie(requirements) == Preference.COST else ()
    return (
        *_price(solving, pool, winner),
        *_months(winner, rivals, catalog.as_of),
        *_retirement(solving, ranking, months),
        *_lab_prices(winner, catalog, add_months(catalog.as_of, months)),
    )


def _price(solving: WorkloadSolver, pool: Sequence[Standing], winner: Standing) -> Iterator[Flip]:
    """Yield the rise of the winner's price at which another leads.

    All that is sold at that price gets more expensive with it.

    To get more expensive never brings the lead back, so that the point is found by halving among the levels with each
    rival.
    """
    if winner.cost is None or not winner.cost.ranked_usd:
        return
    own, budget = winner.cost.ranked_usd, solving.question.workload.budget_usd_per_month
    found = {level for one in pool if (level := _level(solving, winner, one)) is not None and level >= own}
    most = own * budget / winner.cost.usd_per_month_peak if budget is not None else None
    levels = sorted(found if most is None else {*found, most})

    def leader(level: Decimal) -> str | None:
        factor = (level + _CENT) / own
        then = [dearer(one, factor) if sold_with(winner, one) else one for one in pool]
        return leader_after(solving, [one for one in then if not (sold_with(winner, one) and _bursts(one, factor))])

    def _bursts(one: Standing, factor: Decimal) -> bool:
        return budget is not None and one.cost is not None and one.cost.usd_per_month_peak * factor > budget

    place = bisect_left(levels, True, key=lambda level: leader(level) != winner.id)
    if place == len(levels):
        return
    to, level = leader(levels[place]), levels[place].quantize(_CENT)
    because = f"{to} then {_by_price(solving)}"
    if levels[place] == most:
        because = f"{winner.id} then costs more than the ${budget:,} a month of the budget"
    yield Flip(
        "price",
        f"{winner.id} costs more than ${level:,} a month (+{float(level / own - 1) * 100:.0f} %)",
        to,
        because if to else f"{because}, and nothing else passes",
        float(level),
    )


def _level(solving: WorkloadSolver, winner: Standing, rival: Standing) -> Decimal | None:
    """Return what the winner may cost until it is level with a rival, in cost or in cost less worth."""
    if rival.cost is None or sold_with(winner, rival):
        return None
    worth = solving.rules.point_usd
    if worth is None or winner.quality is None or rival.quality is None:
        return rival.cost.ranked_usd
    return rival.cost.ranked_usd + worth * Decimal(str(winner.quality.ranked - rival.quality.ranked))


def _by_price(solving: WorkloadSolver) -> str:
    if solving.rules.point_usd is not None:
        return "has the least cost less worth"
    is_first = solving.rules.preferences[0] is Preference.COST
    return "costs the least" if is_first else "costs less and is as good"


def _months(winner: Standing, rivals: Sequence[Standing], as_of: date) -> Iterator[Flip]:
    """Yield the first month in which a tied rival, more expensive until then and still on offer.

    Costs less than the winner.
    """
    if winner.cost is None:
        return
    for index, month in enumerate(winner.cost.months):
        own, earlier = _full_month(winner, index, as_of), _full_month(winner, index - 1, as_of) if index else None
        if own is None or earlier is None:
            continue
        cheaper = [
            (usd, rival.id)
            for rival in rivals
            if (usd := _full_month(rival, index, as_of)) is not None and usd < own
            if (before := _full_month(rival, index - 1, as_of)) is not None and before >= earlier
        ]
        if cheaper:
            usd, rival_id = min(cheaper)
            because = f"that month costs ${usd:,} with it and ${own:,} with {winner.id}"
            yield Flip("date", f"{month.month}", rival_id, because)
            return


def _full_month(standing: Standing, index: int, as_of: date) -> Decimal | None:
    """Return what a month costs; None if its cost is unknown or the offering retires before the month is over."""
    cost = standing.cost
    if cost is None or (cost.ends is not None and cost.ends < add_months(as_of, index + 1)):
        return None
    return cost.usd_by_month[index]


def _retirement(solving: WorkloadSolver, ranking: Ranking, months: int) -> Iterator[Flip]:
    """Yield the day on which the winner retires, and who leads of what passes now and is still on offer then."""
    winner, as_of = ranking.order[0], solving.question.catalog.as_of
    day = _retires(solving, winner)
    if day is not None and day < add_months(as_of, months):
        left = [one for one in ranking.order if (its := _retires(solving, one)) is None or its > day]
        to = leader_after(solving, left)
        replacement = winner.candidate.offering.fact("retirement_replacement", as_of)
        named = f"; its lab names {replacement.value} to replace it" if replacement.is_usable else ""
        because = f"{winner.id} retires on that day{named}"
        yield Flip("date", f"{day}", to, because if to else f"{because}, and nothing else passes")


def _retires(solving: WorkloadSolver, standing: Standing) -> date | None:
    found = end_of_offer(solving.question.catalog, standing.candidate.offering)
    return found.day if found else None


def _of_labs(catalog: Catalog) -> dict[str, list[Offering]]:
    """Return the offerings of the labs' own channels by model, looked through once for a catalog."""

    def work() -> dict[str, list[Offering]]:
        found: dict[str, list[Offering]] = {}
        for offering in catalog.offerings.values():
            if offering.channel.kind == "lab":
                found.setdefault(offering.model.id, []).append(offering)
        return found

    return memoize(catalog, "offerings of labs", work)


def _lab_prices(winner: Standing, catalog: Catalog, end: date) -> Iterator[Flip]:
    """Yield a price change of the model's own lab of which nothing is on record for the winner's channel."""
    model = winner.candidate.offering.model
    if any(row.valid_from and row.valid_from > catalog.as_of for row in winner.candidate.offering.prices):
        return
    for offering in _of_labs(catalog).get(model.id, ()):
        rows = announced(list(offering.prices), catalog.as_of)
        changes = [row.valid_from for row in rows if row.valid_from and catalog.as_of < row.valid_from < end]
        if changes:
            because = f"the price of {offering.id} changes then, and it is not on record whether this one's does"
            yield Flip("date", f"{min(changes)}", None, because)
            return
