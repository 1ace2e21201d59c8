"""What one source package says about one offering, in the same terms for every package."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

Hours = tuple[tuple[str, str], ...]


class Attribution(NamedTuple):
    """Where a package has something from: its own address for the row, and the day its data were current."""

    package: str
    url: str
    read_on: date


class Rates(NamedTuple):
    """USD per million tokens; None where the package does not say."""

    input: Decimal | None = None
    output: Decimal | None = None
    cached_input: Decimal | None = None
    cache_write: Decimal | None = None


class PriceKey(NamedTuple):
    """The conditions of a price row."""

    tier: str
    above_prompt_tokens: int = 0
    hours_utc: Hours | None = None


@dataclass(frozen=True)
class Price:
    """Rates under conditions, from a day to a day, as one package has them."""

    key: PriceKey
    rates: Rates
    said: Attribution
    valid_from: date | None = None
    valid_to: date | None = None
    note: str | None = None
    since: date | None = None
    """Since when the package has said so, as far as earlier releases were read; None: since ``said.read_on``."""
    on_weekends: bool = False
    """Whether a price of certain hours holds all Saturday and Sunday (UTC) too."""


@dataclass(frozen=True)
class Observation:
    """One package's row for one name on one channel; ``name`` is the channel's name, not yet a model's id."""

    channel: str
    name: str
    region: str | None
    api_name: str
    said: Attribution
    prices: tuple[Price, ...] = ()
    facts: dict[str, object] = field(default_factory=dict)
    uplift: Decimal | None = None
    is_removed: bool = False


class AliasRow(NamedTuple):
    """A name that a channel points at a version for a time; ``target`` is a name of the version, not yet an id."""

    channel: str
    name: str
    target: str
    valid_from: date | None
    valid_to: date | None
    said: Attribution


def per_million(per_token: float | str) -> Decimal:
    """Return a rate per token as a rate per million tokens, without the noise of binary fractions."""
    return (Decimal(str(per_token)) * 1_000_000).quantize(Decimal("0.00000001")).normalize()


@dataclass(frozen=True)
class MergedPrice:
    """A price row with, where packages differ, every side of it."""

    price: Price
    claims: tuple[tuple[Rates, Attribution], ...] = ()


@dataclass(frozen=True)
class MergedFact:
    """A fact with, where packages differ, every side of it."""

    value: object
    said: Attribution
    claims: tuple[tuple[object, Attribution], ...] = ()


@dataclass
class Merged:
    """An offering as the packages together have it."""

    channel: str
    model: str
    region: str | None
    api_name: str
    prices: list[MergedPrice] = field(default_factory=list)
    facts: dict[str, MergedFact] = field(default_factory=dict)
