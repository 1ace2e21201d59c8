"""``advisor info`` finds what does not work and says what mends it."""

from __future__ import annotations

import json
import os
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from advisor.catalog import load_catalog
from advisor.cli.info_checks import Check, checks
from tests.command_line import advisor


def found() -> dict[str, Check]:
    return {one.name: one for one in checks(load_catalog(), os.environ)}


def test_it_tells_facts_and_checks_in_both_formats(tmp_path: Path) -> None:
    done = advisor("info", "-f", "json", cwd=tmp_path)
    document: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == 0
    assert document["catalog"].startswith(load_catalog().version)
    names = {one["name"] for one in document["checks"]}
    assert names >= {"client of models", "cache folder", "freshness", "git"}
    assert all(one["mend"] for one in document["checks"] if one["state"] == "fails")
    table = advisor("info", cwd=tmp_path).stdout
    assert [one["name"] for one in document["checks"] if one["says"] not in table] == []


@pytest.mark.parametrize("release", ["1.82.7", "1.82.8", "1.107.0", "1.107.3"])
def test_a_release_of_attackers_fails(monkeypatch: pytest.MonkeyPatch, release: str) -> None:
    real = metadata.version
    monkeypatch.setattr("advisor.cli.info_checks.version", lambda name: release if name == "litellm" else real(name))
    check = found()["client of models"]
    assert check.state == "fails"
    assert "renew your keys" in check.says


def test_releases_beside_theirs_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for release in ("1.82.70", "1.106.2", "1.108.0"):
        monkeypatch.setattr("advisor.cli.info_checks.version", lambda _, release=release: release)
        assert found()["client of models"].state == "ok"


def test_a_broken_file_or_folder_fails_with_what_mends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "advisor.yaml").write_text("workloads: []\n")
    (tmp_path / "advisor.lock").write_text("nonsense\n")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    done = advisor("info", "-f", "json", cwd=tmp_path)
    failing = {one["name"]: one["mend"] for one in json.loads(done.stdout)["checks"] if one["state"] == "fails"}
    assert done.returncode == 1
    assert failing == {
        "cache folder": "name a folder of your own with XDG_CACHE_HOME",
        "advisor.yaml": "advisor validate",
        "advisor.lock": "advisor decide",
    }


def test_what_is_right_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "advisor.yaml").write_text("workloads: [{name: mail}]\n")
    done = advisor("info", cwd=tmp_path)
    assert done.returncode == 0
    assert "workloads: mail" in done.stdout
