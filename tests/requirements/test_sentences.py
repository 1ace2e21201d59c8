from __future__ import annotations

import pytest

from advisor.requirements.fields import fields
from advisor.requirements.file import parse_requirements
from advisor.requirements.summary import sentences
from advisor.requirements.templates import load_template, templates

FULL = """
stage: production
organization: {country: DE, monthly_active_users: 20000, yearly_revenue_usd: 4000000.5, business: internal}
uses: [commercial, quantize]
data: {training_on_inputs: forbidden, retention_days: {at_most: 1}, regions: [eu, ch], certifications: [soc2, pci]}
deployment:
  own_gpus: {model: h100-80gb, count: 8}
  channels: {allow: [azure], deny: [vercel]}
  labs: {allow: [mistral], deny: [xai]}
  open_weights: true
  alive_months: 7
  price_tiers: [batch, flex]
horizon_months: 1
preferences: [cost]
workloads:
- name: one
  dimension: coding
  languages: [pl]
  traffic:
    requests_per_month: 123456
    input_tokens: 1800
    output_tokens: 351
    cached_input_share: 0.61
    batch_share: 0.27
    peak_hours_utc: ['08:00-18:30']
    reasoning_tokens: {low: 301, high: 2001}
    busiest_minute_requests: 77
    images_per_request: 2
    image_size: 512x768
    pdf_pages_per_request: 3
  needs:
    context_tokens: 32001
    output_tokens: 4097
    tools: true
    structured_output: true
    modalities: [audio, image, pdf]
    fine_tuning: true
    knowledge_cutoff: 2025-06
    release: {preview: false, not_older_than: 2025-01-31}
  quality: {within_points_of_best: 43}
  latency: {ttft_ms_p95: 1501, output_tokens_per_s: 41, speed: medium}
  budget_usd_per_month: 901.25
- {name: two, quality: {at_least: {score: 77, case_set: mine}}}
- {name: three, quality: {at_least: some-model}, traffic: {requests_per_month: 3, sample: s.jsonl}}
"""


def test_everything_that_is_asked_for_is_said() -> None:
    text = "\n".join(sentences(parse_requirements(FULL).requirements))
    for word in (
        "production: cost, then quality, then latency",
        "next 7 months",
        "established in DE, has 20,000 monthly active users, earns USD 4,000,000.5 a year",
        "commercial, quantize",
        "Nobody may train",
        "at most 1 day.",
        "eu or ch",
        "soc2 and pci",
        "knowledge until 2025-06 or later",
        "no preview",
        "a release of 2025-01-31 or later",
        "8 x h100-80gb",
        "Only these channels are allowed: azure",
        "channels are ruled out: vercel",
        "Only these labs are allowed: mistral",
        "labs are ruled out: xai",
        "weights must be open",
        "Price tiers to consider: batch, flex",
        "1 month.",
        "good at coding and serve pl",
        (
            "123,456 requests a month of 1,800 tokens in and 351 out, 61% of the input from a cache, "
            "301 at low and 2,001 at high tokens of reasoning an answer, 27% of the requests"
        ),
        "between 08:00-18:30 UTC, 2 images of 512x768 and 3 pages of PDF a request besides, 77 in the busiest minute",
        (
            "32,001 tokens, answers of 4,097 tokens, tool calls, answers in a JSON schema, "
            "audio, image and pdf as input, fine-tuning"
        ),
        "at most 43 points below the best",
        "within 1,501 ms",
        "41 tokens a second",
        "medium or better",
        "USD 901.25 a month",
        "at least 77 on mine",
        "at least that of some-model",
        "3 requests a month as in s.jsonl",
        "two: no traffic is stated",
    ):
        assert word in text


@pytest.mark.parametrize("name", [template.name for template in templates()])
def test_each_template_can_be_said(name: str) -> None:
    said = sentences(load_template(name))
    assert all(sentence.endswith(".") for sentence in said)
    assert len(set(said)) == len(said)


def test_the_example_above_states_every_block() -> None:
    requirements = parse_requirements(FULL).requirements
    stated = requirements.model_dump(exclude_unset=True)
    blocks = {field.key for field in fields() if "." not in field.key}
    by_hand = {"difference_that_matters", "portfolio", "giving_up", "quality_point_usd_per_month"}
    assert blocks - set(stated) == {"schema_version", "unknown"} | by_hand


def test_what_workloads_share_and_what_things_are_worth_is_said() -> None:
    text = (
        "workloads: [{name: a}, {name: b}]\nquality_point_usd_per_month: 12\ngiving_up: {license: 7000, data: 100}\n"
        "portfolio: {budget_usd_per_month: 900, max_vendors: 1, max_labs: 2, min_score: 1400}\n"
    )
    said = sentences(parse_requirements(text).requirements)
    assert (
        "All workloads together must cost at most USD 900 a month, use at most 1 channel, use at most 2 labs "
        "and reach a weighted mean of 1400." in said
    )
    assert "A point of quality is worth USD 12 a month." in said
    assert "Giving up counts a month as: license USD 7,000, data USD 100." in said
