"""What open weights need on a team's own accelerators, and the fastest that they can run there: estimates, never facts.

The bound is the roofline (Williams, Waterman, Patterson 2009): a step takes at least as long as moving its bytes and
at least as long as its arithmetic. Real servers reach a part of it; ``benchmarks/hosting_error.py`` says which part,
against published measurements.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from advisor.catalog.records import Gpu, Model
from advisor.facts import Source

BYTES_PER_PARAMETER: dict[str, float] = {
    "bf16": 2.0,
    "fp16": 2.0,
    "fp8": 1.0,
    "int8": 1.0,
    "fp4": 0.5625,
    "nvfp4": 0.5625,
    "mxfp4": 0.53125,
    "int4": 0.5625,
    "awq": 0.5625,
    "gptq": 0.5625,
}
"""Bytes by precision; the four-bit forms with their scales (one byte a block of 16, for mxfp4 of 32)."""

CACHE_BYTES = 2
"""Bytes of a cached value; servers keep the cache in 16 bits unless told otherwise."""

USABLE_SHARE = 0.9
"""The part of memory that a server gives to weights and cache; the rest is its own."""

HOURS_PER_MONTH = Decimal(730)
GIB = 2**30


class Load(NamedTuple):
    """What is asked of the machine: prompts and answers in tokens, and requests at the same time."""

    prompt_tokens: int
    answer_tokens: int
    requests: int = 1


class Hosting(NamedTuple):
    """An estimate for one model on one set of accelerators; None where a fact that it needs is unknown.

    ``output_tokens_per_s`` is the bound for all requests together, ``ttft_s`` for one prompt alone.
    """

    weights_gib: float
    cache_gib: float | None
    usable_gib: float
    fits: bool | None
    most_requests: int | None
    output_tokens_per_s: float | None
    prompt_tokens_per_s: float | None
    ttft_s: float | None
    usd_per_month: Decimal | None
    precision: str
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
) -> Hosting | None:
    """The estimate as of a day; None if the number of parameters is unknown or is not disclosed.

    weights = parameters x bytes; cache = requests x tokens x cached values x 2 bytes; decode step >= bytes moved /
    bandwidth and >= 2 x active parameters x requests / compute; prefill <= compute / (2 x active parameters).
    """
    size = model.facts.at("parameters_total", day)
    if not size.is_usable or size.source is None:
        return None
    assumptions: list[str] = []
    form = precision or _precision(model, day, assumptions)
    each = _bytes(form, assumptions)
    active = _active(model, day, assumptions)
    values = _cached_values(model, day, assumptions)
    weights, usable = size.value * each, gpu.memory_gib * GIB * count * USABLE_SHARE
    one_cache = None if values is None else values * CACHE_BYTES * (load.prompt_tokens + load.answer_tokens)
    cache = None if one_cache is None else one_cache * load.requests
    prefill = None if gpu.bf16_tflops is None else gpu.bf16_tflops * 1e12 * count / (2 * active)
    return Hosting(
        weights / GIB,
        None if cache is None else cache / GIB,
        usable / GIB,
        _fits(weights, cache, usable),
        None if not one_cache else max(int((usable - weights) // one_cache), 0),
        None if cache is None else _decode(active * each + cache, active, gpu, count, load.requests),
        prefill,
        None if prefill is None else load.prompt_tokens / prefill,
        None if usd_per_gpu_hour is None else usd_per_gpu_hour * count * HOURS_PER_MONTH,
        form,
        tuple(assumptions),
        (size.source, gpu.source),
    )


def _bytes(form: str, assumptions: list[str]) -> float:
    if form not in BYTES_PER_PARAMETER:
        assumptions.append(f"{form} is not known here: counted as 16 bits")
    return BYTES_PER_PARAMETER.get(form, 2.0)


def _fits(weights: float, cache: float | None, usable: float) -> bool | None:
    if weights > usable:
        return False
    return None if cache is None else weights + cache <= usable


def _decode(moved: float, active: float, gpu: Gpu, count: int, requests: int) -> float | None:
    """Output tokens a second, all requests together: the slower of moving bytes and computing."""
    if gpu.bandwidth_gb_s is None:
        return None
    step = moved / (gpu.bandwidth_gb_s * 1e9 * count)
    if gpu.bf16_tflops is not None:
        step = max(step, 2 * active * requests / (gpu.bf16_tflops * 1e12 * count))
    return requests / step


def _precision(model: Model, day: date, assumptions: list[str]) -> str:
    fact = model.facts.at("native_precision", day)
    if fact.is_usable:
        return str(fact.value)
    assumptions.append("native precision unknown: counted as 16 bits, which is the most")
    return "bf16"


def _active(model: Model, day: date, assumptions: list[str]) -> float:
    fact = model.facts.at("parameters_active", day)
    if fact.is_usable:
        return float(fact.value)
    assumptions.append("active parameters unknown: all are counted as active")
    return float(model.facts.at("parameters_total", day).value)


def _cached_values(model: Model, day: date, assumptions: list[str]) -> float | None:
    """Values that the cache holds for one token: stated, or keys and values of every layer."""
    stated = model.facts.at("kv_values_per_token", day)
    if stated.is_usable:
        return float(stated.value)
    facts = [model.facts.at(name, day) for name in ("layers", "kv_heads", "head_dimension")]
    if not all(fact.is_usable for fact in facts):
        assumptions.append("shape of the cache unknown: neither its size nor the speed of decoding can be bounded")
        return None
    layers, heads, dimension = (float(fact.value) for fact in facts)
    note = facts[1].note
    if note:
        assumptions.append(note)
    return 2 * layers * heads * dimension
