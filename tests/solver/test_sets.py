"""Sets of candidates: what the indexes find is what asking each one finds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.facts import Ternary
from advisor.requirements.templates import load_template, templates
from advisor.solver.bitsets import Groups, Order, by_count, indices
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from advisor.solver.explain.conflicts import minimal_masks
from advisor.solver.screen import Screen
from advisor.solver.workload import WorkloadSolver
from tests.made_catalogs import Document, catalog
from tests.shipped import thinned
from tests.solver.test_laws import asks, build, catalogs

NAMES = [template.name for template in templates()]

figures = st.one_of(
    st.integers(-5, 5), st.sampled_from([inf, -inf]), st.integers(-50, 50).map(lambda n: Decimal(n) / 10)
)


@given(st.lists(st.integers(0, 2**20 - 1), max_size=9))
def test_members_of_exactly_so_many_sets_are_counted(sets: list[int]) -> None:
    found = by_count(sets, 2**20 - 1)
    assert len(found) == len(sets) + 1
    for index in range(20):
        count = sum(one >> index & 1 for one in sets)
        assert [place for place, level in enumerate(found) if level >> index & 1] == [count]


@given(st.lists(st.integers(0, 400), min_size=1, max_size=700), st.sets(st.integers(0, 400)))
def test_groups_spread_what_is_said_of_one(keys: list[int], chosen: set[int]) -> None:
    groups = Groups(keys)
    assert [keys[first] for first in groups.firsts] == list(dict.fromkeys(keys))
    found = groups.spread([keys[first] in chosen for first in groups.firsts])
    assert list(indices(found)) == [index for index, key in enumerate(keys) if key in chosen]


@given(st.lists(figures, max_size=600), figures)
def test_an_order_finds_all_that_lie_below_a_bound(values: list[float | Decimal], bound: float | Decimal) -> None:
    assert list(indices(Order(values).below(bound))) == [i for i, one in enumerate(values) if one < bound]


@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), min_size=1, max_size=40))
def test_corrections_are_the_minimal_masks_with_all_that_have_them(fails: list[list[bool]]) -> None:
    masks = [sum(1 << bit for bit, failed in enumerate(row) if failed) for row in fails]
    failed = tuple(sum(1 << index for index, mask in enumerate(masks) if mask >> bit & 1) for bit in range(6))
    screen = Screen(tuple(fails), (), (), failed, (0,) * 6, (0,) * 6)  # type: ignore[arg-type]
    found = screen.corrections()
    if 0 in masks:
        assert not found
    else:
        assert tuple(found) == minimal_masks(masks)
        assert all(list(indices(found[one])) == [i for i, mask in enumerate(masks) if mask == one] for one in found)
    fewest = min((mask.bit_count() for mask in masks if mask), default=0)
    assert list(indices(screen.nearest())) == [i for i, mask in enumerate(masks) if mask.bit_count() == fewest and mask]


@settings(max_examples=60)
@given(catalogs(), asks())
def test_a_figure_held_against_a_bound_says_what_the_test_says(compiled: Document, asked: frozenset[str]) -> None:
    wanted = build(asked)
    for_each_candidate_as_tested(WorkloadQuestion(catalog(compiled), wanted, wanted.workloads[0], MeasurementIndex()))


@pytest.mark.parametrize("name", NAMES)
def test_it_does_on_the_catalog_that_is_shipped(name: str) -> None:
    """Of each template's own quarter of the offerings; ``benchmarks/laws.py`` asks of all."""
    shipped, wanted = thinned(date(2026, 11, 23), 4, NAMES.index(name) % 4), load_template(name)
    for workload in wanted.workloads:
        for_each_candidate_as_tested(WorkloadQuestion(shipped, wanted, workload, MeasurementIndex()))


def for_each_candidate_as_tested(question: WorkloadQuestion) -> None:
    screen = WorkloadSolver(question).screen
    for constraint, column in zip(screen.constraints, screen.columns, strict=True):
        for index, candidate in enumerate(screen.candidates):
            state = constraint.test(candidate).state
            assert (column.violated >> index & 1) == (state is Ternary.VIOLATED), constraint.id
            assert (column.unknown >> index & 1) == (state is Ternary.UNKNOWN), constraint.id
            assert column.outcome(index).state is state
