"""Two licenses side by side, and the evidence of then against that of now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from advisor.licenses.evidence.records import Evidence, FetchOutcome
from advisor.licenses.findings import Level, LicenseFinding
from advisor.licenses.license import Clause, License, Verdict


class UseDifference(NamedTuple):
    """A use to which two licenses say different things."""

    use: str
    first: Verdict
    second: Verdict


class LicenseDifference(NamedTuple):
    """What differs between two licenses."""

    uses: tuple[UseDifference, ...]
    only_first: tuple[Clause, ...]
    """Clauses of the first to which none of the second says the same."""
    only_second: tuple[Clause, ...]


def difference(first: License, second: License) -> LicenseDifference:
    """Return what two licenses say differently, use by use and clause by clause."""
    uses = tuple(
        UseDifference(use, first.stated(use), second.stated(use))
        for use in first.uses
        if first.stated(use) is not second.stated(use)
    )
    ours, theirs = {_key(clause) for clause in first.clauses}, {_key(clause) for clause in second.clauses}
    return LicenseDifference(
        uses,
        tuple(clause for clause in first.clauses if _key(clause) not in theirs),
        tuple(clause for clause in second.clauses if _key(clause) not in ours),
    )


def _key(clause: Clause) -> tuple[object, ...]:
    """Return what a clause does, wherever it stands."""
    return (clause.kind, clause.says, clause.uses, clause.measure, clause.above, clause.territory, clause.words)


def drift(then: Evidence, now: Evidence) -> Iterator[LicenseFinding]:
    """Yield what changed on a repository between two readings; a reading that failed is one finding, not many."""
    name = then.repository
    if now.outcome is not FetchOutcome.READ:
        yield LicenseFinding("changed", Level.WARNING, name, f"cannot be read now: {now.outcome.value}")
        return
    fields = (
        ("licenses", then.licenses, now.licenses),
        ("license_name", then.license_name, now.license_name),
        ("license_link", then.license_link, now.license_link),
        ("gated", then.gated, now.gated),
        ("eu_disallowed", then.eu_disallowed, now.eu_disallowed),
        ("parents", tuple(sorted(one.id for one in then.parents)), tuple(sorted(one.id for one in now.parents))),
        ("id", then.id, now.id),
    )
    since = f" since {then.read_at:%Y-%m-%d} (commit {(then.commit or '-')[:12]} to {(now.commit or '-')[:12]})"
    for field, before, after in fields:
        if before != after:
            yield LicenseFinding(
                "changed", Level.ERROR, name, f"{field}: {_words(before)} is now {_words(after)}{since}", field
            )
    before_texts = {text.place: text.sha256 for text in then.texts if text.role not in _NO_TERMS}
    after_texts = {text.place: text.sha256 for text in now.texts if text.role not in _NO_TERMS}
    unread = {one.place: one.outcome for one in now.unread}
    for place in sorted(before_texts.keys() | after_texts.keys()):
        if before_texts.get(place) != after_texts.get(place):
            if place in unread:
                message = f"{place} is there and cannot be read now: {unread[place].value}{since}"
                yield LicenseFinding("changed", Level.WARNING, name, message, place)
                continue
            what = "is gone" if place not in after_texts else "is new" if place not in before_texts else "was changed"
            yield LicenseFinding("changed", Level.ERROR, name, f"{place} {what}{since}", place)


_NO_TERMS = ("readme", "lineage")
"""Roles of texts that change without a change of terms; the bases that they name are compared by themselves."""


def _words(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value) or "none"
    return "none" if value is None else str(value)
