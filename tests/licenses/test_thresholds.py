"""A threshold of a license against what is known of the organization."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from advisor.licenses.aliases import Licenses
from advisor.licenses.conditions import Circumstances
from advisor.licenses.verdict import Verdict, judge, judge_use
from advisor.requirements.schema import Organization


def _record(then: str) -> dict[str, Any]:
    clause = {
        "section": "3",
        "kind": "threshold",
        "uses": ["commercial"],
        "measure": "yearly_revenue_usd",
        "above": 20_000_000,
        "then": then,
        "says": "Above the line something is asked.",
        "source": "text",
    }
    source = {"url": "https://example.org/license", "read_on": "2026-11-23"}
    return {
        "id": "example",
        "class": "restricted",
        "evidence": "full-text",
        "sources": {"text": source},
        "clauses": [clause],
        "uses": {"commercial": "allowed"},
    }


@pytest.mark.parametrize(
    ("then", "revenue", "expected"),
    [
        ("forbidden", 30_000_000, Verdict.FORBIDDEN),
        ("forbidden", 10_000_000, Verdict.ALLOWED),
        ("forbidden", None, Verdict.UNKNOWN),
        ("conditional", 30_000_000, Verdict.CONDITIONAL),
        ("conditional", None, Verdict.CONDITIONAL),
    ],
)
def test_an_unknown_figure_leaves_doubt_only_where_it_could_forbid(
    then: str, revenue: int | None, expected: Verdict
) -> None:
    figure = None if revenue is None else Decimal(revenue)
    answer = judge(_record(then), ["commercial"], Organization(yearly_revenue_usd=figure))
    assert answer.verdict is expected


@pytest.mark.parametrize(
    ("business", "use", "verdict"),
    [
        (None, "internal", "conditional"),
        ("research", "serve", "conditional"),
        ("internal", "internal", "unknown"),
        ("end-user-product", "serve", "unknown"),
        ("end-user-product", "commercial", "forbidden"),
        ("end-user-product", "research", "conditional"),
    ],
)
def test_use_inside_a_business_is_open_where_commercial_use_is_barred(
    licenses: Licenses, business: str | None, use: str, verdict: str
) -> None:
    organization = Organization.model_validate({"business": business} if business else {})
    answer = judge_use(licenses.by_id["cc-by-nc-4.0"], use, Circumstances(organization))
    assert answer.verdict == verdict
    assert any("commercial advantage" in one for one in answer.read) == (verdict == "unknown")
