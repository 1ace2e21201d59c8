"""What the program reads from the compiled catalog: small immutable records, decoded when asked for.

The records that people write in YAML, with all their validation, are in :mod:`advisor.catalog.source.schema`; this
module is on the path of every cold start and imports the standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from advisor.facts import UNKNOWN, Claim, Fact, Source, State, at, is_valid_on
from advisor.statistics import Z_95

UNITS: Mapping[str, str] = {
    "context_window_tokens": "tokens",
    "max_input_tokens": "tokens",
    "max_output_tokens": "tokens",
    "retention_days": "days",
    "parameters_total": "parameters",
    "parameters_active": "parameters",
    "layers": "layers",
    "kv_heads": "heads",
    "head_dimension": "dimensions",
    "kv_values_per_token": "values",
    "guaranteed_output_tokens_per_s": "tokens/s",
    "claimed_output_tokens_per_s": "tokens/s",
}
"""The unit of each numeric fact; facts not named here are sets, dates, names or yes/no."""

STANDARD = "standard"
"""The price tier that a request gets when it asks for none."""

TASKS = ("chat", "code", "agent")
"""The kinds of task that tokens are known for: an answer, a programming exercise, a whole task of an agent."""

PREDICTED = "predicted"
"""Begins the note of an estimate that no suite of its dimension measured."""

_80_OF_95 = 1.281552 / 1.959964
"""How far the end of the 80 % interval of a normal distribution lies, as a part of that of the 95 % interval."""

SELF_HOSTED = "self-hosted"
"""The kind of channel whose hardware is the user's own."""


class PriceRow(NamedTuple):
    """Prices in USD per million tokens, for one tier, from a day to a day, under conditions.

    ``above_prompt_tokens``: the row is for requests whose prompt is longer than this (0: from the first token).
    ``hours_utc``: pairs of "HH:MM" between which the row applies; None: at all hours. ``on_weekends``: and all Saturday
    and Sunday (UTC).
    A rate that is None is unknown, never free.
    """

    tier: str
    valid_from: date | None
    valid_to: date | None
    above_prompt_tokens: int
    hours_utc: tuple[tuple[str, str], ...] | None
    input: Decimal | None
    output: Decimal | None
    cached_input: Decimal | None
    cache_write: Decimal | None
    state: State
    source: Source
    note: str | None = None
    claims: tuple[Mapping[str, Any], ...] = ()
    on_weekends: bool = False

    @property
    def rates(self) -> tuple[Decimal | None, Decimal | None, Decimal | None, Decimal | None]:
        """Input, output, cached input and cache writes."""
        return self.input, self.output, self.cached_input, self.cache_write

    def holds_on(self, day: date) -> bool:
        """Whether the row is the price on that day; a row without a first day counts from the day it was read."""
        return is_valid_on(self.valid_from or self.source.read_on, self.valid_to, day)


class Quality(NamedTuple):
    """An estimate of a config's quality in one dimension, with its 95 % interval.

    ``unit`` says the scale: ``points`` (Arena's rating scale: 400 points are odds of ten to one), ``percent``
    or ``stars`` (the lecture's). Estimates of different units are never compared.
    """

    dimension: str
    estimate: float
    low: float
    high: float
    unit: str
    sources: tuple[Source, ...]
    as_of: date
    note: str | None = None

    @property
    def standard_error(self) -> float:
        """Half the 95 % interval over its normal quantile (1.96); the larger half where it is not symmetric."""
        return max(self.high - self.estimate, self.estimate - self.low) / Z_95

    @property
    def is_predicted(self) -> bool:
        """Whether no suite measured the model in this dimension: the figure follows from its other results."""
        return bool(self.note) and str(self.note).startswith(PREDICTED)

    @property
    def ranked(self) -> float:
        """What it is ranked by: the estimate where it was measured, the low end of its 80 % interval where predicted.

        A figure that was worked out for want of a measurement may so never gain by being uncertain.
        """
        return self.estimate - (self.estimate - self.low) * _80_OF_95 if self.is_predicted else self.estimate


class Estimate(NamedTuple):
    """A figure with its 95 % interval, symmetric in logarithms, and what it rests on.

    ``basis``: ``measured`` (this model at this effort on this kind of task), ``other-effort``, ``lab`` or ``effort``
    (see docs/concepts/thinking.md); ``stated`` by the user or measured by the user's own ``probe``.
    """

    estimate: float
    low: float
    high: float
    basis: str

    @property
    def is_own(self) -> bool:
        """Whether it rests on figures of this very config or on the user's own."""
        return self.basis in ("measured", "stated", "probe")

    @property
    def high_80(self) -> float:
        """Upper end of the 80 % interval, the same share of the way in logarithms."""
        if self.estimate <= 0 or self.high <= self.estimate:
            return self.high
        return float(self.estimate * (self.high / self.estimate) ** _SHARE_80)


_SHARE_80 = 1.2815516 / 1.959964
"""The two-sided 80 % point of the normal distribution over its 95 % point."""


class Thinking(NamedTuple):
    """How many output tokens a config bills for one answer of a kind of task, and how many of them are hidden.

    ``mode``: ``always``, ``optional``, ``none``, or ``unknown`` where nobody says whether the model thinks.
    """

    mode: str
    effort: str | None
    task: str
    tokens: Estimate
    hidden: Estimate
    sources: tuple[Source, ...]


