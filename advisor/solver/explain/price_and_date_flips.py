"""What would overturn the answer: the price at which a rival leads, and the month in which one becomes cheaper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from advisor.catalog import Catalog
from advisor.catalog.cache import memoize
from advisor.catalog.records import Offering
from advisor.requirements.enums import Preference
from advisor.solver.answer import Flip, Standing
from advisor.solver.constraints.capabilities import add_months
from advisor.solver.cost import announced
from advisor.solver.explain.rerank import leader_after, with_cost
from advisor.solver.explain.sentences import decides_in_tie
from advisor.solver.rank import Ranking

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
        *_price(solving, pool, winner, rivals),
        *_months(winner, rivals, catalog.as_of),
        *_retirement(solving, ranking, months),
        *_lab_prices(winner, catalog, add_months(catalog.as_of, months)),
    )


def _price(
    solving: WorkloadSolver, pool: Sequence[Standing], winner: Standing, rivals: Sequence[Standing]
) -> Iterator[Flip]:
    """The rise of the winner's own cost at which the cheapest rival that quality cannot tell from it leads."""
    offering = winner.candidate.offering.id
    priced = [rival for rival in rivals if rival.cost and rival.candidate.offering.id != offering]
    if winner.cost is None or not priced or not winner.cost.usd_per_month_mean:
        return
    rival = min(priced, key=lambda s: (s.cost.usd_per_month_mean if s.cost else 0, s.id))
    if rival.cost is None or rival.cost.usd_per_month_mean <= winner.cost.usd_per_month_mean:
        return
    then = rival.cost.usd_per_month_mean + _CENT
    if leader_after(solving, [with_cost(one, then) if _sold_with(winner, one) else one for one in pool]) != rival.id:
        return
    rise = float(rival.cost.usd_per_month_mean / winner.cost.usd_per_month_mean - 1) * 100
    yield Flip(
        "price",
        f"{winner.id} costs more than ${rival.cost.usd_per_month_mean:,} a month (+{rise:.0f} %)",
        rival.id,
        "quality cannot tell the two apart, so the cheaper one leads",
        float(rival.cost.usd_per_month_mean),
    )


def _sold_with(winner: Standing, one: Standing) -> bool:
    """Whether they have one price: the efforts of an offering at a tier."""
    a, b = winner.candidate, one.candidate
    return (a.offering.id, a.tier) == (b.offering.id, b.tier)


def _months(winner: Standing, rivals: Sequence[Standing], as_of: date) -> Iterator[Flip]:
    """The first month in which a tied rival, dearer until then and still on offer, costs less than the winner."""
    if winner.cost is None:
        return
    for index, month in enumerate(winner.cost.months):
        cheaper = [
            (usd, rival.id)
            for rival in rivals
            if index and (usd := _full_month(rival, index, as_of)) is not None and usd < month.usd
            if (before := _full_month(rival, index - 1, as_of)) is not None
            and before >= winner.cost.usd_by_month[index - 1]
        ]
        if cheaper and _full_month(winner, index, as_of) is not None:
            usd, rival_id = min(cheaper)
            because = f"that month costs ${usd:,} with it and ${month.usd:,} with {winner.id}"
            yield Flip("date", f"{month.month}", rival_id, because)
            return


def _full_month(standing: Standing, index: int, as_of: date) -> Decimal | None:
    """What a month costs; None if its cost is unknown or the offering retires before the month is over."""
    retirement = standing.candidate.offering.fact("retirement_date", as_of)
    if standing.cost is None or (retirement.is_usable and retirement.value < add_months(as_of, index + 1)):
        return None
    return standing.cost.usd_by_month[index]


def _retirement(solving: WorkloadSolver, ranking: Ranking, months: int) -> Iterator[Flip]:
    """The day on which the winner retires, and who leads of what passes now and is still on offer then."""
    winner, as_of = ranking.order[0], solving.question.catalog.as_of
    day = _retires(winner, as_of)
    if day is not None and day < add_months(as_of, months):
        left = [one for one in ranking.order if (its := _retires(one, as_of)) is None or its > day]
        to = leader_after(solving, left)
        replacement = winner.candidate.offering.fact("retirement_replacement", as_of)
        named = f"; its lab names {replacement.value} to replace it" if replacement.is_usable else ""
        because = f"{winner.id} retires on that day{named}"
        yield Flip("date", f"{day}", to, because if to else f"{because}, and nothing else passes")


def _retires(standing: Standing, as_of: date) -> date | None:
    fact = standing.candidate.offering.fact("retirement_date", as_of)
    return fact.value if fact.is_usable else None


def _of_labs(catalog: Catalog) -> dict[str, list[Offering]]:
    """The offerings of the labs' own channels by model, looked through once for a catalogue."""

    def work() -> dict[str, list[Offering]]:
        found: dict[str, list[Offering]] = {}
        for offering in catalog.offerings.values():
            if offering.channel.kind == "lab":
                found.setdefault(offering.model.id, []).append(offering)
        return found

    return memoize(catalog, "offerings of labs", work)


def _lab_prices(winner: Standing, catalog: Catalog, end: date) -> Iterator[Flip]:
    """A price change that the model's own lab announces and of which nothing is on record for the winner's channel."""
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
