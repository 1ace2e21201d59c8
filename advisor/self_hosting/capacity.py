"""What open weights need of a team's own accelerators, and how fast these can be at best: estimates, each a range.

Pure functions over what the catalog has on record. Where a fact is missing the range is as wide as what is
possible, or there is none; nothing is filled in. The formulas and their sources:

- weights: parameters x bytes each at the precision of the published weights;
- cache: 2 x layers x KV heads x head dimension values a token (Pope et al. 2022, arXiv:2211.05102; grouped heads:
  Ainslie et al. 2023, arXiv:2305.13245; a compressed latent instead of heads: DeepSeek-V2, arXiv:2405.04434);
- speed: a pass over the weights takes at least as long as reading them from memory and at least as long as its
  arithmetic, the roofline (Williams et al. 2009, doi:10.1145/1498765.1498785); 2 operations a parameter and token;
- memory beside weights and cache: what vLLM 0.19 was measured to take (llm-d-planner, ``vllm_memory_constants.json``).

``benchmarks/hosting_accuracy.py`` holds the speeds against published measurements.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import inf
from typing import NamedTuple

from advisor.catalog.records import Gpu
from advisor.facts import Fact, Ternary

BYTES_PER_PARAMETER = {
    "bf16": 2.0,
    "fp16": 2.0,
    "fp8": 1.0,
    "int8": 1.0,
    "fp4": 0.5625,
    "nvfp4": 0.5625,
    "mxfp4": 0.53125,
    "int4": 0.5,
}
"""Bytes by precision; the four-bit floats with their scales, a byte for a block of 16 (of 32 for MXFP4)."""

USABLE = 0.9
"""The part of an accelerator's memory that serving engines take by default (vLLM ``gpu_memory_utilization``)."""

OVERHEAD_BYTES = 6.04 * 2**30
"""The most that activations (3.94 GiB) and buffers outside them (2.10 GiB) took on one accelerator."""

WEIGHTS_SHARE = 0.7
"""Weights up to this part of the usable memory leave room for a cache whose size is not on record."""

READ_SHARE = 0.9
"""Of the parameters a token uses it reads at least this part: of the table of input embeddings, which is up to a tenth
where it is apart from the output's, it reads one row."""

LEAST_SHARE_OF_ROOF = 0.15
"""The part of the roof, with every weight counted as read, that servers surely reach: the least measured is 0.19."""


class Range(NamedTuple):
    """From the least to the most that is possible."""

    low: float
    high: float


class Rig(NamedTuple):
    """The accelerators of one kind that serve a model together; bytes, bytes a second, operations a second in BF16."""

    memory: float
    bandwidth: float | None
    operations: float | None
    size: int


class Architecture(NamedTuple):
    """What serving needs to know of a model.

    ``active`` are the parameters that one token uses; ``kv_values`` the cached values a token. None: not on record.
    """

    parameters: float
    active: float | None
    bytes_each: Range
    kv_values: Range | None

    def at(self, precision: str) -> Architecture:
        """Return the same with its weights at another precision, a key of BYTES_PER_PARAMETER."""
        each = BYTES_PER_PARAMETER[precision]
        return self._replace(bytes_each=Range(each, each))


class Load(NamedTuple):
    """What is asked of the rig at its busiest.

    ``longest_tokens`` in the cache for one request, ``mean_tokens`` for one of mean length half-way through its
    answer; ``fresh_tokens`` that such a request makes it compute and ``answer_tokens`` that it makes it write.
    ``requests_per_s`` is a range because some may wait. ``concurrency`` is None unless it was stated.
    """

    longest_tokens: float = 0
    mean_tokens: float = 0
    fresh_tokens: float = 0
    answer_tokens: float = 0
    requests_per_s: Range = Range(0, 0)
    concurrency: int | None = None


class MemoryFit(NamedTuple):
    """Whether it fits: bytes needed against bytes there are; ``need.high`` is infinite where it is not known."""

    state: Ternary
    need: Range
    usable: float
    reason: str


