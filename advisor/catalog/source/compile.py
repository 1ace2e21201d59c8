"""Turn the catalog's YAML into the one file that the program reads; the same files give the same bytes.

What is generated here and written nowhere else: offerings of open-weight models on the user's own GPUs, quality
rows from benchmark results, and the keys of sources.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from advisor.catalog.compiled_file import FORMAT
from advisor.catalog.source.dedupe import content_keys
from advisor.catalog.source.inherit import inherited, with_true_prices
from advisor.catalog.source.license_schema import TAKES_HOLD, LicenseEntry
from advisor.catalog.source.merge import Catalog, DatedPointer, Limited, ModelSheet, OfferingSheet
from advisor.catalog.source.quality_rows import effort_scale, quality_rows
from advisor.catalog.source.read import Tree
from advisor.catalog.source.schema import (
    ChannelEntry,
    FactEntry,
    Facts,
    PriceEntry,
    SourceEntry,
    Timeline,
)
from advisor.catalog.source.self_hosted_offerings import OWN_GPUS, own_gpu_offerings
from advisor.catalog.source.thinking import config_efforts
from advisor.facts import State


def compile_document(tree: Tree, catalog: Catalog) -> dict[str, Any]:
    """Return the compiled catalog as plain lists and dictionaries, in canonical order."""
    numbers = _Sources()
    channels = {sheet.entry.id: sheet for sheet in catalog.channels}
    catalog = with_true_prices(catalog)
    offerings = list(inherited([*catalog.offerings, *own_gpu_offerings(catalog)], catalog))
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": tree.catalog.version,
        "labs": [[lab.id, lab.name, lab.country] for lab in catalog.labs],
        "models": [_model(sheet, catalog, tree, numbers) for sheet in catalog.models],
        "offerings": [
            _offering(sheet, numbers, catalog.rate_limits) for sheet in sorted(offerings, key=lambda sheet: sheet.id)
        ],
        "licenses": [_license(entry) for _, entry in tree.licenses],
        "tokens": tree.token_estimates.any,
        "efforts": effort_scale(catalog, tree, numbers.number),
        "gpus": _gpus(tree, numbers),
        "pointers": [_pointer(pointer, numbers) for pointer in catalog.pointers],
    }
    used = {sheet.channel for sheet in offerings}
    document["channels"] = [
        {
            "id": entry.id,
            "name": entry.name,
            "kind": entry.kind,
            "prefix": entry.litellm_prefix,
            "country": entry.country,
            "facts": _facts(channels[entry.id].facts, channels[entry.id].sources, numbers)
            if entry.id in channels
            else {},
        }
        for entry in _channel_entries(catalog, used)
    ]
    return numbers.settle(document)


def compile_offerings(sheets: list[OfferingSheet]) -> dict[str, Any]:
    """Offerings alone, with the sources that they name."""
    numbers = _Sources()
    return numbers.settle({"offerings": [_offering(sheet, numbers) for sheet in sheets]})


class _Sources:
    """Gives every (address, day) a short key of its own content, so that a new source changes no other record."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], _Number] = {}

    def number(self, source: SourceEntry, read_on: date | None = None) -> _Number:
        key = (source.url, (read_on or source.read_on).isoformat())
        return self._seen.setdefault(key, _Number())

    def settle(self, document: dict[str, Any]) -> dict[str, Any]:
        keys = content_keys(" ".join(pair) for pair in self._seen)
        for pair, number in self._seen.items():
            number.value = keys[" ".join(pair)]
        settled: dict[str, Any] = _settled(document)
        settled["sources"] = {number.value: list(pair) for pair, number in self._seen.items()}
        return settled


class _Number:
    __slots__ = ("value",)

    value: str


