from __future__ import annotations

import json
from pathlib import Path

import pytest

from advisor.catalog import load_catalog
from advisor.cli import main
from advisor.requirements.templates import templates

ONE_JOB = "workloads: [{name: x}]\n"


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("path", [template.path for template in templates()], ids=lambda path: path.stem)
def test_every_example_is_right(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(path)]) == 0
    output = capsys.readouterr()
    assert output.out.splitlines()
    assert output.err == ""


def test_advisor_yaml_is_the_default_and_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("advisor.yaml").write_text(ONE_JOB)
    assert main(["validate", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_all_mistakes_are_listed_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.yaml").write_text("stage: prod\nuses: commercial\nhorizon_months: -1\nworkloads: [{name: X}]\n")
    assert main(["validate", "a.yaml"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    for line, key in enumerate(("stage", "uses", "horizon_months", "workloads.0.name"), start=1):
        assert f"a.yaml:{line}: {key}: expected" in output.err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a" * (50 << 20), "expected at most 1,048,576 bytes"),
        (b"workloads: &a [*a]", "found the alias *a"),
        (b"workloads: \xff", "expected UTF-8 text"),
        (b"[" * 500_000, "at most 24 levels"),
        (b"", "expected a block with the keys of requirements"),
        (b"\x1b[31mstage: x", "expected YAML"),
    ],
)
def test_a_hostile_file_is_an_error_and_no_more(
    content: bytes, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.yaml").write_bytes(content)
    assert main(["validate", "a.yaml"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: a.yaml")
    assert message in error
    assert "Traceback" not in error
    assert len(error) < 500


@pytest.mark.parametrize("name", [".", "missing.yaml", "/dev/null/x"])
def test_what_is_no_file_is_an_error(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", name]) == 2
    assert capsys.readouterr().err.startswith(f"error: {name}: ")


def test_a_misspelt_channel_is_an_error_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.yaml").write_text("deployment:\n  channels:\n    deny: [opnai]\n" + ONE_JOB)
    assert main(["validate", "a.yaml"]) == 2
    error = capsys.readouterr().err
    assert "error: a.yaml:3: deployment.channels.deny: expected a channel or the country of one, found 'opnai'" in error
    assert "hint: did you mean openai" in error


def test_no_escape_sequence_of_a_file_reaches_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.yaml").write_text('workloads: [{name: x, dimension: "\\e[31mred"}]\n')
    assert main(["validate", "a.yaml"]) == 2
    output = capsys.readouterr()
    assert "red" in output.err
    assert "\x1b" not in output.out + output.err


def test_a_language_that_nothing_measures_is_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.yaml").write_text("workloads: [{name: x, dimension: 'language:pl'}]\n")
    assert main(["validate", "a.yaml"]) == 0
    error = capsys.readouterr().err
    assert error.startswith("note: a.yaml:1: workloads.0.dimension")
    assert "advisor eval" in error


def test_a_dimension_that_does_not_exist_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.yaml").write_text("workloads: [{name: x, dimension: codin}]\n")
    assert main(["validate", "a.yaml"]) == 2
    assert "did you mean coding" in capsys.readouterr().err


def test_a_sample_is_counted_beside_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "team"
    folder.mkdir()
    (folder / "s.jsonl").write_text(json.dumps({"prompt": "hello world", "answer": "hello"}) + "\n")
    (folder / "a.yaml").write_text("workloads: [{name: x, traffic: {requests_per_month: 5, sample: s.jsonl}}]\n")
    assert main(["validate", "team/a.yaml"]) == 0
    said = capsys.readouterr().out
    assert "5 requests a month of 2 tokens in and 1 out" in said
    assert "s.jsonl has 1 prompts of 2 tokens on average" in said
    assert "other tokenizers make 0.97 to 1.47 times as many" in said


def test_a_sample_with_a_wrong_line_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    Path("s.jsonl").write_text("{}\n")
    Path("a.yaml").write_text("workloads: [{name: x, traffic: {requests_per_month: 5, sample: s.jsonl}}]\n")
    assert main(["validate", "a.yaml"]) == 2
    assert 'error: s.jsonl:1: expected {"prompt"' in capsys.readouterr().err


@pytest.mark.parametrize("command", ["recommend", "explain", "compare"])
def test_no_answer_is_given_on_a_name_that_means_nothing(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("advisor.yaml").write_text("deployment: {channels: {deny: [opnai]}}\n" + ONE_JOB)
    names = [candidate.offering.model.id for candidate in load_catalog().candidates][:2]
    arguments = {"recommend": [], "explain": names[:1], "compare": names}[command]
    assert main([command, *arguments]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    expected = "deployment.channels.deny: expected a channel or the country of one, found 'opnai'"
    assert f"advisor.yaml: {expected}" in output.err
