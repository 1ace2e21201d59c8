"""litellm's price map: read as a file; litellm itself is not imported (it takes seconds and looks outside)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from advisor.catalog.refresh.observation import Attribution, Hours, Observation, Price, PriceKey, Rates, per_million

FILE = "model_prices_and_context_window_backup.json"
REPOSITORY = "https://github.com/BerriAI/litellm"

CHANNELS: dict[str, str] = {
    "openai": "openai",
    "anthropic": "anthropic",
    "gemini": "gemini",
    "vertex_ai": "vertex",
    "vertex_ai-language-models": "vertex",
    "vertex_ai-anthropic_models": "vertex",
    "vertex_ai-mistral_models": "vertex",
    "vertex_ai-llama_models": "vertex",
    "vertex_ai-deepseek_models": "vertex",
    "vertex_ai-qwen_models": "vertex",
    "vertex_ai-openai_models": "vertex",
    "vertex_ai-zai_models": "vertex",
    "vertex_ai-moonshot_models": "vertex",
    "vertex_ai-minimax_models": "vertex",
    "bedrock": "bedrock",
    "bedrock_converse": "bedrock",
    "bedrock_mantle": "bedrock",
    "azure": "azure",
    "azure_ai": "azure",
    "mistral": "mistral",
    "deepseek": "deepseek",
    "xai": "xai",
    "cohere_chat": "cohere",
    "cohere": "cohere",
    "moonshot": "moonshot",
    "zai": "zai",
    "minimax": "minimax",
    "dashscope": "alibaba",
    "together_ai": "together",
    "fireworks_ai": "fireworks",
    "groq": "groq",
    "cerebras": "cerebras",
    "deepinfra": "deepinfra",
    "novita": "novita",
    "nebius": "nebius",
    "databricks": "databricks",
    "vercel_ai_gateway": "vercel",
    "openrouter": "openrouter",
    "baseten": "baseten",
    "cloudflare": "cloudflare",
    "perplexity": "perplexity",
    "sambanova": "sambanova",
    "snowflake": "snowflake",
    "oci": "oracle",
    "watsonx": "watsonx",
    "ovhcloud": "ovhcloud",
    "scaleway": "scaleway",
    "nscale": "nscale",
    "wandb": "wandb",
    "gradient_ai": "digitalocean",
    "friendliai": "friendli",
    "gmi": "gmi",
    "tencent": "tencent",
    "volcengine": "volcengine",
    "ai21": "ai21",
    "amazon_nova": "amazon-nova",
    "inception": "inception",
    "upstage": "upstage",
    "xiaomi_mimo": "xiaomi",
    "publicai": "publicai",
    "meta": "meta",
}
"""litellm's provider to the catalog's channel; providers that are not here are left out.

Left out on purpose: ``hyperbolic``, whose rows give one price for models of 8 and of 405 billion parameters, and
``lambda_ai``, whose rows are no longer maintained; a price that is too low to be true would win every comparison.
"""

_FIELDS = {
    "input": "input_cost_per_token",
    "output": "output_cost_per_token",
    "cached_input": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
}
_TIERS = {"": "standard", "_batches": "batch", "_flex": "flex", "_priority": "priority"}
_ABOVE = re.compile(r"_above_(\d+)k_tokens")
_GEOGRAPHY = re.compile(r"^(us|eu|apac|jp|au|ca|in|global|us-gov)\.(?=[a-z])")
_AWS_REGION = re.compile(r"^[a-z]{2}(?:-gov)?-[a-z]+-\d$")
_AZURE_REGION = re.compile(r"^(eu|us|global|us-gov)/")
_MODES = ("chat", "responses")


def observations(package: Path, version: str, read_on: date) -> Iterator[Observation]:
    """Every chat row of the price map, one per name; ``package`` is litellm's own folder."""
    rows: dict[str, Any] = json.loads((package / FILE).read_text(encoding="utf-8"))
    for key, row in rows.items():
        provider = row.get("litellm_provider") if isinstance(row, dict) else None
        channel = CHANNELS.get(provider or "")
        if channel is None or row.get("mode") not in _MODES:
            continue
        place = _place(key, channel)
        if place is None:
            continue
        region, name = place
        url = str(row.get("source") or f"{REPOSITORY}#{version}:{key}").replace(" ", "%20").replace("'", "%27")
        said = Attribution("litellm", url, read_on)
        if key.startswith("ft:"):
            yield Observation(channel, name.removeprefix("ft:"), region, key, said, (), _tuned(row))
            continue
        first = Observation(channel, name, region, key, said, tuple(_with_fast(row, said, channel)), _facts(row))
        yield first
        yield from _uplifted(first, row)


