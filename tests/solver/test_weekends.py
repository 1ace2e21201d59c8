"""Prices of certain hours that hold all weekend: they count for what comes on Saturday and Sunday, if that is known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.requirements.file import parse_requirements
from advisor.solver import advise

DAY = date(2026, 11, 29)
# 1,000 M tokens at $0.30 in the peak hours 01:00-04:00 and 06:00-10:00 of working days, at $0.15 else.
PEAK, CHEAP = Decimal(300), Decimal(150)
EVENLY = (PEAK * 7 + CHEAP * 17) / 24


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(DAY, overlay=False)


@pytest.mark.parametrize(
    ("stated", "month"),
    [
        ("", EVENLY * 5 / 7 + CHEAP * 2 / 7),
        (", weekend_share: 0", EVENLY),
        (", weekend_share: 1", CHEAP),
        (", peak_hours_utc: ['06:00-10:00']", PEAK),
        (", peak_hours_utc: ['06:00-10:00'], weekend_share: 0.5", (PEAK + CHEAP) / 2),
    ],
)
def test_the_weekend_counts_by_the_share_that_comes_on_it(catalog: Catalog, stated: str, month: Decimal) -> None:
    traffic = f"requests_per_month: 1000000, input_tokens: 1000, output_tokens: 0, reasoning_tokens: 0{stated}"
    text = f"""
deployment: {{channels: {{allow: [deepseek]}}}}
workloads: [{{name: x, traffic: {{{traffic}}}}}]
"""
    (answer,) = advise(catalog, parse_requirements(text).requirements).workloads
    (found,) = {one.cost.usd_per_month_now for one in answer.standings if one.cost and "v4.1-flash~low" in one.id}
    assert abs(found - month) <= Decimal("0.01")
