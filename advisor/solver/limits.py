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
from advisor.solver.advice import Cost
from advisor.solver.constraints import (
    NOTHING_KNOWN,
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    Constraint,
    Graded,
    Measured,
    Outcome,
    Question,
    Reach,
    Sharing,
    by_facts,
    from_state,
)
from advisor.solver.cost import thinks
from advisor.solver.hosting import Hosting, hosting, own_hardware, speed_bound

if TYPE_CHECKING:
    from advisor.requirements.records import NameRule

CostOf = Callable[[Candidate], Cost | None]

SPEED_BANDS = ("slow", "medium", "fast")
"""From the least to the most speed; a coarse band with a date, never a measurement."""


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
    yield from own_hardware(question)


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


def budget(question: Question, cost_of: CostOf) -> Iterator[Constraint]:
    """The dearest month of the horizon against the budget."""
    most = question.workload.budget_usd_per_month
    if most is not None:
        traffic = question.workload.traffic
        requirements = question.requirements
        key = (traffic, requirements.horizon_months, requirements.deployment.own_gpus, question.catalog.as_of)
        stated = traffic is not None and traffic.reasoning_tokens is not None

        def whole(candidate: Candidate) -> bool:
            return stated or not thinks(candidate)

        yield Constraint(
            "budget_usd_per_month",
            "cost",
            f"at most ${most:,} a month",
            ("budget", most, key),
            lambda candidate: _within(cost_of(candidate), most, whole=whole(candidate)),
            BY_PRICE,
            Graded(("cost", key), -most, lambda candidate: _cost_reach(cost_of(candidate), whole=whole(candidate))),
        )


BY_PRICE = Sharing("price", lambda candidate: (candidate.offering.id, candidate.tier, thinks(candidate)))
"""Shared by the efforts of an offering that cost the same."""


def _cost_reach(cost: Cost | None, *, whole: bool) -> Reach:
    if cost is None:
        return NOTHING_KNOWN
    peak = -cost.usd_per_month_peak
    return Reach(peak if whole else NOTHING_KNOWN.sure, peak)


def _within(cost: Cost | None, most: Decimal, *, whole: bool) -> Outcome:
    """Whether the dearest month is within the budget; a cost that is not whole can exceed it and never satisfy it."""
    if cost is None:
        return Outcome(UNKNOWN, "cost unknown")
    peak = cost.usd_per_month_peak
    source = cost.rows[0].source if cost.rows else None
    if peak <= most and not whole:
        return Outcome(UNKNOWN, lambda: f"${peak:,} and hidden reasoning, of which no length is stated", source)
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
            Sharing(("ttft", measured), lambda candidate: id(measured.find(candidate, "ttft_ms_p95"))),
        )
    if wanted.output_tokens_per_s is not None:
        least, asked = wanted.output_tokens_per_s, hosting(question)
        yield Constraint(
            "latency.output_tokens_per_s",
            "latency",
            f"at least {least:,g} tokens a second",
            ("tokens_per_s", least, measured, asked, day),
            lambda candidate: _decoding(candidate, least, measured, asked, question.catalog),
            Sharing(("tokens_per_s", measured), lambda candidate: _speed_basis(candidate, measured)),
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


def _speed_basis(candidate: Candidate, measured: Measured) -> tuple[int, str | None]:
    """What is known of a speed: the measurement, and on own accelerators all that bounds it."""
    own = candidate.offering.channel.kind == SELF_HOSTED
    return id(measured.find(candidate, "output_tokens_per_s")), candidate.offering.id if own else None


def _decoding(candidate: Candidate, least: float, measured: Measured, asked: Hosting, catalog: Catalog) -> Outcome:
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
