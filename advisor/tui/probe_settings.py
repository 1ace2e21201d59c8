"""The ways to probe that a person chooses from, and the figures that they type, as settings of a probe."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from advisor.probe.budget import Caps
from advisor.probe.plan import MOST_ROUNDS, QUICK_ROUNDS, ProbeSettings, usual_seconds
from advisor.probe.run_file import Mode
from advisor.statistics import least_n


class ProbeStyle(NamedTuple):
    """A way to probe."""

    key: str
    words: str
    about: str
    mode: Mode
    rounds: int
    """Of each candidate unless another number is typed."""
    least: int = 1
    """Candidates that it takes."""


QUICK = ProbeStyle("quick", "Quick", f"{QUICK_ROUNDS} requests each: roughly how fast", Mode.ROUNDS, QUICK_ROUNDS)
DECIDED = ProbeStyle(
    "decided", "Until decided", "stops once it is certain which is faster", Mode.UNTIL_DECIDED, MOST_ROUNDS, least=2
)
FIXED = ProbeStyle("fixed", "Fixed number", f"{least_n(0.95)} requests can bound a p95", Mode.ROUNDS, least_n(0.95))
LOAD = ProbeStyle("load", "Load", "requests arrive at a rate, without waiting", Mode.LOAD, 100)
WAYS = (QUICK, DECIDED, FIXED, LOAD)

_RATE = 1.0


class Field(NamedTuple):
    """A figure that can be typed; empty means what is usual for the way."""

    key: str
    words: str
    unit: str
    least: float
    most: float
    whole: bool


FIELDS = (
    Field("rounds", "requests", "of each candidate, at most", 1, 10_000, whole=True),
    Field("rate", "rate", "requests a second, under load", 0.01, 1000, whole=False),
    Field("tokens", "tokens", "of each answer, at most", 1, 100_000, whole=True),
    Field("usd", "money", "USD at most, all together", 0, 10_000, whole=False),
    Field("seconds", "time", "seconds at most, all together", 1, 1_000_000, whole=False),
)


class ProbeDraft(NamedTuple):
    """What a person has chosen and typed; an empty text stands for what is usual."""

    way: ProbeStyle = QUICK
    rounds: str = ""
    rate: str = ""
    tokens: str = ""
    usd: str = ""
    seconds: str = ""

    def takes(self, field: Field) -> bool:
        """Whether the figure means something in that way to probe."""
        return field.key != "rate" or self.way is LOAD

    def text(self, field: Field) -> str:
        """Return what was typed for a figure."""
        return str(getattr(self, field.key))

    def typed(self, field: Field, text: str) -> ProbeDraft:
        """Return the same with another text for a figure."""
        values: dict[str, Any] = {field.key: text.strip()}
        return self._replace(**values)


class DraftedSettings(NamedTuple):
    """The settings that a draft stands for, or in words what is wrong with it."""

    settings: ProbeSettings | None
    wrong: tuple[str, ...] = ()


def parse_settings(draft: ProbeDraft, usual: ProbeSettings, candidates: int) -> DraftedSettings:
    """Give the settings that a draft stands for.

    What it leaves open is as in ``usual`` and as the way to probe has it.
    """
    values: dict[str, Any] = {}
    wrong = [f"✗ {said}" for field in FIELDS if (said := _read(field, draft, values)) is not None]
    if candidates < draft.way.least:
        wrong.append(f"✗ {draft.way.words.lower()}: it compares, so it takes at least two candidates that can be asked")
    if wrong:
        return DraftedSettings(None, tuple(wrong))
    rounds = values.get("rounds", draft.way.rounds)
    rate = values.get("rate", _RATE) if draft.way is LOAD else None
    caps = Caps(
        values.get("usd", usual.caps.usd),
        max(usual.caps.requests, 2 * rounds * candidates),
        float(values.get("seconds", usual_seconds(rounds, max(1, candidates), rate, usual.limits))),
    )
    tokens = values.get("tokens", usual.max_tokens)
    return DraftedSettings(
        usual._replace(mode=draft.way.mode, rounds=rounds, max_tokens=tokens, rate_per_s=rate, caps=caps)
    )


def way_words(draft: ProbeDraft, settings: ProbeSettings) -> str:
    """How it is probed, on one line."""
    each = f"{settings.rounds:,} requests each" if settings.mode is not Mode.UNTIL_DECIDED else ""
    pace = f"{settings.rate_per_s:g} a second" if settings.rate_per_s is not None else ""
    most = f"{settings.rounds:,} rounds at most" if settings.mode is Mode.UNTIL_DECIDED else ""
    size = f"{settings.prompts.source} prompt, {settings.max_tokens:,} tokens out"
    return f"{draft.way.words}: {', '.join(part for part in (each, pace, most, size) if part)}."


def usual_text(field: Field, draft: ProbeDraft, usual: ProbeSettings, candidates: int) -> str:
    """Return what stands for an empty figure, as text; empty where the figure means nothing."""
    if not draft.takes(field):
        return ""
    chosen = parse_settings(draft.typed(field, ""), usual, max(candidates, draft.way.least)).settings
    if chosen is None:
        return ""
    shown: dict[str, Callable[[], object]] = {
        "rounds": lambda: chosen.rounds,
        "rate": lambda: f"{chosen.rate_per_s:g}",
        "tokens": lambda: chosen.max_tokens,
        "usd": lambda: chosen.caps.usd,
        "seconds": lambda: f"{chosen.caps.seconds:g}",
    }
    return str(shown[field.key]())


def _read(field: Field, draft: ProbeDraft, into: dict[str, Any]) -> str | None:
    """Put the figure into the values if one was typed; what is wrong with it otherwise."""
    text = draft.text(field).removeprefix("$")
    if not text or not draft.takes(field):
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("Infinity")
    if not value.is_finite() or not field.least <= value <= field.most or (field.whole and value != int(value)):
        kind = "a whole number" if field.whole else "a number"
        return f"{field.words}: expected {kind} from {field.least:g} to {field.most:,g}, found {draft.text(field)!r}"
    into[field.key] = int(value) if field.whole else value if field.key == "usd" else float(value)
    return None