def _with_fast(row: dict[str, Any], said: Attribution, channel: str) -> Iterator[Price]:
    """Yield the prices of the row, and those of Anthropic's fast mode where its multiple is stated."""
    prices = list(_prices(row, said))
    yield from prices
    multiple = (row.get("provider_specific_entry") or {}).get("fast") if channel == "anthropic" else None
    if isinstance(multiple, (int, float)) and multiple > 1:
        factor = Decimal(str(multiple))
        for price in prices:
            if price.key == PriceKey("standard"):
                rates = Rates(*(None if rate is None else (rate * factor).normalize() for rate in price.rates))
                yield replace(price, key=PriceKey("fast"), rates=rates, note=f"fast mode: {factor} times the rate")


def _tuned(row: dict[str, Any]) -> dict[str, object]:
    """Return what a tuned model of that base costs to serve, in USD per million tokens."""
    rates = {"input": "input_cost_per_token", "output": "output_cost_per_token"}
    stated = {side: row[field] for side, field in rates.items() if isinstance(row.get(field), (int, float))}
    return {
        f"fine_tuned_{side}_usd_per_million_tokens": f"{per_million(rate):f}" for side, rate in stated.items() if rate
    }


def _place(key: str, channel: str) -> tuple[str | None, str] | None:
    """Region and name from a key such as ``azure/eu/gpt-5.2`` or ``eu.anthropic.claude-opus-5-5``."""
    if "commitment" in key or "/*/" in key:
        return None
    parts = key.split("/")
    if channel == "bedrock":
        if parts[0] in ("bedrock", "bedrock_mantle") and len(parts) > 1:
            parts = parts[1:]
        if len(parts) > 1:
            return (parts[0], parts[-1]) if _AWS_REGION.match(parts[0]) else None
        geography = _GEOGRAPHY.match(parts[0])
        return (geography.group(1), parts[0][geography.end() :]) if geography else (None, parts[0])
    if channel == "azure":
        rest = key.split("/", 1)[1] if "/" in key else key
        zone = _AZURE_REGION.match(rest)
        return (zone.group(1), rest[zone.end() :]) if zone else (None, rest)
    return (None, parts[-1])


def _prices(row: dict[str, Any], said: Attribution) -> Iterator[Price]:
    found: dict[PriceKey, dict[str, Decimal]] = {}
    for field, stem in _FIELDS.items():
        for name, value in row.items():
            if not name.startswith(stem) or not isinstance(value, (int, float)):
                continue
            key = _conditions(name[len(stem) :])
            if key is not None:
                found.setdefault(key, {})[field] = per_million(value)
    for tier in row.get("tiered_pricing") or ():
        start, _ = tier.get("range", (0, 0))
        rates = {field: per_million(tier[stem]) for field, stem in _FIELDS.items() if stem in tier}
        found.setdefault(PriceKey("standard", int(start)), {}).update(rates)
    off_peak = row.get("off_peak_pricing")
    for key, values in found.items():
        filled = _without_zeros(values)
        if filled.input is not None or filled.output is not None:
            yield Price(key, filled, said, note=_PEAK if off_peak and key.tier == "standard" else None)
    if off_peak:
        yield from _off_peak(off_peak, said)


_PEAK = "peak hours"
_WEEKEND = {6, 7}


