"""Constraints on where it runs, what it costs and how fast it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING

from advisor.catalog import Catalog
from advisor.catalog.records import SELF_HOSTED, Candidate
from advisor.facts import Fact
from advisor.solver.advice import Cost
from advisor.solver.constraints import SATISFIED, UNKNOWN, VIOLATED, Constraint, Measured, Outcome, Question, from_state

if TYPE_CHECKING:
    from advisor.requirements.records import NameRule, OwnGpus

CostOf = Callable[[Candidate], Cost | None]

SPEED_BANDS = ("slow", "medium", "fast")
"""From the least to the most speed; a coarse band with a date, never a measurement."""

_BYTES = {"bf16": 2.0, "fp16": 2.0, "fp8": 1.0, "int8": 1.0, "fp4": 0.5, "nvfp4": 0.5, "mxfp4": 0.53, "int4": 0.5}
"""Bytes a parameter at each precision; MXFP4 shares an 8-bit scale among 32 values (OCP MX 1.0)."""

_USABLE = 0.9
"""The part of an accelerator's memory that serving engines use by default."""

_WEIGHTS_SHARE = 0.7
"""Weights up to this part of the usable memory leave room for a cache whose size is not on record."""


def deployment(question: Question) -> Iterator[Constraint]:
    """Where the model may run and who may make or serve it."""
    wanted, day = question.requirements.deployment, question.catalog.as_of
    if not wanted.api:
        yield Constraint("deployment.api", "deployment", "runs on your own hardware", "no-api", _hosted)
    for name, rule in (("channels", wanted.channels), ("labs", wanted.labs)):
        if rule.allow or rule.deny:
            parts = [f"one of {', '.join(rule.allow)}"] if rule.allow else []
            parts += [f"not {', '.join(rule.deny)}"] if rule.deny else []
            yield Constraint(
                f"deployment.{name}",
                "deployment",
                f"{name}: {' and '.join(parts)}",
                (name, rule),
                partial(_named, name, rule),
            )
    if wanted.open_weights:
        yield Constraint(
            "deployment.open_weights",
            "deployment",
            "open weights",
            ("open", day),
            lambda candidate: _open(candidate, day),
        )
    yield from _own_hardware(question)


def _own_hardware(question: Question) -> Iterator[Constraint]:
    gpus, day, catalog = question.requirements.deployment.own_gpus, question.catalog.as_of, question.catalog
    tokens = question.workload.needs.context_tokens or 0
    words = f"fits on {gpus.count} x {gpus.model}" if gpus else "served for you: no own GPUs stated"
    yield Constraint(
        "deployment.own_gpus",
        "deployment",
        words,
        ("own", gpus, tokens, day),
        lambda candidate: _fits(candidate, gpus, tokens, day, catalog),
    )


def _hosted(candidate: Candidate) -> Outcome:
    own = candidate.offering.channel.kind == SELF_HOSTED
    return Outcome(
        SATISFIED if own else VIOLATED, "own hardware" if own else f"served by {candidate.offering.channel.name}"
    )


def _named(kind: str, rule: NameRule, candidate: Candidate) -> Outcome:
    name = candidate.offering.channel.id if kind == "channels" else candidate.offering.model.lab
    passes = (not rule.allow or name in rule.allow) and name not in rule.deny
    return Outcome(SATISFIED if passes else VIOLATED, name)


def _open(candidate: Candidate, day: date) -> Outcome:
    fact = candidate.offering.fact("weights", day)
    if not fact.is_usable:
        return from_state(fact, "weights")
    return Outcome(
        SATISFIED if fact.value == "open" else VIOLATED, f"{fact.value} weights", fact.source, ("weights", fact)
    )


def _fits(candidate: Candidate, gpus: OwnGpus | None, tokens: int, day: date, catalog: Catalog) -> Outcome:
    """Whether a self-hosted candidate's weights and one prompt's cache fit; others are served for the user."""
    if candidate.offering.channel.kind != SELF_HOSTED:
        return Outcome(SATISFIED, "served for you")
    if gpus is None or not gpus.count:
        return Outcome(VIOLATED, "needs own GPUs")
    gpu = catalog.gpus.get(gpus.model)
    if gpu is None:
        return Outcome(UNKNOWN, f"memory of {gpus.model} is not on record")
    size = candidate.offering.fact("parameters_total", day)
    if not size.is_usable:
        return from_state(size, "parameters_total")
    return _memory_outcome(candidate, size, gpu.memory_gib * 2**30 * gpus.count * _USABLE, tokens, day)


def _memory_outcome(candidate: Candidate, size: Fact, memory: float, tokens: int, day: date) -> Outcome:
    """Bytes needed against bytes usable; an estimate, and labelled as one."""
    precision = candidate.offering.fact("native_precision", day)
    weights = size.value * _BYTES.get(str(precision.value), 2.0)
    cache = _cache_bytes(candidate, tokens, day)
    need = weights + (cache or 0)
    words = f"about {need / 2**30:,.0f} GiB of {memory / 2**30:,.0f} usable"
    named = ("parameters_total", size)
    if need > memory:
        return Outcome(VIOLATED, words, size.source, named, (need - memory) / 2**30)
    if cache is None and weights > memory * _WEIGHTS_SHARE:
        return Outcome(UNKNOWN, f"{words} for weights; cache size unknown", size.source, named)
    return Outcome(SATISFIED, words, size.source, named)


