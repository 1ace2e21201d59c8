"""``advisor recommend --measurements``: planning on a team's own numbers."""

from __future__ import annotations

import json
from pathlib import Path
from shlex import split
from typing import Any

import pytest

from tests.command_line import PORTFOLIO, Done
from tests.command_line import advisor as command

TABLE = """workload,offering,vendor,score,cost_usd,n,weight
chat,big,a,92,900,200,2
chat,mid,b,88,300,200,2
chat,small,c,75,40,200,2
code,big,a,85,1200,100,1
code,mid,b,70,500,100,1
code,small,c,50,60,100,1
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "results.csv"
    path.write_text(TABLE)
    return path


def advisor(*args: str) -> Done:
    return command("recommend", *args)


def planned(table: Path, *args: str) -> dict[str, Any]:
    done = advisor("--measurements", str(table), *args, "-f", "json")
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_a_budget_gives_the_best_score_that_it_buys(table: Path) -> None:
    document = planned(table, "--budget-usd", "1000", "--max-vendors", "1")
    assert document["assignment"] == {"chat": "mid", "code": "mid"}
    assert (document["score"], document["cost_usd"]) == (82.0, 800.0)
    assert (document["proven"], document["gap"]) == (True, 0.0)
    assert document["score_low"] < document["score_expected"] < document["score_high"]


def test_a_least_score_gives_the_cheapest_plan_that_reaches_it(table: Path) -> None:
    document = planned(table, "--min-score", "78")
    # 2/3 of chat and 1/3 of code: big and small give 78 for $960, mid and mid 82 for $800.
    assert document["assignment"] == {"chat": "mid", "code": "mid"}
    assert document["objective"] == "minimize cost_usd"


def test_no_plan_names_the_conflict_and_the_way_out(table: Path) -> None:
    done = advisor("--measurements", str(table), "--budget-usd", "50", "-f", "json")
    document = json.loads(done.stdout)
    assert done.returncode == 1
    assert document["assignment"] is None
    assert document["conflict"]["limits"] == ["budget_usd"]
    assert document["relaxations"][0]["changes"][0]["change"] == "raise the budget by $50 to $100 a month"
    said, _, command = done.stderr.strip().partition(": `")
    assert said == "hint: raise the budget by $50 to $100 a month"
    name, verb, *words = split(command.rstrip("`"))
    assert (name, verb) == ("advisor", "recommend")
    again = json.loads(advisor(*words, "-f", "json").stdout)
    assert (again["status"], again["cost_usd"]) == ("decided", document["relaxations"][0]["cost_usd"])


def test_the_front_climbs(table: Path) -> None:
    front = planned(table, "--front")["front"]
    assert len(front) == 12
    scores = [point["score"] for point in front]
    assert scores == sorted(scores)
    assert all(point["cost_usd"] <= point["budget_usd"] for point in front)


def test_requirements_rule_out_what_the_catalog_does_not_know(table: Path) -> None:
    text = TABLE.replace("chat,", "support-bot,").replace("code,", "#").split("#", 1)[0]
    table.write_text(text)
    done = advisor("--template", "support-bot", "--measurements", str(table), "-f", "json")
    document = json.loads(done.stdout)
    assert done.returncode == 1
    assert document["unserved"] == ["support-bot"]
    assert {cause["found"] for cause in document["left_out"][0]["because"]} >= {"not in the catalog"}


def test_requirements_and_results_must_name_the_same_workloads(table: Path) -> None:
    done = advisor("--template", "support-bot", "--measurements", str(table))
    assert done.returncode == 2
    assert "has results for chat, code, which the requirements do not name" in done.stderr


@pytest.mark.parametrize("option", [("--budget-usd", "nan"), ("--min-score", "-1"), ("--max-vendors", "0")])
def test_limits_are_checked(table: Path, option: tuple[str, str]) -> None:
    assert advisor("--measurements", str(table), *option).returncode == 2


def test_stdout_has_the_report_alone(table: Path) -> None:
    done = advisor("--measurements", str(table), "-f", "json")
    assert done.stdout.startswith("{")
    assert done.stderr == ""


def test_a_file_with_shared_limits_gets_a_plan_beside_each_answer() -> None:
    done = advisor("examples/portfolio/three-workloads.yaml", "--as-of", "2026-11-23", "-f", "json")
    document = json.loads(done.stdout)
    assert [answer["workload"] for answer in document["workloads"]] == ["support-bot", "code-review", "mail-sorting"]
    plan = document["plan"]
    assert plan["proven"]
    assert plan["cost_usd"] <= 2_500
    assert len({bill["vendor"] for bill in plan["bills"]}) <= 3
    assert set(plan["fallbacks"]) == {"support-bot"}
    assert sum(bill["pay_usd"] for bill in plan["bills"]) == pytest.approx(plan["cost_usd"])


def test_a_way_out_of_a_file_is_an_edit_that_leads_out(tmp_path: Path) -> None:
    file = tmp_path / "advisor.yaml"
    file.write_text(PORTFOLIO.replace("2500", "100"))
    done = advisor(str(file), "--as-of", "2026-11-23", "-f", "json")
    ways = json.loads(done.stdout)["plan"]["relaxations"]
    assert done.returncode == 1
    assert [list(way["edits"]) for way in ways] == [["portfolio.budget_usd_per_month"]]
    budget = ways[0]["edits"]["portfolio.budget_usd_per_month"]
    assert f": set portfolio.budget_usd_per_month: {budget} in {file}" in done.stderr
    file.write_text(PORTFOLIO.replace("2500", str(budget)))
    again = json.loads(advisor(str(file), "--as-of", "2026-11-23", "-f", "json").stdout)["plan"]
    assert (again["status"], again["score"]) == ("decided", ways[0]["score"])


def test_the_doubt_is_told_when_it_is_asked_for() -> None:
    done = advisor("--template", "support-bot", "--as-of", "2026-11-23", "--doubt", "-f", "json")
    told = json.loads(done.stdout)["doubt"]["support-bot"]
    stability = told["stability"]
    assert sum(one["share"] for one in stability["shares"]) == pytest.approx(1)
    assert all(one["low"] <= one["share"] <= one["high"] for one in stability["shares"])
    assert (stability["draws"], stability["seed"], stability["drawn"]) == (2000, 20261123, ["quality"])
    assert all(one["points"] > 0 for one in told["cases"])
