"""A sample is counted by one tokenizer; what others make of it is an interval of the cost, and its upper end ranks."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.requirements.file import parse_requirements
from advisor.requirements.schema import Requirements
from advisor.requirements.traffic.resolve import counted
from advisor.solver import advise
from advisor.solver.month_cost import Cost

DAY = date(2026, 11, 29)
SPREAD = 1.5


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(DAY, overlay=False)


def asked(factor: float, more: str = "") -> Requirements:
    return parse_requirements(
        f"""
deployment: {{channels: {{allow: [openai, anthropic]}}}}
workloads:
  - name: x
    traffic: {{requests_per_month: 1000, input_tokens: 10000, output_tokens: 1000, tokenizer_factor: {factor}}}
    {more}
"""
    ).requirements


def costs(catalog: Catalog, requirements: Requirements) -> dict[str, Cost]:
    (answer,) = advise(catalog, requirements).workloads
    return {one.candidate.id: one.cost for one in answer.standings if one.cost}


def test_another_tokenizer_makes_an_interval_whose_upper_end_ranks(catalog: Catalog) -> None:
    plain, spread = (costs(catalog, asked(one)) for one in (1.0, SPREAD))
    name = "anthropic/claude-sonnet-5~none"
    assert spread[name].usd_per_month_mean == plain[name].usd_per_month_mean
    assert (plain[name].low, plain[name].high) == (None, None)
    month = plain[name].usd_per_month_mean
    assert spread[name].low == pytest.approx(month * Decimal("0.97"), abs=Decimal("0.02"))
    assert spread[name].high == pytest.approx(month * Decimal("1.5"), abs=Decimal("0.02"))
    assert spread[name].ranked_usd == spread[name].high
    assert any("tokenizer" in note for note in spread[name].notes)


def test_the_tokenizer_that_counted_is_not_in_doubt(catalog: Catalog) -> None:
    assert costs(catalog, asked(SPREAD))["openai/gpt-6-luna~none"].low is None


def test_hidden_tokens_are_the_models_own_and_come_on_top(catalog: Catalog) -> None:
    plain, spread = (costs(catalog, asked(one)) for one in (1.0, SPREAD))
    name = "anthropic/claude-sonnet-5~high"
    without = costs(catalog, asked(1.0))["anthropic/claude-sonnet-5~none"].usd_per_month_mean
    high = plain[name].high
    assert high
    assert spread[name].high == pytest.approx(high + without * Decimal("0.5"), abs=Decimal("0.05"))
    budget = spread[name].peak_high or Decimal(0)
    hidden = spread[name].hidden
    assert hidden
    assert spread[name].hidden_tokens_within(budget) == pytest.approx(hidden.high, rel=0.01)


def test_a_budget_between_the_ends_is_open(catalog: Catalog) -> None:
    name = "anthropic/claude-sonnet-5~none"
    month = costs(catalog, asked(1.0))[name].usd_per_month_mean
    found = asked(SPREAD, f"budget_usd_per_month: {month * Decimal('1.1'):.2f}")
    (answer,) = advise(catalog, found).workloads
    assert name not in {one.id for one in answer.standings if not one.is_open}


def test_a_sample_brings_its_spread(tmp_path: Path) -> None:
    rows = [{"prompt": "Where is my order 4711?", "answer": "It left the warehouse yesterday."}] * 3
    (tmp_path / "s.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    text = "workloads: [{name: x, traffic: {requests_per_month: 10, sample: s.jsonl}}]"
    traffic = counted(parse_requirements(text).requirements, tmp_path).workloads[0].traffic
    assert traffic
    assert traffic.tokenizer_factor > 1
