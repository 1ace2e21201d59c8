"""How old a fact may be before a recommendation must say so: a limit per kind of fact, in days.

Prices move monthly, limits with new versions, terms and quality more slowly; what a model is does not move at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from advisor.catalog.catalog import Catalog
from advisor.catalog.records import Facts, Offering
from advisor.facts import Source


class FactKind(StrEnum):
    """What a fact is about; each kind has its own limit."""

    PRICE = "price"
    LIMIT = "limit"
    RETIREMENT = "retirement"
    TERMS = "terms"
    QUALITY = "quality"
    MODEL = "model"


LIMIT_DAYS: dict[FactKind, int | None] = {
    FactKind.PRICE: 45,
    FactKind.LIMIT: 90,
    FactKind.RETIREMENT: 60,
    FactKind.TERMS: 180,
    FactKind.QUALITY: 120,
    FactKind.MODEL: None,
}
"""Days after which a fact of a kind is stale; None: it does not age."""

KINDS: dict[str, FactKind] = {
    **dict.fromkeys(("context_window_tokens", "max_input_tokens", "max_output_tokens"), FactKind.LIMIT),
    **dict.fromkeys(("input_modalities", "output_modalities", "tools", "structured_output"), FactKind.LIMIT),
    **dict.fromkeys(("prompt_caching", "fine_tuning", "fine_tuning_open_to", "speed_band"), FactKind.LIMIT),
    **dict.fromkeys(
        ("fine_tuned_input_usd_per_million_tokens", "fine_tuned_output_usd_per_million_tokens"), FactKind.PRICE
    ),
    **dict.fromkeys(("retirement_date", "retirement_not_before_date", "retirement_replacement"), FactKind.RETIREMENT),
    **dict.fromkeys(("retirement_behaviour", "fine_tuning_last_day_date"), FactKind.RETIREMENT),
    **dict.fromkeys(("training_on_inputs", "retention_days", "zero_retention", "certifications"), FactKind.TERMS),
    **dict.fromkeys(("processing_regions", "rate_limits", "uptime_page"), FactKind.TERMS),
}
"""Fact name to kind; a name that is not here is about what a model is."""


class Stale(NamedTuple):
    """A fact that was read longer ago than its kind allows."""

    subject: str
    what: str
    kind: FactKind
    source: Source
    age_days: int
    limit_days: int

    def counts_for(self, asked: frozenset[str]) -> bool:
        """Whether an answer that asked about these facts rests on it: every answer rests on prices."""
        return self.kind is FactKind.PRICE or self.what in asked


def stale(catalog: Catalog, *, offerings: set[str] | None = None) -> tuple[Stale, ...]:
    """Return what is stale on the catalog's day, oldest first.

    Of some offerings (by id) or of all that can be had.
    """
    found: set[Stale] = set()
    chosen = {one.offering.id: one.offering for one in catalog.candidates}
    for offering in chosen.values():
        if offerings is None or offering.id in offerings:
            found.update(_offering(offering, catalog.as_of))
    return tuple(sorted(found, key=lambda one: (-one.age_days, one.subject, one.what)))


def is_stale(name: str, source: Source, day: date) -> bool:
    """Whether a fact of that name, read as ``source`` says, is older than its kind allows on a day."""
    limit = LIMIT_DAYS[KINDS.get(name, FactKind.MODEL)]
    return limit is not None and (day - source.read_on).days > limit


def notes(catalog: Catalog, offerings: Iterable[str], asked: frozenset[str] | None = None) -> tuple[str, ...]:
    """Return what an answer that rests on these offerings (by id) should say about the age of its facts, in sentences.

    Of their facts those in ``asked`` and the prices count: what nobody asked about did not decide. None counts all.
    """
    chosen = [catalog.offerings[name] for name in sorted(set(offerings))]
    every = {one for offering in chosen for one in _offering(offering, catalog.as_of)}
    old = sorted((one for one in every if asked is None or one.counts_for(asked)), key=_by_excess)
    found = []
    if old:
        worst = old[0]
        more = f" {len(old) - 1} more facts of the answer are stale too." if len(old) > 1 else ""
        found.append(
            f"Rests on stale facts: {worst.what.replace('_', ' ')} of {worst.subject} was read {worst.age_days} days "
            f"before, and such facts are good for {worst.limit_days}.{more}"
        )
    known = catalog.newest_read
    age = (catalog.as_of - known).days
    if age > (LIMIT_DAYS[FactKind.PRICE] or 0):
        found.append(f"Models are known as of {known}, {age} days before; a newer one may be better.")
    return tuple(found)


def _by_excess(one: Stale) -> tuple[float, str, str]:
    return -one.age_days / one.limit_days, one.subject, one.what


def _offering(offering: Offering, day: date) -> Iterator[Stale]:
    limit = LIMIT_DAYS[FactKind.PRICE] or 0
    for row in offering.prices:
        age = (day - row.source.read_on).days
        if row.holds_on(day) and age > limit:
            yield Stale(offering.id, f"{row.tier} price", FactKind.PRICE, row.source, age, limit)
    yield from _facts(offering.id, offering.facts, day)
    yield from _facts(offering.channel.id, offering.channel.facts, day)


def _facts(subject: str, facts: Facts, day: date) -> Iterator[Stale]:
    for name in facts.names():
        fact = facts.at(name, day)
        kind = KINDS.get(name, FactKind.MODEL)
        limit = LIMIT_DAYS[kind]
        if fact.source and limit is not None and is_stale(name, fact.source, day):
            yield Stale(subject, name, kind, fact.source, (day - fact.source.read_on).days, limit)
