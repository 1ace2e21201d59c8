"""What changed about a candidate: between the lock and today, or between two days of the catalog."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.records import Candidate, PriceRow
from advisor.decision.difference import Difference, Locked
from advisor.decision.license_and_quality import license_since, quality_since
from advisor.decision.lock_schema import Decision, LockedPrice
from advisor.decision.snapshot import to_yaml
from advisor.facts import Source

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements

RATES = ("input", "output", "cached_input")


class Period(NamedTuple):
    """What is compared: the catalog of an earlier day and today's, for whom and for which uses."""

    then: Catalog
    now: Catalog
    requirements: Requirements


def everyone(decision: Decision) -> Iterator[Locked]:
    """All who serve, workload by workload."""
    for locked in decision.workloads:
        yield locked
        yield from locked.beside


def since_lock(locked: Locked, catalog: Catalog, requirements: Requirements) -> tuple[Difference, ...]:
    """Return what of the chosen candidate's facts, prices, license and quality is another today than the lock has."""
    candidate = find(catalog, locked.chosen)
    if candidate is None:
        return ()
    return (
        *_facts_since(locked, candidate, catalog.as_of),
        *_prices_since(locked, candidate, catalog.as_of),
        *license_since(locked, candidate, catalog, requirements),
        *quality_since(locked, candidate, catalog),
    )


def between(then: Catalog, now: Catalog, name: str) -> tuple[Difference, ...]:
    """Return what of a candidate's facts, prices and estimates changed from one day to another."""
    before, after = find(then, name), find(now, name)
    if after is None:
        return ()
    if before is None:
        return (Difference(name, "offering", "not on offer", "on offer", _launch(after, now.as_of)),)
    return (*_facts_between(before, after, then.as_of, now.as_of), *_prices_between(before, after, then, now))


def find(catalog: Catalog, name: str) -> Candidate | None:
    """Return the candidate of that id at any price tier; None if it cannot be had on the catalog's day."""
    tiers = ("standard", "batch", "flex", "priority")
    return next((one for one in catalog.candidates_at(tiers) if one.id == name), None)


def _facts_since(locked: Locked, candidate: Candidate, day: date) -> Iterator[Difference]:
    for old in locked.facts:
        fact = candidate.offering.fact(old.name, day)
        if (to_yaml(fact.value), fact.state.value) != (old.value, old.state):
            yield Difference(
                candidate.id, old.name, _shown(old.value, old.state), _shown(to_yaml(fact.value), fact.state.value),
                fact.source,
            )  # fmt: skip


def _facts_between(before: Candidate, after: Candidate, then: date, now: date) -> Iterator[Difference]:
    owners = (after.offering.facts, after.offering.channel.facts, after.offering.model.facts)
    for name in sorted({name for facts in owners for name in facts.names()}):
        old, new = before.offering.fact(name, then), after.offering.fact(name, now)
        if (old.value, old.state) != (new.value, new.state):
            was, now_is = (_shown(to_yaml(one.value), one.state.value) for one in (old, new))
            yield Difference(after.id, name, was, now_is, new.source)


def _prices_since(locked: Locked, candidate: Candidate, day: date) -> Iterator[Difference]:
    today = [row for row in candidate.offering.prices if row.holds_on(day)]
    for old in locked.prices:
        if not _held(old, locked, day):
            continue
        new = _same_kind(today, old.tier, old.above_prompt_tokens)
        if new is not None:
            yield from _rates(candidate.id, old, new)


def _held(old: LockedPrice, locked: Locked, day: date) -> bool:
    """Whether a row of the lock was the first of its kind, that is the price on the day of the decision."""
    earlier = [
        row
        for row in locked.prices
        if (row.tier, row.above_prompt_tokens) == (old.tier, old.above_prompt_tokens)
        and (row.valid_from or date.min) < (old.valid_from or date.min)
    ]
    return not earlier and (old.valid_from is None or old.valid_from <= day)


def _prices_between(before: Candidate, after: Candidate, then: Catalog, now: Catalog) -> Iterator[Difference]:
    olds = [row for row in before.offering.prices if row.holds_on(then.as_of)]
    news = [row for row in after.offering.prices if row.holds_on(now.as_of)]
    for old in olds:
        new = _same_kind(news, old.tier, old.above_prompt_tokens)
        if new is not None:
            yield from _rates(after.id, old, new)


def _same_kind(rows: Iterable[PriceRow], tier: str, above: int) -> PriceRow | None:
    return next((row for row in rows if (row.tier, row.above_prompt_tokens) == (tier, above)), None)


def _rates(name: str, old: LockedPrice | PriceRow, new: PriceRow) -> Iterator[Difference]:
    for rate in RATES:
        was, now = getattr(old, rate), getattr(new, rate)
        if was != now:
            yield Difference(name, f"price.{rate}", _usd(was), _usd(now), new.source)


def _usd(rate: Decimal | None) -> str:
    return "unknown" if rate is None else f"${rate.normalize():f} per million tokens"


def _shown(value: object, state: str) -> str:
    if value is None:
        return state
    words = ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
    return words if state == "known" else f"{words} ({state})"


def _launch(candidate: Candidate, day: date) -> Source | None:
    return candidate.offering.fact("launch_date", day).source
