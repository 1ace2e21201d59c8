"""The constraint on what a month may cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_CEILING, Decimal

from advisor.catalog.records import Candidate
from advisor.solver.constraints.base import (
    NOTHING_KNOWN,
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    GroupKey,
    KnownBounds,
    TestResult,
    Threshold,
    WorkloadQuestion,
)
from advisor.solver.constraints.group import COST
from advisor.solver.constraints.kind import Constraint, ConstraintKind, FailedConstraint, RequirementChange
from advisor.solver.cost import CostOf
from advisor.solver.month_cost import Cost
from advisor.solver.thinking import TokensOf, task_kind
from advisor.solver.thinking_cost import cost_function, no_cost
from advisor.solver.volume import volume


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    """Yield the most expensive month of the horizon against the budget.

    Whatever a model may think before it answers.
    """
    most = question.workload.budget_usd_per_month
    if most is None:
        return
    workload, requirements = question.workload, question.requirements
    traffic = (workload.traffic, task_kind(workload.dimension), question.measured)
    key = (traffic, requirements.horizon_months, requirements.deployment.own_gpus, question.catalog.as_of)
    cost_of, peak_of = _costs(question)
    yield Constraint(
        KIND,
        f"at most ${most:,} a month",
        ("budget", most, key),
        lambda candidate: _within(cost_of(candidate), most),
        BY_PRICE,
        Threshold(("cost", key), -most, lambda candidate: _cost_reach(peak_of(candidate))),
    )


def _costs(question: WorkloadQuestion) -> tuple[CostOf, PeakOf]:
    """Return what gives a candidate's cost, and the span of its most expensive month; both None without traffic."""
    if question.workload.traffic is None:
        return no_cost, no_cost
    sent = volume(question.workload.traffic)
    found = cost_function(question.catalog, sent, question.requirements, TokensOf(question))
    return found, found.peak_span


PeakOf = Callable[[Candidate], tuple[Decimal, Decimal | None] | None]

BY_PRICE = GroupKey("price", lambda candidate: candidate.id)
"""Each effort of an offering at a tier has its own."""


def _cost_reach(span: tuple[Decimal, Decimal | None] | None) -> KnownBounds:
    if span is None:
        return NOTHING_KNOWN
    low, high = span
    return KnownBounds(NOTHING_KNOWN.sure if high is None else -high, -low)


def peak_span(cost: Cost) -> tuple[Decimal, Decimal | None]:
    """Return the 95 % interval of the most expensive month; None for an upper end that nothing bounds."""
    peak = cost.usd_per_month_peak
    high = None if cost.is_unbounded else peak if cost.peak_high is None else cost.peak_high
    return (peak if cost.peak_low is None else cost.peak_low), high


def _within(cost: Cost | None, most: Decimal) -> TestResult:
    """Satisfied when the upper end of the most expensive month fits, violated when the lower end does not."""
    if cost is None:
        return TestResult(UNKNOWN, "cost unknown")
    low, high = peak_span(cost)
    source = cost.rows[0].source if cost.rows else None
    if low > most:
        return TestResult(VIOLATED, lambda: _peak_words(cost), source, None, float(low - most))
    if cost.left_out:
        left_out = " and ".join(cost.left_out)
        return TestResult(UNKNOWN, lambda: f"${low:,} without {left_out}, for which no rule is on record", source)
    if not cost.is_whole:
        gap = min(cost.unpriced)
        return TestResult(UNKNOWN, lambda: f"${low:,} until {gap}, from when no price is on record", source)
    state = SATISFIED if high is not None and high <= most else UNKNOWN
    return TestResult(state, lambda: _open_words(cost, most) if state is UNKNOWN else _peak_words(cost), source)


def _peak_words(cost: Cost) -> str:
    low, high = peak_span(cost)
    if low == high:
        return f"${low:,} in the most expensive month"
    upper = "any sum" if high is None else f"${high:,}"
    return f"${low:,} to {upper} in the most expensive month: {cost.thinking}"


def _open_words(cost: Cost, most: Decimal) -> str:
    """With the flip point: up to how many hidden tokens it holds."""
    holds = cost.hidden_tokens_within(most)
    point = "" if holds is None else f"; holds up to {holds:,.0f} hidden tokens an answer"
    return _peak_words(cost) + point


def _raised(failing: FailedConstraint) -> RequirementChange | None:
    budget, short = failing.workload.budget_usd_per_month, failing.outcome.short_by
    if budget is None or short is None:
        return None
    raised = (budget + Decimal(str(short))).quantize(Decimal(1), rounding=ROUND_CEILING)
    words = f"raise the budget by ${raised - budget:,} to ${raised:,} a month"
    return RequirementChange(words, {failing.key: raised}, raised - budget, raised - budget)


KIND = ConstraintKind("budget_usd_per_month", COST, "workloads.budget_usd_per_month", _make, _raised, is_traded=True)
