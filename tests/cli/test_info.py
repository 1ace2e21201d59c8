"""``advisor info`` says what is installed and set, by name and never by value."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from advisor.cli import installation, main
from tests.licenses.hub_server import serve

ROOT = Path(__file__).parents[2]


def told(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, str]:
    assert main(["info", "-f", "json", *options]) == 0
    found: dict[str, str] = json.loads(capsys.readouterr().out)
    return found


def test_keys_are_named_and_never_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-owl")
    monkeypatch.setenv("SOMEBODY_ELSES_API_KEY", "owl")
    found = told(capsys)
    assert "OPENAI_API_KEY" in found["keys"].split(", ")
    assert "SOMEBODY" not in found["keys"]
    assert "owl" not in json.dumps(found)


def test_the_catalogs_age_the_packages_and_the_cache_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d, -?\d+ days ago", found["newest fact"])
    assert "litellm 1." in found["packages"]
    assert found["cache"].endswith((" MB", ", empty"))
    assert found["Hub"].endswith("not asked (--online asks)")


def test_the_hub_is_asked_only_when_told_to(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        told(capsys)
        assert hub.asked == []
        assert "reachable" in told(capsys, "--online")["Hub"]
        assert len(hub.asked) == 1
    assert "cannot be reached" in told(capsys, "--online")["Hub"]


def test_every_extra_of_the_project_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.partition("[project.optional-dependencies]\n")[2].partition("\n\n")[0]
    assert set(re.findall(r"^(\w+) = ", block, re.MULTILINE)) - {"all"} == set(installation.EXTRAS)
    monkeypatch.setattr(installation, "find_spec", lambda name: None if name == "pypdf" else name)
    assert installation.extras().endswith("; missing pdf: pip install 'model-advisor[pdf]'")
