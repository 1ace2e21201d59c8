"""A probe at fixed stages, without a worker: what the pictures of its screen are drawn from."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from advisor.catalog import Catalog
from advisor.probe.faults import Fault
from advisor.probe.protocol import Answer, Keys, Timing
from advisor.probe.records import Phase, RequestLine
from advisor.tui.probing import Checked, Probing, Stage
from tests.catalogues import catalog, document, license_record, model, offering, price

FAST, SLOW, FAILING, KEYLESS, ALONE = (
    "coast/osprey-2",
    "coast/heron-3",
    "coast/wren-70b",
    "marsh/osprey-2",
    "attic/osprey-2",
)
_FIRSTS = {FAST: (212, 240, 198, 221, 260, 205, 231), SLOW: (610, 580, 655, None, 702, 640, 590)}


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
    probing.take_in(Checked(keys, {KEYLESS: "not set: MISTRAL_API_KEY"}))
    return probing


def under_way() -> Probing:
    """The same in the middle: one fast, one slow with a failure, one whose key is refused."""
    probing = planned()
    probing.stage = Stage.RUNNING
    number = 0
    for name, firsts in _FIRSTS.items():
        for first in firsts:
            number += 1
            probing.take_in(_line(number, name, first))
    refused = Answer(id=99, fault=Fault.AUTHENTICATION, message="Incorrect key\x1b[31m provided")
    probing.take_in(_line(99, FAILING, None).model_copy(update={"answer": refused, "phase": Phase.WARM_UP}))
    return probing


def _line(number: int, name: str, first: int | None) -> RequestLine:
    answer = Answer(id=number, fault=Fault.OVERLOADED, message="try later")
    if first is not None:
        answer = Answer(id=number, timing=Timing(ttft_ms=first, itl_ms=10 + number, e2e_ms=first + 900))
    at = datetime(2026, 11, 23, 12, number // 60, number % 60, tzinfo=UTC)
    return RequestLine(
        candidate=name, round=number, phase=Phase.MEASURED, started_at=at, usd=Decimal("0.00021"), answer=answer
    )