def _settled(value: Any) -> Any:
    if isinstance(value, _Number):
        return value.value
    if isinstance(value, dict):
        return {key: _settled(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_settled(part) for part in value]
    return value


def _channel_entries(catalog: Catalog, used: set[str]) -> Iterable[ChannelEntry]:
    entries = {sheet.entry.id: sheet.entry for sheet in catalog.channels}
    if OWN_GPUS.id in used:
        entries.setdefault(OWN_GPUS.id, OWN_GPUS)
    return (entries[key] for key in sorted(entries))


def _model(sheet: ModelSheet, catalog: Catalog, tree: Tree, numbers: _Sources) -> dict[str, Any]:
    entry = sheet.entry
    quality = quality_rows(sheet, catalog, tree, numbers.number)
    return {
        "id": entry.id,
        "name": entry.name or entry.id,
        "lab": sheet.lab,
        "aliases": sorted(entry.aliases),
        "efforts": list(config_efforts(sheet.entry, sheet.facts)),
        "facts": _facts(sheet.facts, sheet.sources, numbers),
        "quality": {effort: sorted(rows, key=lambda row: (row[0], row[6])) for effort, rows in quality.items()},
        **_thinking(entry.id, tree, numbers),
    }


def _thinking(model: str, tree: Tree, numbers: _Sources) -> dict[str, Any]:
    """Tokens by effort and kind of task, and the speed, with the suites' sources in place of their names."""
    suites = {record.suite.id: record.suite for record in tree.tokens}

    def row(values: list[Any]) -> list[Any]:
        read = [SourceEntry(url=suites[name].source, read_on=suites[name].date) for name in values[-1]]
        return [*values[:-1], [numbers.number(source) for source in read]]

    estimated = tree.token_estimates
    tokens = estimated.tokens.get(model, {})
    found: dict[str, Any] = {}
    if tokens:
        found["tokens"] = {
            effort: {task: row(values) for task, values in tasks.items()} for effort, tasks in tokens.items()
        }
    if model in estimated.speed:
        found["speed"] = row(estimated.speed[model])
    return found


def _offering(sheet: OfferingSheet, numbers: _Sources, limits: Iterable[Limited] = ()) -> dict[str, Any]:
    entry = sheet.entry
    compiled: dict[str, Any] = {
        "model": entry.model,
        "channel": sheet.channel,
        "region": entry.region,
        "api_name": entry.api_name,
        "facts": _facts(sheet.facts, sheet.sources, numbers),
        "prices": [_price(row, sheet.sources, numbers) for row in sorted(entry.prices, key=price_order)],
    }
    tiers = [_rate_limit(one, numbers) for one in limits if _limits(one, sheet)]
    if tiers:
        compiled["rate_limits"] = tiers
    if entry.on_record_from or entry.on_record_to:
        compiled["on_record"] = [_plain(entry.on_record_from), _plain(entry.on_record_to)]
    return compiled


def _limits(limited: Limited, sheet: OfferingSheet) -> bool:
    return limited.channel == sheet.channel and sheet.entry.model in (limited.entry.models or [sheet.entry.model])


def _rate_limit(limited: Limited, numbers: _Sources) -> list[Any]:
    """[tier, requests, tokens, input tokens and output tokens a minute, USD a month, reached by, source]."""
    entry = limited.entry
    rates = (entry.requests_per_minute, entry.tokens_per_minute)
    parts = (entry.input_tokens_per_minute, entry.output_tokens_per_minute, _plain(entry.usd_per_month))
    return [entry.tier, *rates, *parts, entry.reached_by, numbers.number(limited.source)]


def price_order(row: PriceEntry) -> tuple[Any, ...]:
    """Tier, then conditions, then time: the order in which price rows are written and compiled."""
    return (row.tier, row.above_prompt_tokens, row.hours_utc or [], row.valid_from or date.min)


def _price(row: PriceEntry, sources: dict[str, SourceEntry], numbers: _Sources) -> list[Any]:
    claims = [
        {
            **{key: str(value) for key, value in claim if key != "source" and value is not None},
            "source": sources[claim.source].url,
        }
        for claim in row.claims
    ]
    compiled = [
        row.tier,
        _plain(row.valid_from),
        _plain(row.valid_to),
        row.above_prompt_tokens,
        [list(pair) for pair in row.hours_utc] if row.hours_utc else None,
        *(None if rate is None else rate_text(rate) for rate in (row.input, row.output)),
        *(None if rate is None else rate_text(rate) for rate in (row.cached_input, row.cache_write)),
        None if row.state is State.KNOWN else row.state.value,
        numbers.number(sources[row.source]),
        row.note,
        claims or None,
        row.on_weekends or None,
    ]
    return _trimmed(compiled)


def rate_text(rate: Decimal) -> str:
    """Return a rate as the shortest plain decimal: 2.50 is 2.5 and 1E+1 is 10."""
    text = format(rate.normalize(), "f")
    return "0" if text in ("-0", "0") else text


def _facts(facts: Facts, sources: dict[str, SourceEntry], numbers: _Sources) -> dict[str, Any]:
    return {name: [_fact(row, sources, numbers) for row in _by_start(rows)] for name, rows in sorted(facts.items())}


def _by_start(rows: Timeline) -> list[FactEntry]:
    return sorted(rows, key=lambda row: (row.valid_from or date.min, row.valid_to or date.max))


def _fact(row: FactEntry, sources: dict[str, SourceEntry], numbers: _Sources) -> list[Any]:
    claims = [[_plain(claim.value), numbers.number(sources[claim.source])] for claim in row.claims]
    compiled = [
        _plain(row.value),
        None if row.state is State.KNOWN else row.state.value,
        numbers.number(sources[row.source], row.read_on),
        _plain(row.valid_from),
        _plain(row.valid_to),
        row.note,
        claims or None,
    ]
    return _trimmed(compiled)


def _license(entry: LicenseEntry) -> dict[str, Any]:
    """As written, without what a clause leaves out."""
    compiled: dict[str, Any] = entry.model_dump(mode="json", by_alias=True)
    for clause in compiled["clauses"]:
        if clause["kind"] not in TAKES_HOLD:
            del clause["then"]
        for name in [name for name, value in clause.items() if value in (None, [])]:
            del clause[name]
    return compiled


def _pointer(pointer: DatedPointer, numbers: _Sources) -> list[Any]:
    entry = pointer.entry
    days = [_plain(entry.valid_from), _plain(entry.valid_to)]
    return [entry.name, pointer.channel, entry.model, *days, numbers.number(pointer.source)]


def _gpus(tree: Tree, numbers: _Sources) -> list[list[Any]]:
    _, record = tree.hardware
    rows = sorted(record.gpus, key=lambda gpu: gpu.id)
    return [
        [
            gpu.id,
            gpu.name,
            gpu.memory_gib,
            gpu.bandwidth_gb_s,
            gpu.bf16_tflops,
            _gpu_source(gpu.source, tree, numbers),
            [
                [rent.provider, str(rent.usd_per_gpu_hour), _gpu_source(rent.source, tree, numbers), rent.note]
                for rent in gpu.rents
            ],
        ]
        for gpu in rows
    ]


def _gpu_source(name: str, tree: Tree, numbers: _Sources) -> _Number:
    return numbers.number(tree.hardware[1].sources[name])


def _trimmed(row: list[Any]) -> list[Any]:
    while row and row[-1] is None:
        row.pop()
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value
