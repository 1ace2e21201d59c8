"""What an answer relies on and what a license asks of whoever is large is said: switches, approvals, thresholds."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.catalog import load_catalog
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from advisor.solver.answer import WorkloadAdvice
from tests.made_catalogs import AS_OF, catalog, document, model, offering

KEPT_NOWHERE = {"data": {"retention_days": {"at_most": 0}}}


def ask(zero: str, **more: Any) -> WorkloadAdvice:
    compiled = catalog(document([model("m", quality={"general": (1500, 5)})], [offering("m", zero_retention=zero)]))
    asked = Requirements.model_validate({"workloads": [{"name": "job"}], **KEPT_NOWHERE, **more})
    return advise(compiled, asked).workloads[0]


def test_a_switch_that_the_answer_relies_on_is_an_obligation() -> None:
    (standing,) = ask("self-serve").standings
    assert standing.obligations == ("switch on zero retention at Host (https://example.org/facts)",)
    (standing,) = ask("default").standings
    assert standing.obligations == ()


def test_an_approval_is_asked_for_where_that_is_what_it_takes() -> None:
    answer = ask("on-approval")
    assert answer.standings == ()
    (way,) = answer.relaxations
    assert way.change == "ask Host for zero retention (https://example.org/facts)"
    (standing,) = ask("on-approval", unknown={"data": "accept"}).standings
    assert standing.obligations == ("ask Host for zero retention (https://example.org/facts)",)


@pytest.mark.parametrize(("users", "owed"), [(900_000_000, True), (1_000, False)])
def test_a_threshold_that_is_crossed_is_an_obligation(users: int, owed: bool) -> None:
    asked = Requirements.model_validate(
        {
            "organization": {"country": "US", "monthly_active_users": users, "yearly_revenue_usd": 1_000_000},
            "uses": ["commercial", "serve"],
            "deployment": {"labs": {"allow": ["moonshot"]}},
            "workloads": [{"name": "job"}],
        }
    )
    answer = advise(load_catalog(AS_OF), asked).workloads[0]
    (first, *_) = (one for one in answer.standings if one.license.license == "kimi-k3")
    assert any("shows Kimi K3 prominently" in duty for duty in first.obligations) is owed
