"""The calendar: what changes between two days, as far as it was announced or is on record.

A price row that begins after another ended is a price change; retirements, last days for new fine-tuning jobs and
launches are facts that hold a day; a fact with several rows in time is a change of terms or limits; a name that begins
to mean another version is a change too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from advisor.catalog.catalog import Catalog
from advisor.catalog.records import Facts, Offering, PriceRow
from advisor.facts import Fact, Source


class ChangeKind(StrEnum):
    """What changes."""

    PRICE = "price"
    RETIREMENT = "retirement"
    FINE_TUNING = "fine-tuning"
    LAUNCH = "launch"
    TERMS = "terms"
    NAME = "name"


class Change(NamedTuple):
    """One change on one day; ``before`` and ``after`` are in words and figures, None where there is no such side."""

    day: date
    kind: ChangeKind
    subject: str
    what: str
    before: str | None
    after: str | None
    source: Source


DATED: dict[str, tuple[ChangeKind, str]] = {
    "retirement_date": (ChangeKind.RETIREMENT, "no longer served from this day"),
    "retirement_not_before_date": (ChangeKind.RETIREMENT, "may be retired from this day on"),
    "fine_tuning_last_day_date": (ChangeKind.FINE_TUNING, "last day for new fine-tuning jobs"),
    "launch_date": (ChangeKind.LAUNCH, "offered from this day"),
}
"""Facts whose value is the day of a change: name to kind and words."""


def changes(
    catalog: Catalog, first: date, last: date, *, offerings: Collection[str] | None = None
) -> tuple[Change, ...]:
    """Return the changes from ``first`` to ``last``, both included, by day; for some offerings (by id) or for all.

    A change after the catalog's own day counts only if its source had been read by then.
    """
    chosen = [one for one in catalog.offerings.values() if offerings is None or one.id in offerings]
    found: set[Change] = set()
    for offering in chosen:
        found.update(_prices(offering))
        found.update(_facts(offering.id, offering.facts))
    for channel_id in {offering.channel.id for offering in chosen}:
        found.update(_facts(channel_id, catalog.channels[channel_id].facts))
    for model_id in {offering.model.id for offering in chosen}:
        found.update(_facts(model_id, catalog.models[model_id].facts))
    if offerings is None:
        found.update(_names(catalog))
    known = (one for one in found if first <= one.day <= last and _is_known(one, catalog.as_of))
    return tuple(sorted(known, key=lambda one: (one.day, one.subject, one.kind, one.what)))


def _is_known(change: Change, as_of: date) -> bool:
    return change.day <= as_of or change.source.read_on <= as_of


def _prices(offering: Offering) -> Iterator[Change]:
    groups: dict[tuple[object, ...], list[PriceRow]] = {}
    for row in offering.prices:
        groups.setdefault((row.tier, row.above_prompt_tokens, row.hours_utc), []).append(row)
    for (tier, above, hours), rows in groups.items():
        what = f"{tier} price" + (f" above {above:,} prompt tokens" if above else "") + (" off-peak" if hours else "")
        rows.sort(key=lambda row: row.valid_from or row.source.read_on)
        for earlier, later in pairwise(rows):
            if later.valid_from and _rates(earlier) != _rates(later):
                yield Change(
                    later.valid_from, ChangeKind.PRICE, offering.id, what, _rates(earlier), _rates(later), later.source
                )
        if rows[-1].valid_to:
            yield Change(
                rows[-1].valid_to, ChangeKind.PRICE, offering.id, what, _rates(rows[-1]), None, rows[-1].source
            )


def _rates(row: PriceRow) -> str:
    """Input and output in USD per million tokens, the cached rate where there is one."""
    cached = f", cached {_rate(row.cached_input)}" if row.cached_input is not None else ""
    return f"{_rate(row.input)} in, {_rate(row.output)} out{cached}"


def _rate(rate: object) -> str:
    return "unknown" if rate is None else f"{rate:f}"


def _facts(subject: str, facts: Facts) -> Iterator[Change]:
    for name in facts.names():
        timeline = facts.timeline(name)
        if name in DATED:
            kind, words = DATED[name]
            dated = (fact for fact in timeline if isinstance(fact.value, date) and fact.source)
            yield from (
                Change(fact.value, kind, subject, words, None, None, fact.source) for fact in dated if fact.source
            )
            continue
        for earlier, later in pairwise(timeline):
            if later.valid_from and later.source and earlier.value != later.value:
                yield Change(
                    later.valid_from, ChangeKind.TERMS, subject, name, _value(earlier), _value(later), later.source
                )


def _value(fact: Fact) -> str:
    if not fact.is_usable:
        return fact.state.value
    return ", ".join(map(str, fact.value)) if isinstance(fact.value, tuple) else str(fact.value)


def _names(catalog: Catalog) -> Iterator[Change]:
    for earlier, later in pairwise(catalog.pointers):
        is_same = (earlier.name, earlier.channel) == (later.name, later.channel)
        if is_same and later.valid_from:
            subject = f"{later.channel}/{later.name}"
            yield Change(
                later.valid_from,
                ChangeKind.NAME,
                subject,
                "means another version",
                earlier.model,
                later.model,
                later.source,
            )


def to_calendar(found: Iterable[Change], *, stamp: date) -> str:
    """Return the changes as an iCalendar file (RFC 5545), an all-day event each.

    The same changes give the same text.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//advisor//catalog changes//EN", "CALSCALE:GREGORIAN"]
    for change in found:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{_identity(change)}@advisor",
            f"DTSTAMP:{stamp:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{change.day:%Y%m%d}",
            f"SUMMARY:{_escaped(f'{change.subject}: {change.what}')}",
            f"DESCRIPTION:{_escaped(_description(change))}",
            f"URL:{change.source.url}",
            f"CATEGORIES:{change.kind.value}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(_folded(line) + "\r\n" for line in lines)


def _identity(change: Change) -> str:
    from hashlib import sha256

    text = f"{change.day}|{change.kind.value}|{change.subject}|{change.what}"
    return sha256(text.encode()).hexdigest()[:24]


def _description(change: Change) -> str:
    sides = " -> ".join(side for side in (change.before, change.after) if side)
    return "\n".join(part for part in (sides, f"Source: {change.source.url}, read {change.source.read_on}") if part)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Lines of at most 75 bytes, continued after CRLF and a space; never cut inside a character."""
    pieces: list[str] = []
    rest = line
    while len(rest.encode()) > _WIDTH - bool(pieces):
        cut = _WIDTH - bool(pieces)
        while len(rest[:cut].encode()) > _WIDTH - bool(pieces):
            cut -= 1
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return "\r\n ".join([*pieces, rest])


_WIDTH = 75
