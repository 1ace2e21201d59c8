"""Many at once: a bad row never stops a run, a stopped run goes on, a rate limit is waited for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import main
from advisor.licenses.bulk import ATTEMPTS, Polite, already
from advisor.licenses.evidence import Evidence, Outcome
from tests.licenses.hub_server import Hub, Repo


def _lines(path: Path) -> dict[str, dict[str, Any]]:
    return {row["target"]: row for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}


def test_a_run_reviews_all_skips_what_it_has_and_survives_bad_rows(hub: Hub, tmp_path: Path) -> None:
    names = [f"owls/o{number}" for number in range(30)]
    hub.models |= {name: Repo(card={"license": "mit"}) for name in names}
    hub.models["owls/odd"] = Repo(body=b"{")
    listed = tmp_path / "list.txt"
    listed.write_text("\n".join([*names, "not a name", "owls/odd", "owls/gone", names[0]]), encoding="utf-8")
    output = tmp_path / "out.jsonl"
    run = ["license", "bulk", str(listed), "-o", str(output), "--endpoint", hub.endpoint, "--use", "commercial"]
    assert main(run) == 0
    found = _lines(output)
    assert len(found) == 33
    assert {found[name]["verdict"] for name in names} == {"allowed"}
    assert {found[name]["verdict"] for name in ("not a name", "owls/odd", "owls/gone")} == {"unknown"}
    asked = len(hub.asked)
    assert main(run) == 0
    assert len(hub.asked) == asked


def test_a_run_that_was_cut_off_goes_on(hub: Hub, tmp_path: Path) -> None:
    hub.models |= {name: Repo(card={"license": "mit"}) for name in ("owls/a", "owls/b")}
    output = tmp_path / "out.jsonl"
    output.write_text('{"target": "owls/a", "verdict": "allowed"}\n{"target": "owls/b", "ver', encoding="utf-8")
    listed = tmp_path / "list.txt"
    listed.write_text("owls/a\nowls/b\n", encoding="utf-8")
    assert main(["license", "bulk", str(listed), "-o", str(output), "--endpoint", hub.endpoint]) == 0
    assert already(output) == {"owls/a", "owls/b"}


def test_a_file_that_is_no_output_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "notes.txt"
    output.write_text("my notes\n", encoding="utf-8")
    listed = tmp_path / "list.txt"
    listed.write_text("owls/a\n", encoding="utf-8")
    assert main(["license", "bulk", str(listed), "-o", str(output)]) == 2
    assert output.read_text(encoding="utf-8") == "my notes\n"
    assert "notes.txt:1" in capsys.readouterr().err


class Limited:
    """A source that is rate limited some times."""

    def __init__(self, times: int, wait: float | None) -> None:
        self.left = times
        self.wait = wait

    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        self.left -= 1
        outcome = Outcome.RATE_LIMITED if self.left >= 0 else Outcome.READ
        wait = self.wait if self.left >= 0 else None
        base = {"repository": repository, "requested_revision": revision, "endpoint": "x"}
        return Evidence(**base, read_at=datetime.now(UTC), outcome=outcome, retry_after_s=wait)


@pytest.mark.parametrize(
    ("times", "wait", "waits", "outcome"),
    [
        (0, None, [], Outcome.READ),
        (2, 7.0, [7.0, 7.0], Outcome.READ),
        (2, None, [10.0, 20.0], Outcome.READ),
        (99, 1.0, [1.0] * (ATTEMPTS - 1), Outcome.RATE_LIMITED),
        (99, 9999.0, [], Outcome.RATE_LIMITED),
    ],
)
def test_a_rate_limit_is_waited_for_as_it_asks(
    times: int, wait: float | None, waits: list[float], outcome: Outcome
) -> None:
    waited: list[float] = []
    found = Polite(Limited(times, wait), waited.append).evidence("owls/owl")
    assert (waited, found.outcome) == (waits, outcome)
