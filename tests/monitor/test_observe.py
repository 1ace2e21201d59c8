"""What a table of calls says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from advisor.engine.duckdb import DuckEngine, connect
from advisor.engine.port import Bounds
from advisor.facts import Basis, Measurement
from advisor.monitor.alarms import CellName, alarms
from advisor.monitor.evidence import with_evidence
from advisor.monitor.observe import cells, failure_modes, outcomes, proxies
from advisor.monitor.rows import CallTable

START = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
def engine() -> Iterator[DuckEngine]:
    with connect(Bounds(256, 1)) as made:
        yield made


def _fill(engine: DuckEngine, rates: list[tuple[int, float, str, str]]) -> None:
    """Fill a log with stretches of calls: how many, the share resolved, the model served, the prompt's version."""
    random, table, rows, number = np.random.default_rng(6), CallTable(engine, datetime(2026, 11, 30)), [], 0  # noqa: DTZ001
    for n, rate, model, version in rates:
        for good in random.random(n) < rate:
            number += 1
            at = (START + timedelta(minutes=number)).isoformat()
            row = {"id": str(number), "at": at, "model_asked": "m", "model_served": model, "prompt_version": version}
            rows.append({**row, "resolved": bool(good), "latency_ms": 100 + number % 7})
    table.add("a.jsonl", enumerate((json.dumps(row).encode() for row in rows), 1))
    table.end()


def test_an_outcome_has_its_interval_and_a_fall_is_an_alarm(engine: DuckEngine) -> None:
    _fill(engine, [(1_500, 0.90, "m-1", "v1"), (500, 0.70, "m-1", "v1")])
    (resolved,) = outcomes(engine)
    assert resolved.name == "resolved"
    assert resolved.is_good
    assert resolved.rate is not None
    assert resolved.rate.low < 0.85 < resolved.rate.high
    assert resolved.n == 2_000
    (alarm,) = alarms(engine)
    assert alarm.detector == "outcome:resolved"
    assert alarm.before is not None
    assert alarm.after is not None
    assert alarm.before.value > 0.87
    assert alarm.after.value < 0.80
    assert alarm.since.day == date(2026, 11, 3)
    assert alarm.cell == CellName("m-1", "@v1")
    assert [one.name for one in proxies(engine)] == ["latency_ms"]


def test_a_new_prompt_begins_anew(engine: DuckEngine) -> None:
    _fill(engine, [(1_000, 0.90, "m-1", "v1"), (1_000, 0.60, "m-1", "v2")])
    assert alarms(engine) == ()


def test_another_model_that_answers_is_an_alarm_at_once_and_only_once(engine: DuckEngine) -> None:
    _fill(engine, [(50, 0.90, "m-1", "v1"), (1, 0.90, "m-2", "v1"), (40, 0.90, "m-1", "v1"), (9, 0.90, "m-2", "v1")])
    (alarm,) = alarms(engine)
    assert alarm.detector == "served-model"
    assert alarm.cell == CellName("m-2", None, "m", "m-1")
    assert alarm.since.call == 51
    assert alarm.after is not None
    assert (alarm.after.value, alarm.after.n) == (0.2, 50)


def test_the_latest_of_several_changes_of_model_is_told(engine: DuckEngine) -> None:
    _fill(engine, [(50, 0.90, "m-1", "v1"), (50, 0.90, "m-2", "v1"), (5, 0.90, "m-3", "v1")])
    (alarm,) = alarms(engine)
    assert alarm.cell == CellName("m-3", None, "m", "m-2")


def test_a_router_has_no_model_that_could_be_exchanged(engine: DuckEngine) -> None:
    _fill(engine, [(3, 0.90, f"m-{n % 2}", "v1") for n in range(20)] + [(5, 0.90, "m-9", "v1")])
    assert alarms(engine) == ()


def test_the_same_model_under_a_longer_name_is_no_change(engine: DuckEngine) -> None:
    _fill(engine, [(50, 0.90, "openai/m-1", "v1"), (50, 0.90, "m-1-2026-09-01", "v1")])
    assert alarms(engine) == ()


def test_an_alarm_names_the_evidence_that_rests_on_the_old_model_and_no_other(engine: DuckEngine) -> None:
    _fill(engine, [(50, 0.90, "m-1", "v1"), (50, 0.90, "m-2", "v1")])
    scores = [
        Measurement("c", "score:s", 80, 70, 90, 9, date(2026, 11, 1), "x", rests_on=(Basis("served", "m", served),))
        for served in ("m-1", "m-7")
    ]
    (alarm,) = with_evidence(alarms(engine), scores, {"bot": ["other"], "chat": ["x/m"]})
    assert alarm.rests_on == ("score:s of c, measured on 2026-11-01", "the decision for chat")


def test_cells_have_rates_and_small_ones_are_left_out(engine: DuckEngine) -> None:
    _fill(engine, [(200, 0.90, "m-1", "v1"), (29, 0.90, "m-1", "v2"), (30, 0.0, "m-1", "v3")])
    found = cells(engine, "prompt")
    assert [(one.value, one.n) for one in found] == [("@v1", 200), ("@v3", 30)]
    (resolved,) = found[1].outcomes
    assert resolved.rate is not None
    assert resolved.rate.value == 0


def test_slow_calls_are_a_failure_mode_of_every_call(engine: DuckEngine) -> None:
    _fill(engine, [(100, 0.9, "m-1", "v1")])
    (latency,) = failure_modes(engine)
    assert (latency.name, latency.n, latency.is_verdict) == ("latency", 100, True)
    assert latency.rate is not None
    assert latency.rate.value == 0
