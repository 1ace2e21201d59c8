"""What a scan comes to: each model with where it is named, when it ends, under which license, for which price."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from advisor.facts import Source


class UseKind(StrEnum):
    """What a name is."""

    OFFERING = "offering"
    """A model behind an API that the catalog has."""
    ENDED_NAME = "api-name"
    """A name of an API of which only its end is on record."""
    HUB = "hub"
    """A repository of the Hub."""
    OLLAMA = "ollama"
    """A name of Ollama's library, run on one's own machine."""
    UNLISTED = "unlisted"
    """It looks like the name of a model behind an API, and no record has it."""


class EndState(StrEnum):
    """What is known of the end of a model."""

    ENDED = "ended"
    ENDING = "ending"
    """On a day that is announced."""
    NOT_BEFORE = "not-before"
    """Not before a day."""
    NONE_ANNOUNCED = "none-announced"
    UNKNOWN = "unknown"
    """No record of it."""
    OWN = "own"
    """Weights do not end; what serves them may."""


class Place(NamedTuple):
    """A line that names a model."""

    path: str
    line: int
    key: str
    """What the name is given to: ``model``, ``--model``, ``from_pretrained``."""


class End(NamedTuple):
    """When a model ends, and what happens then."""

    state: EndState
    on: date | None = None
    days_left: int | None = None
    then: str | None = None
    """What a request gets after that day."""
    replacement: str | None = None
    """What its maker names to move to."""
    source: Source | None = None


class PriceComparison(NamedTuple):
    """The price of a thousand requests against the cheapest model that is as good."""

    usd: Decimal
    cheapest: str
    """The candidate's id."""
    cheapest_usd: Decimal
    dimension: str


class ModelUse(NamedTuple):
    """One model that the files name."""

    name: str
    """As the files write it."""
    kind: UseKind
    places: tuple[Place, ...]
    offering: str | None = None
    """The catalog's id of the offering that is most likely meant."""
    model: str | None = None
    channel: str | None = None
    repository: str | None = None
    """Of the weights, where they are on the Hub."""
    end: End = End(EndState.UNKNOWN)
    license: str | None = None
    license_verdict: str = "unknown"
    """For commercial use and serving, by the record alone."""
    price: PriceComparison | None = None
    change: str | None = None
    """What to write in its place."""
    note: str | None = None


class OpenLoader(NamedTuple):
    """A loader whose model the files do not state."""

    path: str
    line: int
    expression: str
    why: str


class ScanResult(NamedTuple):
    """Everything that a scan saw."""

    paths: tuple[str, ...]
    files: int
    uses: tuple[ModelUse, ...]
    open: tuple[OpenLoader, ...]
    left_out: tuple[str, ...]
    """Files that are too large to be read."""
    priced_for: str
    """The traffic that prices are for, in words."""


def findings_due(result: ScanResult, within_days: int) -> Iterator[ModelUse]:
    """Yield the uses whose model has ended or ends within so many days."""
    for use in result.uses:
        if use.end.state is EndState.ENDED or (
            use.end.state is EndState.ENDING and use.end.days_left is not None and use.end.days_left <= within_days
        ):
            yield use
