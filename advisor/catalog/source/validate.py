"""What must hold for the catalog as a whole, each rule on its own; every finding says file, key and expectation.

The rules stand for mistakes that public price lists really carry: output limits copied from the context window,
a price of 0 for a model that is not free, figures given per token or per thousand in a field per million, and
aliases used as keys, so that the price changes under a name that stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from advisor.catalog.input_tokens import count_image_tokens, count_page_tokens
from advisor.catalog.source.license_schema import license_mistakes
from advisor.catalog.source.merge import Catalog, ModelSheet, OfferingSheet
from advisor.catalog.source.read import Tree
from advisor.catalog.source.schema import FactEntry, Facts, PriceEntry, SourceEntry
from advisor.facts import State

ALIAS = re.compile(r"(^|[-_.])(latest|default|auto|newest|current)$|-latest-")
"""A name that its owner may point at another version tomorrow."""

DEAREST_USD_PER_MILLION = Decimal(1000)
"""No text rate of any channel is above this; a figure per token or per thousand in the wrong field is."""

CHEAPEST_USD_PER_MILLION = Decimal("0.0005")
"""No text rate that is not free is below this; a figure per thousand or per token in the wrong field is."""

FACT_TYPES: dict[str, type | tuple[type, ...]] = {
    "context_window_tokens": int,
    "max_input_tokens": int,
    "max_output_tokens": int,
    "input_modalities": list,
    "output_modalities": list,
    "tools": bool,
    "structured_output": bool,
    "prompt_caching": bool,
    "fine_tuning": list,
    "fine_tuning_open_to": str,
    "fine_tuned_serving": str,
    "fine_tuned_input_usd_per_million_tokens": str,
    "fine_tuned_output_usd_per_million_tokens": str,
    "processing_regions": list,
    "certifications": list,
    "retention_days": (int, float),
    "parameters_total": int,
    "parameters_active": int,
    "layers": int,
    "kv_heads": int,
    "head_dimension": int,
    "kv_values_per_token": int,
    "languages": list,
    "training_data": list,
    "gpai_code": str,
    "training_summary": str,
    "weights": str,
    "license": str,
    "guaranteed_output_tokens_per_s": (int, float),
    "claimed_output_tokens_per_s": (int, float),
    "reasoning": str,
    "efforts": list,
    "default_effort": str,
    "image_tokens": str,
    "pdf_page_tokens": str,
}
"""What kind of value each known fact has; names ending in ``_date`` hold dates."""


class CatalogProblem(NamedTuple):
    """One mistake: where it is, what is wrong, what was expected."""

    path: Path
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.place}: {self.message}"


def problems(tree: Tree, catalog: Catalog) -> list[CatalogProblem]:
    """Every mistake in the joined catalog, in the order of the files; empty when all rules hold."""
    known = {model.entry.id for model in catalog.models}
    found = [
        *_licenses(tree, catalog),
        *_evidence(catalog),
        *(problem for model in catalog.models for problem in _model(model)),
        *(
            problem
            for channel in catalog.channels
            for problem in _facts(channel.path, channel.entry.id, channel.facts, channel.sources)
        ),
        *(problem for offering in catalog.offerings for problem in offering_problems(offering, known)),
        *_names(catalog),
        *_pointers(catalog),
    ]
    return sorted(found, key=lambda problem: (str(problem.path), problem.place, problem.message))


def _licenses(tree: Tree, catalog: Catalog) -> Iterator[CatalogProblem]:
    known = {entry.id for _, entry in tree.licenses}
    for path, entry in tree.licenses:
        yield from (CatalogProblem(path, place, message) for place, message in license_mistakes(entry))
    yield from _license_tags(tree)
    sheets = [
        *((model.entry.id, model.facts, model.path) for model in catalog.models),
        *((offering.id, offering.facts, offering.path) for offering in catalog.offerings),
        *((channel.entry.id, channel.facts, channel.path) for channel in catalog.channels),
    ]
    for owner, facts, path in sheets:
        for row in facts.get("license", ()):
            if row.value is not None and row.value not in known:
                yield CatalogProblem(
                    path, f"{owner}.license", f"no file licenses/{row.value}.yaml; write the license's record first"
                )


def _license_tags(tree: Tree) -> Iterator[CatalogProblem]:
    owners: dict[str, str] = {}
    for path, entry in tree.licenses:
        for tag in entry.hub_ids:
            owner = owners.setdefault(tag, entry.id)
            if owner != entry.id:
                yield CatalogProblem(path, "hub_ids", f"the tag {tag!r} already means {owner}")


def _evidence(catalog: Catalog) -> Iterator[CatalogProblem]:
    for model in catalog.models:
        for suite, names in model.entry.evidence.items():
            place = f"{model.entry.id}.evidence.{suite}"
            if suite not in catalog.suites:
                yield CatalogProblem(model.path, place, f"expected a suite of benchmarks/, found {suite!r}")
                continue
            for name in names:
                if name.partition("~")[0] not in catalog.suites[suite].results:
                    yield CatalogProblem(model.path, place, f"{suite} has no result named {name.partition('~')[0]!r}")


def _names(catalog: Catalog) -> Iterator[CatalogProblem]:
    owners: dict[str, str] = {}
    for model in catalog.models:
        for name in (model.entry.id, *model.entry.aliases):
            owner = owners.setdefault(name, model.entry.id)
            if owner != model.entry.id:
                yield CatalogProblem(model.path, f"{model.entry.id}.aliases", f"{name!r} already names {owner}")


def _pointers(catalog: Catalog) -> Iterator[CatalogProblem]:
    known = {model.entry.id for model in catalog.models}
    rows: dict[tuple[str, str], list[FactEntry]] = {}
    for pointer in catalog.pointers:
        entry = pointer.entry
        if entry.model not in known:
            yield CatalogProblem(pointer.path, f"pointers.{entry.name}", f"no model {entry.model!r} in models/")
        if entry.name == entry.model:
            yield CatalogProblem(pointer.path, f"pointers.{entry.name}", "points at itself")
        row = FactEntry(value=True, source="page", valid_from=entry.valid_from, valid_to=entry.valid_to)
        rows.setdefault((pointer.channel, entry.name), []).append(row)
        sources = {"page": pointer.source}
        yield from _overlaps(pointer.path, f"pointers.{entry.name}", rows[pointer.channel, entry.name], sources)


def _model(model: ModelSheet) -> Iterator[CatalogProblem]:
    if ALIAS.search(model.entry.id):
        yield CatalogProblem(model.path, model.entry.id, "an alias is no key: name the version that it means today")
    yield from _facts(model.path, model.entry.id, model.facts, model.sources)
    for row in model.facts.get("weights", ()):
        if row.value not in (None, "open", "closed"):
            yield CatalogProblem(
                model.path, f"{model.entry.id}.weights", f"expected open or closed, found {row.value!r}"
            )
    yield from _vocabulary(model)
    yield from _input_rules(model)
    total, active = _number(model.facts, "parameters_total"), _number(model.facts, "parameters_active")
    if total is not None and active is not None and active > total:
        message = f"{active:,} active of {total:,} parameters: expected no more active than there are"
        yield CatalogProblem(model.path, f"{model.entry.id}.parameters_active", message)


TRAINING_DATA = (
    *("internet-text", "code", "instructions", "human-feedback", "licensed-data", "product-data", "synthetic"),
)
"""What a model may have been trained on: product-data is what users gave or made in the maker's products."""

