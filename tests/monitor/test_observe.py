"""What a table of calls says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from advisor.engine.duckdb import DuckEngine, connect
from advisor.engine.port import Bounds
from advisor.monitor.observe import alarms, outcomes, proxies
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
    assert resolved.rate.low < 0.85 < resolved.rate.high
    (alarm,) = alarms(engine)
    assert alarm.detector == "outcome:resolved"
    assert alarm.before is not None
    assert alarm.after is not None
    assert alarm.before.value > 0.87
    assert alarm.after.value < 0.80
    assert alarm.since.day == date(2026, 11, 3)
    assert alarm.rests_on == ("m-1", "@v1")
    assert [one.name for one in proxies(engine)] == ["latency_ms"]


def test_a_new_prompt_begins_anew(engine: DuckEngine) -> None:
    _fill(engine, [(1_000, 0.90, "m-1", "v1"), (1_000, 0.60, "m-1", "v2")])
    assert alarms(engine) == ()


def test_another_model_that_answers_is_an_alarm_at_once(engine: DuckEngine) -> None:
    _fill(engine, [(50, 0.90, "m-1", "v1"), (1, 0.90, "m-2", "v1")])
    (alarm,) = alarms(engine)
    assert alarm.detector == "served-model"
    assert alarm.rests_on == ("asked for m", "was m-1", "is m-2")
