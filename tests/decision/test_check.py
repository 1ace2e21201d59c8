"""A decision committed and checked again on small catalogs: it stands, or falls by the fact that was changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from advisor.decision.check import DecisionCheck, check
from advisor.decision.decide import decide
from advisor.decision.finding import DecisionStatus
from advisor.decision.lock_file import dump, load, save
from advisor.decision.lock_schema import Decision
from advisor.errors import DecisionError
from advisor.reports.decision_check import CheckReport, render
from advisor.requirements.schema import Requirements
from advisor.solver import advise
from tests.made_catalogs import Document, catalog, document, license_record, model, offering, price

DAY = date(2026, 11, 23)
LATER = date(2027, 2, 1)
TRAFFIC = {"requests_per_month": 1_000_000, "input_tokens": 1_000, "output_tokens": 100}


def requirements(workload: dict[str, Any] | None = None, **rest: Any) -> Requirements:
    stated = {"data": {"retention_days": {"at_most": 30}}, "uses": ["commercial"]} | rest
    return Requirements.model_validate(
        {"workloads": [{"name": "job", "traffic": TRAFFIC, **(workload or {})}], **stated}
    )


def two_models() -> Document:
    """best 1500 at $3,000 a month and rival 1495 at $1,500, tied; rival leads."""
    models = [
        model("best", lab="a", quality={"general": (1500, 8)}, license="open"),
        model("rival", lab="b", quality={"general": (1495, 8)}, license="open"),
    ]
    offerings = [
        offering("best", prices=[price("2", "10")], retention_days=30),
        offering("rival", prices=[price("1", "5")], retention_days=30),
    ]
    return document(models, offerings, licenses=[license_record("open")])


def decided(compiled: Document, asked: Requirements | None = None, **choices: str) -> Decision:
    asked = asked or requirements()
    now = catalog(compiled, DAY)
    return decide(advise(now, asked), asked, now, "advisor.yaml", choices=choices)


def checked(change: Callable[[Document], None], *, day: date = LATER, **rest: Any) -> DecisionCheck:
    """The decision on the small catalog, checked after a change of it."""
    asked = requirements()
    decision = decided(two_models(), asked)
    compiled = two_models()
    change(compiled)
    return check(decision, catalog(compiled, day), asked, **rest)


def test_nothing_changed_and_it_stands() -> None:
    found = checked(lambda _: None)
    assert found.outcome is DecisionStatus.STANDS
    assert found.changes == ()
    assert not found.requirements_changed


def test_a_price_that_rises_overturns_it_and_is_named() -> None:
    def dearer(compiled: Document) -> None:
        compiled["offerings"][1]["prices"] = [price("1", "5", until="2027-01-15"), price("4", "20", since="2027-01-15")]

    found = checked(dearer)
    finding = found.findings[0]
    assert (finding.outcome, finding.move_to) == (DecisionStatus.OVERTURNED, "host/best")
    assert ("price.input", "$1 per million tokens", "$4 per million tokens") in {
        (one.what, one.was, one.now) for one in finding.by
    }
    assert finding.message.startswith("Because host/best costs $3,000.00 a month against $6,000.00")


def test_a_rival_that_is_a_little_cheaper_does_not_fail_a_build() -> None:
    def slightly(compiled: Document) -> None:
        compiled["offerings"][0]["prices"] = [price("0.98", "4.9")]

    assert checked(slightly).outcome is DecisionStatus.STANDS
    assert checked(slightly, worth_moving_percent=1).outcome is DecisionStatus.OVERTURNED


def test_terms_that_change_overturn_it_with_their_source() -> None:
    def keeps_longer(compiled: Document) -> None:
        compiled["offerings"][1]["facts"]["retention_days"] = [
            [30, None, 0, "2020-01-01", "2027-01-01"],
            [90, None, 0, "2027-01-01"],
        ]

    finding = checked(keeps_longer).findings[0]
    assert finding.outcome is DecisionStatus.OVERTURNED
    assert [(one.what, one.was, one.now) for one in finding.by] == [("retention_days", "30", "90")]
    assert finding.by[0].source is not None
    assert finding.causes[0].constraint == "data.retention_days"


def test_a_fact_that_is_no_longer_known_leaves_it_undecided() -> None:
    def unknown(compiled: Document) -> None:
        compiled["offerings"][1]["facts"]["retention_days"] = [[None, "unknown", 0, "2020-01-01"]]

    assert checked(unknown).outcome is DecisionStatus.UNDECIDED


def test_a_retirement_overturns_it_and_is_said_before_it_comes() -> None:
    def retires(compiled: Document) -> None:
        compiled["offerings"][1]["facts"]["retirement_date"] = [["2027-01-10", None, 0, "2026-12-01"]]

    gone = checked(retires)
    assert gone.outcome is DecisionStatus.OVERTURNED
    assert gone.findings[0].message == "Because host/rival retired on 2027-01-10, it can no longer be had."
    assert gone.findings[0].move_to == "host/best"
    before = checked(retires, day=date(2026, 12, 15))
    assert before.outcome is DecisionStatus.STANDS
    assert [(one.day, one.to) for one in before.upcoming] == [(date(2027, 1, 10), "host/best")]
    assert "host/rival retires" in before.upcoming[0].because


def test_an_announced_price_is_upcoming_on_its_day() -> None:
    asked = requirements(horizon_months=3)
    compiled = two_models()
    compiled["offerings"][1]["prices"] = [price("1", "5", until="2027-02-10"), price("8", "40", since="2027-02-10")]
    decision = decided(compiled, asked, job="host/rival") if _leads(compiled, asked) else None
    assert decision is not None
    found = check(decision, catalog(compiled, DAY), asked)
    assert [(one.day, one.to) for one in found.upcoming] == [(date(2027, 2, 10), "host/best")]


def _leads(compiled: Document, asked: Requirements) -> bool:
    return advise(catalog(compiled, DAY), asked).workloads[0].recommended == "host/rival"


def test_a_better_newcomer_overturns_it() -> None:
    def newcomer(compiled: Document) -> None:
        new = model("new", lab="c", quality={"general": (1600, 8)}, license="open")
        new["quality"][""][0][6] = "2027-01-05"
        compiled["models"].append(new)
        compiled["offerings"].append(offering("new", prices=[price("3", "15")], retention_days=0))

    finding = checked(newcomer).findings[0]
    assert (finding.outcome, finding.move_to) == (DecisionStatus.OVERTURNED, "host/new")
    assert "is better in general by more than chance explains" in finding.message


def test_since_tells_only_what_changed_after_it() -> None:
    def cheaper_rival(compiled: Document) -> None:
        compiled["offerings"][0]["prices"] = [
            price("2", "10", until="2026-12-01"),
            price("0.5", "2.5", since="2026-12-01"),
        ]

    told = checked(cheaper_rival).findings[0].by
    assert {one.what for one in told} == {"price.input", "price.output"}
    assert checked(cheaper_rival, since=date(2027, 1, 1)).findings[0].by == ()


def test_a_choice_against_the_leader_stands_while_it_passes() -> None:
    decision = decided(two_models(), job="host/best")
    found = check(decision, catalog(two_models(), LATER), requirements())
    assert found.outcome is DecisionStatus.STANDS
    assert "as chosen then over host/rival" in found.findings[0].message


def test_changed_requirements_are_noticed_and_comments_are_not() -> None:
    decision = decided(two_models())
    other = requirements({"budget_usd_per_month": 5_000})
    assert check(decision, catalog(two_models(), LATER), other).requirements_changed
    gone = Requirements.model_validate({"workloads": [{"name": "other"}]})
    with pytest.raises(DecisionError, match="no longer have the workload 'job'"):
        check(decision, catalog(two_models(), LATER), gone)


def test_there_is_nothing_to_decide_where_nothing_passes() -> None:
    with pytest.raises(DecisionError, match="nothing passes"):
        decided(two_models(), requirements({"budget_usd_per_month": 1}))
    with pytest.raises(DecisionError, match="does not pass: it fails budget_usd_per_month"):
        decided(two_models(), requirements({"budget_usd_per_month": 2_000}), job="host/best")


def test_the_file_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    decision = decided(two_models())
    path = tmp_path / "advisor.lock"
    save(decision, path)
    assert load(path)[0] == decision
    text = path.read_text()
    assert "chosen: host/rival" in text
    assert "usd_per_month_now: 1500.0" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file"),
        ("schema_version: 2\n", "schema_version"),
        ("- 1\n", "the file"),
        ("decided_on: never\n", "decided_on"),
        ("a: &x 1\nb: *x\n", "alias"),
    ],
)
def test_a_file_that_is_none_is_refused_in_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "advisor.lock"
    path.write_text(text)
    with pytest.raises(DecisionError, match=said):
        load(path)


def report(tmp_path: Path, change: Callable[[Document], None]) -> CheckReport:
    path = tmp_path / "advisor.lock"
    save(decided(two_models()), path)
    return CheckReport("ci/advisor.lock", load(path)[1], checked(change))


def dearer(compiled: Document) -> None:
    compiled["offerings"][1]["prices"] = [price("4", "20")]


def test_sarif_and_workflow_commands_point_at_the_choice(tmp_path: Path) -> None:
    made = report(tmp_path, dearer)
    lines = (tmp_path / "advisor.lock").read_text().splitlines()
    result = json.loads(render("sarif", made))["runs"][0]["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert (result["ruleId"], result["level"]) == ("decision/overturned", "error")
    assert "chosen: host/rival" in lines[place["region"]["startLine"] - 1]
    first = render("github", made).splitlines()[0]
    assert first.startswith(f"::error file=ci/advisor.lock,line={place['region']['startLine']},title=advisor")
    assert "Move to host/best." in first


def test_every_format_says_what_overturned_it(tmp_path: Path) -> None:
    made = report(tmp_path, dearer)
    for form in ("table", "markdown", "json", "github", "sarif"):
        assert "overturned" in render(form, made)
    assert json.loads(render("json", made))["workloads"][0]["move_to"] == "host/best"


def test_a_lock_holds_facts_prices_license_and_what_would_overturn_it() -> None:
    locked = decided(two_models()).workloads[0]
    assert {fact.name for fact in locked.facts} >= {"retention_days"}
    assert locked.prices[0].source.url == "https://example.org/facts"
    assert locked.license.record_sha256 is not None
    assert [rival.id for rival in locked.rivals] == ["host/best"]
    assert {flip.kind for flip in locked.overturned_by} >= {"price"}
    assert "overturned_by" in dump(decided(two_models()))
