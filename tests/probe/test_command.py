"""``advisor probe`` as a person calls it, against the truth server."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from advisor.facts import Measurement
from advisor.probe.measurement_cache import read_measurements
from advisor.probe.run_file import read_run, run_files
from tests.command_line import Done, advisor
from tests.probe.truth import ROOT, Truth, environment

KEY = "sk-test-0123456789abcdef0123456789"


class Shell:
    """A folder in which the command is called."""

    def __init__(self, folder: Path, bytecode: Path, truth: Truth) -> None:
        self.folder = folder
        self.truth = truth
        self.base = ("--api-base", f"{truth.address}/v1")
        self.environment = environment(bytecode, OPENAI_API_KEY=KEY, NO_COLOR="1")

    def command(self, *args: str) -> list[str]:
        return [sys.executable, "-m", "advisor", "probe", *args]

    def run(self, *args: str) -> Done:
        done = advisor("probe", *args, cwd=self.folder, environment=self.environment)
        assert "Traceback" not in done.stderr, done.stderr
        assert KEY not in done.stdout + done.stderr
        return done

    def results(self, *args: str) -> dict[str, Any]:
        done = self.run(*args, *self.base, "--yes", "-f", "json")
        assert done.stdout, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def sent(self, model: str) -> int:
        return sum(entry["model"] == model for entry in self.truth.log())

    @property
    def files(self) -> list[Path]:
        return list(run_files(self.folder / ".advisor/probes"))


@pytest.fixture
def shell(tmp_path: Path, bytecode: Path, truth: Truth) -> Shell:
    return Shell(tmp_path, bytecode, truth)


def test_a_dry_run_shows_the_plan_and_sends_nothing(shell: Shell) -> None:
    before = len(shell.truth.log())
    done = shell.run("openai/dry", *shell.base, "--price", "1/2", "--dry-run", "-f", "json")
    plan = json.loads(done.stdout)
    assert done.returncode == 0
    assert plan["requests_at_most"] == 11
    assert plan["usd_at_most"] > 0
    assert plan["plan"][0]["keys_found"] == ["OPENAI_API_KEY"]
    assert len(shell.truth.log()) == before
    assert not shell.files


def test_the_figures_are_those_that_the_server_knows(shell: Shell) -> None:
    model = "steady-ttft60-itl8-n12-think4"
    found = shell.results(f"openai/{model}", "--requests", "8", "--price", "1/2")
    (result,) = found["results"]
    true = [entry for entry in shell.truth.log() if entry["model"] == model][1:]  # the first one warms up
    firsts = sorted((entry["tokens_ns"][0] - entry["received_ns"]) / 1e6 for entry in true)
    assert result["requests"] == result["measured"] == 8
    # What the client sees lies after what the server did; how much depends on the machine's load, not its least.
    assert result["ttft_ms"]["low"] >= firsts[0]
    assert result["ttft_ms"]["p50"] < result["answer_ttft_ms"]["p50"] < result["e2e_ms"]["p50"]
    assert result["ttft_ms"]["p95"] is None
    assert result["ttft_ms"]["p95_needs"] == 72
    assert result["usage_source"] == "server"
    assert result["clock"] == ["wire"]
    assert result["cost_usd"] == pytest.approx(9 * (11 * 1 + 12 * 2) / 1e6)
    schema = json.loads((ROOT / "docs/reference/probe.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(found)
    nonces = [entry["asked"]["messages"][0]["content"][:18] for entry in true]
    assert len(set(nonces)) == 8


def test_a_cap_on_money_is_never_broken(shell: Shell) -> None:
    done = shell.run(
        "openai/steady-n4-capped", *shell.base, "--price", "0/100", "--max-tokens", "10", "--max-usd", "0.0035", "--yes"
    )
    # Each answer may cost a tenth of a cent, and this server says that it made four tokens, so it costs less.
    lines = read_run(shell.files[0]).requests
    spent = sum(line.usd or 0 for line in lines)
    assert spent <= 0.0035
    assert shell.sent("steady-n4-capped") == len(lines) == 7
    assert "cap on money" in done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("way", [("--streams", "8"), ("--rate", "200")])
def test_caps_hold_for_requests_at_the_same_time(shell: Shell, way: tuple[str, str]) -> None:
    """What is on its way counts in full: it could come to cost all that was set aside for it."""
    model = f"steady-ttft300-n1-itl1-at{way[1]}"
    money = ("--price", "0/100", "--max-tokens", "10", "--max-usd", "0.0035", "--requests", "20", "--no-warm-up")
    found = shell.results(f"openai/{model}", *way, *money)
    # Three may be on their way at a tenth of a cent each; one that came back with one token has cost a hundredth.
    sent = [entry for entry in shell.truth.log() if entry["model"] == model]
    first_end = min(entry["tokens_ns"][0] for entry in sent)
    assert sum(entry["received_ns"] < first_end for entry in sent) <= 3
    assert found["spent_usd"] <= 0.0035
    few = shell.results(f"openai/{model}-few", *way, "--max-requests", "5", "--requests", "20", "--no-warm-up")
    assert shell.sent(f"{model}-few") == few["results"][0]["requests"] == 5
    assert few["ended"].startswith("cap on requests")


def test_a_cap_on_requests(shell: Shell) -> None:
    shell.run("openai/steady-n2-few", *shell.base, "--max-requests", "3", "--yes")
    assert shell.sent("steady-n2-few") == 3


def test_one_that_fails_does_not_spoil_the_other(shell: Shell) -> None:
    found = shell.results("openai/steady-n4-ttft5", "openai/spoiled-fault-401", "--requests", "6")
    good, bad = found["results"]
    assert good["measured"] == 6
    assert bad["errors"] == {"authentication": 1}  # a wrong key is wrong the next time too
    assert KEY not in json.dumps(found)
    assert bad["advice"]["authentication"]
    assert not any(KEY in path.read_text() for path in shell.files)


def test_a_key_is_hidden_whatever_its_variable_is_called(shell: Shell) -> None:
    shell.environment["MINE"] = "quite-ordinary-words"
    found = shell.results("openai/spoiled-fault-401", "--requests", "1", "--api-key-env", "MINE")
    assert "quite-ordinary-words" in shell.truth.log()[-1]["head"]
    assert "[hidden]" in found["results"][0]["messages"]["authentication"]
    assert "quite-ordinary-words" not in json.dumps(found) + shell.files[0].read_text()


def test_a_limit_that_reasoning_used_up_ends_a_candidate_before_it_costs_more(shell: Shell) -> None:
    (result,) = shell.results("openai/thinks-n8-fault-used-up", "--requests", "6", "--price", "1/2")["results"]
    assert result["errors"] == {"token-limit-used-up": 1}
    assert result["cost_usd"] == pytest.approx((11 * 1 + 8 * 2) / 1e6)
    assert "--max-tokens" in result["advice"]["token-limit-used-up"]


def test_too_few_samples_give_no_figure(shell: Shell) -> None:
    (result,) = shell.results("openai/steady-ttft5-itl1-n4-scarce", "--requests", "5")["results"]
    for name in ("ttft_ms", "answer_ttft_ms", "e2e_ms", "first_byte_ms"):
        figure = result[name]
        assert (figure["n"], figure["p50_needs"], figure["p95_needs"]) == (5, 6, 72)
        assert [figure[key] for key in ("p50", "low", "high", "p95")] == [None] * 4
    assert "needs 6" in shell.run("show").stdout


def test_failures_are_counted_with_their_interval(shell: Shell) -> None:
    found = shell.results("openai/often-fault-500", "--requests", "6")
    (result,) = found["results"]
    assert result["measured"] == 0
    assert result["error_rate"]["value"] == 1.0
    assert result["error_rate"]["low"] > 0.5
    assert result["ttft_ms"]["p50"] is None


def test_the_faster_one_is_found_and_rounds_stop(shell: Shell) -> None:
    found = shell.results("openai/slow-ttft80-n2-itl1", "openai/fast-ttft20-n2-itl1", "--until-decided")
    (pair,) = found["comparisons"]
    assert pair["verdict"] == "second-is-less"
    assert found["ended"] == "decided"
    assert found["results"][0]["requests"] < 64


def test_load_counts_from_the_intended_moment(shell: Shell) -> None:
    found = shell.results("openai/steady-ttft20-itl2-n4", "--rate", "20", "--requests", "12", "--seed", "5")
    run = read_run(shell.files[0])
    measured = [line for line in run.requests if line.phase == "measured"]
    assert len(measured) == 12
    assert all(line.answer.timing.late_ms is not None for line in measured)
    assert found["results"][0]["measured"] == 12


def test_the_cache_is_measured_by_asking_twice(shell: Shell) -> None:
    found = shell.results("openai/steady-ttft5-itl1-n2-cache", "--cache", "--prompt-size", "medium", "--requests", "6")
    asked = [entry["asked"]["messages"][0]["content"] for entry in shell.truth.log() if "n2-cache" in entry["model"]]
    assert asked[1::2] == asked[2::2]
    assert len(set(asked[1:])) == 6
    assert found["results"][0]["cached"]["ttft_ms"]["n"] == 6


def test_a_tool_call_is_asked_for(shell: Shell) -> None:
    found = shell.results("openai/steady-n4-fault-tool", "--tools", "--requests", "2")
    assert found["results"][0]["notices"]["tool-only"] == 3
    assert shell.truth.log()[-1]["asked"]["tools"]


def test_without_a_key_nothing_is_sent(shell: Shell) -> None:
    del shell.environment["OPENAI_API_KEY"]
    done = shell.run("openai/gpt-6.1-sol~low", "--yes")
    assert done.returncode == 4
    assert "OPENAI_API_KEY" in done.stderr
    assert not shell.files or not read_run(shell.files[0]).requests


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((), "expected at least one OFFERING"),
        (("no-such-model",), "no offering or model named"),
        (("openai/unheard-of",), "no price is on record"),
        (("openai/x", "--api-base", "localhost:8000"), "expected an address"),
        (("openai/x", "--api-base", "http://[::1"), "expected an address"),
        (("openai/x", "--api-base", "http://me:pass@localhost:1/v1"), "without a password or key"),
        (("openai/x", "--api-base", "http://localhost:1/v1?key=pass"), "without a password or key"),
        (("openai/x", "--api-base", "http://localhost:1/v1"), "nobody is there to agree"),
        (("openai/x", "--api-base", "http://localhost:1/v1", "--until-decided", "--yes"), "at least two"),
        (("openai/x", "--price", "free"), "is not a price"),
        (("openai/x", "--rate", "1", "--cache", "--yes"), "expected one of"),
        (("openai/x", "openai/x", "--price", "1/1", "--yes"), "each candidate once"),
        (("show", "20200101"), "expected one run of that id, found 0"),
    ],
)
def test_wrong_calls_end_with_2_and_a_sentence(shell: Shell, args: tuple[str, ...], words: str) -> None:
    done = shell.run(*args)
    assert done.returncode == 2
    assert words in done.stderr


def _running(shell: Shell, model: str, lines: int) -> subprocess.Popen[str]:
    """A probe of which at least so many lines are on disk."""
    process = subprocess.Popen(
        shell.command(f"openai/{model}", *shell.base, "--requests", "500", "--yes"),
        cwd=shell.folder,
        env=shell.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (shell.files and shell.files[0].read_bytes().count(b"\n") >= lines):
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    return process


def test_what_was_measured_survives_a_kill(shell: Shell) -> None:
    with _running(shell, "steady-ttft5-itl1-n4-killed", 6) as process:
        workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.kill()
    # Its worker ends with it.
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        time.sleep(0.02)
    run = read_run(shell.files[0])
    assert len(run.requests) >= 5
    assert run.end is None
    shown = shell.run("show", "-f", "json")
    assert json.loads(shown.stdout)["ended"] == "killed or still running"
    # A torn last line is left out.
    shell.files[0].write_bytes(shell.files[0].read_bytes()[:-20])
    assert len(read_run(shell.files[0]).requests) == len(run.requests) - 1


def test_ctrl_c_keeps_and_shows_what_was_measured(shell: Shell) -> None:
    with _running(shell, "steady-ttft5-itl1-n4-stopped", 9) as process:
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "what was measured is kept" in err
    assert "Traceback" not in err
    assert "openai/steady-ttft5-itl1-n4-stopped" in out
    run = read_run(shell.files[0])
    assert run.end is not None
    assert run.end.reason == "interrupted"
    assert len(run.requests) >= 8


def test_a_stated_wait_is_kept_and_keeps_nobody_else(shell: Shell) -> None:
    shell.results("openai/waits-fault-429", "openai/steady-ttft5-itl1-n2-goes-on", "--requests", "2", "--no-warm-up")
    log = shell.truth.log()
    waiting = [entry["received_ns"] for entry in log if entry["model"] == "waits-fault-429"]
    going = [entry["received_ns"] for entry in log if entry["model"] == "steady-ttft5-itl1-n2-goes-on"]
    assert waiting[1] - waiting[0] >= 1e9
    assert going[1] < waiting[1]


def test_the_next_measurement_is_named(shell: Shell) -> None:
    example = (ROOT / "examples/support-bot.yaml").read_text()
    (shell.folder / "advisor.yaml").write_text(example)
    done = shell.run("--next", "-f", "json")
    found = json.loads(done.stdout)["next"]
    assert done.returncode == 0
    assert found[0]["chance"] > 0
    assert found[0]["candidate"] in done.stderr


def test_results_can_be_listed_compared_and_exported(shell: Shell) -> None:
    for _ in range(2):
        shell.results("openai/steady-ttft5-itl1-n4", "--requests", "6")
    first, second = (path.stem for path in shell.files)
    assert shell.run("history").stdout.count("openai/steady-ttft5-itl1-n4") == 2
    changes = json.loads(shell.run("compare", first, second, "-f", "json").stdout)["changes"]
    assert {change["quantity"] for change in changes} == {"ttft_ms", "itl_ms", "e2e_ms"}
    rows = list(csv.DictReader(StringIO(shell.run("show", first, "-f", "csv").stdout)))
    assert len(rows) == 7
    assert float(rows[3]["ttft_ms"]) > 0
    spans = [json.loads(line) for line in shell.run("show", first, "-f", "otel").stdout.splitlines()]
    assert spans[0]["attributes"]["gen_ai.usage.output_tokens"] == 4
    assert shell.run("show", first, "-f", "markdown").stdout.startswith("# Probe")


def test_a_measurement_becomes_a_fact_of_the_candidate(shell: Shell) -> None:
    """An offering on own hardware, reached at the address given, is measured too slow and is out from then on."""
    candidate = "own-gpus/gpt-oss-20b"
    (shell.folder / "advisor.yaml").write_text(
        "deployment: {api: false, own_gpus: {model: h100-80gb, count: 8}}\n"
        "unknown: {quality: accept, cost: accept, latency: accept}\n"
        "workloads:\n  - {name: job, dimension: general, latency: {ttft_ms_p95: 20}}\n"
    )
    shell.run(candidate, *shell.base, "--api-name", "slow-ttft60-itl1-n4", "--requests", "10", "--yes")
    (measured,) = [
        one
        for one in read_measurements(_today(shell), shell.folder / ".advisor/probes").fresh
        if one.quantity == "ttft_ms_p95"
    ]
    assert isinstance(measured, Measurement)
    assert measured.subject.startswith(candidate)
    assert measured.low is not None
    assert measured.low > 20
    done = advisor("recommend", "-f", "json", "--all", cwd=shell.folder, environment=shell.environment)
    out = {one["id"]: one for one in json.loads(done.stdout)["workloads"][0]["excluded"]["candidates"]}
    causes = {cause["constraint"]: cause for cause in out[measured.subject]["because"]}
    assert causes["latency.ttft_ms_p95"]["state"] == "violated"
    assert "measured on" in causes["latency.ttft_ms_p95"]["found"]


def _today(shell: Shell) -> Any:
    return read_run(shell.files[0]).head.started_at.date()


def test_the_cheap_commands_do_not_import_the_client() -> None:
    code = (
        "import sys; from advisor.cli import main; main(['probe', '--help']);"
        "import advisor.cli.probe_run, advisor.reports.probe.render, advisor.probe.measurements;"
        "bad = {'litellm', 'openai', 'httpx'} & set(sys.modules); sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
