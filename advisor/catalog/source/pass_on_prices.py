"""Prices that nobody wrote down for an offering and that must be expected all the same: the safe side, disputed.

A maker's announced rise reaches those who resell its closed weights; what holds after a promotion that was promised
until a day is not known; and no row begins before the model existed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise

from advisor.catalog.source.merge import ModelSheet, OfferingSheet
from advisor.catalog.source.schema import PriceClaim, PriceEntry, SourceEntry
from advisor.facts import State

RATES = ("input", "output", "cached_input", "cache_write")

Key = tuple[str, int, tuple[tuple[str, str], ...]]
_STANDARD: Key = ("standard", 0, ())


def pass_on_rises(sheet: OfferingSheet, leaders: Iterable[OfferingSheet]) -> OfferingSheet:
    """Give the offering with the rises that its model's maker announced for days after the channel's last own price."""
    leader = next((one for one in leaders if one.entry.prices), None)
    if leader is None:
        return sheet
    theirs = _by_key(leader)
    prices: list[PriceEntry] = []
    used: dict[str, SourceEntry] = {}
    for key, rows in _by_key(sheet).items():
        prices += rows
        for earlier, later in pairwise(theirs.get(key) or theirs.get(_STANDARD, [])):
            last = prices[-1]
            if _is_rise(earlier, later) and _reaches(last, later, sheet):
                note = f"announced by the maker on {leader.channel}; {sheet.channel} has no price of its own after it"
                prices[-1:] = [
                    last.model_copy(update={"valid_to": later.valid_from}),
                    _raised(last, earlier, later, note),
                ]
                used[later.source] = leader.sources[later.source]
    return _priced(sheet, prices, used)


def end_promotion(sheet: OfferingSheet, last_day: date, source: tuple[str, SourceEntry]) -> OfferingSheet:
    """Return the offering whose rows of today were promised until a day.

    After it they are disputed, at the more expensive side.

    The more expensive side is what the row before the promotion cost; rows that were read after the last day stand.
    """
    prices: list[PriceEntry] = []
    end = date.fromordinal(last_day.toordinal() + 1)
    for rows in _by_key(sheet).values():
        prices += rows
        last = prices[-1]
        if last.valid_to is not None or _known_on(last, sheet) >= end:
            continue
        before = rows[-2] if len(rows) > 1 else last
        sides = [before, last]
        rates = {name: _most(getattr(side, name) for side in sides) for name in RATES}
        claims = [PriceClaim(**{name: getattr(side, name) for name in RATES}, source=side.source) for side in sides]
        note = f"promised until {last_day}; what holds after it was not verified"
        after = {"valid_from": end, "state": State.DISPUTED, "note": note, "claims": claims, "source": source[0]}
        prices[-1:] = [last.model_copy(update={"valid_to": end}), last.model_copy(update={**rates, **after})]
    return _priced(sheet, prices, {source[0]: source[1]})


def from_release(sheet: OfferingSheet, model: ModelSheet | None) -> OfferingSheet:
    """Return the offering without prices of days on which the model did not exist.

    The first day is the model's release; where that is not known, the first day of the standard price.
    """
    released = [row.value for row in (model.facts.get("released_date", []) if model else [])]
    standard = [row.valid_from for row in sheet.entry.prices if row.tier == "standard" and row.valid_from]
    first = next((day for day in released if isinstance(day, date)), None) or min(standard, default=None)
    if first is None or all(row.valid_from is None or row.valid_from >= first for row in sheet.entry.prices):
        return sheet
    return _priced(sheet, list(_cut(sheet.entry.prices, first)), {})


def _cut(rows: Iterable[PriceEntry], first: date) -> Iterator[PriceEntry]:
    for row in rows:
        if row.valid_to is not None and row.valid_to <= first:
            continue
        early = row.valid_from is not None and row.valid_from < first
        yield row.model_copy(update={"valid_from": first}) if early else row


def _by_key(sheet: OfferingSheet) -> dict[Key, list[PriceEntry]]:
    groups: dict[Key, list[PriceEntry]] = {}
    for row in sorted(sheet.entry.prices, key=lambda row: _start(row, sheet)):
        groups.setdefault((row.tier, row.above_prompt_tokens, tuple(row.hours_utc or ())), []).append(row)
    return groups


def _start(row: PriceEntry, sheet: OfferingSheet) -> date:
    return row.valid_from or sheet.sources[row.source].read_on


def _known_on(row: PriceEntry, sheet: OfferingSheet) -> date:
    """Return the day whose state the row shows: when it was read, or the later day on which it came into force."""
    return max(sheet.sources[row.source].read_on, row.valid_from or date.min)


def _is_rise(earlier: PriceEntry, later: PriceEntry) -> bool:
    pairs = [(getattr(earlier, name), getattr(later, name)) for name in RATES]
    both = [(before, after) for before, after in pairs if before and after]
    return (
        bool(both) and all(after >= before for before, after in both) and any(after > before for before, after in both)
    )


def _reaches(last: PriceEntry, later: PriceEntry, sheet: OfferingSheet) -> bool:
    return later.valid_from is not None and last.valid_to is None and _known_on(last, sheet) < later.valid_from


def _raised(last: PriceEntry, earlier: PriceEntry, later: PriceEntry, note: str) -> PriceEntry:
    rates = {name: _times(getattr(last, name), getattr(earlier, name), getattr(later, name)) for name in RATES}
    claims = [
        PriceClaim(**rates, source=later.source),
        PriceClaim(**{name: getattr(last, name) for name in RATES}, source=last.source),
    ]
    after = {"valid_from": later.valid_from, "source": later.source, "state": State.DISPUTED}
    return last.model_copy(update={**rates, **after, "note": note, "claims": claims})


def _times(rate: Decimal | None, before: Decimal | None, after: Decimal | None) -> Decimal | None:
    return (rate * after / before).normalize() if rate and before and after else rate


def _most(rates: Iterable[Decimal | None]) -> Decimal | None:
    known = [rate for rate in rates if rate is not None]
    return max(known) if known else None


def _priced(sheet: OfferingSheet, prices: list[PriceEntry], more: dict[str, SourceEntry]) -> OfferingSheet:
    entry = sheet.entry.model_copy(update={"prices": prices})
    return sheet._replace(entry=entry, sources={**more, **sheet.sources})
