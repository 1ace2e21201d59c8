"""The rate of a log that was judged whole, corrected by labels of a random part."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.statistics.ppi import corrected_mean, corrected_rate


def test_the_interval_holds_the_rate_of_the_log_and_is_narrower_than_that_of_what_is_to_come() -> None:
    inside, narrower = 0, 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        truth = (random.random(400) < 0.4).astype(float)
        judged = np.where(random.random(400) < 0.1, 1 - truth, truth) * 0.8 + 0.1  # wrong for one in ten, and biased
        given = truth[:60].tolist(), judged[:60].tolist(), judged[60:].tolist()
        one, other = corrected_rate(*given), corrected_mean(*given)
        inside += one.low <= truth.mean() <= one.high
        narrower += one.high - one.low < other.high - other.low
    assert inside >= 186
    assert narrower == 200


def test_a_log_that_was_labeled_whole_has_no_doubt_and_one_label_is_too_few() -> None:
    one = corrected_rate([1, 0, 0, 1], [1, 0, 1, 1], [])
    assert (one.value, one.low, one.high) == (0.5, 0.5, 0.5)
    with pytest.raises(ValueError, match="two labels"):
        corrected_rate([1], [1], [1, 0])
