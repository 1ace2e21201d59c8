"""How far the catalog on file is from what the source packages say now: a report, nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from advisor.catalog.catalog import Catalog
from advisor.catalog.records import STANDARD, Offering, PriceRow
from advisor.catalog.refresh.observation import Merged, MergedPrice, Rates
from advisor.catalog.source.compile import rate_text
from advisor.facts import is_valid_on

CURATED = "own-gpus"
"""The channel whose offerings no package has."""


class Drift(NamedTuple):
    """One difference: an offering, what differs, what is on file and what the packages say; None: not there."""

    offering: str
    what: str
    on_file: str | None
    in_packages: str | None


def drift(catalog: Catalog, merged: Iterable[Merged]) -> tuple[Drift, ...]:
    """Return the differences in today's standard prices and in the limits, in the order of offerings."""
    day = catalog.as_of
    found: list[Drift] = []
    there: set[str] = set()
    for offering in merged:
        region = f"@{offering.region}" if offering.region else ""
        name = f"{offering.channel}/{offering.model}{region}"
        there.add(name)
        shipped = catalog.offerings.get(name)
        if shipped is None:
            found.append(Drift(name, "offering", None, "listed"))
            continue
        found += _differences(shipped, offering, day)
    on_file = {one.offering.id: one.offering for one in catalog.candidates}
    gone = (name for name, one in on_file.items() if name not in there and one.channel.id != CURATED and one.prices)
    found += [Drift(name, "offering", "listed", None) for name in gone]
    return tuple(sorted(found))


def _differences(shipped: Offering, offering: Merged, day: date) -> Iterator[Drift]:
    on_file = _words([Rates(row.input, row.output) for row in shipped.prices if _is_plain(row, day)])
    in_packages = _words([Rates(*row.price.rates[:2]) for row in offering.prices if _is_today(row, day)])
    if on_file != in_packages:
        yield Drift(shipped.id, "standard price", on_file, in_packages)
    for name in ("context_window_tokens", "max_input_tokens", "max_output_tokens"):
        fact = offering.facts.get(name)
        now = shipped.facts.at(name, day).value
        if fact is not None and now is not None and fact.value != now:
            yield Drift(shipped.id, name, str(now), str(fact.value))


def _is_plain(row: PriceRow, day: date) -> bool:
    return row.tier == STANDARD and not row.above_prompt_tokens and row.hours_utc is None and row.holds_on(day)


def _is_today(row: MergedPrice, day: date) -> bool:
    price = row.price
    first = price.valid_from or price.said.read_on
    is_plain = price.key.tier == STANDARD and not price.key.above_prompt_tokens and price.key.hours_utc is None
    return is_plain and is_valid_on(first, price.valid_to, day)


def _words(rates: list[Rates]) -> str | None:
    if not rates:
        return None
    return " / ".join("unknown" if rate is None else rate_text(rate) for rate in rates[-1][:2])
