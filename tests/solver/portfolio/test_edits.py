"""Relaxations as edits: written into the requirements and planned again, they come to what was said."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.portfolio.build import SharedLimits
from advisor.portfolio.edits import edits
from advisor.portfolio.from_catalog import pose_catalog
from advisor.portfolio.solve import plan
from advisor.requirements.questionnaire.answers import from_requirements, state
from advisor.requirements.questionnaire.questions import Questionnaire
from tests.made_catalogs import catalog
from tests.solver.portfolio.test_from_requirements import requirements, three_vendors

NO_QUESTIONS = Questionnaire((), ())
BUSY = {"rate_limits": [{"offering": f"{one}", "requests_per_minute": 10} for one in ("a/best", "b/good", "c/small")]}


@pytest.mark.parametrize(
    "shared",
    [
        {"budget_usd_per_month": 200},
        {"min_score": 1490, "budget_usd_per_month": 4_000},
        {"max_vendors": 1, "workloads": [{"name": "one", "fallback_share": 0.01}]},
        {"max_licenses": 1, "min_score": 1470, "budget_usd_per_month": 2_000},
        BUSY,
    ],
)
def test_every_way_out_is_an_edit_that_leads_out(shared: dict[str, Any]) -> None:
    asked = requirements(shared)
    found = plan(pose_catalog(catalog(three_vendors()), asked, SharedLimits()).problem)
    assert found.status == "infeasible"
    assert found.ways_out
    for way in found.ways_out:
        answers = from_requirements(NO_QUESTIONS, asked)
        for key, value in edits(way.reliefs, asked).items():
            answers = state(answers, key, value)
        document = asked.model_dump(mode="json", exclude_unset=True) | {
            "portfolio": answers.unasked["portfolio"],
        }
        edited = type(asked).model_validate(document)
        again = plan(pose_catalog(catalog(three_vendors()), edited, SharedLimits()).problem)
        assert (again.score, again.cost_usd) == (way.score, way.cost_usd)
