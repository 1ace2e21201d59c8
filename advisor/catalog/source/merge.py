"""Put together what several files say about the same lab, model, channel and offering.

A curated file (``channels/``, ``models/``) and a generated one (``prices/``) may each hold part of an offering. A
curated fact replaces a generated one of the same name; two curated facts of the same name are a mistake.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from advisor.catalog.source.benchmark_schema import SuiteFile
from advisor.catalog.source.file_schema import ChannelFile, LabFile, PriceFile
from advisor.catalog.source.read import Tree
from advisor.catalog.source.schema import (
    ChannelEntry,
    Facts,
    LabEntry,
    ModelEntry,
    OfferingEntry,
    PointerEntry,
    PriceEntry,
    PromotionEntry,
    RateLimitEntry,
    RegionEntry,
    SourceEntry,
)
from advisor.catalog.source.thinking import FIRST_THINKER, completed, runs_by_model
from advisor.errors import CatalogError


class ModelSheet(NamedTuple):
    """A model with everything that any file says about it."""

    lab: str
    entry: ModelEntry
    facts: Facts
    sources: dict[str, SourceEntry]
    path: Path


class ChannelSheet(NamedTuple):
    """A channel with its terms."""

    entry: ChannelEntry
    facts: Facts
    sources: dict[str, SourceEntry]
    path: Path


class OfferingSheet(NamedTuple):
    """An offering with everything that any file says about it."""

    channel: str
    entry: OfferingEntry
    facts: Facts
    sources: dict[str, SourceEntry]
    path: Path

    @property
    def id(self) -> str:
        """``channel/model[@region]``."""
        region = f"@{self.entry.region}" if self.entry.region else ""
        return f"{self.channel}/{self.entry.model}{region}"


class DatedPointer(NamedTuple):
    """A name on a channel that means a version for a time."""

    channel: str
    entry: PointerEntry
    source: SourceEntry
    path: Path


class Promotion(NamedTuple):
    """A price on a channel that was promised until a day."""

    channel: str
    entry: PromotionEntry
    source: tuple[str, SourceEntry]
    """The source under its name in the joined catalog."""


class Region(NamedTuple):
    """A regional address of a channel."""

    channel: str
    entry: RegionEntry
    source: tuple[str, SourceEntry]
    """The source under its name in the joined catalog."""


class Limited(NamedTuple):
    """A usage tier of a channel."""

    channel: str
    entry: RateLimitEntry
    source: SourceEntry


class Catalog(NamedTuple):
    """The files joined, each list in the order of its ids."""

    labs: tuple[LabEntry, ...]
    models: tuple[ModelSheet, ...]
    channels: tuple[ChannelSheet, ...]
    offerings: tuple[OfferingSheet, ...]
    suites: dict[str, SuiteFile]
    pointers: tuple[DatedPointer, ...]
    promotions: tuple[Promotion, ...] = ()
    regions: tuple[Region, ...] = ()
    rate_limits: tuple[Limited, ...] = ()


def join(tree: Tree) -> Catalog:
    """Join the files of a tree. Raises CatalogError where two files contradict each other."""
    # Why the order matters: files are written by people who read a page (curated), by a package's data (generated)
    # and for the days of the past. Somebody who read the page knows more than the data, so a curated fact replaces a
    # generated one of its name; between two curated ones there is no such order, so they are a mistake to mend and
    # not a choice to make. Prices are replaced by whole tiers: the rows of a tier (above so many tokens, at night,
    # from a day) complete each other, and a mixture of two authors' rows would be a price that nobody charges.
    # Sources get the name of their file in front, because two files may call different pages "pricing" and a joined
    # record has rows of both.
    labs: dict[str, LabEntry] = {}
    models: dict[str, ModelSheet] = {}
    for path, lab_file in tree.labs:
        _agree(labs, lab_file.lab, path)
        sources = _own_names(path, lab_file.sources)
        for model in lab_file.models:
            facts = _own_facts(path, {**lab_file.facts, **_family_facts(lab_file, model.id), **model.facts})
            _add_model(models, ModelSheet(lab_file.lab.id, model, facts, sources, path))
    for path, history in tree.history:
        for lab in history.labs:
            _agree(labs, lab, path)
        sources = _own_names(path, history.sources)
        for past in history.models:
            _add_model(
                models, ModelSheet(past.lab, _own_quality(path, past), _own_facts(path, past.facts), sources, path)
            )
    channels = _channels(tree)
    offerings = _offerings(tree)
    return Catalog(
        tuple(labs[key] for key in sorted(labs)),
        _with_thinking(tree, models),
        tuple(channels[key] for key in sorted(channels)),
        tuple(offerings[key] for key in sorted(offerings)),
        {record.suite.id: record for _, record in tree.suites},
        _pointers(tree),
        tuple(_promotions(tree)),
        tuple(_regions(tree)),
        tuple(_rate_limits(tree)),
    )


def _family_facts(lab: LabFile, model: str) -> Facts:
    """Return what a lab's file says of the families of a model: of the first family that names a fact."""
    found: Facts = {}
    for family in lab.families:
        if any(fnmatchcase(model, pattern) for pattern in family.models):
            found = {**family.facts, **found}
    return found


