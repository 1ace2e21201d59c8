"""What would overturn the answer: the price at which a rival leads, and the month in which one becomes cheaper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from advisor.catalog import Catalog
from advisor.catalog.memory import remembered
from advisor.catalog.records import Offering
from advisor.solver.advice import Flip, Standing
from advisor.solver.cost import announced
from advisor.solver.needs import add_months


def flips(tied: Sequence[Standing], catalog: Catalog, *, months: int, by_cost: bool) -> tuple[Flip, ...]:
    """Flips of the first of ``tied`` against the others over the horizon; ``tied`` is best first.

    ``by_cost`` says whether cost is what decides inside the tied set; else a cheaper rival does not lead.
    """
    if not tied:
        return ()
    winner = tied[0]
    rivals = tied[1:] if by_cost else ()
    return (
        *_price(winner, rivals),
        *_months(winner, rivals, catalog.as_of),
        *_retirement(winner, catalog.as_of, months),
        *_lab_prices(winner, catalog, add_months(catalog.as_of, months)),
    )


def _price(winner: Standing, rivals: Sequence[Standing]) -> Iterator[Flip]:
    """The rise of the winner's own cost at which the cheapest rival that quality cannot tell from it leads."""
    priced = [rival for rival in rivals if rival.cost]
    if winner.cost is None or not priced or not winner.cost.usd_per_month_mean:
        return
    rival = min(priced, key=lambda s: (s.cost.usd_per_month_mean if s.cost else 0, s.id))
    if rival.cost is None or rival.cost.usd_per_month_mean <= winner.cost.usd_per_month_mean:
        return
    rise = float(rival.cost.usd_per_month_mean / winner.cost.usd_per_month_mean - 1) * 100
    yield Flip(
        "price",
        f"{winner.id} costs more than ${rival.cost.usd_per_month_mean:,} a month (+{rise:.0f} %)",
        rival.id,
        "quality cannot tell the two apart, so the cheaper one leads",
    )


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


def _retirement(winner: Standing, as_of: date, months: int) -> Iterator[Flip]:
    retirement = winner.candidate.offering.fact("retirement_date", as_of)
    if retirement.is_usable and retirement.value < add_months(as_of, months):
        replacement = winner.candidate.offering.fact("retirement_replacement", as_of)
        to = replacement.value if replacement.is_usable else None
        yield Flip("date", f"{retirement.value}", to, f"{winner.id} retires on that day")


def _of_labs(catalog: Catalog) -> dict[str, list[Offering]]:
    """The offerings of the labs' own channels by model, looked through once for a catalogue."""

    def work() -> dict[str, list[Offering]]:
        found: dict[str, list[Offering]] = {}
        for offering in catalog.offerings.values():
            if offering.channel.kind == "lab":
                found.setdefault(offering.model.id, []).append(offering)
        return found

    return remembered(catalog, "offerings of labs", work)


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
