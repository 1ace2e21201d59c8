"""Offerings of a channel's regional addresses, made from what the channel offers without a bound region."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from advisor.catalog.source.merge import Catalog, OfferingSheet, Region
from advisor.catalog.source.schema import FactEntry, PriceClaim, PriceEntry
from advisor.facts import State

RATES = ("input", "output", "cached_input", "cache_write")


def with_regions(catalog: Catalog) -> Catalog:
    """Return the catalog with an offering for each model of each regional address.

    What a file writes itself stands.
    """
    found = {sheet.id: sheet for sheet in catalog.offerings}
    for region in catalog.regions:
        for sheet in catalog.offerings:
            if sheet.entry.region is None and sheet.channel == region.channel and _serves(region, sheet):
                bound = _bound(sheet, region)
                found[bound.id] = _promised(found[bound.id], bound) if bound.id in found else bound
    return catalog._replace(offerings=tuple(found[name] for name in sorted(found)))


def _promised(written: OfferingSheet, bound: OfferingSheet) -> OfferingSheet:
    """Return an offering that a file writes, with the region's promise where the file has none."""
    promise = {"processing_regions": bound.facts["processing_regions"]}
    return written._replace(facts={**promise, **written.facts}, sources={**bound.sources, **written.sources})


def _serves(region: Region, sheet: OfferingSheet) -> bool:
    return not region.entry.models or sheet.entry.model in region.entry.models


def _bound(sheet: OfferingSheet, region: Region) -> OfferingSheet:
    name, source = region.source
    entry = region.entry
    known = State.UNKNOWN if entry.is_for_some else State.KNOWN
    value = None if entry.is_for_some else entry.processing
    promise = FactEntry(value=value, state=known, source=name, valid_from=entry.valid_from, note=entry.note)
    prices = list(_scaled(sheet, entry.factor)) if entry.factor is not None else []
    return sheet._replace(
        entry=sheet.entry.model_copy(update={"region": entry.region, "prices": prices}),
        facts={**sheet.facts, "processing_regions": [promise]},
        sources={**sheet.sources, name: source},
    )


def _scaled(sheet: OfferingSheet, factor: Decimal) -> Iterator[PriceEntry]:
    for row in sheet.entry.prices:
        note = f"{factor} times the rate without a bound region" + (f"; {row.note}" if row.note else "")
        claims = [PriceClaim(**_times(claim, factor), source=claim.source) for claim in row.claims]
        yield row.model_copy(update={**_times(row, factor), "note": note, "claims": claims})


def _times(row: PriceEntry | PriceClaim, factor: Decimal) -> dict[str, Decimal | None]:
    rates = {name: getattr(row, name) for name in RATES}
    return {name: None if rate is None else (rate * factor).normalize() for name, rate in rates.items()}
