"""One entry of the catalog with all its facts, and lists of what a search found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.catalog.records import (
    TASKS,
    Channel,
    Config,
    Estimate,
    Facts,
    Model,
    Offering,
    PriceRow,
    Quality,
    RateLimit,
)
from advisor.errors import UnknownName
from advisor.facts import Fact, Source, State
from advisor.reports import json_writer
from advisor.reports.header import catalog_header
from advisor.reports.recommendation.compare import fact_words
from advisor.reports.writers.text import aligned
from advisor.solver.explain.words import quality_words


class Rates(NamedTuple):
    """Rates in USD per million tokens; null where unknown."""

    input: Decimal | None
    output: Decimal | None
    cached_input: Decimal | None
    cache_write: Decimal | None


class PriceRecord(NamedTuple):
    """A price row: for which tier, days, prompt lengths and hours it holds."""

    tier: str
    valid_from: date | None
    valid_to: date | None
    above_prompt_tokens: int
    hours_utc: tuple[tuple[str, str], ...] | None
    usd_per_million_tokens: Rates
    state: State
    source: Source
    note: str | None


class ThinkingRecord(NamedTuple):
    """How a config thinks: the mode, and tokens by kind of task, not scaled to any workload."""

    mode: str
    tokens: Mapping[str, Estimate]
    hidden_tokens: Mapping[str, Estimate]
    sources: tuple[Source, ...]


class ConfigRecord(NamedTuple):
    """A model at one effort."""

    effort: str | None
    thinking: ThinkingRecord
    quality: tuple[Quality, ...]


class OfferingRecord(NamedTuple):
    """A model as one channel serves it in one region."""

    id: str
    channel: str
    region: str | None
    facts: Mapping[str, Fact]
    prices: tuple[PriceRecord, ...]
    rate_limits: tuple[RateLimit, ...]
    """By usage tier, the lowest first."""


class ModelRecord(NamedTuple):
    """``advisor catalog show MODEL -f json``."""

    model: str
    name: str
    lab: str
    aliases: tuple[str, ...]
    facts: Mapping[str, Fact]
    configs: tuple[ConfigRecord, ...]
    offerings: tuple[OfferingRecord, ...]


class CatalogMatch(NamedTuple):
    """What a search found: which kind of entry, its id, and a few words."""

    kind: str
    id: str
    words: str


def found_in(catalog: Catalog, text: str) -> tuple[CatalogMatch, ...]:
    """Entries whose id, name or alias holds the text, whatever the case."""
    wanted = text.lower()
    return tuple(found for found in _all(catalog) if wanted in f"{found.id} {found.words}".lower())


def _all(catalog: Catalog) -> Iterator[CatalogMatch]:
    for model in catalog.models.values():
        aliases = f", also {', '.join(model.aliases)}" if model.aliases else ""
        yield CatalogMatch("model", model.id, f"{model.name} of {model.lab}{aliases}")
    for channel in catalog.channels.values():
        yield CatalogMatch("channel", channel.id, f"{channel.name} ({channel.kind})")
    for identifier, record in catalog.licenses.items():
        yield CatalogMatch("license", identifier, f"{record['name']} ({record['class']})")
    for gpu in catalog.gpus.values():
        yield CatalogMatch("gpu", gpu.id, f"{gpu.name}, {gpu.memory_gib:g} GiB")


def render_found(form: str, catalog: Catalog, found: tuple[CatalogMatch, ...]) -> str:
    """Return what a search found, as text or JSON."""
    if form == "json":
        return json_writer.render(catalog_header(catalog), {"found": found})
    return "".join(f"{line}\n" for line in aligned([("kind", "id", ""), *found]))


def render(form: str, catalog: Catalog, name: str, channel: str | None) -> str:
    """Return an entry by name, as text or JSON. Raises UnknownName."""
    is_model = name in catalog.models
    if name in catalog.channels and not is_model:
        return _facts_only(form, catalog, catalog.channels[name])
    if name in catalog.licenses and not is_model:
        return license_entry(form, catalog, name)
    model, offerings = _model(catalog, name)
    if channel is not None:
        if channel not in catalog.channels:
            raise UnknownName("channel", channel, tuple(sorted({o.channel.id for o in offerings}))[:3])
        offerings = tuple(offering for offering in offerings if offering.channel.id == channel)
    if form == "json":
        return json_writer.render(catalog_header(catalog), model_record(catalog, model, offerings))
    return _text(catalog, model, offerings)


def _model(catalog: Catalog, name: str) -> tuple[Model, tuple[Offering, ...]]:
    """Give the model meant by a model's, an alias's, an offering's or a candidate's name, and the offerings to show."""
    if name in catalog.offerings:
        offering = catalog.offerings[name]
        return offering.model, (offering,)
    for candidate in catalog.candidates:
        if candidate.id == name:
            return candidate.offering.model, (candidate.offering,)
    if "/" in name:
        chosen = {one.offering.id: one.offering for one in catalog.find_candidates(name)}
        return next(iter(chosen.values())).model, tuple(chosen.values())
    model = catalog.find_model(name)
    return model, tuple(offering for offering in catalog.offerings.values() if offering.model.id == model.id)


def _known(facts: Facts, catalog: Catalog) -> dict[str, Fact]:
    return {name: facts.at(name, catalog.as_of) for name in facts.names() if facts.at(name, catalog.as_of).source}


def _qualities(catalog: Catalog, model: Model) -> Iterator[tuple[str | None, Quality]]:
    for config in model.configs:
        for dimension in catalog.dimensions:
            quality = catalog.quality(config, dimension)
            if quality:
                yield config.effort, quality


def model_record(catalog: Catalog, model: Model, offerings: tuple[Offering, ...]) -> ModelRecord:
    """Return a model with its facts, its configs by effort and its offerings."""
    qualities = tuple(_qualities(catalog, model))
    return ModelRecord(
        model.id,
        model.name,
        model.lab,
        model.aliases,
        _known(model.facts, catalog),
        tuple(
            ConfigRecord(
                config.effort,
                _thinking(catalog, config),
                tuple(quality for effort, quality in qualities if effort == config.effort),
            )
            for config in model.configs
        ),
        tuple(
            OfferingRecord(
                one.id,
                one.channel.id,
                one.region,
                _known(one.facts, catalog),
                tuple(price_record(row) for row in one.prices),
                one.rate_limits,
            )
            for one in offerings
        ),
    )


def _thinking(catalog: Catalog, config: Config) -> ThinkingRecord:
    found = [one for task in TASKS if (one := catalog.thinking(config, task))]
    return ThinkingRecord(
        catalog.mode(config.model),
        {one.task: one.tokens for one in found},
        {one.task: one.hidden for one in found},
        tuple(sorted({source for one in found for source in one.sources})),
    )


def _thinking_rows(catalog: Catalog, model: Model) -> Iterator[tuple[str, ...]]:
    """Tokens an answer by effort: ``1,150 (714 to 1,850), 159 (71 to 356) of them hidden``."""
    for config in model.configs:
        for task in TASKS:
            found = catalog.thinking(config, task)
            if found:
                yield config.effort or "", task, span(found.tokens), span(found.hidden), found.tokens.basis


def span(found: Estimate) -> str:
    """``1,150 (714 to 1,850)``."""
    return f"{found.estimate:,.0f} ({found.low:,.0f} to {found.high:,.0f})"


def price_record(row: PriceRow) -> PriceRecord:
    """Return a price row as JSON has it."""
    return PriceRecord(
        row.tier,
        row.valid_from,
        row.valid_to,
        row.above_prompt_tokens,
        row.hours_utc,
        Rates(row.input, row.output, row.cached_input, row.cache_write),
        row.state,
        row.source,
        row.note,
    )


def _text(catalog: Catalog, model: Model, offerings: tuple[Offering, ...]) -> str:
    lines = [f"{model.name} ({model.id}) of {model.lab}, as of {catalog.as_of}", *_fact_lines(model.facts, catalog)]
    qualities = [
        (effort or "", quality.dimension, quality_words(quality)) for effort, quality in _qualities(catalog, model)
    ]
    if qualities:
        lines += ["", "Quality", *aligned([("effort", "dimension", "estimate"), *qualities])]
    thinking = list(_thinking_rows(catalog, model))
    if thinking:
        head = ("effort", "task", "tokens an answer", "of them hidden", "rests on")
        lines += ["", f"Thinking: {catalog.mode(model.id)}", *aligned([head, *thinking])]
    for offering in offerings:
        lines += ["", offering.id, *_fact_lines(offering.facts, catalog)]
        lines += list(aligned([_PRICE_HEAD, *(_price_row(row) for row in offering.prices)])) if offering.prices else []
    return "\n".join(lines) + "\n"


_PRICE_HEAD = ("tier", "from", "to", "prompts over", "input", "output", "cached", "write", "source")


def _price_row(row: PriceRow) -> tuple[str, ...]:
    """Rates in USD per million tokens."""
    return (
        row.tier + (" *" if row.state.value == "disputed" else ""),
        str(row.valid_from or ""),
        str(row.valid_to or ""),
        f"{row.above_prompt_tokens:,}" if row.above_prompt_tokens else "",
        *(_rate(rate) for rate in (row.input, row.output, row.cached_input, row.cache_write)),
        f"{row.source.url} ({row.source.read_on})",
    )


def _rate(rate: Decimal | None) -> str:
    """Return a rate with every digit that it has."""
    return "-" if rate is None else f"${rate.normalize():f}"


def _fact_lines(facts: Facts, catalog: Catalog) -> list[str]:
    rows = [
        (name, fact_words(fact), f"{fact.source.url} ({fact.source.read_on})" if fact.source else "")
        for name, fact in _known(facts, catalog).items()
    ]
    return list(aligned([("fact", "value", "source"), *rows])) if rows else []


def _facts_only(form: str, catalog: Catalog, channel: Channel) -> str:
    if form == "json":
        known = _known(channel.facts, catalog)
        record = {"channel": channel.id, "name": channel.name, "kind": channel.kind, "facts": known}
        return json_writer.render(catalog_header(catalog), record)
    head = f"{channel.name} ({channel.id}), {channel.kind}, as of {catalog.as_of}"
    return "\n".join([head, *_fact_lines(channel.facts, catalog)]) + "\n"


def license_entry(form: str, catalog: Catalog, name: str) -> str:
    record = catalog.licenses[name]
    if form == "json":
        return json_writer.render(catalog_header(catalog), {"license": record})
    lines = [f"{record['name']} ({record['id']}), {record['class']}, evidence {record['evidence']}", ""]
    lines += aligned([("use", "verdict"), *record["uses"].items()])
    lines += ["", *(f"  {c['section']} ({c['kind']}): {c['says']}" for c in record["clauses"])]
    return "\n".join(lines) + "\n"
