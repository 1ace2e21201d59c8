"""A floor on the general dimension beside that of the job's own: what is faithful and dull may be too little."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import ceil

from advisor.solver.constraints.base import WorkloadQuestion
from advisor.solver.constraints.group import QUALITY
from advisor.solver.constraints.kind import (
    Constraint,
    ConstraintKind,
    FailedConstraint,
    RequirementChange,
    by_degrees,
    by_own_cases,
    dropped,
)
from advisor.solver.constraints.quality_floor import POINT_USD, on_estimates
from advisor.solver.quality import best_in

GENERAL = "general"


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    points = question.workload.quality.general_within_points_of_best
    if points is not None:
        best = best_in(question.catalog, GENERAL, question.measured)
        words = f"{GENERAL} within {points:g} points of the best"
        floor = best.estimate - points if best else None
        yield on_estimates(KIND, words, question, GENERAL, floor=floor, reference=best)


def _more_points(failing: FailedConstraint) -> RequirementChange | None:
    within, short = failing.workload.quality.general_within_points_of_best, failing.outcome.short_by
    if within is None or short is None:
        return None
    points = float(ceil(within + short))
    stated = failing.requirements.quality_point_usd_per_month
    price = Decimal(str(points - within)) * (POINT_USD if stated is None else stated)
    words = f"accept {points:g} points below the best in {GENERAL}"
    return RequirementChange(words, {failing.key: points}, price)


KIND = ConstraintKind(
    "quality.general_within_points_of_best",
    QUALITY,
    "workloads.quality.general_within_points_of_best",
    _make,
    by_degrees(_more_points, dropped(f"drop the floor on {GENERAL}")),
    by_own_cases,
    is_traded=True,
)
