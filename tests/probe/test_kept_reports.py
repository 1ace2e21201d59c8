"""Runs that were kept, looked at again: history, what changed between two, exports; and who is left alone."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from advisor.probe.faults import Fault
from advisor.probe.summary import summarize
from advisor.reports.probe.csv_and_otel import otel_text
from advisor.reports.probe.history import entries, render_change, render_history
from tests.made_catalogs import catalog, document, model, offering
from tests.probe.test_command import Shell
from tests.probe.test_findings import NOON, a_run
from tests.probe.truth import Truth

TODAY = NOON.date()


@pytest.fixture
def shell(tmp_path: Path, bytecode: Path, truth: Truth) -> Shell:
    return Shell(tmp_path, bytecode, truth)


def _catalog(day: date = TODAY) -> object:
    return catalog(document([model("m")], [offering("m")]), day)


def test_history_names_the_candidate_that_has_no_run_and_the_age_that_no_longer_counts() -> None:
    summary = summarize(a_run({"host/a": [100.0] * 8}))
    later = TODAY + timedelta(days=31)
    assert [entry["is_stale"] for entry in entries([summary], None, later)] == [True]
    assert [entry["is_stale"] for entry in entries([summary], "host/a", TODAY)] == [False]
    assert render_history("table", _catalog(), entries([summary], "host/b", TODAY), "host/b") == (  # type: ignore[arg-type]
        "no probes of host/b yet\n"
    )


def test_a_change_is_shown_with_the_conditions_that_changed_too() -> None:
    before, after = a_run({"host/a": [100.0] * 8}), a_run({"host/a": [300.0] * 8})
    longer = after._replace(head=after.head.model_copy(update={"prompt": "built-in long", "id": "b"}))
    plain = json.loads(render_change("json", _catalog(), summarize(before), summarize(after)))  # type: ignore[arg-type]
    assert plain["conditions_that_differ"] == {}
    assert plain["changes"][0]["verdict"] == "slower"
    text = render_change("table", _catalog(), summarize(before), summarize(longer))  # type: ignore[arg-type]
    assert "measured otherwise: prompt built-in short, then built-in long" in text


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("http://127.0.0.1:8000/v1", "127.0.0.1", 8000),
        ("https://gateway.example/v1", "gateway.example", 443),
        ("http://h:99999", None, None),
        (None, None, None),
    ],
)
def test_spans_name_host_and_port_and_what_failed(address: str | None, host: str | None, port: int | None) -> None:
    run = a_run({"host/a": [100.0, Fault.OVERLOADED]})
    line = run.head.candidates[0].model_copy(update={"api_base": address, "model": "openai/x"})
    run = run._replace(head=run.head.model_copy(update={"candidates": (line,)}))
    first, second = (json.loads(span)["attributes"] for span in otel_text(run).splitlines())
    assert (first.get("server.address"), first.get("server.port")) == (host, port)
    assert first["gen_ai.request.model"] == "x"
    assert "error.type" not in first
    assert second["error.type"] == "overloaded"


def test_who_is_left_alone_is_measured_quickly_and_a_refusal_costs_nothing(shell: Shell) -> None:
    found = shell.results("openai/steady-n2-alone", "openai/n8-fault-401", "--until-decided", "--price", "1/2")
    assert [result["measured"] for result in found["results"]] == [10, 0]
    assert found["ended"] == "done"
    assert found["comparisons"] == []
    assert found["spent_usd"] == pytest.approx(found["results"][0]["cost_usd"])


def test_the_user_s_cases_are_what_is_sent(shell: Shell) -> None:
    (shell.folder / "cases.csv").write_text("id,input,answer\n1,Say hello,hi\n2,Count to ten,no\n")
    found = shell.results("openai/steady-n2-cases", "--cases", "cases.csv", "--requests", "2", "--price", "1/2")
    asked = [entry["asked"]["messages"][0]["content"] for entry in shell.truth.log() if "n2-cases" in entry["model"]]
    assert [text.split("] ")[1] for text in asked] == ["Say hello", "Say hello", "Count to ten"]
    assert found["results"][0]["conditions"]["prompt"] == "cases.csv"
