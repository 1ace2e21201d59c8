"""Whoever looks after every case still errs as seldom as stated, and a clear difference is found soon."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.statistics.agreement import kappa
from advisor.statistics.ppi import corrected_mean
from advisor.statistics.sequential import course, refuted_at_most


def test_without_a_difference_early_stopping_seldom_finds_one() -> None:
    random, false = np.random.default_rng(5), 0
    for _ in range(200):
        differences = random.choice([-1.0, 0.0, 0.0, 1.0], size=300)
        false += course(differences.tolist(), least=-1, most=1).p_value < 0.05
    assert false <= 10


def test_a_large_difference_is_found_and_bounded() -> None:
    differences = np.random.default_rng(5).choice([-1.0, 0.0, 1.0], size=300, p=[0.1, 0.5, 0.4]).tolist()
    found = course(differences, least=-1, most=1)
    assert found.p_value < 0.01
    assert 0 < found.low < 0.3 < found.high < 0.6


def test_a_floor_is_refuted_from_either_side() -> None:
    passes = [1.0] * 50
    assert refuted_at_most(passes, 0.8, 0.0) < 0.05
    assert refuted_at_most(passes, 0.999, 0.0) > 0.5
    assert course([], least=0, most=1).p_value == 1.0
    with pytest.raises(ValueError, match="expected values"):
        course([2.0], least=0, most=1)


def test_labels_correct_a_judge_that_is_too_kind() -> None:
    random = np.random.default_rng(2)
    truth = random.random(600) < 0.5
    judged = truth | (random.random(600) < 0.4)
    labels, own, rest = truth[:100].astype(float), judged[:100].astype(float), judged[100:].astype(float)
    found = corrected_mean(labels.tolist(), own.tolist(), rest.tolist())
    assert abs(rest.mean() - truth.mean()) > 0.15
    assert found.low < truth.mean() < found.high
    assert found.high - found.low < 0.2
    assert 0 < found.trust < 1


def test_labels_that_all_agree_do_not_make_a_judge_certain() -> None:
    found = corrected_mean([1.0] * 50, [1.0] * 50, [1.0] * 500)
    assert found.value == 1.0
    assert found.low < 0.99


def test_kappa_is_agreement_beyond_chance() -> None:
    pairs = [("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15
    found = kappa(pairs)
    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert found.low < 0.25
    assert found.base_rate == 0.6
    constant = kappa([("yes", "yes")] * 90 + [("yes", "no")] * 10)
    assert constant is not None
    assert constant.value == 0.0
    assert kappa([]) is None
