"""Since when each package has said what it says about a price: ``catalog/prices/readings.jsonl``.

A package that repeats a figure in every release has not read it again. Where two packages differ, the later *change*
is the newer reading, not the later release: a rate that one has carried unchanged for a year does not outdate what
another read last month. One line a price row, sorted, so that a refresh changes only the lines of what changed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from advisor.catalog.refresh.observation import Observation, Price
from advisor.errors import CatalogError

FILE = Path("prices") / "readings.jsonl"


class Reading(NamedTuple):
    """The rates of one row of one package, as text in the order of the rates, and since when it has said so."""

    rates: tuple[str | None, ...]
    since: date


Row = tuple[str, str, str, str, str]
"""Package, channel, name on the channel, region or "", conditions with the first day where one is stated."""


def load_readings(root: Path) -> dict[Row, Reading]:
    """Return the readings of the last refresh below ``root``; empty if there was none. Raises CatalogError."""
    path = root / FILE
    if not path.is_file():
        return {}
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
        return {tuple(row[:5]): Reading(tuple(row[5]), date.fromisoformat(row[6])) for row in lines}
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise CatalogError(f"{path}: expected one JSON list a line: {error}", hint="take it back from git") from None


def dated(seen: Iterable[Observation], before: dict[Row, Reading]) -> Iterator[Observation]:
    """Yield the observations, each price with the day since which its package has said so."""
    for one in seen:
        prices = (replace(price, since=_since(one, price, before)) for price in one.prices)
        yield replace(one, prices=tuple(prices))


def render_readings(seen: Iterable[Observation], known: Collection[tuple[str, str]]) -> str:
    """Return the file's content for the observations whose channel and name are ``known``."""
    kept = (one for one in seen if (one.channel, one.name) in known)
    rows = {
        (_row(one, price), _rates(price), price.since or price.said.read_on) for one in kept for price in one.prices
    }
    lines = (json.dumps([*row, rates, since.isoformat()]) for row, rates, since in sorted(rows, key=repr))
    return "".join(f"{line}\n" for line in lines)


def _since(one: Observation, price: Price, before: dict[Row, Reading]) -> date:
    last = before.get(_row(one, price))
    return last.since if last is not None and last.rates == _rates(price) else price.said.read_on


def _row(one: Observation, price: Price) -> Row:
    tier, above, hours = price.key
    conditions = f"{tier} {above} {hours or ''} {price.valid_from or ''}".strip()
    return one.said.package, one.channel, one.api_name, one.region or "", conditions


def _rates(price: Price) -> tuple[str | None, ...]:
    return tuple(None if rate is None else f"{rate.normalize():f}" for rate in price.rates)
