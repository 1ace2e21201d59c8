"""Constraints on quality, and who can be told apart from whom.

Estimates carry 95 % intervals. A floor is satisfied when the whole interval lies above it, violated when the whole
lies below, and unknown between. Two estimates differ when the difference is more than 1.96 standard errors of the
difference, taken as independent.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import partial
from math import hypot
from typing import TYPE_CHECKING

from advisor.catalog import Catalog
from advisor.catalog.cache import memoize
from advisor.catalog.records import Candidate, Quality
from advisor.facts import Measurement, Source
from advisor.solver.answer import ExpectedScore
from advisor.solver.constraints.base import (
    BY_CONFIG,
    NOTHING_KNOWN,
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    Constraint,
    GroupKey,
    KnownBounds,
    MeasurementIndex,
    TestResult,
    Threshold,
    WorkloadQuestion,
)
from advisor.statistics import Z_95, shrunk

if TYPE_CHECKING:
    from advisor.requirements.schema import MeasuredFloor

OWN_SCORES = "score:"
"""What the name of a dimension begins with that is the user's own set of cases."""

FLOORS = ("quality.within_points_of_best", "quality.at_least")
"""The constraints that set a floor."""


def quality(question: WorkloadQuestion) -> Iterator[Constraint]:
    """Yield the floor, and the languages that it must serve."""
    catalog = question.catalog
    yield from _quality_floor(question)
    for language in question.workload.languages:
        yield Constraint(
            f"languages.{language}",
            "languages",
            f"serves {language}",
            ("language", language, catalog.as_of),
            partial(_language, catalog, language),
            _BY_LANGUAGES,
        )


def _quality_floor(question: WorkloadQuestion) -> Iterator[Constraint]:
    """One constraint at most: relative to the best, to a named model, or a score of the user's own cases."""
    catalog, workload = question.catalog, question.workload
    dimension, wanted = workload.dimension, workload.quality
    if wanted.within_points_of_best is not None:
        best = best_in(catalog, dimension, question.measured)
        floor = best.estimate - wanted.within_points_of_best if best else None
        words = f"{dimension} within {wanted.within_points_of_best:g} points of the best"
        yield _floor("quality.within_points_of_best", words, question, floor=floor, reference=best)
    elif wanted.at_least is not None and not isinstance(wanted.at_least, str):
        target = wanted.at_least
        yield Constraint(
            "quality.at_least",
            "quality",
            f"at least {target.score:g} on {target.case_set}",
            ("score", target, question.measured),
            lambda candidate: _scored(candidate, target, question.measured),
        )
    elif wanted.at_least is not None:
        model = catalog.find_candidates(wanted.at_least)
        reference = max(
            (found for c in model if (found := estimate(catalog, c, dimension, question.measured))),
            key=lambda found: found.estimate,
            default=None,
        )
        words = f"{dimension} at least as good as {wanted.at_least}"
        floor = reference.estimate if reference else None
        yield _floor("quality.at_least", words, question, floor=floor, reference=reference)


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


def _floor(
    identifier: str,
    words: str,
    question: WorkloadQuestion,
    *,
    floor: float | None,
    reference: Quality | None,
) -> Constraint:
    catalog, dimension = question.catalog, question.workload.dimension
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

    key = (identifier, dimension, floor, catalog.as_of, measured)
    unit = reference.unit if reference else None
    graded = None if floor is None else Threshold(("quality", dimension, unit, catalog.as_of, measured), floor, reach)
    return Constraint(identifier, "quality", words, key, test, None if is_own else BY_CONFIG, graded)


def _scored(candidate: Candidate, target: MeasuredFloor, measured: MeasurementIndex) -> TestResult:
    found = measured.find(candidate, f"score:{target.case_set}")
    if found is None or found.low is None or found.high is None:
        return TestResult(UNKNOWN, f"not measured on {target.case_set}")
    state = SATISFIED if found.low >= target.score else VIOLATED if found.high < target.score else UNKNOWN
    words = f"{found.value:.1f} [{found.low:.1f}, {found.high:.1f}] on {found.n} cases"
    return TestResult(state, words, short_by=max(target.score - found.low, 0.0) or None)


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


def _by_languages(candidate: Candidate) -> Hashable:
    own = candidate.offering.facts.has_any(frozenset({"languages"}))
    return candidate.id if own else candidate.config.id


_BY_LANGUAGES = GroupKey("languages", _by_languages)


def _language(catalog: Catalog, language: str, candidate: Candidate) -> TestResult:
    """Satisfied when its maker lists the language or a benchmark in it has measured the config."""
    listed = candidate.offering.fact("languages", catalog.as_of)
    if listed.is_usable and language in listed.value:
        return TestResult(SATISFIED, "listed by its maker", listed.source, ("languages", listed))
    dimension = "general" if language == "en" else f"language:{language}"
    measured = catalog.quality(candidate.config, dimension)
    if measured:
        return TestResult(SATISFIED, f"measured in {language}", measured.sources[0])
    return TestResult(UNKNOWN, "neither listed nor measured")