def _with_thinking(tree: Tree, models: dict[str, ModelSheet]) -> tuple[ModelSheet, ...]:
    """Return the models in order, each with what the rules say of its reasoning."""
    runs = runs_by_model(tree.tokens)
    found = []
    for key in sorted(models):
        sheet = models[key]
        is_historic = sheet.path.parent.name == "history" and sheet.path.stem < f"{FIRST_THINKER:%Y-%m}"
        facts, sources = completed(sheet.facts, sheet.sources, runs.get(key, ()), is_historic=is_historic)
        found.append(sheet._replace(facts=facts, sources=sources))
    return tuple(found)


def _promotions(tree: Tree) -> Iterable[Promotion]:
    for path, record in tree.channels:
        for entry in record.promotions:
            source = _named_source(path, record, entry.source, f"promotions: {entry.model}")
            yield Promotion(record.channel.id, entry, source)


def _regions(tree: Tree) -> Iterable[Region]:
    for path, record in tree.channels:
        for entry in record.regions:
            source = _named_source(path, record, entry.source, f"regions: {entry.region}")
            yield Region(record.channel.id, entry, source)


def _rate_limits(tree: Tree) -> Iterable[Limited]:
    for path, record in tree.channels:
        for entry in sorted(record.rate_limits, key=lambda entry: (entry.rank, entry.tier)):
            _, source = _named_source(path, record, entry.source, f"rate_limits: {entry.tier}")
            yield Limited(record.channel.id, entry, source)


def _named_source(path: Path, record: ChannelFile, name: str, place: str) -> tuple[str, SourceEntry]:
    if name not in record.sources:
        raise CatalogError(f"{path}: {place}: no source named {name!r} in the file")
    return own_name(path, name), record.sources[name]


def _pointers(tree: Tree) -> tuple[DatedPointer, ...]:
    found = []
    files: list[tuple[Path, PriceFile | ChannelFile]] = [*tree.prices, *tree.channels]
    for path, record in files:
        for entry in record.pointers:
            if entry.source not in record.sources:
                raise CatalogError(f"{path}: pointers: {entry.name}: no source named {entry.source!r} in the file")
            found.append(DatedPointer(record.channel.id, entry, record.sources[entry.source], path))
    return tuple(sorted(found, key=lambda one: (one.entry.name, one.channel, one.entry.valid_from or date.min)))


def _channels(tree: Tree) -> dict[str, ChannelSheet]:
    channels: dict[str, ChannelSheet] = {}
    for path, channel_file in tree.channels:
        entry = channel_file.channel
        if entry.id in channels:
            raise CatalogError(f"{path}: channel: {entry.id!r} is in {channels[entry.id].path} too")
        facts = _own_facts(path, channel_file.facts)
        channels[entry.id] = ChannelSheet(entry, facts, _own_names(path, channel_file.sources), path)
    generated = [(path, record.channel) for path, record in tree.prices]
    past = [(path, channel) for path, record in tree.history for channel in record.channels]
    for path, entry in [*generated, *past]:
        channels.setdefault(entry.id, ChannelSheet(entry, {}, {}, path))
    return channels


