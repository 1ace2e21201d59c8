"""Tasks of several steps: prompts grow, caches are written and read, and long prompts pay their own rates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import RequirementsError
from advisor.facts import Measurement
from advisor.requirements.file import parse_requirements
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.answer import WorkloadAdvice
from advisor.solver.month_cost import Cost
from advisor.solver.task_cost import Growth, prompt_bands
from tests.made_catalogs import AS_OF, Document, catalog, document, model, offering, price

TASKS = {
    "tasks_per_month": 1_000,
    "steps": 3,
    "input_tokens_first": 10_000,
    "tokens_added_per_step": 4_000,
    "output_tokens_per_step": 1_000,
}
"""Prompts of 10,000, 15,000 and 20,000 tokens: 45,000 a task, of which 25,000 have been sent before."""


def answer(
    compiled: Document, tasks: dict[str, Any], measured: list[Measurement] | None = None, **job: Any
) -> WorkloadAdvice:
    asked = Requirements.model_validate({"workloads": [{"name": "job", "traffic": {"tasks": tasks}, **job}]})
    return advise(catalog(compiled), asked, measurements=measured or ()).workloads[0]


def world(*prices: list[Any], **facts: Any) -> Document:
    return document(
        [model("m", quality={"general": (1500, 5)})],
        [offering("m", prices=prices, **{"max_input_tokens": 100_000, **facts})],
    )


def cost(found: WorkloadAdvice) -> Cost:
    known = found.standings[0].cost
    assert known is not None
    return known


def written(rate: str) -> list[Any]:
    """$2 in, $10 out and $0.20 from the cache a million tokens, with a price for what is written to it."""
    row = price("2", "10", "0.2")
    row[8] = rate
    return row


@pytest.mark.parametrize(
    ("cache", "row", "usd"),
    [
        (False, price("2", "10", "0.2"), "120.00"),  # 45 million in at $2, 3 million out at $10
        (True, price("2", "10", "0.2"), "75.00"),  # 20 million in at $2, 25 million read at $0.20, 3 million out
        (True, written("2.5"), "85.00"),  # what is new is written to the cache at $2.50
        (True, price("2", "10"), "120.00"),  # no price for cached input: all of it is input
    ],
)
def test_a_task_sends_all_that_came_before_again(cache: bool, row: list[Any], usd: str) -> None:
    found = cost(answer(world(row), {**TASKS, "cache": cache}))
    assert found.usd_per_month_mean == Decimal(usd)
    assert found.per_task is not None
    assert found.per_task.usd == Decimal(usd) / 1_000
    assert any(note.startswith("a task of 3 steps costs $0.") for note in found.notes)


def test_steps_whose_prompts_are_longer_than_a_row_pay_its_rates_and_the_others_do_not() -> None:
    rows = (price("2", "10"), price("4", "20", above=12_000))
    # 10 million at $2 and 1 million out at $10; 35 million at $4 and 2 million out at $20.
    assert cost(answer(world(*rows), TASKS)).usd_per_month_mean == Decimal("210.00")


@given(
    first=st.integers(0, 50_000),
    grows=st.integers(0, 5_000),
    steps=st.integers(1, 60),
    edges=st.sets(st.integers(1, 200_000), max_size=3),
    is_cached=st.booleans(),
)
def test_bands_are_what_counting_every_step_gives(
    first: int, grows: int, steps: int, edges: set[int], is_cached: bool
) -> None:
    prompts = [first + step * grows for step in range(steps)]
    bands = list(prompt_bands(Growth(first, grows, steps, is_cached), edges))
    limits = [*sorted(edges), 10**9]
    for band in bands:
        limit = next(edge for edge in limits if band.longest <= edge)
        below = max((edge for edge in edges if edge < band.longest), default=-1)
        inside = [place for place, prompt in enumerate(prompts) if below < prompt <= limit]
        assert round(band.requests * steps) == len(inside)
        again = [prompts[place - 1] if place else 0 for place in inside]
        cached = sum(again) if is_cached else sum(prompts[place] for place in inside)
        whole = sum(prompts[:-1]) if is_cached else sum(prompts)
        assert float(band.cached_input) * whole == pytest.approx(cached)
    assert round(sum(band.requests for band in bands), 9) == 1


def test_the_last_prompt_must_fit_unless_another_length_is_stated() -> None:
    small = world(price("2", "10"), max_input_tokens=19_999)
    found = answer(small, TASKS)
    assert found.excluded[0].constraints == ("needs.context_tokens",)
    assert found.required["needs.context_tokens"] == "prompts of 20,000 tokens"
    assert found.relaxations[0].edits == {"workloads.job.needs.context_tokens": 19_999}
    assert answer(small, TASKS, needs={"context_tokens": 15_000}).recommended == "host/m"


def test_a_solved_task_costs_more_by_the_share_that_own_cases_measured() -> None:
    shares = [Measurement("host/m", "score:bugs", 50.0, 40.0, 60.0, 100, AS_OF, "results.csv")]
    floor = {"at_least": {"score": 30, "case_set": "bugs"}}
    notes = cost(answer(world(price("2", "10")), TASKS, shares, quality=floor)).notes
    said = "a task of 3 steps costs $0.12, a solved one $0.24 ($0.20 to $0.30) (50 [40, 60] of 100 in bugs)"
    assert said in notes


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("requests_per_month: 5, ", "requests_per_month"),
        ("sample: prompts.jsonl, ", "sample"),
        ("images_per_request: 2, ", "images_per_request"),
    ],
)
def test_what_follows_from_tasks_is_not_stated_too(more: str, said: str) -> None:
    tasks = ", ".join(f"{key}: {value}" for key, value in TASKS.items())
    with pytest.raises(RequirementsError, match=said):
        parse_requirements(f"workloads: [{{name: job, traffic: {{{more}tasks: {{{tasks}}}}}}}]")


@pytest.mark.parametrize(
    ("traffic", "said"),
    [
        ("{tasks: {tasks_per_month: 5}}", "steps"),
        ("{tasks: {tasks_per_month: 5, steps: 0}}", "steps"),
        ("{input_tokens: 5, output_tokens: 5}", "requests_per_month, or tasks"),
    ],
)
def test_an_unfinished_traffic_says_what_is_missing(traffic: str, said: str) -> None:
    with pytest.raises(RequirementsError, match=said):
        parse_requirements(f"workloads: [{{name: job, traffic: {traffic}}}]")
