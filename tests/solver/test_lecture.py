"""As of the lecture of 2023-05-09 the advice is the lecture's, from the catalog as shipped."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.answer import WorkloadAdvice

LLAMA_AND_TUNES = {"llama", "alpaca", "vicuna", "koala"}
PROPRIETARY_OR_FREE = {"api": True, "own_gpus": {"model": "a100-80gb", "count": 8}}


@pytest.fixture(scope="module")
def spring_2023() -> Catalog:
    return load_catalog(date(2023, 5, 9))


def ask(catalog: Catalog, workload: dict[str, Any] | None = None, **rest: Any) -> WorkloadAdvice:
    asked = Requirements.model_validate({"workloads": [{"name": "job", **(workload or {})}], **rest})
    return advise(catalog, asked).workloads[0]


def test_a_proof_of_concept_without_constraints_starts_with_gpt_4(spring_2023: Catalog) -> None:
    answer = ask(spring_2023)
    assert (answer.recommended, answer.tied) == ("openai/gpt-4", ("openai/gpt-4",))


def test_when_latency_binds_it_is_gpt_3_5_or_claude(spring_2023: Catalog) -> None:
    answer = ask(spring_2023, {"latency": {"speed": "medium"}})
    assert set(answer.tied) == {"openai/gpt-3.5-turbo", "anthropic/claude"}


def test_when_cost_binds_it_is_gpt_3_5(spring_2023: Catalog) -> None:
    # A million requests of 1,000 tokens in and 100 out: $36,000 a month with GPT-4, $2,200 with GPT-3.5.
    traffic = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 100}
    answer = ask(spring_2023, {"traffic": traffic, "budget_usd_per_month": 5_000}, horizon_months=6)
    assert answer.recommended == "openai/gpt-3.5-turbo"
    out = answer.excluded.find("openai/gpt-4")
    assert out is not None
    assert [cause.found for cause in out.because] == ["$36,000.00 in the most expensive month"]


def test_when_a_hosted_model_must_be_fine_tuned_it_is_coheres_largest(spring_2023: Catalog) -> None:
    assert ask(spring_2023, {"needs": {"fine_tuning": True}}).recommended == "cohere/command-xlarge"


def test_when_weights_must_be_permissive_it_is_flan_t5(spring_2023: Catalog) -> None:
    answer = ask(
        spring_2023,
        stage="production",
        preferences=["quality", "cost"],
        uses=["commercial", "redistribute", "redistribute-modified"],
        deployment={"api": False, "open_weights": True, "own_gpus": {"model": "a100-80gb", "count": 8}},
    )
    assert answer.recommended == "own-gpus/flan-t5"
    assert "own-gpus/t5" in answer.tied


@pytest.mark.parametrize("uses", [["commercial"], ["serve"], ["commercial", "serve", "redistribute"]])
def test_llama_and_its_tunes_are_never_for_production(spring_2023: Catalog, uses: list[str]) -> None:
    answer = ask(spring_2023, stage="production", preferences=["quality"], uses=uses, deployment=PROPRIETARY_OR_FREE)
    passing = {standing.candidate.offering.model.id for standing in answer.standings}
    everything = {candidate.offering.model.id for candidate in spring_2023.candidates}
    assert everything >= LLAMA_AND_TUNES
    assert not LLAMA_AND_TUNES & passing


def test_today_sees_none_of_the_lectures_claims() -> None:
    today = load_catalog(date(2026, 11, 23))
    assert not {"gpt-4", "claude", "command-xlarge", "llama"} & {c.offering.model.id for c in today.candidates}


def test_the_lecture_sees_nothing_of_today(spring_2023: Catalog) -> None:
    sources = [
        fact.source.read_on
        for candidate in spring_2023.candidates
        for name in candidate.offering.facts.names()
        if (fact := candidate.offering.fact(name, spring_2023.as_of)).source and not fact.valid_from
    ]
    assert all(read_on <= spring_2023.as_of for read_on in sources)


def test_when_the_prompt_is_long_it_is_claude(spring_2023: Catalog) -> None:
    answer = ask(spring_2023, {"needs": {"context_tokens": 8_500}}, horizon_months=12)
    assert answer.recommended == "anthropic/claude"
    assert answer.status.value in ("decided", "tied")


def test_a_price_of_which_the_end_was_read_later_goes_on_for_the_whole_horizon(spring_2023: Catalog) -> None:
    traffic = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 100}
    answer = ask(spring_2023, {"traffic": traffic, "budget_usd_per_month": 5_000}, horizon_months=12)
    assert answer.recommended == "openai/gpt-3.5-turbo"
    cost = answer.standings[0].cost
    assert cost is not None
    assert (cost.is_whole, cost.usd_horizon) == (True, 12 * cost.usd_per_month_mean)
