"""What a plan's report says of a search that was stopped."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from advisor.portfolio.build import PortfolioProblem
from advisor.portfolio.problem import PlanWorkload, PortfolioPlan, Problem
from advisor.reports.plan.render import render
from advisor.reports.plan.report import PlanReport
from tests.solver.portfolio.problems import single


def test_a_search_without_an_end_is_undecided_and_not_infeasible() -> None:
    problem = Problem((PlanWorkload("job", (single("a", "v", "90", "1"),)),), budget_usd=Decimal(5))
    report = PlanReport("r.csv", date(2026, 11, 23), None, PortfolioProblem(problem), PortfolioPlan(status="unknown"))
    document = json.loads(render("json", report))
    assert (document["status"], document["proven"], document["assignment"]) == ("undecided", False, None)
    assert "stopped at its limit" in render("table", report)


def test_markdown_escapes_what_a_table_of_results_brings() -> None:
    way = single("a|b*c", "v", "90", "1")
    problem = Problem((PlanWorkload("job", (way,)),))
    from advisor.portfolio.solve import plan

    report = PlanReport("r.csv", date(2026, 11, 23), None, PortfolioProblem(problem), plan(problem))
    assert "a\\|b\\*c" in render("markdown", report)


def fronted() -> PlanReport:
    """Two jobs with a front of several points, and a name that must not become markup."""
    from advisor.portfolio.pareto_front import front, sensitivity
    from advisor.portfolio.solve import plan

    ways = (single("a<b>", "v", "60", "1"), single("c", "w", "90", "9"))
    problem = Problem((PlanWorkload("one", ways), PlanWorkload("two", ways)), budget_usd=Decimal(11))
    found = plan(problem)
    return PlanReport(
        "r.csv", date(2026, 11, 23), None, PortfolioProblem(problem), found, front(problem), sensitivity(problem, found)
    )


def test_the_page_draws_the_front_and_loads_nothing() -> None:
    page = render("html", fronted())
    assert page.count("<svg") == 1
    assert page.count("<circle") == len({point.plan.cost_usd for point in fronted().front})
    assert "#c2410c" in page
    assert "a&lt;b&gt;" in page
    assert "a<b>" not in page
    assert "color-scheme: light dark" in page
    assert not re.search(r"https?:|<script|<link|url\(", page)


@pytest.mark.parametrize("budget", ["11", "1"])
def test_plans_follow_the_published_schema(budget: str) -> None:
    from advisor.portfolio.solve import plan

    schema = json.loads((Path(__file__).parents[2] / "docs/reference/plan.schema.json").read_text())
    problem = replace(fronted().posed.problem, budget_usd=Decimal(budget))
    report = fronted()._replace(posed=PortfolioProblem(problem), plan=plan(problem))
    document = json.loads(render("json", report))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert set(document) <= set(schema["properties"])


def test_where_a_plan_and_a_job_alone_differ_the_rule_is_named() -> None:
    from advisor.solver import advise
    from tests.decision.test_check import requirements, two_models
    from tests.made_catalogs import catalog

    asked = requirements()
    advice = advise(catalog(two_models(), date(2026, 11, 23)), asked)
    assert advice.workloads[0].recommended == "host/rival"
    ways = (single("host/best", "a", "1500", "3000"), single("host/rival", "b", "1495", "1500"))
    problem = Problem((PlanWorkload("job", ways),))
    from advisor.portfolio.solve import plan

    report = PlanReport("r", date(2026, 11, 23), None, PortfolioProblem(problem), plan(problem)).beside(advice)
    (note,) = report.posed.notes
    assert note.startswith("job: alone, host/rival leads; here host/best serves it: alone, the cheapest")
    assert note in " ".join(render("table", report).split())