def rig(gpu: Gpu, count: int) -> Rig:
    """Give the accelerators together: each reads its part of the weights, so memory.

    Bandwidth and arithmetic add up.
    """
    bandwidth = gpu.bandwidth_gb_s * 1e9 * count if gpu.bandwidth_gb_s else None
    operations = gpu.bf16_tflops * 1e12 * count if gpu.bf16_tflops else None
    return Rig(gpu.memory_gib * 2**30 * count, bandwidth, operations, count)


def architecture(fact: Callable[[str, date], Fact], day: date) -> Architecture | None:
    """Return the facts on that day, at the published precision; None if the parameters are not on record."""
    total, active = fact("parameters_total", day), fact("parameters_active", day)
    native = fact("native_precision", day)
    if not total.is_usable:
        return None
    each = BYTES_PER_PARAMETER.get(str(native.value)) if native.is_usable else None
    return Architecture(
        float(total.value),
        float(active.value) if active.is_usable else None,
        Range(each, each) if each else Range(min(BYTES_PER_PARAMETER.values()), max(BYTES_PER_PARAMETER.values())),
        _kv_values(fact, day),
    )


def _kv_values(fact: Callable[[str, date], Fact], day: date) -> Range | None:
    """Give cached values a token: stated for the model.

    Else at most what all layers would keep if each attended to all.
    """
    stated = fact("kv_values_per_token", day)
    if stated.is_usable:
        return Range(float(stated.value), float(stated.value))
    facts = [fact(name, day) for name in ("layers", "kv_heads", "head_dimension")]
    if not all(known.is_usable for known in facts):
        return None
    layers, heads, dimension = (float(known.value) for known in facts)
    return Range(0, 2 * layers * heads * dimension)


def weights_bytes(model: Architecture) -> Range:
    """Bytes of the weights; a range where the precision is not on record."""
    return Range(model.parameters * model.bytes_each.low, model.parameters * model.bytes_each.high)


def kv_cache_bytes_per_token(model: Architecture) -> Range | None:
    """Bytes of the cache a token, from an 8-bit cache to the 16-bit one that is usual; None if not known."""
    return Range(model.kv_values.low, model.kv_values.high * 2) if model.kv_values else None


def in_flight(model: Architecture, on: Rig, load: Load) -> Range:
    """Give requests answered at once: as stated.

    Else arrivals x time (Little's law) at the most and the least speed.
    """
    if load.concurrency is not None:
        return Range(load.concurrency, load.concurrency)
    if not load.requests_per_s.high:
        return Range(1, 1)
    alone = decode_tokens_per_s(model, on, load, Range(1, 1))
    least = load.requests_per_s.low * load.answer_tokens / alone.high if alone else 0
    return Range(max(1.0, least), max(1.0, _most_in_flight(model, on, load)))


def _most_in_flight(model: Architecture, on: Rig, load: Load) -> float:
    """Solves n = arrivals x answer x (weights + n x cache) / bandwidth; infinite if the queue grows for ever."""
    cache = kv_cache_bytes_per_token(model)
    if cache is None or not on.bandwidth:
        return inf
    passes_per_byte = load.requests_per_s.high * load.answer_tokens / (on.bandwidth * LEAST_SHARE_OF_ROOF)
    left = 1 - passes_per_byte * cache.high * load.mean_tokens
    return passes_per_byte * weights_bytes(model).high / left if left > 0 else inf


