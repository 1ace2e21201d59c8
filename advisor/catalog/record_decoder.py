"""From the rows of the compiled file to records."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from advisor.catalog.records import (
    Channel,
    Config,
    Estimate,
    Facts,
    Gpu,
    Model,
    Offering,
    Pointer,
    PriceRow,
    Quality,
    RateLimit,
    Rent,
    Thinking,
)
from advisor.facts import Fact, Source, State


class RecordDecoder:
    """Makes records of rows; what they name by number is looked up among the sources of one file."""

    def __init__(self, sources: Mapping[str, list[str]] | list[list[str]]) -> None:
        """Read ``sources``: address and day of each, by the key that rows name it by."""
        keyed: Any = sources.items() if isinstance(sources, Mapping) else enumerate(sources)
        self.sources = {key: Source(url, date.fromisoformat(day)) for key, (url, day) in keyed}
        self._decoded: dict[int, tuple[Fact, ...]] = {}

    def facts(self, raw: Mapping[str, Any]) -> Facts:
        """Return the facts of a row, each decoded when it is asked for."""
        return Facts(raw["facts"], self.sources, self._decoded)

    def gpu(self, row: list[Any]) -> Gpu:
        """Return an accelerator."""
        rents = row[6] if len(row) > 6 else ()  # noqa: PLR2004 - catalogs compiled before have no rents
        priced = tuple(Rent(name, Decimal(usd), self.sources[source], note) for name, usd, source, note in rents)
        return Gpu(row[0], row[1], row[2], row[3], row[4], self.sources[row[5]], priced)

    def channel(self, raw: Mapping[str, Any]) -> Channel:
        """Return a channel."""
        return Channel(raw["id"], raw["name"], raw["kind"], raw.get("prefix"), self.facts(raw), raw.get("country"))

    def pointer(self, row: list[Any]) -> Pointer:
        """Return a name that means one version or another for a time."""
        return Pointer(row[0], row[1], row[2], _day(row[3]), _day(row[4]), self.sources[row[5]])

    def model(self, raw: Mapping[str, Any]) -> Model:
        """Return a model with its configs."""
        model_id = raw["id"]
        configs = tuple(
            Config(f"{model_id}~{effort}" if effort else model_id, model_id, effort) for effort in raw["efforts"]
        )
        return Model(
            model_id,
            raw["name"],
            raw["lab"],
            tuple(raw["aliases"]),
            configs,
            self.facts(raw),
        )

    def offering(
        self, raw: Mapping[str, Any], models: Mapping[str, Model], channels: Mapping[str, Channel]
    ) -> Offering:
        """Return an offering; of models and channels that were made before."""
        return Offering(
            id=offering_id(raw),
            model=models[raw["model"]],
            channel=channels[raw["channel"]],
            region=raw.get("region"),
            api_name=raw.get("api_name"),
            prices=tuple(self._price(row) for row in raw["prices"]),
            facts=self.facts(raw),
            rate_limits=tuple(self._rate_limit(row) for row in raw.get("rate_limits", ())),
        )

    def _rate_limit(self, row: list[Any]) -> RateLimit:
        tier, requests, tokens, given, made, usd, reached_by, source = row
        return RateLimit(tier, requests, tokens, given, made, _decimal(usd), reached_by, self.sources[source])

    def _price(self, row: list[Any]) -> PriceRow:
        tier, first, last, above, hours, *rates_and_rest = row
        input_, output, cached_input, cache_write = map(_decimal, rates_and_rest[:4])
        state, source, note, claims, on_weekends = rates_and_rest[4:] + [None] * (9 - len(rates_and_rest))
        return PriceRow(
            tier,
            _day(first),
            _day(last),
            above,
            tuple((start, end) for start, end in hours) if hours else None,
            input_,
            output,
            cached_input,
            cache_write,
            State(state) if state else State.KNOWN,
            self.sources[source],
            note,
            tuple(claims or ()),
            bool(on_weekends),
        )

    def quality(self, row: list[Any]) -> Quality:
        """Return an estimate in a dimension."""
        dimension, estimate, low, high, unit, sources, day, *note = row
        read_from = tuple(self.sources[index] for index in sources)
        return Quality(dimension, estimate, low, high, unit, read_from, date.fromisoformat(day), *note)

    def thinking(self, config: Config, task: str, mode: str, row: list[Any]) -> Thinking:
        """Return the tokens of one answer of a kind of task, by a model that thinks in some mode."""
        tokens, low, high, hidden, hidden_low, hidden_high, basis, sources = row
        if mode == "none":
            hidden = hidden_low = hidden_high = 0
        return Thinking(
            mode,
            config.effort,
            task,
            Estimate(tokens, low, high, basis),
            Estimate(hidden, hidden_low, hidden_high, basis),
            tuple(self.sources[index] for index in sources),
        )


def offering_id(raw: Mapping[str, Any]) -> str:
    region = raw.get("region")
    return f"{raw['channel']}/{raw['model']}" + (f"@{region}" if region else "")


@cache
def _decimal(rate: str | None) -> Decimal | None:
    """Return a rate, made once: a few hundred of them fill some ten thousand cells."""
    return None if rate is None else Decimal(rate)


@cache
def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@contextmanager
def no_collection() -> Iterator[None]:
    """Without the collector's passes, which find nothing while thousands of records are being made: a third faster."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
