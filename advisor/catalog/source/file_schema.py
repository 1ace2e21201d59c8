"""The files of the catalog, each a record of what one file under ``catalog/`` may hold.

The entries that stand in them are in :mod:`advisor.catalog.source.schema`.
"""

from __future__ import annotations

from advisor.catalog.source.schema import (
    Authored,
    ChannelEntry,
    Facts,
    LabEntry,
    ModelEntry,
    OfferingEntry,
    PointerEntry,
    PromotionEntry,
    RateLimitEntry,
    RegionEntry,
    Slug,
    SourceEntry,
)


class FamilyEntry(Authored):
    """Facts that several models of a lab share."""

    models: list[str]
    """Names of models; ``*`` stands for any ending (``gpt-6*``)."""
    facts: Facts
    """What holds for each of them that does not say otherwise itself."""


class LabFile(Authored):
    """``catalog/models/<lab>.yaml``: a lab and its models."""

    lab: LabEntry
    sources: dict[str, SourceEntry] = {}
    facts: Facts = {}
    """What holds for every model of the lab that does not say otherwise itself."""
    families: list[FamilyEntry] = []
    """What holds for some of them; of two that name a fact of the same model the first holds."""
    models: list[ModelEntry] = []


class ChannelFile(Authored):
    """``catalog/channels/<channel>.yaml``: a channel's terms and the offerings that are curated by hand."""

    channel: ChannelEntry
    sources: dict[str, SourceEntry] = {}
    facts: Facts = {}
    offerings: list[OfferingEntry] = []
    pointers: list[PointerEntry] = []
    promotions: list[PromotionEntry] = []
    regions: list[RegionEntry] = []
    rate_limits: list[RateLimitEntry] = []


class PriceFile(Authored):
    """``catalog/prices/<channel>.yaml``: generated offerings of a channel with limits and price rows."""

    channel: ChannelEntry
    sources: dict[str, SourceEntry] = {}
    offerings: list[OfferingEntry] = []
    pointers: list[PointerEntry] = []


class HistoricModel(ModelEntry):
    """A model of the past, with its lab."""

    lab: Slug
    """The lab's id."""


class HistoricOffering(OfferingEntry):
    """An offering of the past, with its channel."""

    channel: Slug
    """The channel's id."""


class HistoryFile(Authored):
    """``catalog/history/<month>.yaml``: what was claimed then, on record for the days it was current."""

    sources: dict[str, SourceEntry]
    labs: list[LabEntry] = []
    channels: list[ChannelEntry] = []
    models: list[HistoricModel] = []
    offerings: list[HistoricOffering] = []


class CatalogFile(Authored):
    """``catalog/catalog.yaml``: the catalog as a whole."""

    version: str
    """The day of the last change, as YYYY.MM.DD."""
