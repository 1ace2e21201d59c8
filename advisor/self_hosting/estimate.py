"""One model on one set of accelerators, everything that can be said of it together; every figure is an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import NamedTuple

from advisor.catalog.records import Gpu, Model, Rent
from advisor.facts import Source, Ternary
from advisor.self_hosting.capacity import (
    BYTES_PER_PARAMETER,
    OVERHEAD_BYTES,
    USABLE,
    Architecture,
    Load,
    Range,
    Rig,
    architecture,
    decode_tokens_per_s,
    fits,
    kv_cache_bytes_per_token,
    prefill_tokens_per_s,
    rig,
    weights_bytes,
)

GIB = 2**30
HOURS_PER_MONTH = Decimal(730)
"""365 days of 24 hours over 12 months."""

OTHER_PRECISIONS = ("bf16", "fp8", "int4")
"""What is compared with the model's own form: the common quantized copies."""


class HostingEstimate(NamedTuple):
    """Ranges from the least to the most that is possible; None where a fact that the figure needs is unknown.

    ``output_tokens_per_s`` is of one request among all, ``prompt_tokens_per_s`` of all together, ``ttft_s`` the least
    time that one prompt takes by arithmetic alone.
    """

    precision: str
    weights_gib: Range
    cache_gib: Range | None
    usable_gib: float
    fits: Ternary
    reason: str
    fits_in: tuple[tuple[str, Ternary], ...]
    most_requests: int | None
    output_tokens_per_s: Range | None
    prompt_tokens_per_s: Range | None
    ttft_s: float | None
    usd_per_month: Decimal | None
    assumptions: tuple[str, ...]
    sources: tuple[Source, ...]


def estimate(
    model: Model,
    gpu: Gpu,
    count: int,
    load: Load,
    day: date,
    *,
    precision: str | None = None,
    usd_per_gpu_hour: Decimal | None = None,
) -> HostingEstimate | None:
    """Return the estimate as of a day; None if the number of parameters is unknown or not disclosed.

    ``precision`` is a key of BYTES_PER_PARAMETER, by default the model's own; ``load.concurrency`` must be stated.
    """
    shape, size = architecture(model.facts.at, day), model.facts.at("parameters_total", day)
    if shape is None or size.source is None:
        return None
    shape = shape.at(precision) if precision else shape
    on, requests = rig(gpu, count), load.concurrency or 1
    cache, fit = kv_cache_bytes_per_token(shape), fits(shape, on, load)
    prefill = prefill_tokens_per_s(shape, on)
    rents = gpu.rents_on(day)
    rate = usd_per_gpu_hour if usd_per_gpu_hour is not None else middle(rents).usd_per_gpu_hour if rents else None
    assumed = (*_assumptions(model, shape, day, precision), *([rent_words(rents)] if usd_per_gpu_hour is None else []))
    return HostingEstimate(
        precision or _native(model, day),
        _scaled(weights_bytes(shape), 1 / GIB),
        _scaled(cache, requests * load.longest_tokens / GIB) if cache else None,
        on.memory * USABLE / GIB,
        fit.state,
        fit.reason,
        tuple((name, fits(shape.at(name), on, load).state) for name in OTHER_PRECISIONS),
        _most_requests(shape, on, load),
        decode_tokens_per_s(shape, on, load, Range(requests, requests)),
        prefill,
        load.fresh_tokens / prefill.high if prefill else None,
        None if rate is None else rate * count * HOURS_PER_MONTH,
        tuple(words for words in assumed if words),
        (size.source, gpu.source),
    )


def _most_requests(shape: Architecture, on: Rig, load: Load) -> int | None:
    """How many requests of the longest kind surely fit at once; None if the cache is not known."""
    cache = kv_cache_bytes_per_token(shape)
    if cache is None or not cache.high * load.longest_tokens:
        return None
    room = on.memory * USABLE - OVERHEAD_BYTES * on.size - weights_bytes(shape).high
    return max(0, int(room // (cache.high * load.longest_tokens)))


def middle(rents: Sequence[Rent]) -> Rent:
    """Return the middle one of prices sorted by amount, of two the more expensive.

    Always a price that somebody asks.
    """
    return rents[len(rents) // 2]


def rent_words(rents: Sequence[Rent]) -> str:
    """Where an estimated price comes from and how far others are from it; empty if there is none."""
    if not rents:
        return ""
    one = middle(rents)
    words = f"estimate: one rents at ${one.usd_per_gpu_hour} an hour ({one.provider}, read {one.source.read_on}, "
    words += one.source.url
    if len(rents) > 1:
        ends = f"${rents[0].usd_per_gpu_hour} to ${rents[-1].usd_per_gpu_hour}"
        words += f"; the middle of {len(rents)} prices from {ends}"
    return words + "); your own may cost more or less"


def _native(model: Model, day: date) -> str:
    fact = model.facts.at("native_precision", day)
    return str(fact.value) if fact.is_usable and fact.value in BYTES_PER_PARAMETER else "unknown precision"


def _assumptions(model: Model, shape: Architecture, day: date, precision: str | None) -> list[str]:
    said = []
    if precision is None and shape.bytes_each.low < shape.bytes_each.high:
        said.append("the published precision is not on record: counted from 4 to 16 bits")
    if shape.active is None:
        said.append("active parameters are not on record: speed is not bounded")
    if shape.kv_values is None:
        said.append("the shape of the cache is not on record: its size is unknown")
    elif not isfinite(shape.kv_values.low) or shape.kv_values.low < shape.kv_values.high:
        note = model.facts.at("kv_heads", day).note
        said.append(note or "the cache is at most that of full attention in every layer")
    return said


def _scaled(span: Range, by: float) -> Range:
    return Range(span.low * by, span.high * by)
