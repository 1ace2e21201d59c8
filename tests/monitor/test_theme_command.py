"""From logs to themes, and from a theme to proposed cases, as the user of the commands sees it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from advisor.cli import main
from advisor.evals.case_file import accept_cases, proposed_cases
from tests.evals.answer_server import last_text, serving

SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "monitor.schema.json"
KEY = "sk-proj-" + "Ab1xY9zzQ7" * 3
THINGS = ("lamp", "shirt", "chair", "kettle", "bicycle", "camera", "clock", "bag", "pen", "desk")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("wordllama")
    monkeypatch.chdir(tmp_path)


def _log(days: range, name: str = "logs.jsonl") -> None:
    rows = []
    for number in range(40 * days.start, 40 * days.stop):
        thing = THINGS[number % 10]
        fails = number % 4 == 0
        asked = f"Refund the {thing} to jane{number}@example.org, {KEY}" if fails else f"Where is my {thing} now?"
        at = f"2026-11-{1 + number // 40:02}T{8 + number % 40 // 10:02}:{number % 10:02}:00Z"
        said = {
            "id": str(number),
            "at": at,
            "model": "m",
            "input": asked,
            "output": f"No, {KEY}.",
            "resolved": not fails,
        }
        rows.append(json.dumps(said) + "\n")
    with Path(name).open("a") as file:
        file.write("".join(rows))


def _monitored(capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["monitor", "logs.jsonl", "-f", "json", "--fail-on", "never", *more]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads(SCHEMA.read_text()))
    assert isinstance(found, dict)
    return found


def _cases(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def test_themes_become_cases_that_a_person_accepts_and_cover_what_they_come_from(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _log(range(3))
    found = _monitored(capsys)
    assert found["coverage"] is None
    first = found["themes"][0]
    assert first["id"] == 1
    assert first["failure_rate"]["value"] == 1
    assert "refund" in first["words"]
    assert first["size"] / 120 == pytest.approx(first["share"])
    assert first["covered"] is None
    kept = "".join(path.read_text() for path in Path(".advisor").rglob("*.json*"))
    assert "[email]" in kept
    assert not re.search(r"jane\d|sk-proj", kept + json.dumps(found))

    assert main(["eval", "add", "--theme", "1", "--to", "support", "--count", "4"]) == 0
    cases = _cases("evals/support.jsonl")
    assert len(cases) == 4
    assert {(one["state"], one["origin"], one["answered"]) for one in cases} == {
        ("proposed", "failure", "No, [hidden].")
    }
    assert all("refund" in one["theme"] and one["source"].startswith("logs.jsonl:") for one in cases)
    assert all(one["input"].endswith("to [email], [hidden]") for one in cases)
    assert main(["eval", "add", "--theme", "1", "--count", "4"]) == 0, "the only set there is"
    inputs = [one["input"] for one in _cases("evals/support.jsonl")]
    assert len(set(inputs)) == len(inputs) > 4, "what a case says is not proposed again"
    accept_cases(Path("evals/support.jsonl"), {name: True for name, _ in proposed_cases(Path("evals/support.jsonl"))})
    found = _monitored(capsys)
    assert found["read"]["kept"] == 120
    assert 0 < found["coverage"] < 1
    assert found["themes"][0]["covered"] > 0.9
    assert found["themes"][0]["failure_rate"]["value"] == 1, "failures stay a theme though cases cover them"


def test_a_run_that_reads_only_what_is_new_tells_of_all_that_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    _log(range(2))
    _monitored(capsys)
    _log(range(2, 4))
    again = _monitored(capsys)
    assert again["read"]["lines"] == 80
    assert sum(one["size"] for one in again["themes"]) > 120
    whole = _monitored(capsys, "--fresh")
    assert whole["themes"] == again["themes"]
    last = _monitored(capsys, "--since", "2026-11-04")
    assert sum(one["size"] for one in last["themes"]) <= 40
    assert not _monitored(capsys, "--texts", "0", "--fresh")["themes"]


def test_personal_data_stays_if_asked_and_keys_never_do(capsys: pytest.CaptureFixture[str]) -> None:
    _log(range(1))
    _monitored(capsys, "--keep-pii")
    assert main(["eval", "add", "--theme", "1", "--to", "support", "--count", "1"]) == 0
    (case,) = _cases("evals/support.jsonl")
    assert re.search(r"jane\d+@example\.org, \[hidden\]$", case["input"])


def test_no_theme_and_no_such_theme_are_said_with_the_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "add", "--theme", "1"]) == 2
    assert "--to: expected the set" in capsys.readouterr().err
    assert main(["eval", "add", "--theme", "1", "--to", "support"]) == 2
    assert "advisor monitor LOGS" in capsys.readouterr().err
    _log(range(1))
    _monitored(capsys)
    assert main(["eval", "add", "--theme", "99", "--to", "support"]) == 2
    assert "--theme 99: expected one of the last run: 1" in capsys.readouterr().err
    Path(".advisor/monitor/themes.json").write_text("{}")
    assert main(["eval", "add", "--theme", "1", "--to", "support"]) == 2
    assert "themes: Field required" in capsys.readouterr().err


def test_the_page_shows_rates_by_day_and_themes_and_asks_no_host(capsys: pytest.CaptureFixture[str]) -> None:
    _log(range(3))
    arguments = ["-f", "html", "-o", "r.html", "-f", "markdown", "-o", "r.md"]
    assert main(["monitor", "logs.jsonl", "--fail-on", "never", *arguments]) == 0
    page, summary = Path("r.html").read_text(), Path("r.md").read_text()
    assert page.count("<svg") == 2
    labels = re.findall(r'<svg[^>]*aria-label="([^"]+)"', page)
    assert labels[0].startswith("Rates by day from 2026-11-01 to 2026-11-03: outcome:resolved 75%")
    assert labels[1].startswith("Themes by size: 1: ")
    assert not re.search(r'(src|href)="(?!#)', page)
    assert "| 2026-11-02 | 75.0% \\[60%, 86%\\] |\n" in summary
    assert "advisor eval add --theme 1\n" in summary
    assert main(["monitor", "logs.jsonl", "--fail-on", "never"]) == 0
    assert "2026-11-02" not in capsys.readouterr().out, "a terminal has no room for every day"


def test_a_model_names_the_themes_if_asked_and_is_sent_nothing_personal(capsys: pytest.CaptureFixture[str]) -> None:
    _log(range(1))
    with serving(lambda _: 'Here: {"1": "Refunds\\nof goods", "9": "None"}') as server:
        found = _monitored(capsys, "--name-with", "openai/m", "--api-base", server.base)
        server.answer = lambda _: "I would call them refunds."
        assert main(["monitor", "logs.jsonl", "--name-with", "openai/m", "--api-base", server.base]) == 4
        assert "openai/m: expected a JSON object of names" in capsys.readouterr().err
    first, *others = found["themes"]
    assert first["name"] == "Refunds of goods"
    assert {one["name"] for one in others} == {None}
    (sent, *_) = (last_text(body) for body in server.asked)
    assert '"refund"' in sent
    assert not re.search(r"jane\d|sk-proj", sent)
