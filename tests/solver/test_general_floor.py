"""A second floor, on ``general``, beside the dimension that the job is ranked by."""

from __future__ import annotations

from datetime import date

import pytest

from advisor.catalog import Catalog
from advisor.facts import Ternary
from advisor.requirements.enums import OnUnknown
from advisor.requirements.schema import Requirements, UnknownRules
from advisor.solver import advise
from tests.made_catalogs import catalog as compiled_catalog
from tests.made_catalogs import document, model, offering, price

DAY = date(2026, 11, 23)
NAME = "quality.general_within_points_of_best"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    estimates = {"able": (1490, 88), "dull": (1300, 92), "doubtful": (1415, 91)}
    models = [
        model(name, quality={"general": (general, 30), "faithfulness": (faithful, 1)})
        for name, (general, faithful) in estimates.items()
    ]
    models.append(model("new", quality={"faithfulness": (95, 1)}))
    return compiled_catalog(
        document(models, [offering(one["id"], "host", prices=[price("1", "2")]) for one in models]), DAY
    )


def asked(**quality: float) -> Requirements:
    return Requirements.model_validate({"workloads": [{"name": "x", "dimension": "faithfulness", "quality": quality}]})


def test_who_is_surely_below_it_is_out_and_who_may_be_is_open(catalog: Catalog) -> None:
    (answer,) = advise(catalog, asked(general_within_points_of_best=100)).workloads
    out = answer.excluded.find("host/dull")
    assert out is not None
    assert [(cause.constraint, cause.state) for cause in out.because] == [(NAME, Ternary.VIOLATED)]
    passing = {one.id: one.is_open for one in answer.standings}
    assert passing == {"host/able": False, "host/doubtful": True, "host/new": True}
    assert answer.standings[0].id == "host/able"


def test_it_is_relaxed_by_the_points_that_are_short(catalog: Catalog) -> None:
    strict = asked(general_within_points_of_best=1).model_copy(
        update={"unknown": UnknownRules(quality=OnUnknown.EXCLUDE)}
    )
    (answer,) = advise(catalog, strict).workloads
    assert answer.standings == ()
    assert "accept 105 points below the best in general" in {one.change for one in answer.relaxations}


def test_without_it_the_job_s_own_dimension_decides(catalog: Catalog) -> None:
    (answer,) = advise(catalog, asked()).workloads
    assert answer.standings[0].id == "host/new"
