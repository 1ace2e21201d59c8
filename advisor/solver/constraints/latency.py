"""Constraints on where it runs, what it costs and how fast it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import isfinite

from advisor.catalog import Catalog
from advisor.catalog.records import SELF_HOSTED, Candidate
from advisor.solver.constraints.base import (
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    Constraint,
    GroupKey,
    MeasurementIndex,
    TestResult,
    WorkloadQuestion,
    by_facts,
    from_state,
)
from advisor.solver.constraints.own_hardware import Hosting, hosting, speed_bound
from advisor.solver.thinking import TokensOf

SPEED_BANDS = ("slow", "medium", "fast")
"""From the least to the most speed; a coarse band with a date, never a measurement."""


def latency(question: WorkloadQuestion) -> Iterator[Constraint]:
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
            GroupKey(("ttft", measured), lambda candidate: id(measured.find(candidate, "ttft_ms_p95"))),
        )
    if wanted.output_tokens_per_s is not None:
        least, asked, tokens_of = wanted.output_tokens_per_s, hosting(question), TokensOf(question)
        yield Constraint(
            "latency.output_tokens_per_s",
            "latency",
            f"at least {least:,g} tokens a second",
            ("tokens_per_s", least, measured, asked, day),
            lambda candidate: _decoding(
                candidate, least, measured, asked.thinking(tokens_of(candidate).hidden.low), question.catalog
            ),
            GroupKey(("tokens_per_s", measured), lambda candidate: _speed_basis(candidate, measured)),
        )
    if wanted.speed is not None:
        band = wanted.speed
        yield Constraint(
            "latency.speed",
            "latency",
            f"speed {band} or better",
            ("speed", band, day),
            lambda candidate: _speed(candidate, band, day),
            by_facts("speed_band"),
        )


def _speed_basis(candidate: Candidate, measured: MeasurementIndex) -> tuple[int, str | None]:
    """What is known of a speed: the measurement, and on own accelerators all that bounds it."""
    own = candidate.offering.channel.kind == SELF_HOSTED
    return id(measured.find(candidate, "output_tokens_per_s")), candidate.id if own else None


def _decoding(
    candidate: Candidate, least: float, measured: MeasurementIndex, asked: Hosting, catalog: Catalog
) -> TestResult:
    """By measurement; what nobody measured on own accelerators by what their memory allows at most."""
    own = candidate.offering.channel.kind == SELF_HOSTED
    if own and measured.find(candidate, "output_tokens_per_s") is None:
        bound = speed_bound(candidate, least, asked, catalog)
        if bound is not None:
            return bound
    return _measured(candidate, "output_tokens_per_s", least, measured, "tokens a second", at_most=False)


def _measured(
    candidate: Candidate,
    quantity: str,
    bound: float,
    measured: MeasurementIndex,
    unit: str,
    *,
    at_most: bool,
) -> TestResult:
    """Satisfied or violated when the whole interval lies on one side of the bound; unknown otherwise."""
    found = measured.find(candidate, quantity)
    if found is None:
        return TestResult(UNKNOWN, "not measured")
    low, high = (found.low, found.high)
    figure = f"{found.value:,.0f} {unit}" if isfinite(found.value) else "too many failures"
    words = f"{figure} measured on {found.measured_on} (n={found.n})"
    good = _surely(high, bound, at_most=True) if at_most else _surely(low, bound, at_most=False)
    # One end of the interval can be enough to refute: most of ten slow answers make a slow 95th percentile.
    bad = low is not None and low > bound if at_most else high is not None and high < bound
    if not good and not bad and (low is None or high is None):
        return TestResult(UNKNOWN, f"{words}, too few to bound")
    state = SATISFIED if good else VIOLATED if bad else UNKNOWN
    short = abs(found.value - bound) if bad and isfinite(found.value) else None
    return TestResult(state, words, short_by=short)


def _surely(end: float | None, bound: float, *, at_most: bool) -> bool:
    """Whether the far end of an interval is on the right side; an end that is not there is not."""
    return end is not None and (end <= bound if at_most else end >= bound)


def _speed(candidate: Candidate, band: str, day: date) -> TestResult:
    fact = candidate.offering.fact("speed_band", day)
    if not fact.is_usable or fact.value not in SPEED_BANDS:
        return from_state(fact, "speed_band")
    passes = SPEED_BANDS.index(fact.value) >= SPEED_BANDS.index(band)
    return TestResult(SATISFIED if passes else VIOLATED, fact.value, fact.source, ("speed_band", fact))
