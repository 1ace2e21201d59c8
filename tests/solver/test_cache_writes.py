"""What a prompt has that no cache holds yet is written to it, at the price of writing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.month_cost import Cost
from tests.made_catalogs import AS_OF, Document, catalog, document, model, offering, price

TRAFFIC = {"requests_per_month": 100_000, "input_tokens": 100_000, "output_tokens": 0, "cached_input_share": 0.8}


def writing(rate: str | None) -> list[Any]:
    row = price("1", "5", "0.1")
    row[8] = rate
    return row


def costs(compiled: Document, **traffic: Any) -> dict[str, Cost]:
    asked = Requirements.model_validate({"workloads": [{"name": "job", "traffic": {**TRAFFIC, **traffic}}]})
    standings = advise(catalog(compiled, AS_OF), asked).workloads[0].standings
    return {standing.id: standing.cost for standing in standings if standing.cost}


@pytest.mark.parametrize(
    ("rate", "share", "usd"),
    [
        ("1.25", 0.8, "3300.00"),  # 2,000 million tokens written at 1.25, 8,000 read at 0.1: 18 % above 2,800
        (None, 0.8, "2800.00"),
        ("1.25", 0.0, "10000.00"),
        ("1.25", 0.1, "10000.00"),  # to write what is hardly read again costs more than no cache
    ],
)
def test_cache_writes_are_counted(rate: str | None, share: float, usd: str) -> None:
    compiled = document([model("m")], [offering("m", prices=[writing(rate)])])
    assert costs(compiled, cached_input_share=share)["host/m"].usd_per_month_mean == Decimal(usd)


def test_a_seller_that_forgets_the_price_of_writing_takes_that_of_the_others() -> None:
    sellers = [offering("m", prices=[writing("1.25")]), offering("m", "other", prices=[writing(None)])]
    found = costs(document([model("m")], sellers))
    assert found["other/m"].usd_per_month_mean == found["host/m"].usd_per_month_mean
    assert any("written to the cache at 1.25 times" in note for note in found["other/m"].notes)
