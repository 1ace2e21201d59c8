"""The figures that textbooks and tables give, and the error that is promised."""

from __future__ import annotations

from math import comb, exp, log
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.statistics import LOOKS, ComparisonVerdict, compare_pairs, least_n, quantile, share, shrunk
from advisor.statistics.intervals import _binomial_cdf


@pytest.mark.parametrize(("p", "n"), [(0.5, 6), (0.9, 36), (0.95, 72), (0.99, 368)])
def test_least_sample_of_a_quantile(p: float, n: int) -> None:
    assert least_n(p) == n


def test_median_of_ten_lies_between_the_second_and_the_ninth() -> None:
    # Order statistics 2 and 9 of 10: coverage 1 - 2 * 11/1024 = 97.9 %.
    found = quantile([float(value) for value in range(1, 11)], 0.5)
    assert (found.value, found.low, found.high) == (5.5, 2.0, 9.0)


def test_too_few_values_give_no_estimate_but_may_bound_one_side() -> None:
    found = quantile([float(value) for value in range(1, 11)], 0.95)
    assert found.value is None
    assert found.high is None
    assert found.low == 8.0  # P(at least 8 of 10 below p95) = 98.8 %
    assert quantile([], 0.5).low is None


@given(st.lists(st.floats(0.001, 1e6), min_size=6, max_size=120), st.sampled_from([0.5, 0.9, 0.95]))
def test_a_quantile_lies_in_its_interval(values: list[float], p: float) -> None:
    found = quantile(values, p)
    assert (found.value is not None) == (len(values) >= least_n(p))
    if found.value is not None and found.low is not None and found.high is not None:
        assert found.low <= found.value <= found.high


def test_the_interval_of_a_quantile_covers_as_often_as_it_says() -> None:
    random, covered = Random(7), 0
    for _ in range(600):
        found = quantile([random.random() for _ in range(80)], 0.95)
        covered += found.low is not None and found.high is not None and found.low <= 0.95 <= found.high
    assert covered / 600 >= 0.93


@pytest.mark.parametrize(("n", "upper"), [(10, 0.259), (20, 0.139), (30, 0.095), (60, 0.049)])
def test_no_failures_still_allow_some(n: int, upper: float) -> None:
    assert share(0, n).high == pytest.approx(upper, abs=0.0005)
    assert share(0, n).low == 0


def test_share_as_tables_have_it() -> None:
    found = share(3, 20)  # Clopper-Pearson: 3.2 % to 37.9 %
    assert found.low == pytest.approx(0.0321, abs=5e-4)
    assert found.high == pytest.approx(0.3789, abs=5e-4)
    assert share(5, 5).high == 1
    with pytest.raises(ValueError, match="between 0 and 2"):
        share(3, 2)


def test_no_decision_before_the_first_look() -> None:
    assert compare_pairs([-1.0] * 7).verdict is ComparisonVerdict.OPEN
    found = compare_pairs([-1.0] * 8)
    assert found.verdict is ComparisonVerdict.FIRST
    assert found.ratio == pytest.approx(exp(-1))
    assert found.looked_at == LOOKS[0]


def test_the_other_way_round_and_equal() -> None:
    assert compare_pairs([log(1.3)] * 8).verdict is ComparisonVerdict.SECOND
    assert compare_pairs([0.01, -0.01] * 32).verdict is ComparisonVerdict.EQUAL


def test_what_was_decided_at_a_look_stays_decided() -> None:
    pairs = [-1.0] * 8 + [1.0] * 200
    assert compare_pairs(pairs).verdict is ComparisonVerdict.FIRST


def test_equals_are_called_different_at_most_as_often_as_stated() -> None:
    random, wrong = Random(11), 0
    for _ in range(1000):
        found = compare_pairs([random.gauss(0, 0.4) for _ in range(64)])
        wrong += found.verdict in (ComparisonVerdict.FIRST, ComparisonVerdict.SECOND)
    assert wrong / 1000 <= 0.05


def test_a_fifth_faster_is_found_most_of_the_time() -> None:
    random, found = Random(13), 0
    for _ in range(300):
        found += compare_pairs([random.gauss(log(0.8), 0.3) for _ in range(64)]).verdict is ComparisonVerdict.FIRST
    assert found / 300 >= 0.85


@given(st.lists(st.floats(-3, 3), max_size=80))
def test_changing_sides_changes_the_verdict(log_ratios: list[float]) -> None:
    mirrored = {ComparisonVerdict.FIRST: ComparisonVerdict.SECOND, ComparisonVerdict.SECOND: ComparisonVerdict.FIRST}
    forward, backward = compare_pairs(log_ratios), compare_pairs([-value for value in log_ratios])
    assert backward.verdict is mirrored.get(forward.verdict, forward.verdict)


@given(st.integers(1, 60), st.data())
def test_the_chance_of_at_most_so_many_is_the_sum_of_the_chances(n: int, data: st.DataObject) -> None:
    k, p = data.draw(st.integers(0, n)), data.draw(st.floats(0.001, 0.999))
    exact = sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))
    assert _binomial_cdf(k, n, p) == pytest.approx(exact, abs=1e-12)


def test_thousands_of_trials_have_an_interval_like_few() -> None:
    # By the normal approximation, which is close at such numbers.
    found = share(1_000, 2_000)
    assert found.low == pytest.approx(0.4778, abs=5e-4)
    assert found.high == pytest.approx(0.5222, abs=5e-4)
    median = quantile([float(value) for value in range(5_000)], 0.5)
    assert median.low == pytest.approx(2_499.5 - 1.96 * 35.36, abs=2)
    assert median.high == pytest.approx(2_499.5 + 1.96 * 35.36, abs=2)


def test_the_best_of_many_is_brought_back_to_what_it_is() -> None:
    random, raw, fair = Random(5), 0.0, 0.0
    for _ in range(2_000):
        true = [random.gauss(70, 3) for _ in range(12)]
        seen = [(one + random.gauss(0, 4), 4.0) for one in true]
        best = max(range(12), key=lambda index: seen[index])
        expected = shrunk(*seen[best], seen)
        assert expected is not None
        raw += (seen[best][0] - true[best]) / 2_000
        fair += (expected - true[best]) / 2_000
    assert raw > 4
    assert abs(fair) < 0.6
    assert shrunk(1.0, 1.0, [(1.0, 1.0), (2.0, 1.0)]) is None
