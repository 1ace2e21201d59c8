"""What a model showed that it can do, beside what the catalog says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.probe.abilities import Outcome
from advisor.probe.run_file import AbilityLine, CandidateLine, Run
from advisor.reports import json_writer
from advisor.reports.header import catalog_header
from advisor.reports.writers.text import aligned

_FACTS: Mapping[str, str] = {
    "tools": "tools",
    "json_schema": "structured_output",
    "prompt_cache": "prompt_caching",
    "max_output_tokens": "max_output_tokens",
}


class AbilityRecord(NamedTuple):
    """One ability; ``catalog`` is what is on record: true, false, a number, or null for unknown."""

    ability: str
    outcome: str
    words: str | None
    catalog: bool | int | None
    contradicts: bool
    on: str


class VerifiedRecord(NamedTuple):
    """The abilities of one candidate."""

    candidate: str
    counts_for: str | None
    abilities: tuple[AbilityRecord, ...]


def verified(run: Run, catalog: Catalog) -> tuple[VerifiedRecord, ...]:
    """Return what the run showed of each candidate."""
    return tuple(
        VerifiedRecord(
            line.name,
            line.subject,
            tuple(_record(one, line, catalog) for one in run.abilities if one.candidate == line.name),
        )
        for line in run.head.candidates
    )


def render_abilities(form: str, run: Run, catalog: Catalog) -> str:
    """Return the run in one of ``table``, ``markdown`` and ``json``."""
    found = verified(run, catalog)
    if form == "json":
        content = {
            "run": run.head.id,
            "file": str(run.path),
            "started_at": run.head.started_at,
            "ended": run.end.reason if run.end else "killed or still running",
            "spent_usd": run.end.spent_usd if run.end else None,
            "results": found,
        }
        return json_writer.render(catalog_header(catalog), content)
    rows = [("candidate", "ability", "outcome", "catalog", "it said"), *_rows(found)]
    spent = f", spent ${run.end.spent_usd:.5f}" if run.end else ""
    footer = f"{run.head.id}: {run.end.reason if run.end else 'killed or still running'}{spent}."
    if form == "markdown":
        lines = [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
        return (
            "\n".join([f"# Abilities {run.head.id}", "", lines[0], "|" + " --- |" * 5, *lines[1:], "", footer]) + "\n"
        )
    return "\n".join([*aligned(rows), "", footer]) + "\n"


def _rows(found: tuple[VerifiedRecord, ...]) -> Iterator[tuple[str, ...]]:
    for one in found:
        for ability in one.abilities:
            words = f"{_words(ability.catalog)}, not so" if ability.contradicts else _words(ability.catalog)
            yield one.candidate, ability.ability, ability.outcome, words, (ability.words or "")[:100]


def _words(stated: bool | int | None) -> str:
    if stated is None:
        return "unknown"
    if isinstance(stated, bool):
        return "yes" if stated else "no"
    return f"{stated:,}"


def _record(line: AbilityLine, candidate: CandidateLine, catalog: Catalog) -> AbilityRecord:
    stated = _stated(line.ability, candidate, catalog)
    is_missing = line.outcome in (Outcome.REFUSED, Outcome.IGNORED)
    return AbilityRecord(
        line.ability,
        line.outcome.value,
        line.words,
        stated,
        bool(stated) and is_missing and line.ability != "prompt_cache",
        line.started_at.date().isoformat(),
    )


def _stated(ability: str, candidate: CandidateLine, catalog: Catalog) -> bool | int | None:
    """Return what the catalog has of an ability: yes, no, a number; None for unknown."""
    offering = catalog.offerings.get((candidate.subject or "").partition("~")[0])
    if offering is None:
        return None
    if ability.startswith("effort:"):
        return any(config.effort == ability.partition(":")[2] for config in offering.model.configs) or None
    if ability == "image":
        kinds = offering.fact("input_modalities", catalog.as_of)
        return "image" in kinds.value if kinds.is_usable else None
    if ability not in _FACTS:
        return None
    fact = offering.fact(_FACTS[ability], catalog.as_of)
    if not fact.is_usable:
        return None
    return fact.value if isinstance(fact.value, (bool, int)) else bool(fact.value)
