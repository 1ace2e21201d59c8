"""How good is good enough: within points of the best, as good as a named model, or a score on the user's own cases.

A floor is satisfied when the whole 95 % interval lies above it, violated when the whole lies below, and unknown
between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING

from advisor.catalog.records import Candidate, Quality
from advisor.solver.constraints.base import (
    BY_CONFIG,
    NOTHING_KNOWN,
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    KnownBounds,
    MeasurementIndex,
    TestResult,
    Threshold,
    WorkloadQuestion,
)
from advisor.solver.constraints.group import QUALITY
from advisor.solver.constraints.kind import (
    Constraint,
    ConstraintKind,
    FailedConstraint,
    OpenQuestion,
    OwnFigure,
    RequirementChange,
    by_degrees,
    by_own_cases,
    dropped,
)
from advisor.solver.quality import OWN_SCORES, best_in, estimate

if TYPE_CHECKING:
    from advisor.requirements.schema import MeasuredFloor, Workload

POINT_USD = Decimal(10)
"""USD a month that a point of quality counts as where the requirements do not say."""

_ROUNDING = 1e-6
"""What a sum of floats may be off by."""


def floor_bound(constraints: Iterable[Constraint]) -> float | None:
    """Return the floor on the catalog's estimates; None without one."""
    graded = (one.graded for one in constraints if one.kind in (WITHIN_POINTS, AT_LEAST))
    return next((float(one.bound) for one in graded if one), None)


def _make_within(question: WorkloadQuestion) -> Iterator[Constraint]:
    """Yield the floor relative to the best of the whole catalog."""
    dimension, points = question.workload.dimension, question.workload.quality.within_points_of_best
    if points is not None:
        best = best_in(question.catalog, dimension, question.measured)
        words = f"{dimension} within {points:g} points of the best"
        floor = best.estimate - points if best else None
        yield on_estimates(WITHIN_POINTS, words, question, dimension, floor=floor, reference=best)


def _make_at_least(question: WorkloadQuestion) -> Iterator[Constraint]:
    """Yield the floor that a named model sets, or a score of the user's own cases."""
    wanted = question.workload.quality.at_least
    if isinstance(wanted, str):
        yield _as_good_as(wanted, question)
    elif wanted is not None:
        yield Constraint(
            AT_LEAST,
            f"at least {wanted.score:g} on {wanted.case_set}",
            ("score", wanted, question.measured),
            lambda candidate: _scored(candidate, wanted, question.measured),
        )


def _as_good_as(name: str, question: WorkloadQuestion) -> Constraint:
    catalog, dimension, measured = question.catalog, question.workload.dimension, question.measured
    named = (estimate(catalog, one, dimension, measured) for one in catalog.find_candidates(name))
    reference = max((found for found in named if found), key=lambda found: found.estimate, default=None)
    words = f"{dimension} at least as good as {name}"
    floor = reference.estimate if reference else None
    return on_estimates(AT_LEAST, words, question, dimension, floor=floor, reference=reference)


def on_estimates(
    kind: ConstraintKind,
    words: str,
    question: WorkloadQuestion,
    dimension: str,
    *,
    floor: float | None,
    reference: Quality | None,
) -> Constraint:
    """Return the floor on the estimates of a dimension, in the unit of ``reference``; unknown without either."""
    catalog = question.catalog
    is_own = dimension.startswith(OWN_SCORES)
    measured = question.measured if is_own else None

    def test(candidate: Candidate) -> TestResult:
        found = estimate(catalog, candidate, dimension, question.measured)
        if floor is None or reference is None or found is None or found.unit != reference.unit:
            return TestResult(UNKNOWN, f"{dimension} not measured")
        state = SATISFIED if found.low >= floor else VIOLATED if found.high < floor else UNKNOWN

        def text() -> str:
            return f"{found.estimate:.0f} [{found.low:.0f}, {found.high:.0f}] against {floor:.0f} {found.unit}"

        short = floor - found.low
        return TestResult(state, text, found.sources[0], None, short if short > 0 else None)

    def reach(candidate: Candidate) -> KnownBounds:
        found = estimate(catalog, candidate, dimension, question.measured)
        known = found is not None and reference is not None and found.unit == reference.unit
        return KnownBounds(found.low, found.high) if found is not None and known else NOTHING_KNOWN

    key = (kind.id, dimension, floor, catalog.as_of, measured)
    unit = reference.unit if reference else None
    graded = None if floor is None else Threshold(("quality", dimension, unit, catalog.as_of, measured), floor, reach)
    return Constraint(kind, words, key, test, None if is_own else BY_CONFIG, graded)


def _scored(candidate: Candidate, target: MeasuredFloor, measured: MeasurementIndex) -> TestResult:
    found = measured.find(candidate, f"{OWN_SCORES}{target.case_set}")
    if found is None or found.low is None or found.high is None:
        return TestResult(UNKNOWN, f"not measured on {target.case_set}")
    state = SATISFIED if found.low >= target.score else VIOLATED if found.high < target.score else UNKNOWN
    words = f"{found.value:.1f} [{found.low:.1f}, {found.high:.1f}] on {found.n} cases"
    return TestResult(state, words, short_by=max(target.score - found.low, 0.0) or None)


def _own_figure(workload: Workload) -> OwnFigure | None:
    target = workload.quality.at_least
    if target is None or isinstance(target, str):
        return None
    return OwnFigure(f"{OWN_SCORES}{target.case_set}", target.score)


def _settle(open_: OpenQuestion) -> str:
    target = open_.workload.quality.at_least
    if target is None or isinstance(target, str):
        return by_own_cases(open_)
    command = f"advisor eval {target.case_set} {open_.candidates} --at-least {target.score:g} --until-decided"
    return f"measure it: `{command}`"


def _more_points(failing: FailedConstraint) -> RequirementChange | None:
    within, short = failing.workload.quality.within_points_of_best, failing.outcome.short_by
    if within is None or short is None:
        return None
    points = float(ceil(within + short - _ROUNDING))
    stated = failing.requirements.quality_point_usd_per_month
    price = Decimal(str(points - within)) * (POINT_USD if stated is None else stated)
    return RequirementChange(f"accept {points:g} points below the best", {failing.key: points}, price)


WITHIN_POINTS = ConstraintKind(
    "quality.within_points_of_best",
    QUALITY,
    "workloads.quality.within_points_of_best",
    _make_within,
    by_degrees(_more_points, dropped("drop the quality floor")),
    by_own_cases,
    is_drawn=True,
    is_traded=True,
)
AT_LEAST = ConstraintKind(
    "quality.at_least",
    QUALITY,
    "workloads.quality.at_least",
    _make_at_least,
    dropped("drop the quality floor"),
    _settle,
    is_drawn=True,
    own_figure=_own_figure,
    is_traded=True,
)
