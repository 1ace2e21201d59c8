"""metergraph-core's price catalog: every row has its own address and days, some of them in the future."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from advisor.catalog.refresh.observation import AliasRow, Attribution, Hours, Observation, Price, PriceKey, Rates
from advisor.catalog.source.read import read_yaml

REPOSITORY = "https://github.com/metergraph/metergraph"
FILE = Path("data") / "prices.yaml"

CHANNELS: dict[str, str] = {
    "openai-api": "openai",
    "anthropic-api": "anthropic",
    "google-api": "gemini",
    "google-vertex-ai": "vertex",
    "aws-bedrock": "bedrock",
    "aws-bedrock-geo": "bedrock",
    "mistral-api": "mistral",
    "xai-api": "xai",
    "deepseek-api": "deepseek",
    "meta-api": "meta",
    "minimax-api": "minimax",
    "alibaba-api": "alibaba",
    "zai-api": "zai",
    "moonshot-api": "moonshot",
    "perplexity-api": "perplexity",
    "fireworks-api": "fireworks",
    "vercel-ai-gateway": "vercel",
    "openrouter-api": "openrouter",
}
"""metergraph's channel to the catalog's."""

_GEOGRAPHIES = ("us", "eu", "apac", "jp", "au", "ca", "in", "global")


def observations(package: Path, version: str, read_on: date) -> Iterator[Observation]:
    """Every model on every channel; ``package`` is the folder of ``metergraph_core``. The version is not needed."""
    del version
    document = read_yaml(package / FILE)
    read_on = date.fromisoformat(str(document.get("pricing_verified_at", read_on)))
    for model in document["models"]:
        places: dict[tuple[str, str | None, str], list[dict[str, Any]]] = {}
        for row in model.get("prices", ()):
            if row["channel"] in CHANNELS:
                for place in _places(model, row):
                    places.setdefault(place, []).append(row)
        for (channel, region, name), rows in places.items():
            prices = tuple(price for row in rows for price in _prices(row, read_on))
            if prices:
                has_ended = all(price.valid_to is not None and price.valid_to <= read_on for price in prices)
                yield Observation(channel, name, region, name, prices[0].said, prices, is_removed=has_ended)


def pointings(package: Path, read_on: date) -> Iterator[AliasRow]:
    """Yield the names that a lab's own channel points at a version from a stated day on."""
    document = read_yaml(package / FILE)
    read_on = date.fromisoformat(str(document.get("pricing_verified_at", read_on)))
    for model in document["models"]:
        for alias in model.get("aliases", ()):
            channel = CHANNELS.get(alias.get("channel"))
            if channel is None or "effective_from" not in alias or "/" in alias["alias"] or "." in alias["provider"]:
                continue
            said = Attribution("metergraph-core", alias.get("source_url") or REPOSITORY, read_on)
            start, end = _day(alias["effective_from"]), _day(alias.get("effective_to"))
            yield AliasRow(channel, alias["alias"], model["canonical_id"].rsplit("/", 1)[-1], start, end, said)


def _places(model: dict[str, Any], row: dict[str, Any]) -> Iterator[tuple[str, str | None, str]]:
    """Channel, region and name of a row; on Bedrock the aliases say which profiles a row is the price of."""
    channel = CHANNELS[row["channel"]]
    name = model["canonical_id"].rsplit("/", 1)[-1]
    if model["canonical_id"].startswith("deepseek/v"):
        name = f"deepseek-{name}"
    if channel != "bedrock":
        yield channel, row["region"] if row["region"] not in ("global", None) else None, name
        return
    for alias in model.get("aliases", ()):
        if alias.get("provider") == "bedrock" and alias.get("channel") == row["channel"]:
            if alias.get("price_region", "global") != row["region"]:
                continue
            geography = alias["alias"].split(".", 1)[0]
            yield channel, geography if geography in _GEOGRAPHIES else None, name


def _prices(row: dict[str, Any], read_on: date) -> Iterator[Price]:
    said = Attribution("metergraph-core", row["source_url"], read_on)
    start, end = _day(row.get("effective_from")), _day(row.get("effective_to"))
    rules = row.get("rules") or {}
    standard = Rates(*(_decimal(row.get(name)) for name in _STANDARD))
    batch = Rates(*(_decimal(row.get(name)) for name in _BATCH))
    for tier, rates in (("standard", standard), ("batch", batch)):
        if rates.input is None and rates.output is None:
            continue
        yield Price(PriceKey(tier), rates, said, start, end)
        if "long_context" in rules:
            rule = rules["long_context"]
            dearer = _times(rates, Decimal(str(rule["input_multiplier"])), Decimal(str(rule["output_multiplier"])))
            yield Price(PriceKey(tier, int(rule["threshold"])), dearer, said, start, end)
    if "off_peak_discount" in rules:
        discount = rules["off_peak_discount"]
        factor = Decimal(str(discount["multiplier"]))
        hours = outside(tuple((f"{a:02d}:00", f"{b:02d}:00") for a, b in discount["peak_hours_utc"]))
        note = "off-peak hours of working days; weekends are off-peak all day"
        yield Price(
            PriceKey("standard", 0, hours), _times(standard, factor, factor), said, start, end, note, on_weekends=True
        )


def outside(peaks: Hours) -> Hours:
    """Return the hours of a day outside the given ones, in order; ("24:00" is the end of the day)."""
    free: list[tuple[str, str]] = []
    last = "00:00"
    for start, end in sorted(peaks):
        if last < start:
            free.append((last, start))
        last = max(last, end)
    if last < "24:00":
        free.append((last, "24:00"))
    return tuple(free)


_STANDARD = ("input_per_mtok", "output_per_mtok", "cache_read_per_mtok", "cache_write_5m_per_mtok")
_BATCH = ("batch_input_per_mtok", "batch_output_per_mtok", "batch_cache_read_per_mtok")


def _times(rates: Rates, prompt: Decimal, answer: Decimal) -> Rates:
    scaled = [None if rate is None else (rate * prompt).normalize() for rate in rates]
    scaled[1] = None if rates.output is None else (rates.output * answer).normalize()
    return Rates(*scaled)


def _decimal(value: object) -> Decimal | None:
    rate = None if value is None else Decimal(str(value))
    return rate or None


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(str(value)[:10])
