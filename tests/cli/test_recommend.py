"""The commands as a user calls them: the exit code and the two streams."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import ROOT, advisor, advisor_once

AS_OF = ("--as-of", "2026-11-23")


def answer(*args: str, cwd: Path = ROOT) -> dict[str, Any]:
    command = ("recommend", *args, *AS_OF, "-f", "json")
    done = advisor_once(*command) if cwd == ROOT else advisor(*command, cwd=cwd)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_a_template_gives_an_answer_with_the_keys_of_the_contract() -> None:
    document = answer("--template", "support-bot")
    assert list(document)[:4] == ["schema_version", "as_of", "catalog", "advisor_version"]
    assert document["as_of"] == "2026-11-23"
    assert document["status"] in ("decided", "tied", "undecided", "infeasible")
    workload = document["workloads"][0]
    assert set(workload["recommended"]) == {
        "id",
        "model",
        "channel",
        "region",
        "effort",
        "usd_per_month",
        "usd_per_month_low",
        "usd_per_month_high",
        "retires",
        "license",
    }
    assert workload["preferences"] == ["quality", "cost", "latency"]
    leader = next(one for one in workload["candidates"] if one["id"] == workload["recommended"]["id"])
    assert leader["quality"]["low"] <= leader["quality"]["estimate"] <= leader["quality"]["high"]
    assert leader["cost"]["usd_horizon"] > leader["cost"]["usd_per_month_now"] > 0
    assert leader["license"]["verdict"] in ("allowed", "conditional")
    assert leader["cost"]["usd_per_month"] == workload["recommended"]["usd_per_month"]
    sources = {one["number"] for one in document["sources"]}
    assert leader["license"]["source"] in sources
    assert set(leader["quality"]["sources"]) <= sources
    excluded = workload["excluded"]
    assert max(excluded["counts"].values()) <= excluded["total"] <= sum(excluded["counts"].values())
    assert excluded["candidates"] is None
    assert excluded["nearest_misses"]


def test_everything_is_told_when_asked_for() -> None:
    few, every = (answer("--template", "support-bot", *more)["workloads"][0] for more in (("--top", "3"), ("--all",)))
    assert len(few["candidates"]) == 3
    assert few["candidates_total"] == every["candidates_total"] == len(every["candidates"])
    assert len(every["excluded"]["candidates"]) == every["excluded"]["total"] == few["excluded"]["total"]
    because = every["excluded"]["candidates"][0]["because"][0]
    assert {"constraint", "state", "required", "found", "source"} <= set(because)
    assert all(row["source"] for row in every["candidates"][0]["details"]["prices"])


def test_json_is_small_and_compact_on_a_pipe() -> None:
    text = advisor_once("recommend", "--template", "support-bot", *AS_OF, "-f", "json").stdout
    assert len(text.encode()) <= 60_000
    assert text.count("\n") == 1
    assert ": " not in text.partition('"workloads"')[0]


def test_the_same_question_gives_the_same_bytes_in_another_process() -> None:
    command = ("recommend", "--template", "code-assistant", *AS_OF, "-f", "json")
    alone = subprocess.run([sys.executable, "-m", "advisor", *command], cwd=ROOT, capture_output=True, check=True)
    assert alone.stdout.decode() == advisor_once(*command).stdout


def test_stdout_has_the_report_alone() -> None:
    done = advisor("recommend", "--template", "proof-of-concept", *AS_OF, "-f", "json")
    json.loads(done.stdout)
    assert done.returncode == 0


def test_several_formats_in_pairs(tmp_path: Path) -> None:
    report, page = tmp_path / "a.json", tmp_path / "a.html"
    done = advisor(
        "recommend", "--template", "support-bot", *AS_OF, "-f", "json", "-o", str(report), "-f", "html", "-o", str(page)
    )
    assert done.stdout == ""
    assert json.loads(report.read_text())["schema_version"] == 2
    html = page.read_text()
    assert "<svg" in html
    assert "<script" not in html
    assert html.count("http-equiv") == html.count("Content-Security-Policy") == 1


def test_nothing_passes_ends_with_1_and_says_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "advisor.yaml").write_text(
        "workloads:\n"
        "  - name: job\n"
        "    traffic: {requests_per_month: 1000000, input_tokens: 1000, output_tokens: 1000}\n"
        "    quality: {within_points_of_best: 5}\n"
        "    budget_usd_per_month: 10\n"
    )
    done = advisor("recommend", *AS_OF, cwd=tmp_path)
    assert done.returncode == 1
    assert "Nothing passes." in done.stdout
    assert "raise the budget by" in done.stdout
    assert "hint: " in done.stderr


def test_unknown_retention_is_no_yes(tmp_path: Path) -> None:
    (tmp_path / "advisor.yaml").write_text("data: {retention_days: {at_most: 0}}\nworkloads: [{name: job}]\n")
    document = answer("--all", cwd=tmp_path)
    workload = document["workloads"][0]
    for candidate in workload["candidates"]:
        facts = candidate["details"]["facts"]
        known = [facts[name]["value"] for name in ("retention_days", "zero_retention") if name in facts]
        assert known, candidate["id"]
    unknown = [c for out in workload["excluded"]["candidates"] for c in out["because"] if c["state"] == "unknown"]
    assert unknown


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("recommend", "no-such-file.yaml"), 2, "no-such-file.yaml"),
        (("recommend", "--template", "suport-bot"), 2, "support-bot"),
        (("recommend", "--as-of", "23.11.2026"), 2, "expected YYYY-MM-DD"),
        (("recomend",), 2, "Did you mean recommend"),
        (("explain", "claude-opus-5.6", "--template", "support-bot"), 2, "did you mean"),
        (("compare", "gpt-6.1-sol"), 2, "expected 2 to 4 offerings"),
        (("catalog", "show", "gpt-7000"), 2, "the catalog has no"),
        (("recommend", "--template", "support-bot", "-o", "."), 2, "found a directory"),
        (("recommend", "--template", "support-bot", "-o", "/proc/nowhere/report"), 2, "cannot be written"),
        (("recommend", "--template", "support-bot", "-f", "json", "-f", "html"), 2, "expected one -o for each -f"),
    ],
)
def test_bad_input_ends_with_2_and_a_sentence(args: tuple[str, ...], code: int, words: str) -> None:
    done = advisor(*args)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_report_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "report.md"
    target.write_text("old")
    done = advisor("recommend", "no-such-file.yaml", "-f", "markdown", "-o", str(target))
    assert done.returncode == 2
    assert target.read_text() == "old"


def test_explain_names_every_cause_with_its_source() -> None:
    done = advisor("explain", "openai/gpt-6-luna~max", "--template", "support-bot", *AS_OF)
    assert done.returncode == 0
    assert "openai/gpt-6-luna~max is out for support-bot" in done.stdout
    assert "data.regions violated" in done.stdout
    assert "https://" in done.stdout


def test_compare_marks_the_best_of_a_row() -> None:
    done = advisor("compare", "claude-opus-5-5", "gpt-6.1-sol", *AS_OF)
    assert done.returncode == 0
    row = next(line for line in done.stdout.splitlines() if "1M in + 250k out" in line)
    assert row.count("*") == 1


def test_catalog_show_gives_each_fact_its_source_and_dates() -> None:
    done = advisor("catalog", "show", "gemini-4-argon", "--channel", "gemini", *AS_OF, "-f", "json")
    document = json.loads(done.stdout)
    offering = document["offerings"][0]
    for fact in [*document["facts"].values(), *offering["facts"].values()]:
        assert set(fact) >= {"value", "unit", "state", "source", "read_on", "valid_from", "valid_to"}
        assert fact["source"]
        assert fact["read_on"]
    standard = [row for row in offering["prices"] if row["tier"] == "standard"]
    rates = {row["valid_from"]: row["usd_per_million_tokens"]["input"] for row in standard}
    assert rates["2026-12-01"] == 2 * next(rate for day, rate in rates.items() if day != "2026-12-01")


def test_an_announced_rise_is_paid_from_its_day(tmp_path: Path) -> None:
    (tmp_path / "advisor.yaml").write_text(
        "horizon_months: 2\n"
        "deployment: {channels: {allow: [gemini]}}\n"
        "workloads:\n"
        "  - name: job\n"
        "    traffic: {requests_per_month: 1000000, input_tokens: 1000, output_tokens: 100, reasoning_tokens: 0}\n"
        "    quality: {at_least: gemini-4-argon}\n"
    )
    candidates = answer("--all", cwd=tmp_path)["workloads"][0]["candidates"]
    argon = next(one for one in candidates if one["model"] == "gemini-4-argon")
    # $3,000 a month until 2026-12-01, twice that after: 8 of the first month's 30 days at the old price.
    assert [month["usd"] for month in argon["details"]["months"]] == [5200.0, 6000.0]


def test_completion_scripts_name_the_program() -> None:
    for shell in ("bash", "zsh", "fish"):
        done = advisor("completions", shell)
        assert done.returncode == 0
        assert "_ADVISOR_COMPLETE" in done.stdout
