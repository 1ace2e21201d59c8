"""``advisor monitor`` as its user calls it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import jsonschema
import pytest

from advisor.cli import main
from advisor.errors import MonitorError
from advisor.monitor.summary import load, newest

SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "monitor.schema.json"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each run a place of its own for what it keeps."""
    monkeypatch.chdir(tmp_path)


def _log(path: Path, falls: bool) -> Path:
    rows = []
    for n in range(2_000):
        good = n % 10 != 0 if n < 1_500 or not falls else n % 3 != 0
        at = f"2026-11-{2 + n // 1_000:02}T{n // 60 % 16:02}:{n % 60:02}:00Z"
        rows.append(json.dumps({"id": str(n), "at": at, "model": "m", "resolved": good, "output_tokens": n % 50}))
    text = "\n".join([*rows, "{dead"]) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize(("falls", "code"), [(False, 0), (True, 1)])
def test_quiet_ends_with_0_and_an_alarm_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], falls: bool, code: int
) -> None:
    log = _log(tmp_path / "a.jsonl.gz", falls)
    assert main(["monitor", str(log), "-f", "json"]) == code
    record = json.loads(capsys.readouterr().out)
    jsonschema.validate(record, json.loads(SCHEMA.read_text()))
    assert record["read"]["lines"] == 2_001
    assert record["read"]["skipped"] == 1
    assert record["read"]["dead"] == [f"{log}:2001: expected a JSON object"]
    assert [one["detector"] for one in record["alarms"]] == ["outcome:resolved"] * code


def test_too_little_is_undecided_and_no_call_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "a.jsonl"
    log.write_text('{"at": "2026-11-02", "model": "m", "resolved": true}\n')
    assert main(["monitor", str(log)]) == 3
    assert "too few" in capsys.readouterr().out
    log = tmp_path / "b.jsonl"
    log.write_text('{"model": "m"}\n')
    assert main(["monitor", str(log)]) == 2
    assert f"{log}:1" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["table", "markdown", "html"])
def test_every_format(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    assert main(["monitor", str(_log(tmp_path / "a.jsonl", falls=True)), "-f", form, "--fail-on", "never"]) == 0
    assert "outcome:resolved" in capsys.readouterr().out


def test_since_tells_of_later_calls_and_alarms_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = str(_log(tmp_path / "a.jsonl", falls=True))
    assert main(["monitor", log, "-f", "json", "--since", "2026-11-03", "--by", "day"]) == 1
    record = json.loads(capsys.readouterr().out)
    assert record["read"]["from"].startswith("2026-11-03")
    assert [cell["value"] for cell in record["cells"]] == ["2026-11-03"]
    assert main(["monitor", log, "--since", "2026-11-04"]) == 3
    assert main(["monitor", log, "--since", "yesterday"]) == 2


def test_fail_on_new_ends_with_1_only_when_the_alarm_is_in_what_was_read(tmp_path: Path) -> None:
    log = str(_log(tmp_path / "a.jsonl", falls=True))
    assert main(["monitor", log, "--fail-on", "new"]) == 1
    assert main(["monitor", log, "--fail-on", "new"]) == 0
    assert main(["monitor", log]) == 1


def test_the_summary_has_rates_and_alarms(tmp_path: Path) -> None:
    log = str(_log(tmp_path / "a.jsonl", falls=True))
    main(["monitor", log, "--summary", "out.json", "--fail-on", "never"])
    found = load(Path("out.json"))
    assert [one.detector for one in found.alarms] == ["outcome:resolved"]
    assert found.calls == 2_000
    assert newest() is not None
    Path("out.json").write_text('{"calls": -1}')
    with pytest.raises(MonitorError, match=r"out\.json: "):
        load(Path("out.json"))
