"""Paired comparisons say what published examples and closed forms say, and never gain by what is missing."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.statistics.distributions import t_quantile, t_two_sided, wilson
from advisor.statistics.paired import Shape, cases_needed, holm, mcnemar, mean_difference, mean_score

PUBLISHED = Path(__file__).parents[3] / "shared/data/loop/evalconfidence/gpqa_diamond_scores.csv"

BITS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


def test_students_distribution_has_the_values_of_the_tables() -> None:
    assert t_quantile(0.975, 1) == pytest.approx(12.7062, abs=1e-4)
    assert t_quantile(0.975, 10) == pytest.approx(2.22814, abs=1e-5)
    assert t_two_sided(2.22814, 10) == pytest.approx(0.05, abs=1e-5)
    assert wilson(0, 10)[1] == pytest.approx(0.27753, abs=1e-5)


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the labeled data is not beside the checkout")
def test_the_published_example_comes_out_as_published() -> None:
    scores: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with PUBLISHED.open() as file:
        for row in csv.DictReader(file):
            scores[row["model_id"]][row["item_id"]].append(float(row["score"]))
    first, second = scores.values()
    means = [[sum(of[item]) / len(of[item]) for item in first] for of in (first, second)]
    found = mean_difference(means[0], means[1], Shape.MEAN)
    assert found.p_value == pytest.approx(0.0363, abs=5e-5)
    assert found.low == pytest.approx(0.0038, abs=5e-5)
    assert found.high == pytest.approx(0.1134, abs=5e-5)
    assert cases_needed(found.deviation, 0.06) in (333, 334)


def test_mcnemar_is_the_binomial_test_of_the_flips() -> None:
    assert mcnemar(10, 2) == pytest.approx(0.038574, abs=1e-6)
    assert mcnemar(6, 0) == 2 / 2**6
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(700, 600) == pytest.approx(0.006, abs=0.001)


def test_holm_raises_and_keeps_the_order() -> None:
    assert holm([0.01, 0.04, 0.03]) == [pytest.approx(0.03), pytest.approx(0.06), pytest.approx(0.06)]


@given(BITS)
def test_swapping_the_two_turns_the_difference_round(pairs: list[tuple[bool, bool]]) -> None:
    first, second = [[float(pair[index]) for pair in pairs] for index in (0, 1)]
    one, other = mean_difference(first, second, Shape.BINARY), mean_difference(second, first, Shape.BINARY)
    assert one.value == -other.value
    assert one.p_value == other.p_value
    assert one.low == pytest.approx(-other.high)
    assert one.low <= one.value <= one.high


def test_cases_of_one_source_count_as_fewer() -> None:
    values = [1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]
    sources = [number // 3 for number in range(12)]
    alone, grouped = mean_score(values, Shape.BINARY), mean_score(values, Shape.BINARY, sources=sources)
    assert grouped.value == pytest.approx(alone.value)
    assert grouped.high - grouped.low > alone.high - alone.low


def test_a_weight_moves_the_mean_and_equal_weights_do_not() -> None:
    assert mean_score([1.0, 0.0], Shape.BINARY, weights=[3.0, 1.0]).value == 0.75
    assert mean_score([1.0, 0.0], Shape.BINARY, weights=[2.0, 2.0]) == mean_score([1.0, 0.0], Shape.BINARY)


def test_all_alike_is_no_certainty() -> None:
    same = mean_difference([1.0] * 20, [1.0] * 20, Shape.BINARY)
    assert same.low < -0.1 < 0.1 < same.high
    graded = mean_score([0.5] * 20, Shape.GRADED)
    assert graded.low < 0.35
    assert mean_difference([0.5], [0.25], Shape.GRADED).p_value == 1.0
