"""Latent ability per config, fitted by expectation maximization in closed form.

    score[c, b] = difficulty[b] + slope[b] * (general[c] + factor[c, g(b)]) + residual[c, b] + error[c, b]

``general`` is standard normal over configs, ``factor`` normal with a variance per group of tasks, ``residual`` normal
with a variance per task and ``error`` normal with the known standard error of the cell. A missing cell adds nothing.
This is the item-response form of Epoch's capabilities index (score = sigmoid(slope * (ability - difficulty))), with
group factors (a bifactor model) and errors that differ from cell to cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from advisor.catalog.quality.evidence import FACTORS, QualityEvidence, Table

STEPS = 800
"""Iterations from the cold start; more no longer change an estimate by a point."""

EFFORT_SPREAD = 0.15
"""Standard deviation, in units of general ability, between a model's reasoning efforts from high upward."""

SLOPE: dict[str, tuple[float, float]] = {"arena": (0.45, 0.3), "vectara": (0.0, 0.5)}
"""Prior mean and standard deviation of the slopes of a suite's tasks, in log odds per unit of ability.

A benchmark that only the strongest models take has too narrow a range to give its own slope. Tests of ability are
expected to rise with ability; whether faithfulness to a document does is left open.
"""

TEST_SLOPE = (1.0, 0.5)
"""The prior of the slope for every other suite."""

RESIDUAL: dict[str, float] = {"arena": 0.05}
"""The residual that a suite's task is expected to have before it is seen, in log odds: Arena's tasks share voters."""

TEST_RESIDUAL = 0.3
"""The same for every other suite."""

FACTOR_SPREAD = 0.3
"""The spread that a group factor is expected to have before it is seen, in units of general ability."""

RESIDUAL_WEIGHT, SPREAD_WEIGHT = 4, 10
"""For how many configs these expectations count; without them a variance may collapse to nothing."""


@dataclass(frozen=True)
class FactorFit:
    """Parameters per task (column) and per group factor."""

    difficulty: Table
    slope: Table
    residual: Table
    groups: tuple[str, ...]
    spread: Table
    factor_of: NDArray[np.int_]


@dataclass(frozen=True)
class Posterior:
    """Abilities given the evidence: ``mean`` configs x (1 + groups), ``covariance`` one matrix per config."""

    mean: Table
    covariance: Table


def fit(evidence: QualityEvidence, steps: int = STEPS, start: FactorFit | None = None) -> FactorFit:
    """Return the most likely parameters; the same evidence always gives the same numbers."""
    current = start or _start(evidence)
    for _ in range(steps):
        current = _improve(evidence, current, posterior(evidence, current))
    return current


def posterior(evidence: QualityEvidence, fitted: FactorFit) -> Posterior:
    """Return what the evidence says about every config's general ability and group factors."""
    design = loadings(fitted)
    variance = noise(evidence, fitted)
    seen = ~np.isnan(evidence.score)
    weight = np.where(seen, 1 / variance, 0.0)
    prior = np.diag(1 / np.concatenate([[1.0], fitted.spread**2]))
    precision = prior + np.einsum("cb,bi,bj->cij", weight, design, design)
    covariance = np.linalg.inv(precision)
    gap = np.where(seen, evidence.score - fitted.difficulty, 0.0)
    mean = np.einsum("cij,bj,cb->ci", covariance, design, weight * gap)
    return Posterior(mean, covariance)


def loadings(fitted: FactorFit) -> Table:
    """Tasks x (1 + groups): how much a task's score moves with each ability."""
    design = np.zeros((len(fitted.slope), 1 + len(fitted.groups)))
    design[:, 0] = fitted.slope
    for task, group in enumerate(fitted.factor_of):
        if group >= 0:
            design[task, 1 + group] = fitted.slope[task]
    return design


def noise(evidence: QualityEvidence, fitted: FactorFit) -> Table:
    """Return the variance of a cell that no ability explains: residual, measurement error, another effort."""
    other = np.where(evidence.is_other_effort, (EFFORT_SPREAD * fitted.slope) ** 2, 0.0)
    error = np.where(np.isnan(evidence.error), 0.0, evidence.error)
    result: Table = fitted.residual**2 + error**2 + other
    return result


def _start(evidence: QualityEvidence) -> FactorFit:
    groups = tuple(sorted({group for column in evidence.columns if (group := FACTORS[column.suite])}))
    factor_of = np.array([groups.index(FACTORS[c.suite] or "") if FACTORS[c.suite] else -1 for c in evidence.columns])
    spread = np.nanstd(evidence.score, axis=0)
    slope = np.maximum(_slope_prior(evidence)[0], 0.1)
    return FactorFit(
        np.nanmean(evidence.score, axis=0), slope, 0.5 * spread, groups, np.full(len(groups), 0.5), factor_of
    )


def _slope_prior(evidence: QualityEvidence) -> tuple[Table, Table]:
    pairs = np.array([SLOPE.get(column.suite, TEST_SLOPE) for column in evidence.columns])
    return pairs[:, 0], pairs[:, 1]


def _improve(evidence: QualityEvidence, fitted: FactorFit, known: Posterior) -> FactorFit:
    select = (loadings(fitted) != 0).astype(float)
    ability = known.mean @ select.T
    variance = np.einsum("bi,cij,bj->cb", select, known.covariance, select)
    seen = ~np.isnan(evidence.score)
    weight = np.where(seen, 1 / noise(evidence, fitted), 0.0)
    score = np.where(seen, evidence.score, 0.0)
    total = weight.sum(axis=0)
    mean_ability = (weight * ability).sum(axis=0) / total
    mean_score = (weight * score).sum(axis=0) / total
    around = ability - mean_ability
    square = (weight * (around**2 + variance)).sum(axis=0)
    expected, spread_of = _slope_prior(evidence)
    moved = (weight * around * (score - mean_score)).sum(axis=0)
    slope = (moved + expected / spread_of**2) / (square + 1 / spread_of**2)
    difficulty = mean_score - slope * mean_ability
    residual = _residual(evidence, fitted, (difficulty, slope), ability, variance)
    moment = known.mean[:, 1:] ** 2 + np.einsum("cii->ci", known.covariance)[:, 1:]
    has = np.stack([seen[:, fitted.factor_of == group].any(axis=1) for group in range(len(fitted.groups))], axis=1)
    total_moment = np.where(has, moment, 0).sum(axis=0) + SPREAD_WEIGHT * FACTOR_SPREAD**2
    spread = np.sqrt(total_moment / (has.sum(axis=0) + SPREAD_WEIGHT))
    return FactorFit(difficulty, slope, residual, fitted.groups, spread, fitted.factor_of)


def _residual(
    evidence: QualityEvidence, fitted: FactorFit, line: tuple[Table, Table], ability: Table, variance: Table
) -> Table:
    """Return the expected square of what neither the abilities nor the error of measurement explains, per task."""
    difficulty, slope = line
    seen = ~np.isnan(evidence.score)
    known = noise(evidence, fitted) - fitted.residual**2
    share = fitted.residual**2 / (fitted.residual**2 + known)
    gap = np.where(seen, evidence.score - difficulty - slope * ability, 0.0)
    expected = (share * gap) ** 2 + share**2 * slope**2 * variance + share * known
    before = np.array([RESIDUAL.get(column.suite, TEST_RESIDUAL) for column in evidence.columns])
    total = np.where(seen, expected, 0.0).sum(axis=0) + RESIDUAL_WEIGHT * before**2
    result: Table = np.sqrt(total / (seen.sum(axis=0) + RESIDUAL_WEIGHT))
    return result
