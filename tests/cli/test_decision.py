"""``advisor decide`` and ``advisor check`` as a build calls them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.command_line import PORTFOLIO, ROOT, advisor

AS_OF = ("--as-of", "2026-11-23")


def test_what_is_decided_stands_on_the_same_day(tmp_path: Path) -> None:
    (tmp_path / "advisor.yaml").write_text((ROOT / "examples/support-bot.yaml").read_text())
    done = advisor("decide", *AS_OF, cwd=tmp_path)
    assert done.returncode in (0, 3), done.stderr
    assert done.stdout == ""
    again = advisor("check", *AS_OF, "-f", "json", cwd=tmp_path)
    document = json.loads(again.stdout)
    assert list(document)[:4] == ["schema_version", "as_of", "catalog", "advisor_version"]
    assert document["status"] == ("stands" if done.returncode == 0 else "undecided")
    assert again.returncode == done.returncode
    assert not document["requirements_changed"]


def test_a_lock_that_is_not_there_ends_with_2_and_says_how_to_make_one(tmp_path: Path) -> None:
    done = advisor("check", cwd=tmp_path)
    assert done.returncode == 2
    assert "advisor decide" in done.stderr


def test_a_budget_cut_below_the_choice_overturns_it(tmp_path: Path) -> None:
    text = (ROOT / "examples/support-bot.yaml").read_text()
    (tmp_path / "advisor.yaml").write_text(text)
    advisor("decide", *AS_OF, cwd=tmp_path)
    (tmp_path / "advisor.yaml").write_text(text.replace("budget_usd_per_month: 900", "budget_usd_per_month: 1"))
    done = advisor("check", *AS_OF, "-f", "github", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=advisor.lock,line=")
    assert "requirements changed since" in done.stderr
    assert advisor("check", *AS_OF, "--exit-zero", cwd=tmp_path).returncode == 0


def test_workloads_that_share_limits_are_decided_as_planned(tmp_path: Path) -> None:
    (tmp_path / "advisor.yaml").write_text(PORTFOLIO)
    planned = json.loads(advisor("recommend", *AS_OF, "-f", "json", cwd=tmp_path).stdout)["plan"]
    assert advisor("decide", *AS_OF, cwd=tmp_path).returncode in (0, 3)
    lock = (tmp_path / "advisor.lock").read_text()
    single = [one["id"] for one in planned["workloads"] if len(one["parts"]) == 1]
    assert single
    assert all(f"chosen: {name}\n" in lock for name in single)
    checked = json.loads(advisor("check", *AS_OF, "-f", "json", cwd=tmp_path).stdout)
    assert checked["status"] in ("stands", "undecided")
    (tmp_path / "advisor.yaml").write_text(PORTFOLIO.replace("2500", "100"))
    broken = advisor("check", *AS_OF, "-f", "github", cwd=tmp_path)
    assert broken.returncode == 1
    assert "do not keep at most $100 a month for all workloads" in broken.stdout


def test_what_monitoring_saw_leaves_it_undecided_and_without_it_nothing_changes(tmp_path: Path) -> None:
    (tmp_path / "advisor.yaml").write_text((ROOT / "examples/support-bot.yaml").read_text())
    advisor("decide", *AS_OF, cwd=tmp_path)
    plain = advisor("check", *AS_OF, cwd=tmp_path)
    assert "not monitored" in plain.stdout
    name = next(
        line.split(":", 1)[1].strip()
        for line in (tmp_path / "advisor.lock").read_text().splitlines()
        if line.strip().startswith("api_name:")
    )
    rows = [
        {"id": n, "at": f"2026-11-23T{n // 60:02}:{n % 60:02}:00Z", "model": name, "response_model": "somebody-else"}
        for n in range(60)
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert advisor("monitor", "a.jsonl", "--no-keep", "--summary", cwd=tmp_path).returncode == 0
    doubted = advisor("check", *AS_OF, "-f", "json", cwd=tmp_path)
    assert doubted.returncode == 3, doubted.stderr
    document = json.loads(doubted.stdout)
    assert document["monitored"] == {"file": "advisor-monitor.json", "last": "2026-11-23", "calls": 60}
    assert document["workloads"][0]["by"][-1]["now"] == "somebody-else"
