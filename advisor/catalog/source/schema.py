"""The entries that people write in ``catalog/*.yaml``; the files that hold them are in ``file_schema``.

``advisor.catalog.source.read`` finds the files and says where a mistake stands; ``advisor.catalog.source.compile``
turns the records into the one file that the program reads. Nothing here is imported when a recommendation is made.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from advisor.facts import State

_ID = re.compile(r"[a-z0-9][a-z0-9._+-]*")
_REGISTRIES = ("pypi.org", "npmjs.com", "crates.io", "rubygems.org")


def _slug(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError("expected lower-case letters, digits, '.', '_', '+' and '-' only")
    return value


def _address(value: str) -> str:
    if not value.startswith(("https://", "http://", "advisor:")):
        raise ValueError("expected an address that begins with https://, or advisor: for what follows by definition")
    if any(f"//{host}" in value or f"//www.{host}" in value for host in _REGISTRIES):
        raise ValueError("a package registry is no source: name the page or the repository that says it")
    return value


def _one_or_many(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


Slug = Annotated[str, AfterValidator(_slug)]
Address = Annotated[str, AfterValidator(_address)]
Scalar = bool | int | float | str | date | list[str] | list[int] | None


class Authored(BaseModel):
    """What every written record shares: unknown keys are mistakes, and a record never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SourceEntry(Authored):
    """An address and the day on which it was read, under a short name used in the same file."""

    url: Address
    """The page, repository or document that says it."""
    read_on: date
    """The day on which somebody, or the package that carries it as data, read it there."""
    note: str | None = None
    """What the source is, where the address does not say."""


class ClaimEntry(Authored):
    """What one source says where several differ."""

    value: Scalar = None
    """The value as that source has it."""
    source: str
    """The short name of the source."""


class FactEntry(Authored):
    """A value with its source, state and time of validity."""

    value: Scalar = None
    """The value; left out where the state is unknown, not-disclosed or by-contract."""
    source: str
    """The short name of a source of this file."""
    state: State = State.KNOWN
    """How well it is known."""
    read_on: date | None = None
    """The day this fact was read, where it differs from the source's."""
    valid_from: date | None = None
    """The first day on which it holds; the day it was read, if left out."""
    valid_to: date | None = None
    """The first day on which it no longer holds."""
    note: str | None = None
    """A remark in our own words."""
    claims: list[ClaimEntry] = []
    """Every side of a dispute."""

    @model_validator(mode="after")
    def _value_fits_state(self) -> FactEntry:
        needs_value = self.state in (State.KNOWN, State.DISPUTED, State.INHERITED)
        if needs_value and self.value is None:
            raise ValueError(f"a fact that is {self.state.value} needs a value")
        if self.state is State.DISPUTED and len(self.claims) < 2:  # noqa: PLR2004 - two sides make a dispute
            raise ValueError("a disputed fact needs the claims of at least two sources")
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise ValueError("valid_to must be later than valid_from")
        return self


Timeline = Annotated[list[FactEntry], BeforeValidator(_one_or_many)]
Facts = dict[Slug, Timeline]


class PriceClaim(Authored):
    """The rates that one source gives where several differ, in USD per million tokens."""

    input: Decimal | None = None
    """Per million input tokens."""
    output: Decimal | None = None
    """Per million output tokens."""
    cached_input: Decimal | None = None
    """Per million input tokens that are read from the cache."""
    cache_write: Decimal | None = None
    """Per million input tokens that are written to the cache."""
    source: str
    """The short name of the source."""


class PriceEntry(Authored):
    """Rates in USD per million tokens, for one tier, from a day to a day, under conditions."""

    tier: Slug = "standard"
    """standard, batch, flex, priority or another that the channel names."""
    valid_from: date | None = None
    """The first day; the day the source was read, if left out."""
    valid_to: date | None = None
    """The first day on which the row no longer holds."""
    above_prompt_tokens: int = Field(default=0, ge=0)
    """The row is for requests with a longer prompt than this."""
    hours_utc: list[tuple[str, str]] | None = None
    """Pairs of HH:MM between which the row applies; left out: at all hours."""
    on_weekends: bool = False
    """Whether it applies all Saturday and Sunday (UTC) as well."""
    input: Decimal | None = Field(default=None, ge=0)
    """Per million input tokens; left out: unknown."""
    output: Decimal | None = Field(default=None, ge=0)
    """Per million output tokens; left out: unknown."""
    cached_input: Decimal | None = Field(default=None, ge=0)
    """Per million input tokens that are read from the cache."""
    cache_write: Decimal | None = Field(default=None, ge=0)
    """Per million input tokens that are written to the cache."""
    source: str
    """The short name of a source of this file."""
    state: State = State.KNOWN
    """disputed where sources differ; the rates are then the more expensive ones."""
    free: bool = False
    """The source says that these tokens cost nothing; without this a rate of 0 is a mistake."""
    note: str | None = None
    """A remark in our own words."""
    claims: list[PriceClaim] = []
    """Every side of a dispute."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> PriceEntry:
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise ValueError("valid_to must be later than valid_from")
        return self


class LabEntry(Authored):
    """Who makes models."""

    id: Slug
    """The name used as a key."""
    name: str
    """The name that people use."""
    country: str | None = None
    """Two letters (ISO 3166): where the lab has its seat."""
    channels: list[Slug] = []
    """The lab's own channels, the one that announces first in front; left out: the channel of the lab's name."""


class ModelEntry(Authored):
    """One version of a model."""

    id: Slug
    """The version as the lab names it; never an alias that may come to mean another version."""
    name: str | None = None
    """The name that people use; the id, if left out."""
    aliases: list[str] = []
    """Other names under which channels and benchmarks know this version."""
    efforts: list[str] = []
    """Reasoning efforts that are offered as separate configs; left out: those that evidence names."""
    facts: Facts = {}
    """License, weights, parameters, dates and the rest, by name."""
    evidence: dict[str, Annotated[list[str], BeforeValidator(_one_or_many)]] = {}
    """The model's names in a benchmark suite, by suite id; ``~effort`` after it says at which effort it was run."""
    quality: list[QualityEntry] = []
    """Estimates that a source states itself, such as the lecture's stars."""

    @property
    def main_effort(self) -> str | None:
        """The effort that results without a stated effort belong to: the first listed, else that of the evidence."""
        if self.efforts:
            return self.efforts[0]
        names = self.evidence.get("arena") or [name for suite in sorted(self.evidence) for name in self.evidence[suite]]
        stated = [name.partition("~")[2] for name in names if "~" in name]
        return stated[0] if stated else None


