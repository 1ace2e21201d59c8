"""What a plan's report says of a search that was stopped."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from advisor.reports.planned import PlanReport, render
from advisor.solver.portfolio.posing import Posed
from advisor.solver.portfolio.records import Plan, Problem, Task
from tests.solver.portfolio.problems import single


def test_a_search_without_an_end_is_undecided_and_not_infeasible() -> None:
    problem = Problem((Task("job", (single("a", "v", "90", "1"),)),), budget_usd=Decimal(5))
    report = PlanReport("r.csv", date(2026, 11, 23), None, Posed(problem), Plan(status="unknown"))
    document = json.loads(render("json", report))
    assert (document["status"], document["proven"], document["assignment"]) == ("undecided", False, None)
    assert "stopped at its limit" in render("table", report)


def test_markdown_escapes_what_a_table_of_results_brings() -> None:
    way = single("a|b*c", "v", "90", "1")
    problem = Problem((Task("job", (way,)),))
    from advisor.solver.portfolio.plan import plan

    report = PlanReport("r.csv", date(2026, 11, 23), None, Posed(problem), plan(problem))
    assert "a\\|b\\*c" in render("markdown", report)
