"""A small invented catalog and a few questions, fixed for good: what the pictures of the screens are drawn from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from advisor.catalog import Catalog
from advisor.requirements.questionnaire.questions import Questionnaire, decode
from advisor.tui.app import AdvisorApp
from tests.made_catalogs import catalog, document, license_record, model, offering, price

NARROW, WIDE = (80, 24), (120, 34)

_MODELS: tuple[tuple[str, str, str, float, float, int], ...] = (
    ("heron-3", "wetland", "house-terms", 1512, 7, 1_000_000),
    ("heron-3-mini", "wetland", "house-terms", 1466, 8, 400_000),
    ("osprey-2", "coastal", "house-terms", 1507, 9, 500_000),
    ("osprey-2-lite", "coastal", "house-terms", 1431, 8, 200_000),
    ("wren-70b", "hedgerow", "open-terms", 1448, 10, 128_000),
    ("wren-8b", "hedgerow", "open-terms", 1377, 11, 128_000),
    ("plover-140b", "shingle", "shared-terms", 1489, 12, 256_000),
    ("dunlin-24b", "shingle", "research-terms", 1402, 12, 64_000),
)
_RATES = {
    "heron-3": ("4.00", "20.00", "0.40"),
    "heron-3-mini": ("0.60", "3.00", "0.06"),
    "osprey-2": ("3.00", "15.00", "0.30"),
    "osprey-2-lite": ("0.25", "1.25", "0.03"),
    "wren-70b": ("0.70", "0.80", None),
    "wren-8b": ("0.06", "0.08", None),
    "plover-140b": ("0.90", "2.70", None),
    "dunlin-24b": ("0.15", "0.45", None),
}
_CHANNELS: dict[str, dict[str, Any]] = {
    "wetland": {"training_on_inputs": "never", "retention_days": 30, "processing_regions": ["us"]},
    "coastal": {"training_on_inputs": "never", "retention_days": 0, "processing_regions": ["eu", "us"]},
    "harbour": {"training_on_inputs": "never", "retention_days": 0, "processing_regions": ["eu"]},
    "bazaar": {"training_on_inputs": "default", "retention_days": 180, "processing_regions": ["us"]},
}
_SERVED = {
    "wetland": ("heron-3", "heron-3-mini"),
    "coastal": ("osprey-2", "osprey-2-lite"),
    "harbour": ("heron-3", "osprey-2", "wren-70b", "wren-8b", "plover-140b"),
    "bazaar": ("wren-70b", "wren-8b", "plover-140b", "dunlin-24b"),
}
_FACTORS = {"harbour": "1.1", "bazaar": "0.8"}

SUPPORT_BOT = """\
schema_version: 1
stage: production
uses: [commercial, serve]
data:
  training_on_inputs: forbidden
  retention_days: {at_most: 30}
horizon_months: 12
preferences: [quality, cost, latency]
workloads:
  - name: support-bot
    dimension: general
    traffic: {requests_per_month: 300000, input_tokens: 1800, output_tokens: 350, cached_input_share: 0.6}
    needs: {context_tokens: 32000, tools: true}
    quality: {within_points_of_best: 60}
    budget_usd_per_month: 3000
"""
TWO_JOBS = (
    SUPPORT_BOT
    + """\
  - name: triage
    dimension: general
    traffic: {requests_per_month: 900000, input_tokens: 600, output_tokens: 60}
