"""An offering as the packages together have it, every side of a difference kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from advisor.catalog.refresh.observing import Price, Rates, Said


@dataclass(frozen=True)
class MergedPrice:
    """A price row with, where packages differ, every side of it."""

    price: Price
    claims: tuple[tuple[Rates, Said], ...] = ()


@dataclass(frozen=True)
class MergedFact:
    """A fact with, where packages differ, every side of it."""

    value: object
    said: Said
    claims: tuple[tuple[object, Said], ...] = ()


@dataclass
class Merged:
    """An offering as the packages together have it."""

    channel: str
    model: str
    region: str | None
    api_name: str
    prices: list[MergedPrice] = field(default_factory=list)
    facts: dict[str, MergedFact] = field(default_factory=dict)
