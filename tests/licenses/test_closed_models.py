"""Names of the catalog are reviewed by what is on record of the service, and say which reading of a name was meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from advisor.catalog import load_catalog
from advisor.cli import main
from advisor.licenses.closed_models import find_in_catalog
from advisor.licenses.targets.target import parse_target
from tests.licenses.hub_server import Hub, Repo

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def review(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def run(*targets: str) -> tuple[int, dict[str, Any]]:
        code = main(["check-license", *targets, "--endpoint", hub.endpoint, "--no-cache", "-f", "json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def _messages(result: dict[str, Any], rule: str) -> list[str]:
    return [one["message"] for one in result["findings"] if one["rule"] == rule]


def test_an_offering_is_reviewed_by_the_terms_of_its_channel(review: Run, hub: Hub) -> None:
    code, document = review("openai/gpt-6-luna")
    (result,) = document["results"]
    assert (code, result["target"], result["verdict"]) == (0, "openai/gpt-6-luna", "conditional")
    said = _messages(result, "service-terms")
    for topic in ("training on inputs", "retention in days", "who may switch retention off", "where it is processed"):
        (one,) = (message for message in said if message.startswith(f"{topic}: "))
        assert "https://" in one
        assert "read 20" in one
    unknown = " ".join(_messages(result, "service-terms-unknown"))
    assert "indemnity and its conditions: not on record" in unknown
    assert "subprocessors: not on record" in unknown
    assert "excerpt" in " ".join(_messages(result, "evidence-below-text"))
    assert "hf://openai/gpt-6-luna" in _messages(result, "read-as-offering")[0]
    assert not hub.asked


def test_a_model_and_a_license_on_record_are_understood(review: Run) -> None:
    code, document = review("gpt-5", "openai-services-agreement", "catalog:gpt-4.1")
    assert code == 0
    assert [one["verdict"] for one in document["results"]] == ["conditional"] * 3
    assert _messages(document["results"][1], "read-as-license")


def test_a_repository_of_the_hub_stays_one(review: Run, hub: Hub) -> None:
    hub.models["openai/gpt-6-luna"] = Repo(card={"license": "mit"})
    code, document = review("hf://openai/gpt-6-luna")
    assert document["results"][0]["declared"] == ["mit"]
    assert code == 0


def test_weights_on_record_are_the_repository_unless_the_catalog_is_named() -> None:
    catalog = load_catalog()
    named = next(
        offering
        for offering in catalog.offerings.values()
        if (fact := offering.model.facts.at("hub_repo", catalog.as_of)).is_usable and "/" in str(fact.value)
    )
    repository = str(named.model.facts.at("hub_repo", catalog.as_of).value)
    assert find_in_catalog(catalog, parse_target(repository)) is None
    assert find_in_catalog(catalog, parse_target(f"https://huggingface.co/{repository}")) is None
    found = find_in_catalog(catalog, parse_target(f"catalog:{named.model.id}"))
    assert found is not None
    assert found.offering is not None
    assert find_in_catalog(catalog, parse_target("acme/nobody-knows")) is None


def test_a_name_that_is_a_license_says_so_and_how_to_name_a_repository(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-license", "apache-2.0", "--use", "commercial", "-f", "json"]) == 0
    told = capsys.readouterr()
    assert "hint: apache-2.0 is read as a license on record, without a model: name a repository as org/name" in told.err
    assert "evidence-below-text" not in told.out
