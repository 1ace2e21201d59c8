"""`probe verify` against servers that can, refuse, ignore and swap; what was shown decides what is recommended."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import main
from tests.probe.able_server import serving

ABLE, REFUSES, IGNORES = "openai/gpt-6-luna", "deepseek/deepseek-v4-pro", "mistral/glm-5.3-flash"
OTHER = "openai/gpt-5.6-luna"
NEEDS = """schema_version: 1
stage: proof-of-concept
uses: [internal]
unknown: {needs: accept, data: accept, license: accept, latency: accept, quality: accept, retirement: accept}
deployment: {channels: {allow: [CHANNEL]}}
workloads:
  - name: job
    dimension: general
    traffic: {requests_per_month: 1000, input_tokens: 1000, output_tokens: 100}
    needs: {tools: true, structured_output: schema}
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, bytecode: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """A folder in which four were asked, and the report."""
    folder = tmp_path_factory.mktemp("verified")
    with pytest.MonkeyPatch.context() as patch, serving() as address:
        patch.chdir(folder)
        patch.setenv("XDG_CACHE_HOME", str(bytecode))
        for name in ("OPENAI", "DEEPSEEK", "MISTRAL"):
            patch.setenv(f"{name}_API_KEY", "sk-none-is-needed-here-1234567890")
        bases = {ABLE: "able", REFUSES: "refuses", IGNORES: "ignores", OTHER: "other"}
        at = [word for name, kind in bases.items() for word in ("--api-base", f"{name}={address}/{kind}/v1")]
        code = main(["probe", "verify", *bases, *at, "--max-usd", "100", "--yes", "-f", "json", "-o", "found.json"])
        assert code == 1
        yield (
            folder,
            {one["candidate"].partition("~")[0]: one for one in json.loads(Path("found.json").read_text())["results"]},
        )


def outcomes(found: tuple[Path, dict[str, Any]], name: str) -> dict[str, str]:
    return {one["ability"]: one["outcome"] for one in found[1][name]["abilities"]}


def test_what_a_server_can_is_confirmed(found: tuple[Path, dict[str, Any]]) -> None:
    able = outcomes(found, ABLE)
    assert set(able.values()) == {"confirmed"}, able
    asked = {"tools", "parallel_tools", "json_object", "json_schema", "json_strict", "image", "prompt_cache"}
    assert asked | {"max_output_tokens"} <= able.keys()
    assert any(name.startswith("effort:") for name in able)


def test_what_it_refuses_is_told_with_its_words(found: tuple[Path, dict[str, Any]]) -> None:
    refused = outcomes(found, REFUSES)
    assert (refused.pop("prompt_cache"), refused.pop("image")) == ("ignored", "ignored")  # litellm sends it no pictures
    assert set(refused.values()) == {"refused"}, refused
    words = {one["ability"]: one["words"] for one in found[1][REFUSES]["abilities"]}
    assert "tools is not supported" in words["tools"]


def test_what_it_ignores_is_told(found: tuple[Path, dict[str, Any]]) -> None:
    ignored = outcomes(found, IGNORES)
    for name in ("tools", "parallel_tools", "json_object", "json_schema", "json_strict", "image", "prompt_cache"):
        assert ignored[name] == "ignored", ignored


def test_another_model_shows_nothing_of_the_one_asked(found: tuple[Path, dict[str, Any]]) -> None:
    assert set(outcomes(found, OTHER).values()) == {"open"}
    assert "another-model-9" in found[1][OTHER]["abilities"][0]["words"]


@pytest.mark.parametrize(
    ("name", "causes"),
    [
        (ABLE, set()),
        (f"{REFUSES}~high", {"needs.tools", "needs.structured_output", "needs.effort"}),
        (f"{IGNORES}~high", {"needs.tools", "needs.structured_output"}),
    ],
)
def test_what_was_shown_outranks_the_catalog(
    found: tuple[Path, dict[str, Any]],
    name: str,
    causes: set[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "advisor.yaml").write_text(NEEDS.replace("CHANNEL", name.partition("/")[0]))
    violated = []
    for folder in (tmp_path, found[0]):
        with chdir(folder):
            assert main(["explain", name, "-r", str(tmp_path / "advisor.yaml"), "-f", "json"]) == 0
        (one, *_) = json.loads(capsys.readouterr().out)["explanations"]
        violated.append({cause["constraint"] for cause in one["because"]})
    assert violated == [set(), causes]


def test_check_names_what_no_longer_holds(
    found: tuple[Path, dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("advisor.yaml").write_text(NEEDS.replace("CHANNEL", "mistral"))
    assert main(["decide"]) in (0, 3)
    assert IGNORES in Path("advisor.lock").read_text()
    shutil.copytree(found[0] / ".advisor", tmp_path / ".advisor")
    capsys.readouterr()
    assert main(["check"]) == 1
    said = capsys.readouterr().out
    assert "overturned" in said
    assert "not so in your own probe" in said
