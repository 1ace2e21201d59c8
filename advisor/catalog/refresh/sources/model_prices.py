"""model-prices' snapshot: the labs' own prices with every change on record, and which models a lab has removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from advisor.catalog.refresh.observation import Attribution, Hours, Observation, Price, PriceKey, Rates
from advisor.catalog.refresh.sources.metergraph import outside

FILE = "snapshot.json"

CHANNELS: dict[str, str] = {
    "openai": "openai",
    "anthropic": "anthropic",
    "google": "gemini",
    "mistral": "mistral",
    "deepseek": "deepseek",
    "xai": "xai",
    "cohere": "cohere",
    "meta": "meta",
    "minimax": "minimax",
    "moonshotai": "moonshot",
    "zai": "zai",
    "alibaba": "alibaba",
    "amazon-bedrock": "bedrock",
    "nova": "amazon-nova",
    "ai21": "ai21",
    "arcee": "arcee",
    "inception": "inception",
    "perplexity": "perplexity",
    "upstage": "upstage",
    "xiaomi": "xiaomi",
    "stepfun-ai": "stepfun",
    "thinkingmachines": "thinkingmachines",
    "poolside": "poolside",
    "sakana": "sakana",
    "volcengine": "volcengine",
    "byteplus": "byteplus",
    "tencent-tokenhub": "tencent",
    "longcat": "longcat",
}
"""model-prices' provider to the catalog's channel."""

_GEOGRAPHIES = ("us", "eu", "apac", "jp", "au", "ca", "global")
_TIERS = {"standard": "standard", "batch": "batch", "flex": "flex"}
_FIELDS = ("input", "output", "cache_read", "cache_write")


def observations(package: Path, version: str, read_on: date) -> Iterator[Observation]:
    """Every model of every provider that is a channel; ``package`` is the folder of ``model_prices``."""
    del version
    snapshot = json.loads((package / FILE).read_text(encoding="utf-8"))
    read_on = date.fromisoformat(snapshot.get("updated_at", read_on.isoformat())[:10])
    peaks = {rule["provider"]: rule for rule in snapshot["schedules"]["schedule"] if _holds(rule, read_on)}
    for provider, channel in CHANNELS.items():
        removed = {name for name, status in snapshot["status"].get(provider, {}).items() if status == "removed"}
        for name, tiers in snapshot["prices"].get(provider, {}).items():
            region, plain = _place(channel, name)
            prices = [
                price
                for tier, ours in _TIERS.items()
                for price in _timeline(ours, tiers.get(tier, ()), read_on, peaks.get(provider))
            ]
            if prices or name in removed:
                said = (
                    prices[-1].said
                    if prices
                    else Attribution("model-prices", "https://github.com/anomalyco/models.dev", read_on)
                )
                yield Observation(channel, plain, region, name, said, tuple(prices), is_removed=name in removed)


def _holds(rule: dict[str, Any], day: date) -> bool:
    last = rule.get("valid_until")
    return "peak_hours_utc" in rule and (last is None or date.fromisoformat(last[:10]) > day)


def _place(channel: str, name: str) -> tuple[str | None, str]:
    head, dot, rest = name.partition(".")
    if channel == "bedrock" and dot and head in _GEOGRAPHIES:
        return head, rest
    return None, name


def _timeline(tier: str, entries: list[dict[str, Any]], read_on: date, peak: dict[str, Any] | None) -> Iterator[Price]:
    """Rows with first and last day; changes within a day and repetitions of the same rates are one row."""
    rows = sorted(((_first_day(entry), entry["rates"]) for entry in entries if entry["rates"]), key=lambda row: row[0])
    kept = [row for row, later in pairwise(rows) if row[0] != later[0]] + rows[-1:]
    merged: list[tuple[date, dict[str, Any]]] = []
    for start, rates in kept:
        if not merged or _amounts(merged[-1][1]) != _amounts(rates):
            merged.append((start, rates))
    ends: list[date | None] = [start for start, _ in merged[1:]]
    for (start, rates), end in zip(merged, [*ends, None], strict=False):
        said = Attribution("model-prices", rates["source"], read_on)
        current = _rates(rates)
        if peak and tier == "standard" and start >= date.fromisoformat(peak["valid_from"][:10]):
            factor = Decimal(str(peak["peak_multiplier"]))
            hours: Hours = outside(tuple((a, b) for a, b in peak["peak_hours_utc"]))
            yield Price(PriceKey(tier, 0, hours), current, said, start, end, "off-peak hours of working days")
            current = Rates(*(None if rate is None else rate * factor for rate in current))
        yield Price(PriceKey(tier), current, said, start, end)
        for step in rates.get("tiers", ()):
            yield Price(PriceKey(tier, int(step["above"])), _rates(step), said, start, end)


def _first_day(entry: dict[str, Any]) -> date:
    """Return the row's own first day; the day on which its rates were first seen where it has none."""
    return date.fromisoformat((entry["start"] or entry["rates"]["valid_from"])[:10])


def _amounts(rates: dict[str, Any]) -> tuple[object, ...]:
    steps = tuple((step["above"], *(step.get(field) for field in _FIELDS)) for step in rates.get("tiers", ()))
    return (*(rates.get(field) for field in _FIELDS), steps)


def _rates(rates: dict[str, Any]) -> Rates:
    return Rates(*(Decimal(str(rates[field])) if rates.get(field) else None for field in _FIELDS))
