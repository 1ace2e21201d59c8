"""What the maker of closed weights announces reaches everyone who resells them.

Open weights are anybody's to serve; closed weights are served by leave of their maker, so that the maker's end is the
latest day on which anyone can be counted on, and the maker's rise of a price is a rise of what the reseller pays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.cache import memoize
from advisor.catalog.records import SELF_HOSTED, STANDARD, Offering, PriceRow
from advisor.facts import Source


class End(NamedTuple):
    """The day from which an offering can no longer be counted on."""

    day: date
    source: Source | None
    maker: str | None = None
    """The maker's offering that names the day; None if the offering's own channel does."""
    own: date | None = None
    """The later day that the offering's own channel names."""

    @property
    def words(self) -> str:
        """The day, who names it, and what the channel says instead."""
        if self.maker is None:
            return f"retires {self.day}"
        later = f"; its own channel names {self.own}" if self.own else ""
        return f"its maker ends it on {self.day} ({self.maker}), the latest day for closed weights{later}"


def makers_offerings(catalog: Catalog, offering: Offering) -> tuple[Offering, ...]:
    """Return the offerings of the model on channels of the lab that made it, this one left out; by id."""
    found = memoize(catalog, "offerings of makers", lambda: _by_model(catalog)).get(offering.model.id, ())
    return tuple(one for one in found if one.id != offering.id)


def is_resold(catalog: Catalog, offering: Offering) -> bool:
    """Whether closed weights are served here by someone who did not make them."""
    if offering.channel.kind == SELF_HOSTED or offering.channel.id in _own_channels(catalog, offering.model.lab):
        return False
    return bool(offering.fact("weights", catalog.as_of).value == "closed")


def end_of_offer(catalog: Catalog, offering: Offering) -> End | None:
    """Return the first announced end: of the offering itself or, of closed weights resold, of the maker.

    None without one.
    """
    own = offering.fact("retirement_date", catalog.as_of)
    mine = End(own.value, own.source) if own.is_usable else None
    if not is_resold(catalog, offering):
        return mine
    ends = [
        End(fact.value, fact.source, one.id, own.value if own.is_usable else None)
        for one in makers_offerings(catalog, offering)
        if (fact := one.fact("retirement_date", catalog.as_of)).is_usable
    ]
    # A maker that sells it in several ways goes on until the last of them ends.
    makers = max(ends, key=lambda end: end.day, default=None)
    if makers is None or (mine is not None and (mine.day <= makers.day or makers.day <= catalog.as_of)):
        return mine
    return makers


def announced_rises(catalog: Catalog, offering: Offering) -> Iterator[tuple[date, PriceRow, PriceRow]]:
    """Yield the maker's announced rises that reach an offering of closed weights: day, row before and row from then on.

    None where the channel has a price of its own on record from that day or later.
    """
    if not is_resold(catalog, offering):
        return
    for one in makers_offerings(catalog, offering)[:1]:
        plain = [
            row for row in one.prices if row.tier == STANDARD and not row.above_prompt_tokens and not row.hours_utc
        ]
        for later in _read_ahead(plain, catalog.as_of):
            day = later.valid_from
            if day is None or any(row.valid_from and row.valid_from >= day for row in offering.prices):
                continue
            before = next((row for row in plain if row is not later and row.valid_to == day), None)
            if before is not None and _rises(before, later):
                yield day, before, later


def _read_ahead(rows: Sequence[PriceRow], as_of: date) -> Iterator[PriceRow]:
    """Rows that begin after a day and had been read of by then."""
    for row in rows:
        if row.valid_from is not None and row.valid_from > as_of and row.source.read_on <= as_of:
            yield row


def _rises(before: PriceRow, later: PriceRow) -> bool:
    pairs = ((before.input, later.input), (before.output, later.output))
    return any(old is not None and new is not None and new > old for old, new in pairs)


def _by_model(catalog: Catalog) -> dict[str, tuple[Offering, ...]]:
    found: dict[str, list[Offering]] = {}
    for offering in sorted(catalog.offerings.values(), key=lambda one: (len(one.id), one.id)):
        if offering.channel.id in _own_channels(catalog, offering.model.lab):
            found.setdefault(offering.model.id, []).append(offering)
    return {model: tuple(offerings) for model, offerings in found.items()}


def _own_channels(catalog: Catalog, lab: str) -> frozenset[str]:
    """Return the lab's own channels: the one of its name, and those of labs that sell nobody else's models."""

    def work() -> dict[str, frozenset[str]]:
        labs: dict[str, set[str]] = {}
        for offering in catalog.offerings.values():
            if offering.channel.kind == "lab":
                labs.setdefault(offering.channel.id, set()).add(offering.model.lab)
        own = {name: {name} for name in catalog.labs}
        for channel, makers in labs.items():
            if len(makers) == 1:
                own[next(iter(makers))].add(channel)
        return {name: frozenset(channels) for name, channels in own.items()}

    return memoize(catalog, "channels of labs", work).get(lab, frozenset({lab}))
