"""A license as the compiled catalog has it, decoded: its clauses, its names, its verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from advisor.facts import Source

FULL_TEXT = "full-text"
"""The evidence without which a license allows nothing by itself."""

UNSOURCED = "unsourced"
"""The evidence of a record whose text nobody read."""


class Verdict(StrEnum):
    """What a license says to a use, from the loosest to the strictest."""

    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    UNKNOWN = "unknown"
    FORBIDDEN = "forbidden"

    # That of an enumeration is computed in Python each time, and dumps count millions.
    __hash__ = str.__hash__


STRICTNESS: Mapping[Verdict, int] = {verdict: rank for rank, verdict in enumerate(Verdict)}

CLASS_STRICTNESS: Mapping[str, int] = {
    "permissive": 0,
    "copyleft": 1,
    "restricted": 2,
    "non-commercial": 3,
    "proprietary": 4,
    "unknown": 5,
}
"""Classes from the loosest to the strictest; what is not known is the strictest."""


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the strictest of several verdicts; ``allowed`` of none."""
    return max(verdicts, key=STRICTNESS.__getitem__, default=Verdict.ALLOWED)


class Clause(NamedTuple):
    """One clause; the fields are those of the authored record, decoded."""

    section: str
    kind: str
    uses: frozenset[str]
    """Empty: it concerns every use."""
    says: str
    source: Source | None
    measure: str | None = None
    above: int | None = None
    counted: str | None = None
    then: Verdict = Verdict.FORBIDDEN
    territory: tuple[str, ...] = ()
    business: tuple[str, ...] = ()
    modality: str | None = None
    form: str | None = None
    words: str | None = None

    @property
    def text(self) -> str:
        """``section 1.b: what it says``."""
        return f"section {self.section}: {self.says}"

    def concerns(self, use: str) -> bool:
        """Whether the clause is about that use."""
        return not self.uses or use in self.uses


class License(NamedTuple):
    """A license or the terms of a service."""

    id: str
    name: str
    version: str | None
    license_class: str
    licensor: str
    evidence: str
    hub_ids: tuple[str, ...]
    license_names: tuple[str, ...]
    spdx: str | None
    family: bool
    successors: tuple[str, ...]
    note: str | None
    sources: tuple[Source, ...]
    clauses: tuple[Clause, ...]
    uses: Mapping[str, Verdict]

    @property
    def spdx_id(self) -> str:
        """Its SPDX id, or a LicenseRef for what SPDX has no id for."""
        return self.spdx or f"LicenseRef-advisor-{self.id.replace('+', '-plus').replace('_', '-')}"

    @property
    def strictness(self) -> int:
        """The rank of its class."""
        return CLASS_STRICTNESS.get(self.license_class, CLASS_STRICTNESS["unknown"])

    @property
    def is_permissive(self) -> bool:
        """Whether it surely is: by its class, and by its whole text."""
        return self.license_class == "permissive" and self.evidence == FULL_TEXT

    def stated(self, use: str) -> Verdict:
        """Return the verdict that the record states: never ``allowed`` on less than the full text.

        Nothing is permitted by a text that nobody read.
        """
        verdict = self.uses.get(use, Verdict.UNKNOWN)
        if self.evidence == UNSOURCED and verdict is not Verdict.FORBIDDEN:
            return Verdict.UNKNOWN
        below = self.evidence != FULL_TEXT or self.family
        return Verdict.UNKNOWN if below and verdict is Verdict.ALLOWED else verdict


def license_from_record(record: Mapping[str, Any]) -> License:
    """Return the license that a compiled record holds; a record that says nothing of its evidence rests on none."""
    sources = {name: _source(raw) for name, raw in record["sources"].items()}
    return License(
        record["id"],
        record.get("name", record["id"]),
        record.get("version"),
        record["class"],
        record.get("licensor", ""),
        record.get("evidence", "unsourced"),
        tuple(record.get("hub_ids", ())),
        tuple(record.get("license_names", ())),
        record.get("spdx"),
        bool(record.get("family")),
        tuple(record.get("successors", ())),
        record.get("note"),
        tuple(sources.values()),
        tuple(_clause(raw, sources) for raw in record["clauses"] or ()),
        {use: Verdict(verdict) for use, verdict in record["uses"].items()},
    )


def _source(raw: Mapping[str, Any]) -> Source:
    return Source(raw["url"], date.fromisoformat(str(raw["read_on"])))


def _clause(raw: Mapping[str, Any], sources: Mapping[str, Source]) -> Clause:
    return Clause(
        raw["section"],
        raw["kind"],
        frozenset(raw.get("uses") or ()),
        raw["says"],
        sources.get(raw.get("source", "text")),
        raw.get("measure"),
        raw.get("above"),
        raw.get("counted"),
        Verdict(raw.get("then", "forbidden")),
        tuple(raw.get("territory", ())),
        tuple(raw.get("business", ())),
        raw.get("modality"),
        raw.get("form"),
        raw.get("words"),
    )
