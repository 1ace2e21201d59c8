"""The traffic of a log as the requirements state it, and the bill beside its estimate."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from advisor.requirements.traffic_schema import Traffic
from tests.command_line import ROOT, advisor


def _log(path: Path, days: int, **more: object) -> None:
    """300 calls a day between 08:00 and 18:00, from noon of the first day to noon of the last."""
    rows = []
    for number in range(300 * days):
        day, minute = divmod(number, 300)
        hour = 8 + minute // 30
        if (day == 0 and hour < 12) or (day == days - 1 and hour >= 12):
            continue
        at = f"2026-11-{1 + day:02}T{hour:02}:{minute % 30 * 2:02}:00Z"
        own = {"id": number, "at": at, "model": "gpt-6-luna", "prompt_tokens": 1_000, "completion_tokens": 300}
        rows.append(json.dumps({**own, "cached_tokens": 250, "reasoning_tokens": 100, "cost_usd": 0.001, **more}))
    path.write_text("\n".join(rows) + "\n")


def test_the_edit_states_what_the_log_has_beside_what_is_stated(tmp_path: Path) -> None:
    (tmp_path / "advisor.yaml").write_text((ROOT / "examples/support-bot.yaml").read_text())
    _log(tmp_path / "a.jsonl", 10)
    done = advisor("monitor", "a.jsonl", "--traffic", "-f", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)["traffic"]
    assert found["workload"] == "support-bot"
    stated = yaml.safe_load("\n".join(found["edit"]))["traffic"]
    assert stated == {
        "requests_per_month": 9_131, "input_tokens": 1_000, "output_tokens": 200, "reasoning_tokens": 100,
        "cached_input_share": 0.25, "peak_hours_utc": ["08:00-18:00"], "busiest_minute_requests": 1,
    }  # fmt: skip
    Traffic.model_validate(stated)
    assert "  requests_per_month: 9_131  # stated: 300000" in found["edit"]
    bill = found["bill"]
    assert bill["billed_usd_per_month"] == pytest.approx(9.13, abs=0.01)
    assert bill["source"] == "log"
    assert bill["estimate_as_logged"] < bill["estimate_as_stated"]
    off = 100 * (bill["estimate_as_logged"] - bill["billed_usd_per_month"]) / bill["billed_usd_per_month"]
    assert bill["off_percent_as_logged"] == pytest.approx(off)


def test_an_invoice_is_held_against_the_estimate(tmp_path: Path) -> None:
    (tmp_path / "advisor.yaml").write_text((ROOT / "examples/support-bot.yaml").read_text())
    _log(tmp_path / "a.jsonl", 8, cost_usd=None)
    assert (
        json.loads(advisor("monitor", "a.jsonl", "--traffic", "-f", "json", cwd=tmp_path).stdout)["traffic"][0]["bill"]
        is None
    )
    done = advisor("monitor", "a.jsonl", "--bill", "12.5", cwd=tmp_path)
    assert "Billed $12.50 a month (--bill), estimated $" in " ".join(done.stdout.split())


def test_cached_tokens_that_are_counted_apart_are_added_and_faults_left_out(tmp_path: Path) -> None:
    _log(tmp_path / "a.jsonl", 2, prompt_tokens=100, cached_tokens=900)
    with (tmp_path / "a.jsonl").open("a") as file:
        file.write('{"id": "f", "at": "2026-11-01T13:00:30Z", "model": "m", "error": "rate limit"}\n')
    done = advisor("monitor", "a.jsonl", "--traffic", "-f", "json", cwd=tmp_path)
    (found,) = json.loads(done.stdout)["traffic"]
    assert found["workload"] is None
    measured = found["measured"]
    assert (measured["input_tokens"], measured["cached_input_share"], measured["faults"]) == (1_000, 0.9, 1)
    assert any("do not show a week's rhythm" in note for note in found["notes"])