def fits(model: Architecture, on: Rig, load: Load) -> MemoryFit:
    """Whether weights and cache fit: violated only if they cannot, satisfied only if they do in the usual set-up."""
    weights, cache, usable = weights_bytes(model), kv_cache_bytes_per_token(model), on.memory * USABLE
    room = usable - OVERHEAD_BYTES * on.size
    flying = in_flight(model, on, load)
    tokens = _cached_tokens(load, flying)
    low = weights.low + (cache.low * tokens.low if cache else 0)
    if low > on.memory:
        return MemoryFit(Ternary.VIOLATED, Range(low, inf), usable, "more than all the memory")
    if cache is None:
        easy = weights.high <= room * WEIGHTS_SHARE and load.concurrency is None
        state = Ternary.SATISFIED if easy else Ternary.UNKNOWN
        return MemoryFit(state, Range(low, inf), usable, "for weights; cache size unknown")
    high = weights.high + (cache.high * tokens.high if cache.high else 0)
    if high <= room:
        return MemoryFit(Ternary.SATISFIED, Range(low, high), usable, "with a cache in 16 bits")
    return MemoryFit(Ternary.UNKNOWN, Range(low, high), usable, _why_unsure(model, weights, room, flying))


def _cached_tokens(load: Load, flying: Range) -> Range:
    """Tokens whose cache is held at once: the longest request, the others of mean length; as stated if it was."""
    longest, mean = load.longest_tokens, load.mean_tokens
    if load.concurrency is not None:
        return Range(flying.low * max(longest, mean), flying.high * max(longest, mean))
    others = (flying.high - 1) * mean if mean else 0
    return Range(max(longest, flying.low * mean), max(longest, mean) + others)


def _why_unsure(model: Architecture, weights: Range, room: float, flying: Range) -> str:
    if model.bytes_each.low < model.bytes_each.high:
        return "the precision is not on record"
    if weights.high > room:
        return "weights leave little for activations and the cache"
    if flying.high == inf:
        return "the traffic may outrun the decoding"
    return "it depends on the size of the cache"


def decode_tokens_per_s(model: Architecture, on: Rig, load: Load, flying: Range) -> Range | None:
    """Tokens a second of one request among ``flying``, one token a pass (no draft model); None if not bounded.

    At most: bandwidth over the bytes of the active parameters and the smallest cache, or the arithmetic if that is
    slower. At least, by what was measured: a share of bandwidth over the bytes of all parameters and the largest cache.
    """
    if not on.bandwidth or not model.active:
        return None
    cache = kv_cache_bytes_per_token(model) or Range(0, inf)
    longest = max(load.longest_tokens, load.mean_tokens)
    touched = READ_SHARE * model.active * model.bytes_each.low + flying.low * load.mean_tokens * cache.low
    at_most = on.bandwidth / touched
    computed = prefill_tokens_per_s(model, on)
    if computed:
        at_most = min(at_most, computed.high / flying.low)
    read = weights_bytes(model).high + (flying.high * longest * cache.high if longest else 0)
    return Range(min(at_most, LEAST_SHARE_OF_ROOF * on.bandwidth / read), at_most)


def prefill_tokens_per_s(model: Architecture, on: Rig) -> Range | None:
    """Prompt tokens a second of all requests together: peak arithmetic at the weights' precision over 2 a parameter."""
    if not on.operations or not model.active:
        return None
    peak = on.operations * _faster(model.bytes_each.low) / (2 * READ_SHARE * model.active)
    return Range(LEAST_SHARE_OF_ROOF * on.operations / (2 * model.active), peak)


def _faster(bytes_each: float) -> float:
    """How much faster than BF16 the arithmetic can be: twice in 8 bits, four times in 4, on hardware that has it."""
    if bytes_each >= BYTES_PER_PARAMETER["bf16"]:
        return 1.0
    return 2.0 if bytes_each >= BYTES_PER_PARAMETER["fp8"] else 4.0


def busy_share(model: Architecture, on: Rig, load: Load) -> float | None:
    """Return the part of all arithmetic that the traffic needs at least.

    Above 1 it cannot keep up. None if not bounded.
    """
    computed = prefill_tokens_per_s(model, on)
    return load.requests_per_s.low * (load.fresh_tokens + load.answer_tokens) / computed.high if computed else None
