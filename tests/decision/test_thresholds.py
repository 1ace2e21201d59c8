"""What is too little to move for, and how far ahead a decision is looked at."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from advisor.catalog import Catalog
from advisor.catalog.freshness import KINDS, LIMIT_DAYS, is_stale
from advisor.decision import forecast
from advisor.decision.check_plan import _is_better
from advisor.decision.forecast import MOST_DAYS, upcoming
from advisor.decision.plan_context import PlanContext
from advisor.facts import Measurement, Source
from advisor.portfolio.problem import Choice, Objective, PlanWorkload, PortfolioPlan, Problem, ServingOption, Share
from advisor.portfolio.verify import plan_value
from advisor.solver import advise
from advisor.solver.answer import Advice
from advisor.solver.constraints.base import MeasurementIndex
from tests.decision.test_check_plan import DAY, decided, requirements, three_vendors
from tests.made_catalogs import AS_OF, catalog, document, model, offering, price


def serving(name: str, usd: str) -> ServingOption:
    return ServingOption(name, Decimal(80), (Share(name, "v", Decimal(1), Decimal(usd)),), ())


@pytest.mark.parametrize(("usd", "moves"), [("91", False), ("90", False), ("89.99", True)])
def test_a_plan_is_left_for_more_than_the_stated_share_alone(usd: str, *, moves: bool) -> None:
    """A twin of what serves costs so much instead of $100; moving is worth ten percent."""
    held, twin = serving("a", "100"), serving("b", usd)
    problem = Problem((PlanWorkload("one", (held, twin)),), Objective.SCORE)
    choices = (Choice("one", held),)
    best = PortfolioPlan(
        status="optimal", proven=True, choices=(Choice("one", twin),), score=Decimal(80), cost_usd=Decimal(usd)
    )
    assert _is_better(problem, choices, plan_value(problem, choices), best, 10.0) is moves


def test_the_newest_measurement_counts() -> None:
    def measured(value: float, day: date) -> Measurement:
        return Measurement("host/m", "ttft_ms_p95", value, value, value, 80, day, "a.jsonl")

    old, new = measured(900, date(2026, 10, 1)), measured(300, date(2026, 11, 1))
    candidate = catalog(document([model("m")], [offering("m", prices=[price("1", "1")])]), AS_OF).candidates[0]
    for given in ([old, new], [new, old]):
        assert MeasurementIndex(given).find(candidate, "ttft_ms_p95") == new


@pytest.mark.parametrize("name", ["processing_regions", "context_window_tokens", "retirement_date"])
def test_a_fact_is_stale_on_the_day_after_its_limit(name: str) -> None:
    limit = LIMIT_DAYS[KINDS[name]]
    assert limit is not None
    read = Source("https://example.com", date.fromordinal(AS_OF.toordinal() - limit))
    assert not is_stale(name, read, AS_OF)
    assert is_stale(name, read, date.fromordinal(AS_OF.toordinal() + 1))


def test_the_forecast_looks_at_a_stated_number_of_days(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = requirements({}, "one")
    basis = PlanContext(catalog(three_vendors(), DAY), asked, (), None)
    coming = [(date.fromordinal(DAY.toordinal() + n), ("something changes",)) for n in range(1, 3 * MOST_DAYS)]
    seen: list[date] = []

    def solved(on: Catalog, *_: object, **__: object) -> Advice:
        seen.append(on.as_of)
        return advise(on, asked)

    monkeypatch.setattr(forecast, "_days", lambda *_: coming)
    monkeypatch.setattr(forecast, "advise", solved)
    assert upcoming(decided(asked), basis.catalog, asked, advise(basis.catalog, asked)) == ()
    assert seen == [day for day, _ in coming[:MOST_DAYS]]
    assert MOST_DAYS == 12
