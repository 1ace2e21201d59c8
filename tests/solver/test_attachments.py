"""Images, pages and sound that requests carry: counted by each maker's rule, or said to be left out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.errors import RequirementsError
from advisor.requirements.file import parse_requirements
from advisor.solver import advise
from advisor.solver.month_cost import Cost

DAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(DAY, overlay=False)


def question(channels: str, sent: str, more: str = "", needs: str = "image, pdf") -> str:
    return f"""
deployment: {{channels: {{allow: [{channels}]}}}}
unknown: {{cost: ask, needs: ask}}
workloads:
  - name: x
    dimension: vision
    traffic: {{requests_per_month: 1000, input_tokens: 100, output_tokens: 10{sent}}}
    needs: {{modalities: [{needs}]}}
    {more}
"""


def cost(catalog: Catalog, name: str, sent: str, needs: str = "image, pdf") -> Cost:
    text = question(name.partition("/")[0], sent, needs=needs)
    (answer,) = advise(catalog, parse_requirements(text).requirements).workloads
    found = next(one.cost for one in answer.standings if one.candidate.id == name)
    assert found
    return found


def input_price(catalog: Catalog, name: str) -> Decimal:
    (candidate, *_) = catalog.find_candidates(name)
    return next(
        row.input
        for row in candidate.offering.prices
        if row.tier == "standard" and row.holds_on(DAY) and row.input and not row.above_prompt_tokens
    )


@pytest.mark.parametrize(
    ("name", "sent", "tokens"),
    [
        ("openai/gpt-5.5~none", ", images_per_request: 2, image_size: 1024x1024", 2 * 1229),
        ("anthropic/claude-haiku-4-5~none", ", images_per_request: 1, image_size: 512x512", 361),
        ("anthropic/claude-haiku-4-5~none", ", images_per_request: 0, pdf_pages_per_request: 3", 3 * 4600),
    ],
)
def test_what_is_sent_costs_the_tokens_that_the_rule_makes_of_it(
    catalog: Catalog, name: str, sent: str, tokens: int
) -> None:
    with_it, without = cost(catalog, name, sent), cost(catalog, name, "")
    more = with_it.usd_per_month_now - without.usd_per_month_now
    assert abs(more - tokens * 1000 * input_price(catalog, name) / 1_000_000) <= Decimal("0.01")
    assert any(f"{tokens:,} tokens" in note for note in with_it.notes)
    assert with_it.is_whole


def test_what_no_rule_counts_is_said_and_satisfies_no_budget(catalog: Catalog) -> None:
    text = question("xai", ", images_per_request: 3", "budget_usd_per_month: 1000000", needs="image")
    (answer,) = advise(catalog, parse_requirements(text).requirements).workloads
    for standing in answer.standings:
        assert standing.cost
        assert not standing.cost.is_whole
        assert standing.cost.left_out == ("3 images of 1024x1024 pixels a request",)
        (cause, *_) = [one for one in standing.open_questions if one.constraint == "budget_usd_per_month"]
        assert "for which no rule is on record" in cause.found
    assert answer.standings


def test_audio_has_no_price_on_record_and_makes_no_cost_whole(catalog: Catalog) -> None:
    found = cost(catalog, "gemini/gemini-3.5-flash-lite", ", audio_seconds_per_request: 60", "audio")
    assert found.left_out == ("60 seconds of audio a request",)


def test_what_is_needed_and_not_stated_is_said_with_the_key_that_states_it(catalog: Catalog) -> None:
    notes = cost(catalog, "openai/gpt-5.5~none", ", images_per_request: 1").notes
    assert any("pdf input costs what" in note and "traffic.pdf_pages_per_request" in note for note in notes)
    assert not any("image and" in note for note in notes)


def test_what_is_sent_must_be_needed() -> None:
    text = question("openai", ", pdf_pages_per_request: 2", needs="image")
    with pytest.raises(RequirementsError, match=r"expected pdf among needs\.modalities"):
        parse_requirements(text)


@pytest.mark.parametrize("size", ["'1024'", "0x10", "10x", "-1x5", "100000x1"])
def test_a_size_is_two_numbers(size: str) -> None:
    with pytest.raises(RequirementsError, match="image_size: expected width and height in pixels, such as 1024x1024"):
        parse_requirements(question("openai", f", images_per_request: 1, image_size: {size}"))


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        ("together", "tuned, it runs on a dedicated endpoint that is paid by the hour: the sum is that of the untuned"),
        ("fireworks", "what it costs once it is tuned is not on record: the sum is that of the untuned model"),
    ],
)
def test_the_price_of_a_tuned_model_is_said_and_not_taken_for_that_of_the_untuned(
    catalog: Catalog, channel: str, words: str
) -> None:
    text = question(channel, "", needs="").replace("modalities: []", "fine_tuning: true").replace("vision", "general")
    (answer,) = advise(catalog, parse_requirements(text).requirements).workloads
    sure = [one for one in answer.standings if one.cost and not one.open_questions]
    assert sure
    assert all(any(note.startswith(words) for note in one.cost.notes) for one in sure if one.cost)