GPAI_CODE = ("signed", "safety-chapter", "not-signed")


def _vocabulary(model: ModelSheet) -> Iterator[CatalogProblem]:
    for row in model.facts.get("training_data", ()):
        for value in row.value if isinstance(row.value, list) else ():
            if value not in TRAINING_DATA:
                expected = ", ".join(TRAINING_DATA)
                yield CatalogProblem(
                    model.path, f"{model.entry.id}.training_data", f"expected {expected}, found {value!r}"
                )
    for row in model.facts.get("gpai_code", ()):
        if row.value not in (None, *GPAI_CODE):
            expected = ", ".join(GPAI_CODE)
            yield CatalogProblem(model.path, f"{model.entry.id}.gpai_code", f"expected {expected}, found {row.value!r}")


_INPUT_RULES: dict[str, Callable[[str], object]] = {
    "image_tokens": lambda rule: count_image_tokens(rule, 1024, 1024),
    "pdf_page_tokens": count_page_tokens,
}


def _input_rules(model: ModelSheet) -> Iterator[CatalogProblem]:
    for name, read in _INPUT_RULES.items():
        for row in model.facts.get(name, ()):
            try:
                if isinstance(row.value, str):
                    read(row.value)
            except ValueError as error:
                yield CatalogProblem(model.path, f"{model.entry.id}.{name}", str(error))


def _facts(path: Path, owner: str, facts: Facts, sources: dict[str, SourceEntry]) -> Iterator[CatalogProblem]:
    for name, rows in facts.items():
        place = f"{owner}.{name}"
        for row in rows:
            yield from _fact(path, place, name, row, sources)
        yield from _overlaps(path, place, rows, sources)