def _offerings(tree: Tree) -> dict[str, OfferingSheet]:
    offerings: dict[str, OfferingSheet] = {}
    for path, priced in tree.prices:
        for sheet in _sheets(path, priced.channel.id, priced.offerings, priced.sources):
            if sheet.id in offerings:
                raise CatalogError(f"{path}: offerings: {sheet.id} is there twice")
            offerings[sheet.id] = sheet
    curated: set[str] = set()
    for path, channel_file in tree.channels:
        for sheet in _sheets(path, channel_file.channel.id, channel_file.offerings, channel_file.sources):
            if sheet.id in curated:
                raise CatalogError(f"{path}: offerings: {sheet.id} is there twice")
            curated.add(sheet.id)
            offerings[sheet.id] = _over(offerings.get(sheet.id), sheet)
    for path, history in tree.history:
        for past in history.offerings:
            for sheet in _sheets(path, past.channel, [past], history.sources):
                offerings[sheet.id] = _over(offerings.get(sheet.id), sheet)
    return offerings


def _sheets(
    path: Path, channel: str, entries: Iterable[OfferingEntry], sources: dict[str, SourceEntry]
) -> Iterable[OfferingSheet]:
    for entry in entries:
        yield with_own_names(path, channel, entry, sources)


def with_own_names(path: Path, channel: str, entry: OfferingEntry, sources: dict[str, SourceEntry]) -> OfferingSheet:
    """Return an offering of one file, its sources under names that no other file can have."""
    own = entry.model_copy(update={"prices": [_own_price(path, row) for row in entry.prices]})
    return OfferingSheet(channel, own, _own_facts(path, entry.facts), _own_names(path, sources), path)


def _over(generated: OfferingSheet | None, curated: OfferingSheet) -> OfferingSheet:
    """Return the curated sheet on top of the generated one: its facts win by name, its prices replace whole tiers."""
    if generated is None:
        return curated
    tiers = {row.tier for row in curated.entry.prices}
    prices = [*curated.entry.prices, *(row for row in generated.entry.prices if row.tier not in tiers)]
    entry = generated.entry.model_copy(
        update={"api_name": curated.entry.api_name or generated.entry.api_name, "prices": prices}
    )
    facts = {**generated.facts, **curated.facts}
    return OfferingSheet(curated.channel, entry, facts, {**generated.sources, **curated.sources}, curated.path)


def _add_model(models: dict[str, ModelSheet], sheet: ModelSheet) -> None:
    known = models.get(sheet.entry.id)
    if known is None:
        models[sheet.entry.id] = sheet
        return
    twice = sorted(set(known.facts) & set(sheet.facts))
    if twice or known.lab != sheet.lab:
        what = f"fact {twice[0]}" if twice else "lab"
        raise CatalogError(f"{sheet.path}: models: the {what} of {sheet.entry.id} is in {known.path} too")
    entry = known.entry.model_copy(
        update={
            "aliases": [*known.entry.aliases, *sheet.entry.aliases],
            "efforts": [*known.entry.efforts, *sheet.entry.efforts],
            "evidence": {**known.entry.evidence, **sheet.entry.evidence},
            "quality": [*known.entry.quality, *sheet.entry.quality],
        }
    )
    facts = {**known.facts, **sheet.facts}
    models[sheet.entry.id] = ModelSheet(known.lab, entry, facts, {**known.sources, **sheet.sources}, known.path)


def _agree(labs: dict[str, LabEntry], lab: LabEntry, path: Path) -> None:
    if labs.setdefault(lab.id, lab) != lab:
        raise CatalogError(f"{path}: lab: {lab.id!r} is described differently in another file")


def _own_names(path: Path, sources: dict[str, SourceEntry]) -> dict[str, SourceEntry]:
    """Return sources under names that no other file can have: joined records keep rows of several files."""
    return {own_name(path, name): source for name, source in sources.items()}


def own_name(path: Path, name: str) -> str:
    """Return the name of a file's source in the joined catalog."""
    return f"{path.parent.name}/{path.stem}:{name}"


def _own_facts(path: Path, facts: Facts) -> Facts:
    return {
        name: [
            row.model_copy(
                update={
                    "source": own_name(path, row.source),
                    "claims": [
                        claim.model_copy(update={"source": own_name(path, claim.source)}) for claim in row.claims
                    ],
                }
            )
            for row in rows
        ]
        for name, rows in facts.items()
    }


def _own_price(path: Path, row: PriceEntry) -> PriceEntry:
    claims = [claim.model_copy(update={"source": own_name(path, claim.source)}) for claim in row.claims]
    return row.model_copy(update={"source": own_name(path, row.source), "claims": claims})


def _own_quality(path: Path, model: ModelEntry) -> ModelEntry:
    rows = [row.model_copy(update={"source": own_name(path, row.source)}) for row in model.quality]
    return model.model_copy(update={"quality": rows})
