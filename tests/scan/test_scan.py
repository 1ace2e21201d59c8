"""``advisor scan``: days, successors, exit codes and formats, on small repositories that the tests write."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.cli import main
from advisor.scan.scan import scan
from advisor.scan.use import EndState, ModelUse, UseKind

DAY = date(2026, 11, 29)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@cache
def _catalog(day: date) -> Catalog:
    return load_catalog(day)


def _uses(folder: Path, day: date = DAY) -> dict[str, ModelUse]:
    return {use.name: use for use in scan([folder], _catalog(day)).uses}


def test_each_model_says_when_it_ends_and_what_to_write_then(checkout: Path) -> None:
    _write(
        checkout, "a.py", 'create(model="gpt-5")\ncreate(model="gpt-3.5-turbo")\ncreate(model="claude-3-opus-20240229")'
    )
    uses = _uses(checkout)
    ending = uses["gpt-5"].end
    assert (ending.state, ending.on, ending.days_left) == (EndState.ENDING, date(2026, 12, 11), 12)
    assert uses["gpt-5"].change == "gpt-5 -> gpt-6.1-sol"
    assert ending.source is not None
    assert "openai.com" in ending.source.url
    assert uses["gpt-3.5-turbo"].end.state is EndState.ENDED
    assert uses["claude-3-opus-20240229"].end.on == date(2026, 1, 5)
    assert uses["gpt-5"].price is not None


def test_the_day_decides_what_has_ended(checkout: Path) -> None:
    _write(checkout, "a.py", 'create(model="gpt-4.5-preview")')
    assert _uses(checkout, date(2025, 7, 13))["gpt-4.5-preview"].end.state is EndState.ENDING
    assert _uses(checkout, date(2025, 7, 14))["gpt-4.5-preview"].end.state is EndState.ENDED


def test_a_successor_that_ended_is_followed_to_one_that_answers(checkout: Path) -> None:
    _write(checkout, "a.py", 'create(model="gpt-4-32k")')
    replacement = _uses(checkout)["gpt-4-32k"].end.replacement
    assert replacement is not None
    assert replacement.startswith("gpt-")
    _write(checkout, "b.py", f'create(model="{replacement}")')
    assert _uses(checkout)[replacement].end.state is not EndState.ENDED


def test_an_end_without_a_day_on_record_is_told_as_that(checkout: Path) -> None:
    _write(checkout, "a.py", 'GenerativeModel("gemini-1.5-pro")')
    end = _uses(checkout)["gemini-1.5-pro"].end
    assert (end.state, end.on) == (EndState.ENDED, None)


def test_a_dated_version_that_nobody_recorded_has_no_known_end(checkout: Path) -> None:
    _write(checkout, "a.py", 'create(model="gpt-5.6-sol-2026-09-01")')
    use = _uses(checkout)["gpt-5.6-sol-2026-09-01"]
    assert use.end.state is EndState.UNKNOWN
    assert "dated version" in (use.note or "")


def test_the_same_name_means_the_channel_that_the_file_speaks_of(checkout: Path) -> None:
    _write(checkout, "a.py", 'from openai import AzureOpenAI\nAzureOpenAI().create(model="gpt-4.1")')
    _write(checkout, "b.py", 'from openai import OpenAI\nOpenAI().create(model="gpt-4o-mini")')
    uses = _uses(checkout)
    assert uses["gpt-4o-mini"].channel == "openai"
    assert (uses["gpt-4.1"].channel, uses["gpt-4.1"].model) == ("azure", "gpt-4.1")


def test_weights_of_the_hub_and_of_ollama_do_not_end(checkout: Path) -> None:
    _write(
        checkout, "a.py", 'from_pretrained("Qwen/Qwen3-8B")\nChatOllama(model="llama3.1")\nfrom_pretrained("acme/own")'
    )
    uses = _uses(checkout)
    assert uses["Qwen/Qwen3-8B"].kind is UseKind.HUB
    assert uses["llama3.1"].repository == "meta-llama/Llama-3.1-8B-Instruct"
    assert uses["acme/own"].end.state is EndState.OWN
    assert uses["acme/own"].license_verdict == "unknown"


@pytest.mark.parametrize(
    ("text", "args", "code"),
    [
        ('create(model="gpt-5")', [], 0),
        ('create(model="gpt-5")', ["--fail-on", "retired"], 0),
        ('create(model="gpt-5")', ["--fail-on", "retired:11d"], 0),
        ('create(model="gpt-5")', ["--fail-on", "retired:12d"], 1),
        ('create(model="gpt-5")', ["--fail-on", "retired:90d"], 1),
        ('create(model="gpt-5")', ["--fail-on", "retired:90d", "--exit-zero"], 0),
        ('create(model="gpt-9-nobody")', ["--fail-on", "retired:90d"], 3),
        ('create(model="gpt-9-nobody")', ["--fail-on", "unlisted"], 1),
        ('from_pretrained("acme/own")', ["--fail-on", "license:unknown"], 1),
        ("print(1)", [], 0),
        ("print(1)", ["--fail-on", "retired:x"], 2),
        ("print(1)", ["--fail-on", "nothing"], 2),
    ],
)
def test_the_exit_code_says_what_was_asked_to_fail(checkout: Path, text: str, args: list[str], code: int) -> None:
    _write(checkout, "a.py", text)
    assert main(["scan", "--as-of", str(DAY), *args]) == code


def test_a_path_that_is_not_there_is_a_mistake(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "nowhere"]) == 2
    assert "no such file" in capsys.readouterr().err


def test_every_format_names_the_line(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write(checkout, "src/a.py", '\ncreate(model="gpt-3.5-turbo")\nfrom_pretrained(sys.argv[1])\n')
    asked = ["scan", "--as-of", str(DAY)]
    assert main([*asked, "-f", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert list(document)[:4] == ["schema_version", "as_of", "catalog", "advisor_version"]
    use = document["uses"][0]
    assert use["places"] == [{"path": "src/a.py", "line": 2, "key": "model"}]
    assert (use["end"]["state"], use["end"]["on"]) == ("ended", "2026-10-23")
    assert document["open"][0]["line"] == 3
    assert main([*asked, "-f", "sarif"]) == 0
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    place = results[0]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("src/a.py", 2)
    assert results[0]["level"] == "error"
    assert main([*asked, "-f", "github", "-f", "markdown"]) == 2
    assert main([*asked, "-f", "github"]) == 0
    assert "::error file=src/a.py,line=2,title=advisor: ended::" in capsys.readouterr().out
    for form in ("table", "markdown", "html"):
        assert main([*asked, "-f", form]) == 0
        assert "gpt-3.5-turbo" in capsys.readouterr().out


def test_what_was_installed_and_links_are_left_out(checkout: Path) -> None:
    _write(checkout, "node_modules/x/a.js", 'x({ model: "gpt-4o" })')
    _write(checkout, ".venv/a.py", 'x(model="gpt-4o")')
    (checkout / "loop").symlink_to(checkout)
    assert not _uses(checkout)


def test_a_draft_holds_what_was_seen_and_can_be_answered(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write(checkout, "a.py", 'create(model="gpt-4.1")\ncreate(model="gpt-4.1")\ncreate(model="gpt-3.5-turbo")')
    assert main(["ask", "--from-scan"]) == 0
    text = (checkout / "advisor.yaml").read_text(encoding="utf-8")
    assert "# Seen: gpt-3.5-turbo (a.py:3), ended 2026-10-23." in text
    assert "at_least: gpt-4.1" in text
    assert main(["ask", "--from-scan"]) == 2
    assert main(["recommend", "advisor.yaml", "--as-of", str(DAY), "-f", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["workloads"][0]["recommended"]
    assert main(["ask", "--from-scan", "nowhere", "-o", "-"]) == 2
    _write(checkout, "empty/a.py", "print(1)")
    assert main(["ask", "--from-scan", "empty", "-o", "-"]) == 2


def test_folders_and_display_names_are_no_models_behind_apis(checkout: Path) -> None:
    _write(checkout, "a.py", 'from_pretrained("Qwen3-VL-4B-tuned")\nmodel_name = "Llama-3.2-3B"\nmodel_id = "acme/o3"')
    assert {use.kind for use in _uses(checkout).values()} <= {UseKind.HUB}


def test_a_file_with_clients_of_both_means_the_makers_own_channel(checkout: Path) -> None:
    _write(checkout, "a.py", 'AzureOpenAI()\nOpenAIServerModel(model_id="gpt-4.1")')
    assert _uses(checkout)["gpt-4.1"].channel == "openai"
