"""The busiest minute against the tiers of a channel: which tier takes it, what is beyond all, what nobody knows."""

from __future__ import annotations

from datetime import date

import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.facts import Ternary
from advisor.requirements.file import parse_requirements
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from advisor.solver.constraints.rate_limits import KIND

DAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(DAY, overlay=False)


def asked(
    catalog: Catalog, name: str, requests: int | None, tokens: tuple[int, int] = (100, 20)
) -> tuple[Ternary, str]:
    minute = f", busiest_minute_requests: {requests}" if requests else ""
    traffic = f"{{requests_per_month: 1000, input_tokens: {tokens[0]}, output_tokens: {tokens[1]}{minute}}}"
    requirements = parse_requirements(f"workloads: [{{name: x, traffic: {traffic}}}]").requirements
    question = WorkloadQuestion(catalog, requirements, requirements.workloads[0], MeasurementIndex())
    (constraint,) = KIND.make(question)
    result = constraint.test(catalog.find_candidates(name)[0])
    return result.state, result.words


@pytest.mark.parametrize(
    ("requests", "tokens", "state", "says"),
    [
        (900, (100, 20), Ternary.SATISFIED, "tier Start takes it: 1,000 requests"),
        (1_001, (100, 20), Ternary.SATISFIED, "tier Scale takes it: 4,000 requests"),
        (900, (100, 200), Ternary.SATISFIED, "tier Scale"),
        (4_001, (100, 20), Ternary.VIOLATED, "beyond the highest published tier Scale"),
        (3_000, (2_000, 20), Ternary.VIOLATED, "4,000,000 input tokens"),
    ],
)
def test_the_lowest_tier_that_takes_the_minute_is_named(
    catalog: Catalog, requests: int, tokens: tuple[int, int], state: Ternary, says: str
) -> None:
    found, words = asked(catalog, "anthropic/claude-fable-5-1", requests, tokens)
    assert (found, says in words) == (state, True), words


def test_tokens_may_be_counted_together(catalog: Catalog) -> None:
    assert asked(catalog, "openai/gpt-6-astra", 10_000)[0] is Ternary.SATISFIED
    assert asked(catalog, "openai/gpt-6-astra", 10_000, (4_000, 1))[0] is Ternary.VIOLATED


def test_limits_that_nobody_recorded_are_unknown_and_own_hardware_has_none(catalog: Catalog) -> None:
    assert asked(catalog, "mistral/mistral-large-4", 10)[0] is Ternary.UNKNOWN
    assert asked(catalog, "own-gpus/gpt-oss-20b", 10_000)[0] is Ternary.SATISFIED


def test_without_a_stated_minute_nothing_is_asked(catalog: Catalog) -> None:
    with pytest.raises(ValueError, match="not enough values"):
        asked(catalog, "openai/gpt-6-astra", None)
