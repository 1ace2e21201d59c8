"""A rise of a failure rate is found in time, and quiet series stay quiet."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from advisor.monitor.change import changes, threshold

START = 1_790_000_000_000_000
SERIES = 12
BUDGET = 20_000 * SERIES


def _times(n: int, gap_s: float) -> NDArray[np.int64]:
    return START + (np.arange(n) * int(gap_s * 1e6)).astype(np.int64)


@pytest.mark.parametrize("gap_s", [1, 130])
def test_a_fall_from_90_to_73_is_seen_within_150_calls_in_the_median(gap_s: float) -> None:
    random, delays = np.random.default_rng(3), []
    for _ in range(40):
        failed = np.concatenate((random.random(1_500) < 0.10, random.random(1_000) < 0.27))
        found = [one.seen - 1_499 for one in changes(failed, _times(2_500, gap_s), BUDGET) if one.seen >= 1_500]
        delays.append(found[0] if found else 1_000)
    assert np.median(delays) <= 150


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.3])
def test_at_most_one_false_alarm_in_20_000_calls_without_a_divided_budget(rate: float) -> None:
    random = np.random.default_rng(4)
    alarms = sum(len(changes(random.random(20_000) < rate, _times(20_000, 1), 20_000)) for _ in range(8))
    assert alarms <= 8


@pytest.mark.parametrize(
    ("base", "daily", "weekend", "learned_days"), [(0.10, 0.25, 1.25, 0), (0.10, 0.5, 1.5, 0), (0.3, 0.5, 1.5, 14)]
)
def test_a_daily_and_weekly_rhythm_is_no_change(base: float, daily: float, weekend: float, learned_days: int) -> None:
    at = _times(20_000, 121)
    day = 86_400_000_000
    rate = base * (1 + daily * np.sin(2 * np.pi * (at % day) / day)) * np.where((at // day + 3) % 7 >= 5, weekend, 1)
    random = np.random.default_rng(5)
    # 160,000 calls of a budget of one alarm in 240,000.
    found = [one for _ in range(8) for one in changes(random.random(len(at)) < rate, at, BUDGET)]
    assert sum(at[one.seen] - at[0] >= learned_days * day for one in found) <= 1


def test_it_says_where_the_rate_rose_and_begins_anew_there() -> None:
    failed = np.zeros(1_200, dtype=np.bool_)
    failed[::10] = True
    failed[600::2] = True
    (one,) = changes(failed, _times(1_200, 1), BUDGET)
    assert 560 <= one.since <= 640
    assert one.n_before == one.since
    assert one.hits_after / one.n_after > 0.4


@pytest.mark.parametrize("gap_s", [30, 60, 170])
@pytest.mark.parametrize(("before", "after"), [(0.05, 0.6), (0.3, 0.9), (0.10, 0.27)])
def test_one_rise_is_one_alarm_though_it_lasts(gap_s: float, before: float, after: float) -> None:
    random = np.random.default_rng(7)
    failed = np.concatenate((random.random(5_000) < before, random.random(8_000) < after))
    (one,) = changes(failed, _times(len(failed), gap_s), BUDGET)
    assert 4_950 <= one.since <= 5_100


def test_a_second_bad_stretch_is_a_second_alarm() -> None:
    random = np.random.default_rng(8)
    failed = np.concatenate([random.random(n) < rate for n, rate in ((3_000, 0.05), (300, 0.6)) * 2])
    assert [round(one.since / 300) for one in changes(failed, _times(len(failed), 130), BUDGET)] == [10, 21]


def test_too_few_calls_say_nothing() -> None:
    assert changes(np.ones(60, dtype=np.bool_), _times(60, 1), BUDGET) == ()
    assert changes(np.zeros(0, dtype=np.bool_), _times(0, 1), BUDGET) == ()


def test_a_budget_below_two_calls_is_none() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        threshold(1)
