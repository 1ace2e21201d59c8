"""Leave one benchmark group out: hide a config's results of a whole suite and predict them from its other suites.

The parameters are fitted without the hidden cells (ten folds of configs), and the interval is widened by a factor
that makes nineteen of twenty of the *other* configs' hidden results fall inside (cross-conformal calibration), so the
coverage that is reported was not tuned on the config itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from advisor.catalog.quality.evidence import QualityEvidence, Table
from advisor.catalog.quality.factor_model import STEPS, FactorFit, fit, loadings, noise, posterior

FOLDS = 10

NOMINAL = 0.95
Z = 1.959963984540054


@dataclass(frozen=True)
class HeldOut:
    """How well the hidden results of one suite were predicted; errors in standard deviations of the task."""

    suite: str
    configs: int
    cells: int
    rmse_model: float
    rmse_bench_mean: float
    rmse_mean_z: float
    coverage: float
    widening: float
    z: NDArray[np.float64]


def leave_group_out(evidence: QualityEvidence, suite: str, *, folds: int = FOLDS, steps: int = STEPS) -> HeldOut:
    """Predict every result of a suite for the configs that other suites measured too."""
    columns = evidence.of_suite(suite)
    seen = ~np.isnan(evidence.score)
    others = np.setdiff1d(np.arange(len(evidence.columns)), columns)
    rows = np.flatnonzero(seen[:, columns].any(axis=1) & seen[:, others].any(axis=1))
    folded: list[tuple[Table, Table, Table, Table]] = []
    for fold in range(folds):
        held = rows[fold::folds]
        if len(held):
            hidden = _hide(evidence, held, columns)
            folded.append(_errors(hidden, fit(hidden, steps), held, (columns, others), evidence))
    model, mean, mean_z, z = (np.concatenate(parts) for parts in zip(*folded, strict=True))
    present = ~np.isnan(z)
    covered, widening = _conformal(z, present)
    return HeldOut(
        suite,
        len(rows),
        int(present.sum()),
        _rms(model),
        _rms(mean),
        _rms(mean_z),
        covered,
        widening,
        np.sort(np.abs(z[present])),
    )


def _errors(
    hidden: QualityEvidence,
    trained: FactorFit,
    held: NDArray[np.int_],
    sides: tuple[NDArray[np.int_], NDArray[np.int_]],
    full: QualityEvidence,
) -> tuple[Table, Table, Table, Table]:
    """Errors of the model, of the benchmark's mean and of the mean z-score, and the model's error in its own spread."""
    columns, others = sides
    truth = full.score[np.ix_(held, columns)]
    mean, deviation = predict(hidden, trained, held, columns, full)
    center, spread = _moments(hidden, columns)
    plain = _mean_z(hidden, held, others)[:, None] - (truth - center) / spread
    return (mean - truth) / spread, (center - truth) / spread, plain, (mean - truth) / deviation


def predict(
    hidden: QualityEvidence, fitted: FactorFit, rows: NDArray[np.int_], columns: NDArray[np.int_], full: QualityEvidence
) -> tuple[Table, Table]:
    """Mean and standard deviation of results that were hidden, the error of measurement included."""
    known = posterior(hidden, fitted)
    design = loadings(fitted)[columns]
    mean = fitted.difficulty[columns] + known.mean[rows] @ design.T
    variance = np.einsum("bi,cij,bj->cb", design, known.covariance[rows], design)
    return mean, np.sqrt(variance + noise(full, fitted)[np.ix_(rows, columns)])


def widening_factor(z: NDArray[np.float64]) -> float:
    """Return what to multiply the normal interval with to cover 95 % of the absolute scores ``z`` (split conformal)."""
    if len(z) == 0:
        return 1.0
    place = min(math.ceil((len(z) + 1) * NOMINAL), len(z))
    return float(np.sort(z)[place - 1]) / Z


def _conformal(z: Table, present: NDArray[np.bool_]) -> tuple[float, float]:
    """Share covered when each config's interval is widened by what the other configs need, and the overall factor."""
    inside = 0
    for row in range(len(z)):
        rest = np.abs(np.delete(z, row, axis=0)[np.delete(present, row, axis=0)])
        limit = widening_factor(rest) * Z
        inside += int((np.abs(z[row][present[row]]) <= limit).sum())
    return inside / int(present.sum()), widening_factor(np.abs(z[present]))


def _hide(evidence: QualityEvidence, rows: NDArray[np.int_], columns: NDArray[np.int_]) -> QualityEvidence:
    score = evidence.score.copy()
    score[np.ix_(rows, columns)] = np.nan
    return replace(evidence, score=score)


def _moments(evidence: QualityEvidence, columns: NDArray[np.int_]) -> tuple[Table, Table]:
    scores = evidence.score[:, columns]
    return np.nanmean(scores, axis=0), np.nanstd(scores, axis=0)


def _mean_z(evidence: QualityEvidence, rows: NDArray[np.int_], columns: NDArray[np.int_]) -> Table:
    """Return the plain alternative: the mean of a config's standardized scores, each suite counted once."""
    center, spread = _moments(evidence, columns)
    z = (evidence.score[np.ix_(rows, columns)] - center) / spread
    suites = sorted({evidence.columns[index].suite for index in columns})
    by_suite = np.stack(
        [_row_means(z[:, [evidence.columns[i].suite == suite for i in columns]]) for suite in suites], axis=1
    )
    return _row_means(by_suite)


def _row_means(values: Table) -> Table:
    counts = (~np.isnan(values)).sum(axis=1)
    sums = np.nansum(values, axis=1)
    result: Table = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return result


def _rms(values: Table) -> float:
    return float(np.sqrt(np.nanmean(values**2)))