class Facts:
    """A named set of timelines; decodes a timeline the first time that it is asked for.

    ``decoded`` is shared by all that one catalog holds: timelines that are one object are decoded once.
    """

    __slots__ = ("_decoded", "_raw", "_sources")

    def __init__(
        self, raw: Mapping[str, list[list[Any]]], sources: Mapping[Any, Source], decoded: dict[int, tuple[Fact, ...]]
    ) -> None:
        self._raw = raw
        self._sources = sources
        self._decoded = decoded

    def timeline(self, name: str) -> tuple[Fact, ...]:
        """All the facts of that name, oldest first; empty if nothing was ever recorded."""
        rows = self._raw.get(name)
        if rows is None:
            return ()
        decoded = self._decoded.get(id(rows))
        if decoded is None:
            decoded = self._decoded[id(rows)] = tuple(_decode_fact(name, row, self._sources) for row in rows)
        return decoded

    def identity(self, name: str) -> int | None:
        """Return the same number for all that share the timeline of that name; None if nothing was ever recorded."""
        rows = self._raw.get(name)
        return None if rows is None else id(rows)

    def at(self, name: str, day: date) -> Fact:
        """Return the fact of that name on that day, or UNKNOWN."""
        if name not in self._raw:
            return UNKNOWN
        return at(self.timeline(name), day)

    def __contains__(self, name: str) -> bool:
        """Whether anything is recorded under the name."""
        return name in self._raw

    def has_any(self, names: frozenset[str]) -> bool:
        """Whether anything is recorded under one of the names."""
        return not names.isdisjoint(self._raw)

    def names(self) -> tuple[str, ...]:
        """Return the names for which something is recorded, sorted."""
        return tuple(sorted(self._raw))


class Lab(NamedTuple):
    """Who makes models."""

    id: str
    name: str
    country: str | None


class Channel(NamedTuple):
    """Who serves models: a lab's own API, a cloud, an inference host, a router, or the user's own GPUs."""

    id: str
    name: str
    kind: str
    litellm_prefix: str | None
    facts: Facts
    country: str | None = None


class Config(NamedTuple):
    """A model at one reasoning effort; ``effort`` is None where the model has no such setting."""

    id: str
    model: str
    effort: str | None


class Model(NamedTuple):
    """One version of a model, as its lab names it."""

    id: str
    name: str
    lab: str
    aliases: tuple[str, ...]
    configs: tuple[Config, ...]
    facts: Facts


class RateLimit(NamedTuple):
    """What one usage tier of a channel allows a minute and a month; None: not known."""

    tier: str
    requests_per_minute: int | None
    tokens_per_minute: int | None
    input_tokens_per_minute: int | None
    output_tokens_per_minute: int | None
    usd_per_month: Decimal | None
    reached_by: str | None
    source: Source


class Offering(NamedTuple):
    """A model as one channel serves it in one region: the thing that has a price, limits and a retirement."""

    id: str
    model: Model
    channel: Channel
    region: str | None
    api_name: str | None
    prices: tuple[PriceRow, ...]
    facts: Facts
    rate_limits: tuple[RateLimit, ...] = ()
    """By usage tier, the lowest first."""

    def fact(self, name: str, day: date) -> Fact:
        """Return the fact on that day: the offering's own, else its channel's, else its model's."""
        for facts in (self.facts, self.channel.facts, self.model.facts):
            if name in facts:
                found = facts.at(name, day)
                if found is not UNKNOWN:
                    return found
        return UNKNOWN


class Pointer(NamedTuple):
    """A name on a channel that means a version for a time, such as ``-latest``."""

    name: str
    channel: str
    model: str
    valid_from: date | None
    valid_to: date | None
    source: Source

    def holds_on(self, day: date) -> bool:
        """Whether the name means this version on that day."""
        return is_valid_on(self.valid_from, self.valid_to, day)


class Candidate(NamedTuple):
    """What can be recommended: an offering at a price tier and a reasoning effort."""

    id: str
    offering: Offering
    config: Config
    tier: str = STANDARD


class Rent(NamedTuple):
    """What one accelerator costs an hour at a provider, on demand, as of the day its source was read."""

    provider: str
    usd_per_gpu_hour: Decimal
    source: Source
    note: str | None = None


class Gpu(NamedTuple):
    """An accelerator that a team may own; memory in GiB, bandwidth in GB/s, compute in dense BF16 TFLOP/s."""

    id: str
    name: str
    memory_gib: float
    bandwidth_gb_s: float | None
    bf16_tflops: float | None
    source: Source
    rents: tuple[Rent, ...] = ()

    def rents_on(self, day: date) -> tuple[Rent, ...]:
        """Return the rental prices that were on record on that day, cheapest first."""
        known = (rent for rent in self.rents if rent.source.read_on <= day)
        return tuple(sorted(known, key=lambda rent: (rent.usd_per_gpu_hour, rent.provider)))


def candidate_id(offering_id: str, tier: str, effort: str | None) -> str:
    """``channel/model[@region][:tier][~effort]``; the standard tier and a missing effort are left out."""
    return offering_id + (f":{tier}" if tier != STANDARD else "") + (f"~{effort}" if effort else "")


def _decode_fact(name: str, row: list[Any], sources: Mapping[Any, Source]) -> Fact:
    """Decode a compiled row: [value, state, source, from, to, note, claims], cut off after its last filled place."""
    value, state, source, first, last, note, claims = row + [None] * (7 - len(row))
    if isinstance(value, list):
        value = tuple(value)
    elif name.endswith("_date") and value is not None:
        value = date.fromisoformat(value)
    return Fact(
        value=value,
        unit=UNITS.get(name),
        state=State(state) if state else State.KNOWN,
        source=sources[source] if source is not None else None,
        valid_from=date.fromisoformat(first) if first else None,
        valid_to=date.fromisoformat(last) if last else None,
        note=note,
        claims=tuple(Claim(value, sources[index]) for value, index in claims or ()),
    )
