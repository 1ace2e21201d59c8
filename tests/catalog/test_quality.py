"""The quality estimates: recovered where the truth is known, calibrated where it was hidden, the same every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from advisor.catalog.quality.calibration import leave_group_out, widening_factor
from advisor.catalog.quality.command import (
    ESTIMATES,
    effort_effects,
    estimates_on_file,
    read_evidence,
    read_pairs,
    render,
)
from advisor.catalog.quality.estimates import _View
from advisor.catalog.quality.evidence import POINTS_PER_LOGIT, QualityEvidence, SuiteColumn
from advisor.catalog.quality.factor_model import fit, posterior
from advisor.catalog.source.read import read_token_suites

ROOT = Path(__file__).parents[2] / "catalog"
VOTED = [SuiteColumn("arena", f"task-{n}") for n in range(6)]
COLUMNS = (*VOTED, SuiteColumn("aider", "polyglot"), SuiteColumn("bfcl", "overall"))


def simulated(seed: int, configs: int = 150) -> tuple[QualityEvidence, np.ndarray]:
    """Scores from known abilities, with gaps and known errors."""
    random = np.random.default_rng(seed)
    ability = random.normal(size=configs)
    slope = np.array([0.4, 0.45, 0.5, 0.42, 0.44, 0.46, 1.4, 0.9])
    difficulty = np.linspace(-1, 1, len(COLUMNS))
    error = np.array([0.05] * 6 + [0.15, 0.1])
    noise = random.normal(size=(configs, len(COLUMNS))) * np.hypot(error, [0.05] * 6 + [0.3, 0.3])
    score = difficulty + slope * ability[:, None] + noise
    score[random.random(score.shape) < 0.4] = np.nan
    names = tuple(f"config-{n}" for n in range(configs))
    other = np.zeros(score.shape, dtype=np.bool_)
    return QualityEvidence(names, COLUMNS, score, np.broadcast_to(error, score.shape).copy(), other), ability


def test_known_abilities_are_recovered() -> None:
    evidence, ability = simulated(1)
    seen = ~np.isnan(evidence.score).all(axis=1)
    known = posterior(evidence, fit(evidence, 300))
    found = known.mean[:, 0] + known.mean[:, 1]
    assert np.corrcoef(found[seen], ability[seen])[0, 1] > 0.95


def test_a_config_that_nothing_measured_keeps_the_prior() -> None:
    evidence, _ = simulated(2)
    evidence.score[0] = np.nan
    known = posterior(evidence, fit(evidence, 100))
    assert known.mean[0, 0] == pytest.approx(0, abs=1e-9)
    assert known.covariance[0, 0, 0] == pytest.approx(1)


def test_more_evidence_never_widens_an_estimate() -> None:
    evidence, _ = simulated(3)
    fitted = fit(evidence, 100)
    full = posterior(evidence, fitted).covariance[:, 0, 0]
    evidence.score[:, 6] = np.nan
    less = posterior(evidence, fitted).covariance[:, 0, 0]
    assert (full <= less + 1e-12).all()


def test_hidden_results_of_a_simulation_are_covered() -> None:
    evidence, _ = simulated(4)
    held = leave_group_out(evidence, "aider", folds=4, steps=150)
    assert 0.9 <= held.coverage <= 0.99
    assert held.rmse_model < min(held.rmse_bench_mean, held.rmse_mean_z)


@pytest.mark.parametrize("suite", ["aider", "bfcl"])
def test_hidden_results_of_the_catalog_are_predicted_better_than_by_either_mean(suite: str) -> None:
    _, evidence = read_evidence(ROOT)
    held = leave_group_out(evidence, suite, folds=3, steps=250)
    assert held.rmse_model < min(held.rmse_bench_mean, held.rmse_mean_z)
    assert 0.92 <= held.coverage <= 0.98


def test_the_best_of_many_is_not_overrated_as_its_raw_result_is() -> None:
    raw, published = [], []
    for seed in range(60):
        evidence, truth = simulated_scores(seed, error=0.1)
        fitted = fit(evidence, 120)
        view = _View(evidence, fitted, posterior(evidence, fitted), {})
        for task in range(len(VOTED)):
            measured = np.flatnonzero(~np.isnan(evidence.score[:, task]))
            found = {row: estimate[1] for row in measured if (estimate := view.on_task(int(row), task, "task"))}
            best = max(measured, key=lambda row: evidence.score[row, task])
            raw.append((evidence.score[best, task] - truth[best, task]) * POINTS_PER_LOGIT)
            best = max(measured, key=found.__getitem__)
            published.append(found[best] - truth[best, task] * POINTS_PER_LOGIT)
    assert np.mean(raw) > 5
    assert abs(np.mean(published)) < 2.5


def simulated_scores(seed: int, *, error: float, configs: int = 80) -> tuple[QualityEvidence, np.ndarray]:
    """Scores measured with an error on the voted tasks, and the true ones."""
    random = np.random.default_rng(seed)
    slope = np.array([0.4, 0.45, 0.5, 0.42, 0.44, 0.46, 1.4, 0.9])
    residual = random.normal(size=(configs, len(COLUMNS))) * np.array([0.05] * 6 + [0.3, 0.3])
    truth = np.linspace(-1, 1, len(COLUMNS)) + slope * random.normal(size=configs)[:, None] + residual
    errors = np.broadcast_to(np.array([error] * 6 + [0.15, 0.1]), truth.shape).copy()
    score = truth + random.normal(size=truth.shape) * errors
    score[random.random(score.shape) < 0.4] = np.nan
    names = tuple(f"config-{n}" for n in range(configs))
    return QualityEvidence(names, COLUMNS, score, errors, np.zeros(score.shape, dtype=np.bool_)), truth


def test_the_interval_factor_is_the_conformal_quantile() -> None:
    z = np.arange(1, 20, dtype=float) / 10
    assert widening_factor(z) * 1.959963984540054 == pytest.approx(1.9)
    assert widening_factor(np.array([])) == 1.0


def test_the_committed_estimates_follow_from_the_committed_evidence() -> None:
    catalog, evidence = read_evidence(ROOT)
    on_file = estimates_on_file(ROOT)
    assert on_file.efforts is not None
    efforts = effort_effects(*read_pairs(ROOT, catalog), on_file.efforts.widening)
    rendered = render(catalog, evidence, on_file.widening, efforts, read_token_suites(ROOT))
    assert rendered == (ROOT / ESTIMATES).read_bytes(), "run `python -m advisor.catalog.quality`"
