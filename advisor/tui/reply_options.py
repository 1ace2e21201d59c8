"""What can be answered to a question, and what could be tried instead of the answer that stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from advisor.catalog import Catalog
from advisor.requirements.questionnaire.parse_reply import DONT_KNOW
from advisor.requirements.questionnaire.questions import AnswerChoice, Question
from advisor.requirements.traffic.presets import PRESETS, TrafficPreset
from advisor.self_hosting.detect import DetectedGpus
from advisor.tui.format import money, number_words, signed
from advisor.tui.solve import SolvedAnswers

UNANSWERED = object()
"""In place of a reply: the question is left unanswered."""

_FACTORS = (0.5, 0.75, 1.25, 1.5, 2.0)
"""What a figure is multiplied by to see what it changes."""

_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


class Option(NamedTuple):
    """One line to choose: what it is called, whether it is part of the answer, and the reply that choosing it gives.

    ``also`` has replies to other questions, by id, that it gives at the same time.
    """

    key: str
    label: str
    sign: str
    reply: Any
    also: Mapping[str, Any] = {}


class Effect(NamedTuple):
    """What answers come to, in three figures."""

    passing: int
    recommended: str | None
    usd_per_month: Decimal | None


def listed_choices(question: Question, catalog: Catalog) -> tuple[AnswerChoice, ...]:
    """Return the choices of a question, followed by the catalog's names where it asks for those."""
    names: Mapping[str, Sequence[str]] = {
        "labs": sorted(catalog.labs),
        "channels": sorted(catalog.channels),
        "gpus": sorted(catalog.gpus),
        "models": sorted(catalog.models),
        "dimensions": catalog.dimensions,
    }
    known = {choice.value for choice in question.choices}
    more = names[question.suggest] if question.suggest else ()
    return (*question.choices, *(AnswerChoice(name, name) for name in more if name not in known))


def takes_text(question: Question) -> bool:
    """Whether an answer may be typed."""
    return question.kind in ("number", "text", "names") or question.other


def ready_made(question: Question, given: Mapping[str, Any], gpus: Sequence[DetectedGpus]) -> tuple[Option, ...]:
    """Return the lines that answer several questions at once: usual traffic, the accelerators of this machine."""
    if question.id == "requests":
        return tuple(_preset(preset, given) for preset in PRESETS)
    own = [(one, one.known) for one in gpus if one.known is not None]
    if question.id == "api":
        ways = (("with", "Yes, and on own", True), ("only", "No, only on own", False))
        return tuple(
            _own(f"{key}:{known}", f"{words} {one.words}", reply, one)
            for one, known in own
            for key, words, reply in ways
        )
    if question.id == "own_gpus":
        return tuple(_own(f"own:{known}", f"This machine's {one.words}", known, one) for one, known in own)
    return ()


def _preset(preset: TrafficPreset, given: Mapping[str, Any]) -> Option:
    replies = dict(preset.replies)
    chosen = all(given.get(name) == value for name, value in replies.items())
    label = f"{preset.words}. An assumption: {preset.basis}."
    return _single(f"preset:{preset.key}", label, chosen, replies.pop("requests"))._replace(also=replies)


def _own(key: str, label: str, reply: Any, gpus: DetectedGpus) -> Option:
    also = {"own_gpus": gpus.known, "own_gpus_count": gpus.number}
    if reply == gpus.known:
        also.pop("own_gpus")
    return Option(key, label, "( )", reply, also)


def options(question: Question, given: Mapping[str, Any], catalog: Catalog) -> tuple[Option, ...]:
    """Return the lines to choose from, with "I don't know" as the last."""
    value = given.get(question.id, UNANSWERED)
    if question.kind == "yes-no":
        found = [_single("yes", "Yes", value is True, True), _single("no", "No", value is False, False)]
    elif question.kind in ("choices", "names", "order"):
        found = _several(question, value, catalog)
    elif question.kind in ("choice", "text"):
        choices = listed_choices(question, catalog)
        found = [_single(one.value, one.label, one.value == value, one.value) for one in choices]
    else:
        found = []
    unknown = question.id in given and value is DONT_KNOW
    return (*found, _single("?", "I don't know", unknown, DONT_KNOW))


def _single(key: str, label: str, chosen: bool, reply: Any) -> Option:
    return Option(key, label, "(●)" if chosen else "( )", reply)


def _several(question: Question, value: Any, catalog: Catalog) -> list[Option]:
    """Each choice with the list that there is once it is chosen or no longer chosen."""
    chosen = list(value) if isinstance(value, list | tuple) else []
    choices = listed_choices(question, catalog)
    own = [AnswerChoice(name, name) for name in chosen if name not in {choice.value for choice in choices}]
    found = []
    for choice in (*own, *choices):
        inside = choice.value in chosen
        rest = [name for name in chosen if name != choice.value]
        sign = "[x]" if inside else "[ ]"
        if question.kind == "order":
            sign = f"[{chosen.index(choice.value) + 1}]" if inside else "[ ]"
        found.append(Option(choice.value, choice.label, sign, rest if inside else [*rest, choice.value]))
    return found


def alternatives(question: Question, given: Mapping[str, Any], catalog: Catalog) -> tuple[Option, ...]:
    """Return what could be answered instead: the choices, or figures around the one that stands, or no answer."""
    value = given.get(question.id)
    listed = [one for one in options(question, given, catalog) if one.reply is not DONT_KNOW]
    figures: list[Option] = []
    if question.kind == "number" and isinstance(value, int | float):
        figures = [_figure(question, other, other == value) for other in _around(question, value)]
    none = _single("", "No answer", question.id not in given, UNANSWERED)
    return (*figures, *listed, none)


def _figure(question: Question, value: float, chosen: bool) -> Option:
    unit = f" {question.unit}" if question.unit else ""
    return _single(str(value), f"{number_words(value)}{unit}", chosen, value)


def _around(question: Question, value: float) -> list[float]:
    if question.unit and question.unit.startswith("share"):
        return sorted({*_SHARES, value})
    whole = isinstance(value, int)
    scaled = {round(value * factor) if whole else round(value * factor, 4) for factor in _FACTORS}
    return sorted({*scaled, value})


def effect(solved: SolvedAnswers, workload: int) -> Effect:
    """Return what solved answers come to for one workload."""
    found = solved.workload(workload)
    if found is None:
        return Effect(0, None, None)
    first = found.standings[0] if found.standings else None
    return Effect(
        len(found.standings), found.recommended, first.cost.usd_per_month_mean if first and first.cost else None
    )


def did_words(before: Effect, now: Effect) -> str:
    """Return what an answer did, in a sentence without a stop."""
    parts = [f"{before.passing:,} → {now.passing:,} pass"]
    if now.recommended != before.recommended:
        parts.append(f"first is {now.recommended or 'nobody'}, was {before.recommended or 'nobody'}")
    if before.usd_per_month != now.usd_per_month and now.usd_per_month is not None:
        parts.append(f"{money(before.usd_per_month)} → {money(now.usd_per_month)} a month")
    return " · ".join(parts)


def effect_words(now: Effect, before: Effect) -> str:
    """How answers differ from those before: candidates, and the monthly cost of the first."""
    passing = f"{signed(now.passing - before.passing)}"
    if now.passing == 0:
        return f"{passing} none left"
    changed = "" if now.recommended == before.recommended else " new"
    return f"{passing}{changed} {money(now.usd_per_month)}"
