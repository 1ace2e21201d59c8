"""Announced rises that must be expected where no package repeats them: the safe side, marked as disputed.

A package lists the change of a standard price and forgets the batch, flex and priority rows of the same offering, or
lists it for the Gemini API and not for Vertex AI, where the model costs the same today. A row that silently stays cheap
would win every comparison after that day, so from then on both figures are shown and the more expensive counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from advisor.catalog.refresh.observation import Attribution, Merged, MergedPrice, PriceKey, Rates

SAME_SELLER = {"vertex": "gemini"}
"""Channel to the channel of the same seller that announces price changes first."""

STANDARD = PriceKey("standard")


class Rise(NamedTuple):
    """From a day on, each rate is this multiple of what it was."""

    day: date
    multiples: tuple[Decimal | None, ...]
    before: Rates
    said: Attribution


def follow(merged: list[Merged], today: date) -> None:
    """Add the rises to the offerings that no package gives them; offerings keep their order."""
    by_place = {(one.channel, one.model): one for one in merged if one.region is None}
    for offering in merged:
        leader = by_place.get((SAME_SELLER.get(offering.channel, ""), offering.model))
        if leader is not None and offering.region is None and not list(_rises(offering, today)):
            for rise in _rises(leader, today):
                _apply(offering, STANDARD, rise, f"announced for {leader.channel}; not found for {offering.channel}")
        for rise in list(_rises(offering, today)):
            for key in {row.price.key for row in offering.prices} - {STANDARD}:
                _apply(offering, key, rise, "announced for the standard price; not found for this row")


def _rises(offering: Merged, today: date) -> Iterator[Rise]:
    rows = sorted(
        (row.price for row in offering.prices if row.price.key == STANDARD),
        key=lambda price: price.valid_from or price.said.read_on,
    )
    for earlier, later in pairwise(rows):
        if later.valid_from is None or later.valid_from <= today:
            continue
        multiples = tuple(
            after / before if before and after else None
            for before, after in zip(earlier.rates, later.rates, strict=True)
        )
        if all(one is None or one > 1 for one in multiples) and any(multiples):
            yield Rise(later.valid_from, multiples, earlier.rates, later.said)


def _apply(offering: Merged, key: PriceKey, rise: Rise, note: str) -> None:
    """End the last row of a key on the day of the rise and add a disputed one, unless a later row is there."""
    rows = [row for row in offering.prices if row.price.key == key]
    last = max(rows, key=lambda row: row.price.valid_from or row.price.said.read_on, default=None)
    if last is None or last.price.valid_to is not None or (last.price.valid_from or date.min) >= rise.day:
        return
    if key == STANDARD and last.price.rates[:2] != rise.before[:2]:
        return
    raised = Rates(
        *(
            rate if rate is None or multiple is None else (rate * multiple).normalize()
            for rate, multiple in zip(last.price.rates, rise.multiples, strict=True)
        )
    )
    later = replace(last.price, rates=raised, said=rise.said, valid_from=rise.day, note=note)
    claims = ((raised, rise.said), (last.price.rates, last.price.said))
    offering.prices[offering.prices.index(last)] = MergedPrice(replace(last.price, valid_to=rise.day), last.claims)
    offering.prices.append(MergedPrice(later, claims))
