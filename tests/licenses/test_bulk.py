"""Many at once: a bad row never stops a run, a stopped run goes on, a rate limit is waited for."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from advisor.cli import main
from advisor.errors import UsageError
from advisor.licenses.audit.bulk import Progress, _locked, resumed
from advisor.licenses.evidence.hub import Hub as Client
from advisor.licenses.evidence.rate_limit import ATTEMPTS, RateLimited
from advisor.licenses.evidence.records import Evidence, FetchOutcome
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
    assert resumed(output) == {"owls/a", "owls/b"}
    assert [path for path in hub.asked if path.startswith("/api/models/")] == ["/api/models/owls/b"]


def test_a_run_that_was_killed_loses_and_repeats_nothing(hub: Hub, tmp_path: Path) -> None:
    names = [f"owls/o{number}" for number in range(120)]
    hub.models |= {name: Repo(card={"license": "mit"}) for name in names}
    hub.delay_s = 0.05
    listed, output = tmp_path / "list.txt", tmp_path / "out.jsonl"
    listed.write_text("\n".join(names), encoding="utf-8")
    command = ["license", "bulk", str(listed), "-o", str(output), "--endpoint", hub.endpoint, "--jobs", "4"]
    process = subprocess.Popen([sys.executable, "-m", "advisor", *command], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (output.exists() and output.read_bytes().count(b"\n") >= 10):
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.wait(timeout=20)
    before = resumed(output)
    assert 10 <= len(before) < len(names)
    hub.delay_s, asked = 0.0, len(hub.asked)
    assert main(command) == 0
    found = [json.loads(line)["target"] for line in output.read_text(encoding="utf-8").splitlines()]
    assert sorted(found) == sorted(names)
    assert not before & {path.removeprefix("/api/models/") for path in hub.asked[asked:]}


def test_an_interrupted_run_does_not_wait_for_a_rate_limit(hub: Hub, tmp_path: Path) -> None:
    hub.models["owls/owl"] = Repo(status=429, headers={"Retry-After": "250"})
    listed, output = tmp_path / "list.txt", tmp_path / "out.jsonl"
    listed.write_text("owls/owl\n", encoding="utf-8")
    command = ["license", "bulk", str(listed), "-o", str(output), "--endpoint", hub.endpoint]
    process = subprocess.Popen([sys.executable, "-m", "advisor", *command], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not hub.asked:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130


def test_what_a_passing_fault_left_open_is_asked_for_again(hub: Hub, tmp_path: Path) -> None:
    hub.models |= {
        "owls/fine": Repo(card={"license": "mit"}),
        "owls/down": Repo(status=503),
        "owls/child": Repo(card={"license": "mit", "base_model": "owls/down"}),
    }
    listed, output = tmp_path / "list.txt", tmp_path / "out.jsonl"
    listed.write_text("\n".join(hub.models), encoding="utf-8")
    run = ["license", "bulk", str(listed), "-o", str(output), "--endpoint", hub.endpoint, "--use", "commercial"]
    assert main(run) == 4
    assert {name for name, row in _lines(output).items() if not row["complete"]} == {"owls/down", "owls/child"}
    hub.models["owls/down"], asked = Repo(card={"license": "mit"}), len(hub.asked)
    assert main(run) == 0
    assert {row["verdict"] for row in _lines(output).values()} == {"allowed"}
    assert len(output.read_text(encoding="utf-8").splitlines()) == 3
    assert sorted(hub.asked[asked:]) == ["/api/models/owls/child", "/api/models/owls/down"]


def test_a_base_of_many_is_asked_for_once(hub: Hub, tmp_path: Path) -> None:
    names = [f"owls/o{number}" for number in range(40)]
    hub.models |= {name: Repo(card={"license": "mit", "base_model": "owls/egg"}) for name in names}
    hub.models["owls/egg"] = Repo(card={"license": "mit"}, files={"LICENSE": b"Eggs are free for owls and hawks."})
    listed = tmp_path / "list.txt"
    listed.write_text("\n".join(names), encoding="utf-8")
    assert main(["license", "bulk", str(listed), "-o", str(tmp_path / "o"), "--endpoint", hub.endpoint]) == 0
    assert hub.asked.count("/api/models/owls/egg") == 1


def test_an_answer_with_odd_line_ends_and_names_stays_one_line(hub: Hub, tmp_path: Path) -> None:
    hub.models["owls/odd"] = Repo(card={"license": "a\u2028b\x85c\u000bd"})
    listed, output = tmp_path / "list.txt", tmp_path / "out.jsonl"
    listed.write_text("owls/odd\nowls/\u2028\n", encoding="utf-8")
    run = ["license", "bulk", str(listed), "-o", str(output), "--endpoint", hub.endpoint]
    assert main(run) == 0
    held = resumed(output)
    assert main(run) == 0
    assert resumed(output) == held


def test_a_file_that_is_no_output_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "notes.txt"
    output.write_text("my notes\n", encoding="utf-8")
    listed = tmp_path / "list.txt"
    listed.write_text("owls/a\n", encoding="utf-8")
    assert main(["license", "bulk", str(listed), "-o", str(output)]) == 2
    assert output.read_text(encoding="utf-8") == "my notes\n"
    assert "notes.txt:1" in capsys.readouterr().err
    assert main(["license", "bulk", str(listed), "-o", "/dev/full"]) == 2
    assert "expected a file" in capsys.readouterr().err


def test_progress_is_told_with_an_estimate() -> None:
    assert str(Progress(50, 200, 50, 10.0)) == "100/200 reviewed, about 20 s left"
    assert str(Progress(0, 200, 50, 0.0)) == "50/200 reviewed"
    assert str(Progress(150, 200, 50, 30.0)) == "200/200 reviewed"


class Limited:
    """A source that is rate limited some times, and a clock that moves when somebody waits."""

    def __init__(self, times: int, wait: float | None) -> None:
        self.left = times
        self.wait = wait
        self.now = 0.0
        self.waited: list[float] = []

    def pause(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += seconds

    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        self.left -= 1
        outcome = FetchOutcome.RATE_LIMITED if self.left >= 0 else FetchOutcome.READ
        wait = self.wait if self.left >= 0 else None
        base = {"repository": repository, "requested_revision": revision, "endpoint": "x"}
        return Evidence(**base, read_at=datetime.now(UTC), outcome=outcome, retry_after_s=wait)


@pytest.mark.parametrize(
    ("times", "wait", "waits", "outcome"),
    [
        (0, None, [], FetchOutcome.READ),
        (2, 7.0, [7.0, 7.0], FetchOutcome.READ),
        (2, None, [10.0, 20.0], FetchOutcome.READ),
        (99, 1.0, [1.0] * (ATTEMPTS - 1), FetchOutcome.RATE_LIMITED),
        (99, 9999.0, [], FetchOutcome.RATE_LIMITED),
    ],
)
def test_a_rate_limit_is_waited_for_as_it_asks(
    times: int, wait: float | None, waits: list[float], outcome: FetchOutcome
) -> None:
    source = Limited(times, wait)
    found = RateLimited(source, clock=lambda: source.now, pause=source.pause).evidence("owls/owl")
    assert (source.waited, found.outcome) == (waits, outcome)


def test_a_wait_is_for_everyone_and_no_longer_than_asked() -> None:
    source = Limited(1, 7.0)
    polite = RateLimited(source, clock=lambda: source.now, pause=source.pause)
    for name in ("owls/a", "owls/b", "owls/c"):
        assert polite.evidence(name).outcome is FetchOutcome.READ
    assert source.waited == [7.0]


@pytest.mark.parametrize("headers", [{"Retry-After": "1"}, {"RateLimit": '"api";r=0;t=1'}])
def test_a_run_waits_for_the_limits_of_a_hub_and_misses_nothing(
    hub: Hub, tmp_path: Path, headers: dict[str, str]
) -> None:
    names = [f"owls/o{number}" for number in range(20)]
    hub.models |= {name: Repo(card={"license": "mit"}, files={"LICENSE": b"Owls are free."}) for name in names}
    hub.limits = [headers] * 3
    listed, output = tmp_path / "list.txt", tmp_path / "out.jsonl"
    listed.write_text("\n".join(names), encoding="utf-8")
    started = time.monotonic()
    run = ["license", "bulk", str(listed), "-o", str(output), "--endpoint", hub.endpoint, "--jobs", "4"]
    assert main(run) == 0
    assert time.monotonic() - started >= 1
    assert all(row["complete"] and row["outcome"] == "read" for row in _lines(output).values())


def test_a_text_that_was_limited_is_asked_for_again(hub: Hub) -> None:
    hub.models["owls/owl"] = Repo(card={"license": "mit"}, files={"LICENSE": b"Owls are free.", "NOTICE": b"Hoot."})
    hub.limits = [None, {"Retry-After": "9"}]
    clock = Limited(0, None)
    found = RateLimited(Client(hub.endpoint), clock=lambda: clock.now, pause=clock.pause).evidence("owls/owl")
    assert clock.waited == [9.0]
    assert (len(found.texts), found.unread) == (2, ())


def test_two_runs_do_not_write_to_one_output(tmp_path: Path, hub: Hub) -> None:
    output = tmp_path / "out.jsonl"
    with _locked(output), pytest.raises(UsageError, match="another run writes to it"), _locked(output):
        pass
    with _locked(output):
        assert not output.exists()
    assert list(tmp_path.iterdir()) == []
