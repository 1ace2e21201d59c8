"""Constraints on where it runs, what it costs and how fast it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import isfinite

from advisor.catalog import Catalog
from advisor.catalog.records import SELF_HOSTED, Candidate
from advisor.solver.answer import FirstToken
from advisor.solver.answer_time import first_answer_token_p95_s
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

_PROMISES = frozenset({"guaranteed_output_tokens_per_s", "claimed_output_tokens_per_s"})

SPEED_BANDS = ("slow", "medium", "fast")
"""From the least to the most speed; a coarse band with a date, never a measurement."""


def latency(question: WorkloadQuestion) -> Iterator[Constraint]:
    """Time to first token, decoding speed, coarse speed band; only this user's measurements count for the first two."""
    wanted, day, measured = question.workload.latency, question.catalog.as_of, question.measured
    if wanted.ttft_ms_p95 is not None:
        most, tokens_of = wanted.ttft_ms_p95, TokensOf(question)
        bounds = _FirstTokenBounds(question.catalog, tokens_of)
        yield Constraint(
            "latency.ttft_ms_p95",
            "latency",
            f"first token within {most:,g} ms (p95)",
            ("ttft", most, measured, tokens_of.key, day),
            lambda candidate: _first_token(candidate, most, measured, bounds),
            GroupKey(("ttft", measured, tokens_of.key, day), lambda candidate: bounds.key(candidate, measured)),
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


class _FirstTokenBounds:
    """The lower bounds on the first answer token of candidates."""

    def __init__(self, catalog: Catalog, tokens_of: TokensOf) -> None:
        self._catalog, self._tokens_of = catalog, tokens_of

    def bound(self, candidate: Candidate) -> FirstToken | None:
        """Return the bound of one; None on own hardware."""
        return first_answer_token_p95_s(self._catalog, candidate, self._tokens_of(candidate))

    def key(self, candidate: Candidate, measured: MeasurementIndex) -> tuple[int, FirstToken | None]:
        """Return what an outcome depends on: the measurement, else the bound."""
        found = measured.find(candidate, "ttft_ms_p95")
        return id(found), None if found else self.bound(candidate)


def _first_token(
    candidate: Candidate, most: float, measured: MeasurementIndex, bounds: _FirstTokenBounds
) -> TestResult:
    """By measurement; what nobody measured is out if even the bound is later, and never in by an estimate."""
    bound = bounds.bound(candidate)
    if measured.find(candidate, "ttft_ms_p95") is None and bound is not None and bound.low * 1000 > most:
        words = f"the answer begins after {bound.low:,.1f} s at the earliest (p95), {bound.basis}; not measured"
        return TestResult(VIOLATED, words, short_by=bound.low * 1000 - most)
    return _measured(candidate, "ttft_ms_p95", most, measured, "ms", at_most=True)


def _promised(candidate: Candidate, least: float, catalog: Catalog) -> TestResult | None:
    """Return what its maker guarantees at this tier satisfies; what it claims never does."""
    guaranteed = candidate.offering.fact("guaranteed_output_tokens_per_s", catalog.as_of)
    if candidate.tier == "priority" and guaranteed.is_usable and guaranteed.value >= least:
        words = f"{guaranteed.value:,g} tokens a second guaranteed by its maker"
        return TestResult(SATISFIED, words, guaranteed.source)
    claimed = candidate.offering.fact("claimed_output_tokens_per_s", catalog.as_of)
    if claimed.is_usable:
        words = f"not measured; its maker claims {claimed.value:,g} tokens a second"
        return TestResult(UNKNOWN, words, claimed.source)
    return None


def _speed_basis(candidate: Candidate, measured: MeasurementIndex) -> tuple[int, str | None]:
    """Return what is known of a speed: the measurement, and on own accelerators all that bounds it."""
    own = candidate.offering.channel.kind == SELF_HOSTED
    promised = candidate.offering.facts.has_any(_PROMISES)
    return id(measured.find(candidate, "output_tokens_per_s")), candidate.id if own or promised else None


def _decoding(
    candidate: Candidate, least: float, measured: MeasurementIndex, asked: Hosting, catalog: Catalog
) -> TestResult:
    """By measurement; what nobody measured on own accelerators by what their memory allows at most."""
    own = candidate.offering.channel.kind == SELF_HOSTED
    if own and measured.find(candidate, "output_tokens_per_s") is None:
        bound = speed_bound(candidate, least, asked, catalog)
        if bound is not None:
            return bound
    if measured.find(candidate, "output_tokens_per_s") is None:
        promised = _promised(candidate, least, catalog)
        if promised is not None:
            return promised
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
