"""From the fit to what the catalog carries: per model and dimension an estimate with its 95 % interval.

Everything is on Arena's points, so that dimensions and models can be compared. A dimension is given only where
something measured it: Arena's task for it, or a test that stands for the same ability (Aider for coding, function
calling and tau2 for tool use). Faithfulness is no part of this: general ability does not predict it, so it stays the
measured percentage of its own suite.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from advisor.catalog.quality.calibration import Z
from advisor.catalog.quality.evidence import POINTS_PER_LOGIT, QualityEvidence, SuiteColumn
from advisor.catalog.quality.factor_model import FactorFit, Posterior, noise, posterior
from advisor.catalog.source.merge import Catalog

SCALE = "arena"
"""The suite whose points everything is expressed in."""

STAND_INS: dict[str, tuple[str, ...]] = {"coding": ("aider",), "general": ("aider", "bfcl", "tau2")}
"""Dimension to the suites that may stand for Arena's own task where Arena has not measured the model."""

ABILITIES: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "tool-use": ("tool-use", ("bfcl", "tau2")),
    "agentic-coding": ("agentic", ("deepswe", "openhands-index")),
    "capability": (None, ("aider", "bfcl", "deepswe", "openhands-index", "tau2")),
}
"""Dimensions that are an ability and no task: the group factor beside general ability, the suites that measure it."""


@dataclass(frozen=True)
class QualityEstimate:
    """What is known of one model in one dimension; points, with the suites that measured it."""

    model: str
    dimension: str
    estimate: float
    low: float
    high: float
    suites: tuple[str, ...]


def estimates(
    catalog: Catalog, evidence: QualityEvidence, fitted: FactorFit, widening: dict[str, float]
) -> Iterator[QualityEstimate]:
    """Yield the estimates of every model of the catalog, in the order of models and dimensions.

    ``widening`` is the calibration by suite (see :mod:`advisor.catalog.quality.calibration`); it applies to what was
    predicted and not to what was measured.
    """
    view = _View(evidence, fitted, posterior(evidence, fitted), widening)
    tasks = catalog.suites[SCALE].suite.dimensions
    columns = {dimension: evidence.columns.index(SuiteColumn(SCALE, task)) for dimension, task in tasks.items()}
    for sheet in catalog.models:
        if sheet.entry.id not in evidence.configs:
            continue
        row = evidence.configs.index(sheet.entry.id)
        found = [view.on_task(row, column, dimension) for dimension, column in columns.items()]
        found += [view.ability(row, columns["general"], dimension) for dimension in ABILITIES]
        ready = [QualityEstimate(sheet.entry.id, *one) for one in found if one is not None]
        yield from sorted(ready, key=lambda one: one.dimension)


Found = tuple[str, float, float, float, tuple[str, ...]]


class _View(NamedTuple):
    """The fit and what it says about every config."""

    evidence: QualityEvidence
    fitted: FactorFit
    known: Posterior
    widening: dict[str, float]

    def on_task(self, row: int, column: int, dimension: str) -> Found | None:
        """Return the posterior of a task's true score: the prediction and, where there is one, the measurement."""
        score = float(self.evidence.score[row, column])
        is_direct = not math.isnan(score)
        stand_ins = tuple(sorted(self._suites(row) & set(STAND_INS.get(dimension, ()))))
        if not is_direct and not stand_ins:
            return None
        groups = (self.fitted.factor_of[column],) if self.fitted.factor_of[column] >= 0 else ()
        mean, variance = self._ability(row, column, groups)
        residual = float(self.fitted.residual[column]) ** 2
        if not is_direct:
            half = Z * math.sqrt(variance + residual) * self.widening.get(SCALE, 1.0)
            return _points(dimension, mean, half, stand_ins)
        error = float(noise(self.evidence, self.fitted)[row, column]) - residual
        share = residual / (residual + error)
        mean = (1 - share) * mean + share * score
        half = Z * math.sqrt((1 - share) ** 2 * variance + residual * (1 - share))
        return _points(dimension, mean, half, (SCALE, *stand_ins))

    def ability(self, row: int, scale: int, dimension: str) -> Found | None:
        """General ability with the factor of a group, put on the points of Arena's overall task.

        What Arena measured counts too, for every result says something of general ability.
        """
        group, suites = ABILITIES[dimension]
        measured = self._suites(row)
        mine = tuple(sorted(measured & set(suites)))
        if not mine:
            return None
        mean, variance = self._ability(row, scale, (self.fitted.groups.index(group),) if group else ())
        half = Z * math.sqrt(variance) * max(self.widening.get(suite, 1.0) for suite in mine)
        return _points(dimension, mean, half, (SCALE, *mine) if group is None and SCALE in measured else mine)

    def _ability(self, row: int, column: int, groups: tuple[int, ...]) -> tuple[float, float]:
        """Mean and variance of general ability with some group factors, on the scale of a column."""
        design = np.zeros(1 + len(self.fitted.groups))
        design[[0, *(1 + group for group in groups)]] = self.fitted.slope[column]
        mean = float(self.fitted.difficulty[column] + design @ self.known.mean[row])
        return mean, float(design @ self.known.covariance[row] @ design)

    def _suites(self, row: int) -> set[str]:
        seen = ~np.isnan(self.evidence.score[row])
        return {column.suite for column, is_seen in zip(self.evidence.columns, seen, strict=True) if is_seen}


def _points(dimension: str, mean: float, half: float, suites: tuple[str, ...]) -> Found:
    low, middle, high = ((mean + side) * POINTS_PER_LOGIT for side in (-half, 0.0, half))
    return dimension, round(middle, 1), round(low, 1), round(high, 1), suites