def _off_peak(pricing: dict[str, Any], said: Attribution) -> Iterator[Price]:
    """Yield the off-peak rates at the hours of working days: what holds on any day."""
    rates = _without_zeros({field: per_million(pricing[stem]) for field, stem in _FIELDS.items() if stem in pricing})
    windows = pricing.get("windows", ())
    whole_days = [set(window.get("weekdays", ())) for window in windows if window.get("hours_utc") == "00:00-00:00"]
    on_weekends = any(days >= _WEEKEND for days in whole_days)
    for window in windows:
        hours = window.get("hours_utc")
        if isinstance(hours, list):
            pairs: Hours = tuple(_window(text) for text in hours)
            note = "off-peak hours of working days"
            yield Price(PriceKey("standard", 0, pairs), rates, said, note=note, on_weekends=on_weekends)


def _window(text: str) -> tuple[str, str]:
    start, _, end = text.partition("-")
    return start, "24:00" if end == "00:00" else end


def _conditions(rest: str) -> PriceKey | None:
    above = 0
    match = _ABOVE.search(rest)
    if match:
        above = int(match.group(1)) * 1000
        rest = rest[: match.start()] + rest[match.end() :]
    tier = _TIERS.get(rest)
    return None if tier is None else PriceKey(tier, above)


def _without_zeros(values: dict[str, Decimal]) -> Rates:
    """Return a rate of 0 in this file means that nobody filled it in, so it is unknown."""
    return Rates(**{field: value for field, value in values.items() if value > 0})


_YES_NO = {
    "supports_function_calling": "tools",
    "supports_response_schema": "structured_output",
    "supports_prompt_caching": "prompt_caching",
}


def _facts(row: dict[str, Any]) -> dict[str, object]:
    """Return what the row says beside prices."""
    facts: dict[str, object] = {}
    for name in ("max_input_tokens", "max_output_tokens"):
        value = row.get(name)
        if isinstance(value, (int, float)) and value > 0:
            facts[name] = int(value)
    for name, ours in _YES_NO.items():
        if isinstance(row.get(name), bool):
            facts[ours] = row[name]
    if row.get("deprecation_date"):
        facts["retirement_date"] = date.fromisoformat(row["deprecation_date"])
    return {**facts, **_modalities(row)}


_MODALITIES = {"text", "image", "audio", "video", "pdf"}
_FLAGS = {"image": "supports_vision", "audio": "supports_audio_input", "video": "supports_video_input"}


def _modalities(row: dict[str, Any]) -> dict[str, object]:
    """Return what goes in and comes out. Chat rows that list images as output mean a separate tool that draws."""
    taken = set(row.get("supported_modalities") or ()) & _MODALITIES
    if not taken and isinstance(row.get("supports_vision"), bool):
        taken = {"text", *(name for name, flag in _FLAGS.items() if row.get(flag))}
    if taken and row.get("supports_pdf_input"):
        taken.add("pdf")
    given = set(row.get("supported_output_modalities") or ()) & _MODALITIES
    if given == {"image", "text"}:
        given = {"text"}
    both = {"input_modalities": sorted(taken), "output_modalities": sorted(given)}
    return {name: values for name, values in both.items() if values}


_RESIDENCY = {
    "regional_processing_uplift_multiplier_eu": "eu",
    "regional_processing_uplift_multiplier_us": "us",
}


def _uplifted(base: Observation, row: dict[str, Any]) -> Iterator[Observation]:
    """Yield the same name with processing bound to a geography at a stated multiple of every rate."""
    multiples = {region: row[name] for name, region in _RESIDENCY.items() if name in row}
    if base.channel == "vertex" and "regional_endpoint_uplift_multiplier" in row:
        multiples = dict.fromkeys(("eu", "us"), row["regional_endpoint_uplift_multiplier"])
    if base.channel == "anthropic" and "us" in (row.get("provider_specific_entry") or {}):
        multiples = {"us": row["provider_specific_entry"]["us"]}
    for region, multiple in multiples.items():
        factor = Decimal(str(multiple))
        yield Observation(base.channel, base.name, region, base.api_name, base.said, base.prices, base.facts, factor)