class QualityEntry(Authored):
    """How good a source itself says that a model is."""

    dimension: str
    """What was judged: general, coding, language:de and the rest."""
    estimate: float
    """The figure."""
    low: float
    """Lower end of its 95 % interval, or of what a coarse scale leaves open."""
    high: float
    """Upper end."""
    unit: Literal["points", "percent", "stars"]
    """The scale."""
    as_of: date
    """The day from which a look-up may see it."""
    source: str
    """The short name of a source of this file."""
    note: str | None = None
    """A remark in our own words."""


class OfferingEntry(Authored):
    """A model as a channel serves it in one region."""

    model: Slug
    """The model's id."""
    region: Slug | None = None
    """The region or geography that the price and the processing are bound to; left out: the channel's default."""
    api_name: str | None = None
    """What a request calls it."""
    on_record_from: date | None = None
    """For offerings of the past: the first day on which a look-up may see this one."""
    on_record_to: date | None = None
    """For offerings of the past: the first day on which a look-up no longer sees this one."""
    facts: Facts = {}
    """Limits, modalities, tools, dates and terms that hold here and not for the whole channel."""
    prices: list[PriceEntry] = []
    """Price rows; every row that holds on a day under different conditions is part of the price."""


class PromotionEntry(Authored):
    """A price that was promised until a day: after it, what holds is not known until somebody reads it again."""

    model: Slug
    """The model's id; every region and tier of it."""
    last_day: date
    """The last day that was promised."""
    source: str
    """The short name of a source of this file."""


class RateLimitEntry(Authored):
    """What one usage tier of the channel allows; a limit that is left out is not known."""

    tier: str
    """The tier as the channel names it."""
    rank: int = Field(ge=0)
    """Its place among the channel's tiers, the lowest first."""
    models: list[Slug] = []
    """The models that it holds for; left out: every one of the channel."""
    requests_per_minute: int | None = Field(default=None, gt=0)
    """Requests a minute."""
    tokens_per_minute: int | None = Field(default=None, gt=0)
    """Input and output tokens together, where the channel counts them so."""
    input_tokens_per_minute: int | None = Field(default=None, gt=0)
    """Input tokens a minute."""
    output_tokens_per_minute: int | None = Field(default=None, gt=0)
    """Output tokens a minute."""
    usd_per_month: Decimal | None = Field(default=None, gt=0)
    """The most that may be spent a month."""
    reached_by: str | None = None
    """How an organization gets there."""
    source: str
    """The short name of a source of this file."""


class RegionEntry(Authored):
    """A regional address of the channel: offerings of their own, made from those without a bound region."""

    region: Slug
    """The region that is written after the offering's id."""
    processing: list[str]
    """Where requests are processed: ``eu``, or countries."""
    factor: Decimal | None = Field(default=None, gt=0)
    """What every rate is multiplied with; left out: the prices there are not known."""
    models: list[Slug] = []
    """The models that the address serves; left out: every one of the channel."""
    is_for_some: bool = False
    """The channel says that the address serves some models only and not which: where a request runs is then unknown."""
    valid_from: date | None = None
    """The first day of the address; the day its source was read, if left out."""
    source: str
    """The short name of a source of this file."""
    note: str | None = None
    """A remark in our own words."""


class ChannelEntry(Authored):
    """Who serves models."""

    id: Slug
    """The name used as a key."""
    name: str
    """The name that people use."""
    kind: Literal["lab", "cloud", "host", "router", "self-hosted"]
    """A lab's own API, a cloud, an inference host, a router, or the user's own GPUs."""
    litellm_prefix: str | None = None
    """What litellm calls the provider; left out: litellm does not know it."""
    country: str | None = None
    """Two letters (ISO 3166): where the operator has its seat, and so whose law reaches it; left out: not looked up."""


class PointerEntry(Authored):
    """A name that points at a version for a time, such as ``-latest``: it is looked up as of a day and is no key."""

    name: str
    """What a request calls it."""
    model: Slug
    """The version that it means."""
    valid_from: date | None = None
    """The first day on which it means this version."""
    valid_to: date | None = None
    """The first day on which it no longer does."""
    source: str
    """The short name of a source of this file."""


ModelEntry.model_rebuild()