portfolio: {budget_usd_per_month: 1200, max_vendors: 2}
"""
)
"""Two workloads that share a budget."""


def small_catalog() -> Catalog:
    """Eight models on four channels."""
    models = [
        model(name, lab=lab, quality={"general": (estimate, half)}, license=terms, weights=_weights(terms))
        for name, lab, terms, estimate, half, _ in _MODELS
    ]
    windows = {name: window for name, *_, window in _MODELS}
    offerings = [
        offering(
            name,
            channel,
            prices=_prices(name, channel),
            context_window_tokens=windows[name],
            max_input_tokens=windows[name],
            max_output_tokens=16_000,
            tools=name != "wren-8b",
            input_modalities=["text"],
        )
        for channel, names in _SERVED.items()
        for name in names
    ]
    licenses = [
        license_record("house-terms", every="conditional") | {"class": "proprietary"},
        license_record("open-terms"),
        license_record("shared-terms", every="conditional") | {"class": "restricted"},
        license_record("research-terms", every="forbidden", research="allowed") | {"class": "non-commercial"},
    ]
    return catalog(document(models, offerings, channels=_CHANNELS, licenses=licenses) | {"version": "2026.11.01"})


def _weights(terms: str) -> str:
    return "closed" if terms == "house-terms" else "open"


def _prices(name: str, channel: str) -> list[list[Any]]:
    """A row, and for one offering a fall of the price that is announced for the spring."""
    factor = float(_FACTORS.get(channel, "1"))
    rates = [None if rate is None else f"{float(rate) * factor:.4g}" for rate in _RATES[name]]
    if (name, channel) != ("osprey-2", "coastal"):
        return [price(*rates)]
    return [price(*rates, until="2027-03-01"), price("2.40", "12.00", "0.24", since="2027-03-01")]


def few_questions() -> Questionnaire:
    """One question of each kind."""
    return decode(
        {
            "sections": [
                {"id": "start", "title": "The task at hand"},
                {"id": "data", "title": "What may happen to the data"},
                {"id": "job", "title": "The job"},
                {"id": "decide", "title": "What decides"},
            ],
            "questions": _QUESTIONS,
        }
    )


def _question(name: str, section: str, key: str, kind: str, text: str, **more: Any) -> dict[str, Any]:
    plain = {"help": "It changes which candidates pass.", "unknown": "not a constraint"}
    return {"id": name, "section": section, "key": key, "kind": kind, "text": text} | plain | more


def _choices(**labels: str) -> list[dict[str, str]]:
    return [{"value": value.replace("_", "-"), "label": label} for value, label in labels.items()]


_QUESTIONS = [
    _question(
        "stage", "start", "stage", "choice", "Where does the product stand?",
        help="A proof of concept puts quality first; production ranks by the order that you give.",
        unknown="counts as a proof of concept",
        choices=_choices(proof_of_concept="A proof of concept", production="In production or about to be"),
    ),
    _question(
        "uses", "start", "uses", "choices", "What will you do with the model?",
        choices=_choices(
            internal="Use it inside the organization", commercial="Use it commercially",
            serve="Build a product on it", research="Research only",
        ),
    ),
    _question(
        "horizon", "start", "horizon_months", "number", "Over how many months?", unit="months",
        unknown="counts as 12 months",
    ),
    _question(
        "training", "data", "data.training_on_inputs", "choice", "May a channel train on what you send?",
        choices=_choices(forbidden="No", allowed="Yes, that is acceptable"),
    ),
    _question(
        "retention", "data", "data.retention_days.at_most", "number", "For how many days may it be kept?", unit="days"
    ),
    _question("channels_deny", "data", "deployment.channels.deny", "names", "Which channels?", suggest="channels"),
    _question("name", "job", "workloads.name", "text", "What is the job called?", unknown="it is called workload-1"),
    _question(
        "dimension", "job", "workloads.dimension", "choice", "What must it be good at?", other=True,
        unknown="counts as general", choices=_choices(general="A bit of everything", coding="Writing code"),
    ),
    _question("requests", "job", "workloads.traffic.requests_per_month", "number", "How many requests a month?"),
    _question(
        "input_tokens", "job", "workloads.traffic.input_tokens", "number", "How many tokens has a prompt?",
        when={"requests": []},
    ),
    _question(
        "output_tokens", "job", "workloads.traffic.output_tokens", "number", "How many tokens has an answer?",
        when={"requests": []},
    ),
    _question(
        "cached_share", "job", "workloads.traffic.cached_input_share", "number", "Which share repeats?",
        when={"requests": []}, unit="share from 0 to 1",
    ),
    _question("context_tokens", "job", "workloads.needs.context_tokens", "number", "Longest prompt?", unit="tokens"),
    _question("tools", "job", "workloads.needs.tools", "yes-no", "Must it call tools?", unknown="counts as no"),
    _question(
        "within_points", "decide", "workloads.quality.within_points_of_best", "number", "How far below the best?",
        unit="Arena points",
    ),
    _question("budget", "decide", "workloads.budget_usd_per_month", "number", "The most a month?", unit="USD a month"),
    _question(
        "preferences", "decide", "preferences", "order", "What decides between those that pass?",
        when={"stage": ["production"]}, assume=["quality", "cost", "latency"],
        choices=_choices(quality="Quality", cost="Cost", latency="Latency"),
    ),
]  # fmt: skip


def small_app(path: Path | None = None) -> AdvisorApp:
    """The program on the small catalog and the few questions."""
    return AdvisorApp(path, catalog=small_catalog(), questionnaire=few_questions())


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until everything that was answered is solved and painted."""
    app = pilot.app
    assert isinstance(app, AdvisorApp)
    await pilot.pause()
    while app.main.is_busy:
        await pilot.pause(0.005)
    await pilot.pause()


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one after another, each on a settled screen."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


@asynccontextmanager
async def running(app: AdvisorApp, size: tuple[int, int] = WIDE) -> AsyncIterator[Pilot[Any]]:
    """The program on a terminal of that size, its first answer painted."""
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        yield pilot


def main(pilot: Pilot[Any]) -> Any:
    """The screen with the questions."""
    app = pilot.app
    assert isinstance(app, AdvisorApp)
    return app.main
