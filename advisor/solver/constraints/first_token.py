"""How soon an answer begins, at the 95th percentile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from advisor.catalog import Catalog
from advisor.catalog.records import Candidate
from advisor.solver.answer_latency import FirstToken
from advisor.solver.answer_time import first_answer_token_p95_s
from advisor.solver.constraints.base import VIOLATED, GroupKey, MeasurementIndex, TestResult, WorkloadQuestion
from advisor.solver.constraints.group import LATENCY
from advisor.solver.constraints.kind import (
    Constraint,
    ConstraintKind,
    FailedConstraint,
    OwnFigure,
    RequirementChange,
    by_degrees,
    by_probe,
    dropped,
)
from advisor.solver.constraints.measured import by_measurement
from advisor.solver.thinking import TokensOf

if TYPE_CHECKING:
    from advisor.requirements.schema import Workload

QUANTITY = "ttft_ms_p95"


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    most, day, measured = question.workload.latency.ttft_ms_p95, question.catalog.as_of, question.measured
    if most is None:
        return
    tokens_of = TokensOf(question)
    bounds = _FirstTokenBounds(question.catalog, tokens_of)
    yield Constraint(
        KIND,
        f"first token within {most:,g} ms (p95)",
        ("ttft", most, measured, tokens_of.key, day),
        lambda candidate: _test(candidate, most, measured, bounds),
        GroupKey(("ttft", measured, tokens_of.key, day), lambda candidate: bounds.key(candidate, measured)),
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
        found = measured.find(candidate, QUANTITY)
        return id(found), None if found else self.bound(candidate)


def _test(candidate: Candidate, most: float, measured: MeasurementIndex, bounds: _FirstTokenBounds) -> TestResult:
    """By measurement; what nobody measured is out if even the bound is later, and never in by an estimate."""
    bound = bounds.bound(candidate)
    if measured.find(candidate, QUANTITY) is None and bound is not None and bound.low * 1000 > most:
        words = f"the answer begins after {bound.low:,.1f} s at the earliest (p95), {bound.basis}; not measured"
        return TestResult(VIOLATED, words, short_by=bound.low * 1000 - most)
    return by_measurement(candidate, OwnFigure(QUANTITY, most, at_most=True), measured, "ms")


def _own_figure(workload: Workload) -> OwnFigure | None:
    most = workload.latency.ttft_ms_p95
    return None if most is None else OwnFigure(QUANTITY, most, at_most=True, multiplies=True)


def _later(failing: FailedConstraint) -> RequirementChange | None:
    """Move the bound to what was found; the interval then holds it, so the answer is asked and no longer no."""
    wanted, short = failing.workload.latency.ttft_ms_p95, failing.outcome.short_by
    if not wanted or not short:
        return None
    bound = wanted + short
    return RequirementChange(f"accept {bound:,.0f} ms to the first token (p95)", {failing.key: bound}, failing.price)


KIND = ConstraintKind(
    "latency.ttft_ms_p95",
    LATENCY,
    "workloads.latency.ttft_ms_p95",
    _make,
    by_degrees(_later, dropped("drop the limit on the first token")),
    by_probe,
    is_drawn=True,
    own_figure=_own_figure,
    is_probed=True,
)