def _fact(
    path: Path, place: str, name: str, row: FactEntry, sources: dict[str, SourceEntry]
) -> Iterator[CatalogProblem]:
    for source in (row.source, *(claim.source for claim in row.claims)):
        if source not in sources:
            yield CatalogProblem(path, place, f"no source named {source.rpartition(':')[2]!r} in the file's sources")
    expected = date if name.endswith("_date") else FACT_TYPES.get(name)
    value = row.value
    if value is None or expected is None:
        return
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        label = getattr(expected, "__name__", "a number")
        yield CatalogProblem(path, place, f"expected {label}, found {value!r}")
    elif expected is int and isinstance(value, int) and value <= 0:
        yield CatalogProblem(path, place, f"expected more than 0, found {value}")


def _overlaps(
    path: Path, place: str, rows: list[FactEntry], sources: dict[str, SourceEntry]
) -> Iterator[CatalogProblem]:
    spans = sorted(
        (row.valid_from or (sources[row.source].read_on if row.source in sources else date.min), row.valid_to)
        for row in rows
    )
    for (_, first_end), (second_start, _) in pairwise(spans):
        if first_end is None or first_end > second_start:
            message = f"two values hold on {second_start}: expected the earlier to end (valid_to) by then"
            yield CatalogProblem(path, place, message)


def offering_problems(sheet: OfferingSheet, models: Collection[str]) -> Iterator[CatalogProblem]:
    """Yield what is wrong with one offering; ``models`` are the ids that the catalog has."""
    if sheet.entry.model not in models:
        yield CatalogProblem(sheet.path, sheet.id, f"no model {sheet.entry.model!r} in models/; add its entry first")
    yield from _facts(sheet.path, sheet.id, sheet.facts, sheet.sources)
    yield from _limits(sheet)
    for row in sheet.entry.prices:
        yield from _price(sheet, row)
    yield from _price_overlaps(sheet)


def _limits(sheet: OfferingSheet) -> Iterator[CatalogProblem]:
    window = _number(sheet.facts, "context_window_tokens")
    for name in ("max_output_tokens", "max_input_tokens"):
        limit = _number(sheet.facts, name)
        if window is not None and limit is not None and limit > window:
            message = f"{limit:,} is more than the context window of {window:,}"
            yield CatalogProblem(sheet.path, f"{sheet.id}.{name}", message)


def _price(sheet: OfferingSheet, row: PriceEntry) -> Iterator[CatalogProblem]:
    place = f"{sheet.id}.prices.{row.tier}"
    for source in (row.source, *(claim.source for claim in row.claims)):
        if source not in sheet.sources:
            yield CatalogProblem(
                sheet.path, place, f"no source named {source.rpartition(':')[2]!r} in the file's sources"
            )
    for name in ("input", "output", "cached_input", "cache_write"):
        rate: Decimal | None = getattr(row, name)
        if rate is None:
            continue
        if rate == 0 and not row.free and name in ("input", "output"):
            message = f"{name} is 0 and nothing says that it is free: leave it out (unknown) or set free: true"
            yield CatalogProblem(sheet.path, place, message)
        if rate > DEAREST_USD_PER_MILLION or 0 < rate < CHEAPEST_USD_PER_MILLION:
            message = (
                f"{name} is {rate} USD per million tokens: expected a figure per million, not per token or thousand"
            )
            yield CatalogProblem(sheet.path, place, message)
    if row.cached_input is not None and row.input is not None and row.cached_input > row.input:
        yield CatalogProblem(
            sheet.path, place, f"cached_input {row.cached_input} is more expensive than input {row.input}"
        )
    if row.state is State.DISPUTED and len(row.claims) < 2:  # noqa: PLR2004 - two sides make a dispute
        yield CatalogProblem(sheet.path, place, "a disputed price needs the claims of at least two sources")


def _price_overlaps(sheet: OfferingSheet) -> Iterator[CatalogProblem]:
    groups: dict[tuple[object, ...], list[PriceEntry]] = {}
    for row in sheet.entry.prices:
        hours = tuple(row.hours_utc) if row.hours_utc else None
        groups.setdefault((row.tier, row.above_prompt_tokens, hours), []).append(row)
    for key, rows in groups.items():
        yield from _overlaps(sheet.path, f"{sheet.id}.prices.{key[0]}", _as_facts(rows), sheet.sources)


def _as_facts(rows: Iterable[PriceEntry]) -> list[FactEntry]:
    return [FactEntry(value=True, source=row.source, valid_from=row.valid_from, valid_to=row.valid_to) for row in rows]


def _number(facts: Facts, name: str) -> int | None:
    values = [row.value for row in facts.get(name, ()) if isinstance(row.value, int)]
    return values[-1] if values else None
