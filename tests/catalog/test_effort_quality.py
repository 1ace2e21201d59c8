"""Quality at an effort that nothing measured: below the measured one, wide, never better, unknown above."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from advisor.catalog import load_catalog
from advisor.catalog.effort_quality import EffortScale
from advisor.catalog.quality.command import read_evidence, read_pairs
from advisor.catalog.quality.effort_calibration import leave_model_out
from advisor.catalog.quality.effort_effect import EffortPair, fit_effects

ROOT = Path(__file__).parents[2] / "catalog"
SHARES = {"none": 0.0, "low": 0.25, "medium": 0.75, "high": 1.0, "max": 1.2}
DAY = date(2026, 11, 1)
SCALE = EffortScale(
    SHARES, {"general": [6.0, 2.0, 15.0, ["e"], "2026-04-19"], "false-premise": [-0.2, 0.1, 0.4, ["e"], "2026-04-19"]}
)
HIGH = {"high": ["general", 1450.0, 1446.0, 1454.0, "points", ["a"], "2026-10-20"]}


def simulated(seed: int, *, effect: float, among: float, models: int = 40) -> list[EffortPair]:
    """Models at none and high on three boards, with known errors."""
    random = np.random.default_rng(seed)
    own = random.normal(size=models) * among
    return [
        EffortPair(task, f"m{n}", "none", "high", effect + own[n] + random.normal() * 4, 4.0, "s")
        for n in range(models)
        for task in ("general", "coding", "math")
    ]


def test_the_effect_and_the_spread_among_models_are_recovered() -> None:
    fitted = fit_effects(simulated(1, effect=10, among=8, models=150), SHARES)
    effect, _, among = fitted.effects["general"]
    assert effect == pytest.approx(10, abs=2)
    assert among**0.5 == pytest.approx(8, abs=1.5)


def test_hidden_models_are_covered() -> None:
    held = leave_model_out(simulated(2, effect=10, among=8), SHARES, "votes")
    assert 0.9 <= held.coverage <= 0.99
    assert held.rmse < held.rmse_no_effect


def test_few_pairs_give_no_effect() -> None:
    assert fit_effects(simulated(3, effect=10, among=8, models=7), SHARES).effects == {}


@pytest.mark.parametrize("effort", ["none", "low", "medium"])
def test_a_lower_effort_is_never_better_than_the_next_higher_measured_one(effort: str) -> None:
    row = SCALE.below(HIGH, "general", effort, DAY)
    assert row is not None
    assert row[1] < 1450
    assert row[3] <= 1454
    assert row[2] < 1446 - 10
    assert row[7].startswith("predicted")


def test_further_down_is_wider_and_lower() -> None:
    rows = [SCALE.below(HIGH, "general", effort, DAY) for effort in ("medium", "low", "none")]
    lows = [row[2] for row in rows if row]
    assert lows == sorted(lows, reverse=True)
    assert len(set(lows)) == 3


def test_the_nearest_higher_one_counts_and_not_the_best() -> None:
    both = {**HIGH, "max": ["general", 1500.0, 1496.0, 1504.0, "points", ["a"], "2026-10-20"]}
    row = SCALE.below(both, "general", "none", DAY)
    assert row is not None
    assert row[3] <= 1454


def test_where_less_effort_seems_better_it_is_no_better_and_stays_in_percent() -> None:
    measured = {"high": ["false-premise", 98.0, 95.0, 99.5, "percent", ["a"], "2026-05-02"]}
    row = SCALE.below(measured, "false-premise", "none", DAY)
    assert row is not None
    assert row[1] <= 98.0
    assert 0 < row[2] < 95.0
    assert row[3] <= 99.5


def test_what_nothing_supports_stays_unknown() -> None:
    assert SCALE.below(HIGH, "general", "max", DAY) is None, "above the highest measured effort"
    assert SCALE.below(HIGH, "vision", "none", DAY) is None, "a dimension without an effect"
    assert SCALE.below(HIGH, "general", "none", date(2026, 1, 1)) is None, "not known yet"
    assert SCALE.below({"": HIGH["high"]}, "general", "none", DAY) is None, "at an effort that nobody states"


def test_the_shipped_catalog_estimates_the_efforts_below_the_measured_one() -> None:
    shipped = load_catalog(date(2026, 11, 30), overlay=False)
    model = shipped.models["gpt-6-luna"]
    found = {one.effort: shipped.quality(one, "general") for one in model.configs}
    best = found["max"]
    assert best is not None
    assert not best.is_predicted
    for effort in ("none", "low", "medium", "high", "xhigh"):
        one = found[effort]
        assert one is not None
        assert one.is_predicted
        assert one.estimate <= best.estimate
        assert one.ranked < one.estimate


def test_the_committed_pairs_cover_what_was_left_out() -> None:
    catalog, _ = read_evidence(ROOT)
    pairs, shares = read_pairs(ROOT, catalog)
    held = leave_model_out(pairs, shares, "false-premise")
    assert 0.9 <= held.coverage <= 0.99
