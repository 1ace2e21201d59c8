"""The constraint on what a month may cost."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from advisor.catalog.records import Candidate
from advisor.solver.answer import Cost
from advisor.solver.constraints.base import (
    NOTHING_KNOWN,
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    Constraint,
    GroupKey,
    KnownBounds,
    TestResult,
    Threshold,
    WorkloadQuestion,
)
from advisor.solver.cost import CostOf, thinks


def budget(question: WorkloadQuestion, cost_of: CostOf) -> Iterator[Constraint]:
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
            Threshold(("cost", key), -most, lambda candidate: _cost_reach(cost_of(candidate), whole=whole(candidate))),
        )


BY_PRICE = GroupKey("price", lambda candidate: (candidate.offering.id, candidate.tier, thinks(candidate)))
"""Shared by the efforts of an offering that cost the same."""


def _cost_reach(cost: Cost | None, *, whole: bool) -> KnownBounds:
    if cost is None:
        return NOTHING_KNOWN
    peak = -cost.usd_per_month_peak
    return KnownBounds(peak if whole and cost.is_whole else NOTHING_KNOWN.sure, peak)


def _within(cost: Cost | None, most: Decimal, *, whole: bool) -> TestResult:
    """Whether the dearest month is within the budget; a cost that is not whole can exceed it and never satisfy it."""
    if cost is None:
        return TestResult(UNKNOWN, "cost unknown")
    peak = cost.usd_per_month_peak
    source = cost.rows[0].source if cost.rows else None
    if peak <= most and not cost.is_whole:
        gap = min(cost.unpriced)
        return TestResult(UNKNOWN, lambda: f"${peak:,} until {gap}, from when no price is on record", source)
    if peak <= most and not whole:
        return TestResult(UNKNOWN, lambda: f"${peak:,} and hidden reasoning, of which no length is stated", source)
    over = float(peak - most) if peak > most else None
    return TestResult(
        SATISFIED if over is None else VIOLATED, lambda: f"${peak:,} in the dearest month", source, None, over
    )
