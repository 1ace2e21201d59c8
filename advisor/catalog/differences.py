"""What differs between two catalogs for the offerings that somebody uses: prices, limits, life and availability."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from advisor.catalog.catalog import Catalog
from advisor.catalog.records import Offering

FACTS = (
    *("context_window_tokens", "max_input_tokens", "max_output_tokens", "tools", "structured_output"),
    *("retirement_date", "reported_end_date", "processing_regions", "training_on_inputs", "retention_days"),
)


class Difference(NamedTuple):
    """One fact of one offering before and after, in words."""

    offering: str
    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.offering}: {self.what}: {self.before} -> {self.after}"


def differences(before: Catalog, after: Catalog, offerings: Collection[str]) -> tuple[Difference, ...]:
    """Return what changes for these offerings (by id), in their order, on the day of the later catalog."""
    return tuple(found for name in sorted(offerings) for found in _of(before.on(after.as_of), after, name))


def _of(before: Catalog, after: Catalog, name: str) -> Iterator[Difference]:
    old, new = before.offerings.get(name), after.offerings.get(name)
    if old is None or new is None:
        if (old is None) is not (new is None):
            words = ("not on record", "on record")
            yield Difference(name, "offering", words[old is not None], words[new is not None])
        return
    if _price(old, before) != _price(new, after):
        yield Difference(name, "standard price", _price(old, before), _price(new, after))
    for fact in FACTS:
        was, now = _value(old, fact, before), _value(new, fact, after)
        if was != now:
            yield Difference(name, fact, was, now)


def _price(offering: Offering, catalog: Catalog) -> str:
    held = [row for row in offering.prices if row.tier == "standard" and row.holds_on(catalog.as_of)]
    rows = (f"{_rate(row.input)} in, {_rate(row.output)} out" for row in held if not row.above_prompt_tokens)
    return "; ".join(rows) or "unknown"


def _rate(rate: object) -> str:
    return "unknown" if rate is None else f"{rate:f}"


def _value(offering: Offering, name: str, catalog: Catalog) -> str:
    fact = offering.fact(name, catalog.as_of)
    return str(fact.value) if fact.is_usable else fact.state.value
