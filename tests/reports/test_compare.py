"""Side by side: the maker's plain offering, the asked dimension first, the differences, and the table's own cost."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from advisor.reports.recommendation.compare import compare_candidates, plain_candidate, render
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from tests.made_catalogs import Document, catalog, document, model, offering, price

DAY = date(2026, 11, 23)
RISING = [price("2", "10", until="2027-02-23"), price("4", "20", since="2027-02-23")]
TRAFFIC = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 100}


def world() -> Document:
    """One model at its maker (twice) and at a host that comes first by name; another elsewhere."""
    qualities = {"general": (1500, 5), "coding": (1400, 5)}
    facts: dict[str, Any] = {"tools": True, "retention_days": 30}
    made = document(
        [model("best", lab="maker", quality=qualities), model("other", lab="b", quality={"coding": (1300, 5)})],
        [
            offering("best", "a-host", prices=[price("9", "9")], **facts),
            offering("best", "maker", region="eu", prices=[price("3", "9")], **facts),
            offering(
                "best", "maker", prices=[price("2", "10", until="2027-02-23"), price("4", "20", since="2027-02-23")]
            ),
            offering("other", "a-host", prices=[price("1", "5")], **facts),
        ],
    )
    next(one for one in made["channels"] if one["id"] == "maker")["kind"] = "lab"
    return made


def requirements(**workload: Any) -> Requirements:
    stated = {"name": "job", "dimension": "coding", "traffic": TRAFFIC, **workload}
    return Requirements.model_validate({"workloads": [stated]})


def test_a_model_means_what_its_maker_plainly_offers() -> None:
    known = catalog(world(), DAY)
    assert plain_candidate(known, known.find_candidates("best")).id == "maker/best"
    assert plain_candidate(known, known.find_candidates("a-host/best")).id == "a-host/best"


def test_the_asked_dimension_comes_first_and_what_is_alike_is_left_out() -> None:
    known = catalog(world(), DAY)
    pair = [known.find_candidates(name)[0] for name in ("maker/best@eu", "a-host/other")]
    compared = compare_candidates(known, pair, requirements())
    names = [row.name for row in compared.rows]
    assert names.index("coding") < names.index("general")
    assert "tools" not in render("table", compared)
    assert "left out (--all)" in render("table", compared)
    assert "tools" in render("table", compared, everything=True)
    rows = json.loads(render("json", compared))["rows"]
    assert {row["name"]: row["differs"] for row in rows}["tools"] is False


def test_the_cost_is_the_one_of_the_recommendation_also_of_one_that_is_out() -> None:
    known = catalog(world(), DAY)
    free, tight = requirements(), requirements(budget_usd_per_month=2_000)
    standing = advise(known, free).workloads[0].standing("maker/best")
    assert standing is not None
    assert standing.cost is not None
    assert standing.cost.usd_per_month_mean != standing.cost.usd_per_month_now
    pair = [known.find_candidates(name)[0] for name in ("maker/best", "a-host/other")]
    for asked in (free, tight):
        compared = compare_candidates(known, pair, asked)
        month = next(row for row in compared.rows if row.name == "job: a month")
        assert month.values[0] == standing.cost.usd_per_month_mean
