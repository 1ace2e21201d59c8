"""Probes at fixed stages, without a worker, for the pictures of their screen; and a catalog for real ones."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from advisor.catalog import Catalog
from advisor.probe.faults import Fault
from advisor.probe.measurements import measurements
from advisor.probe.run_file import EndLine, Mode, Phase, RequestLine, Run, RunLine
from advisor.probe.runner import candidate_line
from advisor.probe.summary import summarize
from advisor.probe.worker_protocol import CallAnswer, Keys, RequestLimits, Timing
from advisor.requirements.schema import Requirements, Workload
from advisor.tui.app import AdvisorApp
from advisor.tui.latency_bounds import Bounds
from advisor.tui.probe_session import Ended, KeysChecked, ProbeMeasurements, ProbeStage, Probing
from advisor.tui.screens.agree import Agree
from tests.made_catalogs import catalog, document, license_record, model, offering, price
from tests.tui.world import few_questions, main, settle

FAST, SLOW, FAILING, KEYLESS, ALONE = (
    "coast/osprey-2",
    "coast/heron-3",
    "coast/wren-70b",
    "marsh/osprey-2",
    "attic/osprey-2",
)
KEY = "sk-test-0123456789abcdef0123456789"
STEADY_SLOW, STEADY_FAST = "steady-ttft60-itl2-n8", "steady-ttft5-itl2-n8"
STEADY_LATE = "steady-ttft260-itl2-n8"
ANSWERS = """\
schema_version: 1
stage: production
horizon_months: 12
preferences: [quality, latency, cost]
workloads:
  - name: bot
    dimension: general
    traffic: {requests_per_month: 1000, input_tokens: 100, output_tokens: 100}
    quality: {within_points_of_best: 60}
"""
_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
_FIRSTS = {FAST: (212, 240, 198, 221, 260, 205, 231, 219, 224), SLOW: (610, 580, 655, None, 702, 640, 590, 633, 615)}


def probed_catalog() -> Catalog:
    """Three models on three channels, of which the client library knows two."""
    models = [
        model(name, quality={"general": (1500, 9)}, license="open") for name in ("osprey-2", "heron-3", "wren-70b")
    ]
    named = [one.split("/") for one in (FAST, SLOW, FAILING, KEYLESS, ALONE)]
    offerings = [offering(name, channel, prices=[price("3.00", "15.00")]) for channel, name in named]
    made = document(models, offerings, licenses=[license_record("open")])
    for channel in made["channels"]:
        channel["prefix"] = {"coast": "openai", "marsh": "mistral"}.get(channel["id"])
    return catalog(made)


def planned() -> Probing:
    """A probe whose plan is shown, its keys found but for one."""
    probing = Probing(probed_catalog(), [FAST, SLOW, FAILING, KEYLESS, ALONE], lambda _: None)
    found = (("OPENAI_API_KEY",), ("OPENAI_API_KEY",), ("OPENAI_API_KEY",), ())
    keys = Keys(missing=((), (), (), ("MISTRAL_API_KEY",)), found=found)
    probing.take_in(KeysChecked(keys, {KEYLESS: "not set: MISTRAL_API_KEY"}))
    return probing


def under_way() -> Probing:
    """The same in the middle: one fast, one slow with a failure, one whose key is refused."""
    probing = planned()
    probing.stage = ProbeStage.RUNNING
    for name, firsts in _FIRSTS.items():
        for number, first in enumerate(firsts, 1):
            probing.take_in(_line(number, name, first))
    refused = CallAnswer(id=99, fault=Fault.AUTHENTICATION, message="Incorrect key\x1b[31m provided")
    probing.take_in(_line(99, FAILING, None).model_copy(update={"answer": refused, "phase": Phase.WARM_UP}))
    return probing


def over() -> Probing:
    """The same at its end, with what was measured."""
    probing = under_way()
    head = RunLine(
        id="20261123T120000Z-aaaa",
        started_at=_NOON,
        advisor_version="1",
        litellm_version="1",
        python_version="3",
        platform="Linux",
        place=None,
        catalog_version="1",
        mode=Mode.ROUNDS,
        rounds=10,
        streams=1,
        rate_per_s=None,
        tools=False,
        prompt="built-in short",
        prompt_bytes=240,
        max_tokens=128,
        limits=RequestLimits(),
        candidates=tuple(candidate_line(one.probed, _NOON.date()) for one in probing.willing),
    )
    end = EndLine(
        ended_at=_NOON,
        reason="done",
        requests=33,
        spent_usd=Decimal("0.00315"),
        first_request_after_s=1,
        worker_memory_mb=200,
    )
    run = Run(Path("a.jsonl"), head, tuple(probing.lines), end)
    measured = ProbeMeasurements(tuple(measurements([run])))
    probing.take_in(Ended("done", summarize(run), measured))
    return probing


def bounds(ttft_ms_p95: float) -> Bounds:
    """A bound on latency for the candidates of the pictures."""
    workload = Workload.model_validate({"name": "bot", "dimension": "general", "latency": {"ttft_ms_p95": ttft_ms_p95}})
    return Bounds(probed_catalog(), Requirements(workloads=(workload,)), workload)


def _line(number: int, name: str, first: int | None) -> RequestLine:
    answer = CallAnswer(id=number, fault=Fault.OVERLOADED, message="try later")
    if first is not None:
        answer = CallAnswer(id=number, timing=Timing(ttft_ms=first, itl_ms=10 + number, e2e_ms=first + 900))
    at = datetime(2026, 11, 23, 12, number // 60, number % 60, tzinfo=UTC)
    return RequestLine(
        candidate=name, round=number, phase=Phase.MEASURED, started_at=at, usd=Decimal("0.00021"), answer=answer
    )


def two_channels(*, second: str = "openai", slow: str = STEADY_SLOW) -> Catalog:
    """Two models that tie in quality, called at the server of known times."""
    models = [model(name, quality={"general": (1500, 10)}, license="open") for name in ("first", "second")]
    offerings = [
        offering("first", "one", prices=[price("1", "2")]) | {"api_name": slow},
        offering("second", "two", prices=[price("1.1", "2")]) | {"api_name": STEADY_FAST},
        offering("second", "nowhere", prices=[price("3", "4")]),
    ]
    made = document(models, offerings, licenses=[license_record("open")])
    prefixes = {"one": "openai", "two": second, "nowhere": None}
    for channel in made["channels"]:
        channel["prefix"] = prefixes.get(channel["id"])
    return catalog(made, date.today())  # noqa: DTZ011 - a probe is of today


def app(found: Catalog) -> AdvisorApp:
    return AdvisorApp(catalog=found, questionnaire=few_questions())


def text(pilot: Pilot[Any], selector: str) -> str:
    return str(pilot.app.screen.query_one(selector).render())


async def send(pilot: Pilot[Any]) -> None:
    """Agree to what is paid, each key once the screen that takes it is there."""
    await pilot.press("enter")
    while not (isinstance(pilot.app.screen, Agree) and pilot.app.screen.is_mounted):
        await pilot.pause(0.01)
    await pilot.press("y")
    while main(pilot).probing.stage is ProbeStage.READY:
        await pilot.pause(0.01)
    await settle(pilot)


async def until(pilot: Pilot[Any], stage: ProbeStage) -> None:
    while main(pilot).probing.stage is not stage:
        await pilot.pause(0.02)
    await settle(pilot)
