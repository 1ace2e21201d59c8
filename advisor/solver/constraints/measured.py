"""A bound on latency against what this user measured."""

from __future__ import annotations

from math import isfinite

from advisor.catalog.records import Candidate
from advisor.solver.constraints.base import SATISFIED, UNKNOWN, VIOLATED, MeasurementIndex, TestResult
from advisor.solver.constraints.kind import OwnFigure


def by_measurement(candidate: Candidate, asked: OwnFigure, measured: MeasurementIndex, unit: str) -> TestResult:
    """Satisfied or violated when the whole interval lies on one side of the bound; unknown otherwise."""
    found, bound = measured.find(candidate, asked.quantity), asked.bound
    if found is None:
        return TestResult(UNKNOWN, "not measured")
    low, high = (found.low, found.high)
    figure = f"{found.value:,.0f} {unit}" if isfinite(found.value) else "too many failures"
    words = f"{figure} measured on {found.measured_on} (n={found.n})"
    far, near = (high, low) if asked.at_most else (low, high)
    good = far is not None and asked.is_kept_by(far)
    # One end of the interval can be enough to refute: most of ten slow answers make a slow 95th percentile.
    bad = near is not None and not asked.is_kept_by(near)
    if not good and not bad and (low is None or high is None):
        return TestResult(UNKNOWN, f"{words}, too few to bound")
    state = SATISFIED if good else VIOLATED if bad else UNKNOWN
    short = abs(found.value - bound) if bad and isfinite(found.value) else None
    return TestResult(state, words, short_by=short)
