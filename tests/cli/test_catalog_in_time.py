"""``advisor catalog changes|freshness|refresh|hosting`` as a user calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import Done, advisor

AS_OF = ("--as-of", "2026-11-23")


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def catalog(*args: str) -> Done:
    return advisor("catalog", *args)


def test_changes_as_a_table_json_and_a_calendar(tmp_path: Path) -> None:
    span = ("changes", "--to", "2026-12-05", *AS_OF)
    table = catalog(*span)
    assert table.returncode == 0
    assert "gemini/gemini-4-argon" in table.stdout
    document = json.loads(catalog(*span, "-f", "json").stdout)
    assert list(document)[:4] == ["schema_version", "as_of", "catalog", "advisor_version"]
    assert all("2026-11-23" <= one["day"] <= "2026-12-05" and one["source"] for one in document["changes"])
    calendar = catalog(*span, "-f", "ics").stdout
    assert calendar.startswith("BEGIN:VCALENDAR")
    assert calendar.count("BEGIN:VEVENT") == len(document["changes"])


def test_changes_for_one_offering_and_days_the_wrong_way_round(tmp_path: Path) -> None:
    done = catalog("changes", "--offering", "gemini/gemini-4-argon", "-f", "json", *AS_OF)
    subjects = {one["subject"] for one in json.loads(done.stdout)["changes"]}
    assert subjects <= {"gemini/gemini-4-argon", "gemini", "gemini-4-argon"}
    wrong = catalog("changes", "--from", "2026-12-05", "--to", "2026-12-01")
    assert (wrong.returncode, "is before --from" in wrong.stderr) == (2, True)


def test_freshness_ends_with_findings_when_facts_are_stale(tmp_path: Path) -> None:
    done = catalog("freshness", "-f", "json", "--as-of", "2027-06-01")
    document = json.loads(done.stdout)
    assert done.returncode == 1
    assert document["models_known_as_of"] <= "2027-06-01"
    assert all(one["age_days"] > one["limit_days"] for one in document["stale"])


def test_own_prices_are_kept_seen_and_forgotten(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text("channel,model,input,output\nopenai,gpt-6-sol,1.25,6.5\n", encoding="utf-8")
    assert catalog("refresh", "--from", str(own), *AS_OF).returncode == 0
    shown = catalog("show", "gpt-6-sol", "--channel", "openai", "-f", "json", *AS_OF)
    assert "+own." in json.loads(shown.stdout)["catalog"]["version"]
    assert catalog("refresh", "--drop").returncode == 0
    shown = catalog("show", "gpt-6-sol", "--channel", "openai", "-f", "json", *AS_OF)
    assert "+own." not in json.loads(shown.stdout)["catalog"]["version"]


def test_a_refresh_without_its_packages_says_what_is_missing(tmp_path: Path) -> None:
    done = catalog("refresh", "--packages", str(tmp_path / "nowhere"), *AS_OF)
    assert done.returncode == 4
    assert "expected a wheel of litellm, or the unpacked package" in done.stderr


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("gpt-oss-120b", "--gpu", "h100-80gb"), 0),
        (("llama-3.3-70b-instruct", "--gpu", "l4-24gb"), 1),
        (("gpt-6-sol", "--gpu", "h100-80gb"), 3),
        (("gpt-oss-120b", "--gpu", "h900"), 2),
        (("no-such-model", "--gpu", "h100-80gb"), 2),
    ],
)
def test_hosting_ends_with_what_it_found(tmp_path: Path, args: tuple[str, ...], code: int) -> None:
    assert catalog("hosting", *args, *AS_OF).returncode == code
