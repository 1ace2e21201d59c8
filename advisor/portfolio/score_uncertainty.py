"""How far measured scores can be trusted: their intervals, and what is left of a score that won among many.

The best of several noisy measurements looks better than it is. Shrinking each towards the mean of its rivals by the
share of their spread that is noise (empirical Bayes, Efron and Morris 1975) says what to expect on new cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import sqrt
from typing import NamedTuple

from advisor import statistics
from advisor.portfolio.problem import Choice, Problem, ServingOption
from advisor.statistics import Z_95


class Expected(NamedTuple):
    """A score with its 95 % interval, and what to expect of it on new cases."""

    low: float
    high: float
    after_shrinkage: float


def score_error(score: Decimal, n: int) -> float:
    """Return the standard error of a score from 0 to 100 on ``n`` cases, after adding two successes and two failures.

    For graded cases it is the largest that the mean allows (Agresti and Coull 1998; Bhatia and Davis 2000).
    """
    share = (float(score) / 100 * n + 2) / (n + 4)
    return 100 * sqrt(share * (1 - share) / (n + 4))


def score_interval(score: Decimal, n: int) -> tuple[float, float]:
    """Return the 95 % interval of Agresti and Coull, inside 0 to 100 and holding the score itself."""
    middle = 100 * (float(score) / 100 * n + 2) / (n + 4)
    reach = Z_95 * score_error(score, n)
    return max(0.0, min(middle - reach, float(score))), min(100.0, max(middle + reach, float(score)))


def way_error(way: ServingOption) -> float | None:
    """Return the standard error of a way's score; None if nothing says it."""
    if way.standard_error is not None:
        return way.standard_error
    return score_error(way.score, way.n) if way.n else None


def shrunk(way: ServingOption, rivals: Sequence[ServingOption]) -> float | None:
    """Return what to expect of a way that was picked among rivals (itself among them); None without errors."""
    known = [(float(rival.score), error) for rival in rivals if (error := way_error(rival)) is not None]
    error = way_error(way)
    return None if error is None else statistics.shrunk(float(way.score), error, known)


def expected(problem: Problem, choices: Sequence[Choice]) -> Expected | None:
    """Return the weighted mean of a plan's scores with its interval and after shrinkage.

    None if a score has no error.
    """
    total, score, variance, after = float(problem.total_weight), 0.0, 0.0, 0.0
    for task, choice in zip(problem.tasks, choices, strict=True):
        error, fair = way_error(choice.way), shrunk(choice.way, task.ways)
        if error is None or fair is None:
            return None
        weight = float(task.weight) / total
        score += weight * float(choice.way.score)
        variance += (weight * error) ** 2
        after += weight * fair
    reach = Z_95 * sqrt(variance)
    return Expected(score - reach, score + reach, after)
