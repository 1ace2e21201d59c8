"""A decision for workloads that share limits: everyone who serves is in it, and it is planned again."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advisor.decision.check import DecisionCheck, check
from advisor.decision.finding import ALL, DecisionStatus, Finding
from advisor.decision.lock_file import load, save
from advisor.decision.lock_plan import lock_plan
from advisor.decision.lock_schema import Decision
from advisor.decision.plan_context import PlanContext, planned
from advisor.errors import DecisionError
from advisor.reports.decision_check import CheckReport, render
from advisor.reports.formats import FINDINGS
from advisor.requirements.schema import Requirements
from advisor.requirements.score_table import Results, parse_results
from advisor.solver import advise
from tests.made_catalogs import Document, catalog, document, license_record, model, offering, price

DAY = date(2026, 11, 23)
LATER = date(2027, 2, 1)
TRAFFIC = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 100}
SHARED = {"budget_usd_per_month": 3_200}


def three_vendors() -> Document:
    """On one million requests: best $3,000 at a, good $1,500 at b, small $150 at c."""
    models = [
        model("best", quality={"general": (1500, 8)}, license="open"),
        model("good", quality={"general": (1450, 8)}, license="open"),
        model("small", quality={"general": (1400, 8)}, license="open"),
    ]
    offerings = [
        offering("best", "a", prices=[price("2", "10")], retention_days=30),
        offering("good", "b", prices=[price("1", "5")], retention_days=30),
        offering("small", "c", prices=[price("0.1", "0.5")], retention_days=30),
    ]
    return document(models, offerings, licenses=[license_record("open")])


def requirements(portfolio: dict[str, Any], *names: str) -> Requirements:
    workloads = [{"name": name, "traffic": TRAFFIC} for name in names or ("one", "two")]
    data = {"retention_days": {"at_most": 30}}
    return Requirements.model_validate({"workloads": workloads, "portfolio": portfolio, "data": data})


def decided(asked: Requirements, results: Results | None = None, **by_hand: str) -> Decision:
    now = catalog(three_vendors(), DAY)
    basis = PlanContext(now, asked, (), results)
    return lock_plan(basis, planned(basis, by_hand), advise(now, asked), "advisor.yaml")


def checked(
    change: Callable[[Document], None], portfolio: dict[str, Any], *names: str, day: date = LATER, **rest: Any
) -> DecisionCheck:
    asked = requirements(portfolio, *names)
    compiled = three_vendors()
    change(compiled)
    return check(decided(asked), catalog(compiled, day), asked, **rest)


def of(found: DecisionCheck, workload: str) -> Finding:
    return next(one for one in found.findings if one.workload == workload)


def nothing(_: Document) -> None:
    """Changes nothing."""


def test_what_is_planned_is_written_down_and_stands() -> None:
    decision = decided(requirements(SHARED))
    assert [(one.workload, one.chosen) for one in decision.workloads] == [("one", "b/good"), ("two", "b/good")]
    assert decision.plan is not None
    assert (decision.plan.proven, float(decision.plan.usd_per_month)) == (True, 3_000)
    assert decision.plan.if_changed
    found = checked(nothing, SHARED)
    assert found.outcome is DecisionStatus.STANDS
    assert "and leads: 1450.00 points for $3,000.00 a month" in of(found, ALL).message


def test_a_price_that_breaks_the_shared_budget_overturns_the_plan_by_that_price() -> None:
    def dearer(compiled: Document) -> None:
        compiled["offerings"][1]["prices"] = [
            price("1", "5", until="2027-01-15"),
            price("1.2", "6", since="2027-01-15"),
        ]

    finding = of(checked(dearer, SHARED), ALL)
    assert finding.outcome is DecisionStatus.OVERTURNED
    assert "at most $3,200 a month for all workloads" in finding.message
    assert ("price.input", "$1 per million tokens", "$1.2 per million tokens") in {
        (one.what, one.was, one.now) for one in finding.by
    }
    assert finding.move_to in ("one: a/best; two: c/small", "one: c/small; two: a/best")


def test_a_better_plan_overturns_one_that_holds_and_a_worse_single_choice_does_not() -> None:
    def cheaper(compiled: Document) -> None:
        compiled["offerings"][0]["prices"] = [price("1", "6", since="2026-12-01"), price("2", "10", until="2026-12-01")]

    finding = of(checked(cheaper, SHARED), ALL)
    assert (finding.outcome, finding.move_to) == (DecisionStatus.OVERTURNED, "one: a/best; two: a/best")
    assert "scores 1500.00 points for $3,200.00 a month against 1450.00 points" in finding.message
    # By itself a/best leads each workload from the beginning; the plan stands all the same.
    assert of(checked(nothing, SHARED), "one").outcome is DecisionStatus.STANDS


def test_a_fallback_is_in_the_lock_and_falls_with_its_terms() -> None:
    def keeps_longer(compiled: Document) -> None:
        compiled["offerings"][1]["facts"]["retention_days"] = [
            [30, None, 0, "2020-01-01", "2027-01-01"],
            [90, None, 0, "2027-01-01"],
        ]

    shared = {"workloads": [{"name": "one", "fallback_share": 0.01}]}
    beside = decided(requirements(shared, "one")).workloads[0].beside[0]
    assert (beside.role, beside.chosen, float(beside.share), beside.model) == ("fallback", "b/good", 0.01, "good")
    assert {fact.name for fact in beside.facts} >= {"retention_days"}
    finding = of(checked(keeps_longer, shared, "one"), "one")
    assert (finding.outcome, finding.chosen) == (DecisionStatus.OVERTURNED, "b/good")
    assert [(one.what, one.was, one.now) for one in finding.by] == [("retention_days", "30", "90")]
    assert finding.move_to == "a/best, fallback c/small"


def test_what_is_no_longer_known_of_a_fallback_leaves_it_undecided() -> None:
    def unknown(compiled: Document) -> None:
        compiled["offerings"][1]["facts"]["retention_days"] = [[None, "unknown", 0, "2020-01-01"]]

    shared = {"workloads": [{"name": "one", "fallback_share": 0.01}]}
    assert checked(unknown, shared, "one").outcome is DecisionStatus.UNDECIDED


def test_a_split_is_put_together_again() -> None:
    shared = {"budget_usd_per_month": 1_700, "workloads": [{"name": "one", "split": True}]}
    asked = requirements(shared, "one")
    decision = decided(asked)
    locked = decision.workloads[0]
    assert locked.share is not None
    assert [one.role for one in locked.beside] == ["split"]
    assert locked.share + locked.beside[0].share == 1
    assert checked(nothing, shared, "one").outcome is DecisionStatus.STANDS
    smaller = requirements(shared | {"budget_usd_per_month": 1_600}, "one")
    finding = of(check(decision, catalog(three_vendors(), LATER), smaller), ALL)
    assert finding.outcome is DecisionStatus.OVERTURNED
    assert "at most $1,600 a month" in finding.message


def test_a_retirement_is_said_before_it_comes_and_names_the_plan_after_it() -> None:
    def retires(compiled: Document) -> None:
        compiled["offerings"][1]["facts"]["retirement_date"] = [["2027-01-10", None, 0, "2026-12-01"]]

    before = checked(retires, SHARED, day=date(2026, 12, 15))
    assert before.outcome is DecisionStatus.STANDS
    assert {(one.day, one.workload) for one in before.upcoming} == {
        (date(2027, 1, 10), "one"),
        (date(2027, 1, 10), "two"),
    }
    gone = checked(retires, SHARED)
    assert gone.outcome is DecisionStatus.OVERTURNED
    assert {of(gone, "one").move_to, of(gone, "two").move_to} == {"a/best", "c/small"}


def test_since_tells_only_what_changed_after_it() -> None:
    def dearer(compiled: Document) -> None:
        compiled["offerings"][1]["prices"] = [
            price("1", "5", until="2026-12-10"),
            price("1.2", "6", since="2026-12-10"),
        ]
        compiled["offerings"][0]["prices"] = [
            price("2", "10", until="2026-12-10"),
            price("2.1", "9", since="2026-12-10"),
        ]

    by = {one.candidate for one in of(checked(dearer, SHARED), ALL).by}
    assert by == {"a/best", "b/good"}
    later = {one.candidate for one in of(checked(dearer, SHARED, since=date(2027, 1, 1)), ALL).by}
    assert later == {"b/good"}


def test_a_choice_by_hand_is_planned_around_and_not_undone() -> None:
    asked = requirements(SHARED)
    decision = decided(asked, one="a/best")
    assert [one.chosen for one in decision.workloads] == ["a/best", "c/small"]
    assert decision.plan is not None
    assert decision.plan.by_hand == ("one",)
    found = check(decision, catalog(three_vendors(), LATER), asked)
    assert found.outcome is DecisionStatus.STANDS
    with pytest.raises(DecisionError, match="no plan keeps"):
        decided(asked, one="a/best", two="b/good")
    with pytest.raises(DecisionError, match="a/none does not pass"):
        decided(asked, one="a/none")


TABLE = """workload,offering,vendor,score,cost_usd,n
one,c/small,c,60,150,400
one,b/good,b,70,1500,400
one,a/best,a,90,3000,400
"""
CASCADE = {"first": "c/small", "then": "a/best", "signal": "no valid JSON", "escalated_share": 0.4, "score": 82}
CASCADED = {"budget_usd_per_month": 1_600, "workloads": [{"name": "one", "cascades": [CASCADE]}]}


def test_a_cascade_of_a_table_of_results_is_in_the_lock_and_falls_with_the_table() -> None:
    asked = requirements(CASCADED, "one")
    decision = decided(asked, parse_results(TABLE, "r.csv"))
    locked = decision.workloads[0]
    assert (locked.chosen, locked.beside[0].role, locked.beside[0].chosen) == ("c/small", "escalated", "a/best")
    assert decision.plan is not None
    assert decision.plan.results is not None
    assert (decision.plan.results.file, decision.plan.serves[0].signal) == ("r.csv", "no valid JSON")
    now = catalog(three_vendors(), LATER)
    turned = "\n".join([TABLE.splitlines()[0], *TABLE.splitlines()[:0:-1]])
    assert check(decision, now, asked, results=parse_results(turned, "r.csv")).outcome is DecisionStatus.STANDS
    dearer = parse_results(TABLE.replace("a,90,3000", "a,90,4000"), "r.csv")
    finding = of(check(decision, now, asked, results=dearer), ALL)
    assert finding.outcome is DecisionStatus.OVERTURNED
    assert [(one.what, one.was, one.now) for one in finding.by] == [("cost_usd", "$1,350 a month", "$1,750 a month")]
    assert finding.move_to == "one: b/good"
    lost = parse_results(TABLE.replace("one,a/best,a,90,3000,400\n", ""), "r.csv")
    assert "results no longer have it" in of(check(decision, now, asked, results=lost), "one").message


def test_every_format_tells_the_plan_and_points_at_it(tmp_path: Path) -> None:
    path = tmp_path / "advisor.lock"
    decision = decided(requirements(SHARED))
    save(decision, path)
    assert load(path)[0] == decision
    poorer = requirements({"budget_usd_per_month": 200})
    found = check(decision, catalog(three_vendors(), LATER), poorer)
    report = CheckReport("advisor.lock", load(path)[1], found)
    for form in FINDINGS:
        assert "the cheapest relaxation: raise the budget by $100 to $300 a month" in " ".join(
            render(form, report).split()
        )
    document = json.loads(render("json", report))
    assert document["workloads"][-1]["workload"] == ALL
    line = int(render("github", report).split("line=")[1].split(",")[0])
    assert path.read_text().splitlines()[line - 1].startswith("plan:")