def _cache_bytes(candidate: Candidate, tokens: int, day: date) -> float | None:
    """Keys and values of one prompt in 16 bits: 2 x layers x heads x dimension x 2 bytes a token; None if not known."""
    facts = [candidate.offering.fact(name, day) for name in ("layers", "kv_heads", "head_dimension")]
    if not all(fact.is_usable for fact in facts):
        return None
    layers, heads, dimension = (float(fact.value) for fact in facts)
    return 2 * layers * heads * dimension * 2 * tokens


def budget(question: Question, cost_of: CostOf) -> Iterator[Constraint]:
    """The dearest month of the horizon against the budget."""
    most = question.workload.budget_usd_per_month
    if most is not None:
        traffic = question.workload.traffic
        requirements = question.requirements
        key = (
            "budget",
            most,
            traffic,
            requirements.horizon_months,
            requirements.deployment.own_gpus,
            question.catalog.as_of,
        )
        yield Constraint(
            "budget_usd_per_month",
            "cost",
            f"at most ${most:,} a month",
            key,
            lambda candidate: _within(cost_of(candidate), most),
        )


def _within(cost: Cost | None, most: Decimal) -> Outcome:
    if cost is None:
        return Outcome(UNKNOWN, "cost unknown")
    peak = cost.usd_per_month_peak
    source = cost.rows[0].source if cost.rows else None
    over = float(peak - most) if peak > most else None
    return Outcome(
        SATISFIED if over is None else VIOLATED, lambda: f"${peak:,} in the dearest month", source, None, over
    )


def latency(question: Question) -> Iterator[Constraint]:
    """Time to first token, decoding speed, coarse speed band; only this user's measurements count for the first two."""
    wanted, day, measured = question.workload.latency, question.catalog.as_of, question.measured
    if wanted.ttft_ms_p95 is not None:
        most = wanted.ttft_ms_p95
        yield Constraint(
            "latency.ttft_ms_p95",
            "latency",
            f"first token within {most:,g} ms (p95)",
            ("ttft", most, measured),
            lambda candidate: _measured(candidate, "ttft_ms_p95", most, measured, "ms", at_most=True),
        )
    if wanted.output_tokens_per_s is not None:
        least = wanted.output_tokens_per_s
        yield Constraint(
            "latency.output_tokens_per_s",
            "latency",
            f"at least {least:,g} tokens a second",
            ("tokens_per_s", least, measured),
            lambda candidate: _measured(
                candidate, "output_tokens_per_s", least, measured, "tokens a second", at_most=False
            ),
        )
    if wanted.speed is not None:
        band = wanted.speed
        yield Constraint(
            "latency.speed",
            "latency",
            f"speed {band} or better",
            ("speed", band, day),
            lambda candidate: _speed(candidate, band, day),
        )


def _measured(
    candidate: Candidate,
    quantity: str,
    bound: float,
    measured: Measured,
    unit: str,
    *,
    at_most: bool,
) -> Outcome:
    """Satisfied or violated when the whole interval lies on one side of the bound; unknown otherwise."""
    found = measured.find(candidate, quantity)
    if found is None:
        return Outcome(UNKNOWN, "not measured")
    low, high = (found.low, found.high)
    figure = f"{found.value:,.0f} {unit}" if isfinite(found.value) else "too many failures"
    words = f"{figure} measured on {found.measured_on} (n={found.n})"
    good = _surely(high, bound, at_most=True) if at_most else _surely(low, bound, at_most=False)
    # One end of the interval can be enough to refute: most of ten slow answers make a slow 95th percentile.
    bad = low is not None and low > bound if at_most else high is not None and high < bound
    if not good and not bad and (low is None or high is None):
        return Outcome(UNKNOWN, f"{words}, too few to bound")
    state = SATISFIED if good else VIOLATED if bad else UNKNOWN
    short = abs(found.value - bound) if bad and isfinite(found.value) else None
    return Outcome(state, words, short_by=short)


def _surely(end: float | None, bound: float, *, at_most: bool) -> bool:
    """Whether the far end of an interval is on the right side; an end that is not there is not."""
    return end is not None and (end <= bound if at_most else end >= bound)


def _speed(candidate: Candidate, band: str, day: date) -> Outcome:
    fact = candidate.offering.fact("speed_band", day)
    if not fact.is_usable or fact.value not in SPEED_BANDS:
        return from_state(fact, "speed_band")
    passes = SPEED_BANDS.index(fact.value) >= SPEED_BANDS.index(band)
    return Outcome(SATISFIED if passes else VIOLATED, fact.value, fact.source, ("speed_band", fact))
