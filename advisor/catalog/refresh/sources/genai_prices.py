"""genai-prices' data module: parsed as source text, so that nothing of the package runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from advisor.catalog.refresh.observation import Attribution, Hours, Observation, Price, PriceKey, Rates
from advisor.catalog.refresh.sources.metergraph import outside

FILE = "data.py"

CHANNELS: dict[str, str] = {
    "openai": "openai",
    "anthropic": "anthropic",
    "google": "gemini",
    "aws": "bedrock",
    "mistral": "mistral",
    "deepseek": "deepseek",
    "x-ai": "xai",
    "cohere": "cohere",
    "moonshotai": "moonshot",
    "zai": "zai",
    "minimax": "minimax",
    "meta": "meta",
    "together": "together",
    "fireworks": "fireworks",
    "groq": "groq",
    "cerebras": "cerebras",
    "novita": "novita",
    "openrouter": "openrouter",
    "ovhcloud": "ovhcloud",
    "perplexity": "perplexity",
    "databricks": "databricks",
    "baseten": "baseten",
    "cloudflare": "cloudflare",
    "arcee": "arcee",
    "avian": "avian",
    "doubleword": "doubleword",
    "modal": "modal",
    "huggingface_sambanova": "sambanova",
    "huggingface_nebius": "nebius",
    "huggingface_nscale": "nscale",
    "huggingface_publicai": "publicai",
}
"""genai-prices' provider to the catalog's channel."""

_NOT_SERVED = {"gemini": ("claude", "anthropic"), "openai": ("gpt-oss",)}
"""Channel to how names begin that it does not serve. The package has one provider for all of Google: what only Vertex
sells has rows of its own there. OpenAI publishes the gpt-oss weights; the prices under its name are other hosts'."""

_GEOGRAPHIES = ("us", "eu", "apac", "jp", "au", "ca", "in", "global")
_FIELDS = ("input_mtok", "output_mtok", "cache_read_mtok", "cache_write_mtok")
_TIERS = {("processing", "batch"): "batch", ("service_tier", "flex"): "flex", ("service_tier", "priority"): "priority"}


def observations(package: Path, version: str, read_on: date) -> Iterator[Observation]:
    """Every model of every provider that is a channel; ``package`` is the folder of ``genai_prices``."""
    del version
    for provider in _providers(package / FILE):
        channel = CHANNELS.get(provider["id"])
        if channel is None:
            continue
        address = provider["pricing_urls"][0]
        said = Attribution("genai-prices", address, read_on)
        for model in provider["models"]:
            if model["id"].startswith(_NOT_SERVED.get(channel, ("-",))):
                continue
            region, name = _place(channel, model["id"])
            facts: dict[str, object] = {}
            if model.get("context_window"):
                facts["context_window_tokens"] = int(model["context_window"])
            yield Observation(channel, name, region, model["id"], said, tuple(_prices(model, said)), facts)


def _providers(path: Path) -> list[dict[str, Any]]:
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.AnnAssign) and statement.value is not None:
            found: list[dict[str, Any]] = _plain(statement.value)
            return found
    return []


def _plain(node: ast.expr) -> Any:
    """Give a record as a dictionary with its type under "_", a number as its text, a date as a date.

    A time as HH:MM.
    """
    if isinstance(node, ast.Call):
        return _record(node)
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_plain(part) for part in node.elts]
    if isinstance(node, ast.Dict):
        return {_plain(key): _plain(value) for key, value in zip(node.keys, node.values, strict=True) if key}
    return node.value if isinstance(node, ast.Constant) else None


def _record(node: ast.Call) -> Any:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    arguments = [_plain(argument) for argument in node.args]
    if name == "Decimal":
        return Decimal(arguments[0])
    if name == "date":
        return date(*arguments)
    if name == "time":
        return f"{arguments[0]:02d}:{arguments[1] if len(arguments) > 1 else 0:02d}"
    return {"_": name, **{word.arg: _plain(word.value) for word in node.keywords if word.arg}}


def _place(channel: str, name: str) -> tuple[str | None, str]:
    head, dot, rest = name.partition(".")
    if channel == "bedrock" and dot and head in _GEOGRAPHIES:
        return head, rest
    return None, name


def _prices(model: dict[str, Any], said: Attribution) -> Iterator[Price]:
    conditions = model["prices"] if isinstance(model["prices"], list) else [{"prices": model["prices"]}]
    dated = [(_start(entry), entry["prices"]) for entry in conditions if not _hours(entry)]
    timed = [(_hours(entry), entry["prices"]) for entry in conditions if _hours(entry)]
    yield from (_peak_outside(dated, timed, said) if timed else _timeline("standard", dated, said))
    variants: dict[str, list[tuple[date | None, dict[str, Any]]]] = {}
    for variant in model.get("price_variants") or ():
        when = tuple(variant["when"].items())
        tier = _TIERS.get(when[0]) if len(when) == 1 else None
        if tier is not None:
            variants.setdefault(tier, []).append((_start(variant), variant["prices"]))
    for tier, entries in variants.items():
        yield from _timeline(tier, entries, said)


def _peak_outside(dated: list[Any], timed: list[Any], said: Attribution) -> Iterator[Price]:
    """Dear hours named and the rest cheap, said the other way round: dear at all hours, cheap in the rest."""
    cheap = _timeline("standard", dated, said)[-1]
    hours: Hours = tuple(pair for pairs, _ in timed for pair in pairs)
    for key, rates in _rows("standard", timed[-1][1]):
        yield Price(key, rates, said, cheap.valid_from)
    rest = PriceKey("standard", 0, outside(hours))
    yield Price(rest, cheap.rates, said, cheap.valid_from, None, "off-peak hours")


def _timeline(tier: str, entries: list[tuple[date | None, dict[str, Any]]], said: Attribution) -> list[Price]:
    ordered = sorted(entries, key=lambda entry: entry[0] or date.min)
    starts = [start for start, _ in ordered]
    ends = [*starts[1:], None]
    return [
        Price(key, rates, said, start, end)
        for (start, rates_of), end in zip(ordered, ends, strict=True)
        for key, rates in _rows(tier, rates_of)
    ]


def _rows(tier: str, prices: dict[str, Any]) -> Iterator[tuple[PriceKey, Rates]]:
    """One row per prompt length at which a rate changes."""
    limits = {0}
    for field in _FIELDS:
        if isinstance(prices.get(field), dict):
            limits |= {int(step["start"]) for step in prices[field]["tiers"]}
    for limit in sorted(limits):
        rates = Rates(*(_at(prices.get(field), limit) for field in _FIELDS))
        if rates.input is not None or rates.output is not None:
            yield PriceKey(tier, limit), rates


def _at(rate: Any, prompt_tokens: int) -> Decimal | None:
    if isinstance(rate, dict):
        found = rate["base"]
        for step in rate["tiers"]:
            if prompt_tokens >= step["start"]:
                found = step["price"]
        rate = found
    return rate if isinstance(rate, Decimal) and rate > 0 else None


def _start(entry: dict[str, Any]) -> date | None:
    constraint = entry.get("constraint")
    return constraint.get("start_date") if constraint else None


def _hours(entry: dict[str, Any]) -> Hours | None:
    constraint = entry.get("constraint")
    if not constraint or "start_time" not in constraint:
        return None
    return ((constraint["start_time"], constraint["end_time"]),)
