"""How good a candidate is, who can be told apart from whom, and what a score that won is worth.

Estimates carry 95 % intervals. Two differ when the difference is more than 1.96 standard errors of the difference,
taken as independent.
"""

from __future__ import annotations

from math import hypot

from advisor.catalog import Catalog
from advisor.catalog.cache import memoize
from advisor.catalog.records import Candidate, Quality
from advisor.facts import Measurement, Source
from advisor.solver.answer import ExpectedScore
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from advisor.statistics import Z_95, shrunk

OWN_SCORES = "score:"
"""What the name of a dimension begins with that is the user's own set of cases."""


def estimate(catalog: Catalog, candidate: Candidate, dimension: str, measured: MeasurementIndex) -> Quality | None:
    """How good a candidate is in a dimension: by the catalog, or by the user's own cases (``score:support``).

    An own score is of the candidate that was measured and of no other channel or effort. Without bounds it is none.
    """
    if not dimension.startswith(OWN_SCORES):
        return catalog.quality(candidate.config, dimension)
    found = measured.find(candidate, dimension)
    if found is None or found.low is None or found.high is None:
        return None
    source = Source(found.source, found.measured_on)
    figures = (found.value, found.low, found.high)
    return Quality(dimension, *figures, "percent", (source,), found.measured_on, f"{found.n} own cases")


def best_in(catalog: Catalog, dimension: str, measured: MeasurementIndex) -> Quality | None:
    """Return the highest estimate in the whole catalog as of its date, whatever else is required.

    It is taken over all candidates, so that a stricter requirement never moves the floor.
    """
    if dimension.startswith(OWN_SCORES):
        own = [estimate(catalog, candidate, dimension, measured) for candidate in catalog.candidates]
        return max((found for found in own if found), key=lambda found: (found.estimate, -found.high), default=None)
    return memoize(catalog, ("best", dimension), lambda: _best_in(catalog, dimension))


def _best_in(catalog: Catalog, dimension: str) -> Quality | None:
    configs = {candidate.config.id: candidate.config for candidate in catalog.candidates}
    estimates = [found for config in configs.values() if (found := catalog.quality(config, dimension))]
    units = {found.unit for found in estimates}
    unit = "points" if "points" in units else min(units, default="")
    return max(
        (found for found in estimates if found.unit == unit),
        key=lambda found: (found.estimate, -found.high),
        default=None,
    )


def differs(better: Quality, other: Quality) -> bool:
    """Whether the first is better than the second by more than chance explains."""
    return better.estimate - other.estimate > Z_95 * hypot(better.standard_error, other.standard_error)


def expected_score(question: WorkloadQuestion, candidate: Candidate) -> ExpectedScore | None:
    """Return what to expect on new cases of what was chosen by own scores; None without three that have errors."""
    target = question.workload.quality.at_least
    if target is None or isinstance(target, str):
        return None
    quantity = f"score:{target.case_set}"
    found = question.measured.find(candidate, quantity)
    error = _error(found) if found else None
    if found is None or error is None:
        return None
    rivals = [(one.value, its) for one in question.measured.of_quantity(quantity) if (its := _error(one)) is not None]
    fair = shrunk(found.value, error, rivals)
    return None if fair is None else ExpectedScore(target.case_set, found.value, fair, len(rivals))


def _error(found: Measurement) -> float | None:
    """Return the standard error that a 95 % interval stands for."""
    return None if found.low is None or found.high is None else (found.high - found.low) / 2 / Z_95
