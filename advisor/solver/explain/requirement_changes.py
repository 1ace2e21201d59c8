"""What one candidate's failing would have to be changed to, as an edit of the requirements with a price.

A dollar of budget counts as a dollar a month. Everything else counts as what the requirements say under ``giving_up``,
or as the default documented here; the figures order the relaxations and never enter a cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, Decimal
from math import ceil
from typing import Any

from advisor.facts import Ternary
from advisor.requirements.enums import OnUnknown
from advisor.solver.constraints.kind import FailedConstraint, RequirementChange
from advisor.solver.constraints.registry import kind_for

QUALITY_POINT_USD = Decimal(10)
"""USD a month that a point of quality counts as where the requirements do not say."""

TOKEN_USD = Decimal("0.005")
"""USD a month that a token of context given up counts as."""

RETENTION_DAY_USD = Decimal(20)
"""USD a month that one more day of retention counts as."""

_UNKNOWN_WORDS = {
    "license": "licenses that do not say whether the use is allowed",
    "data": "data terms that are not known",
    "deployment": "that it is not known where it can run",
    "needs": "abilities that are not known",
    "quality": "quality that is not known",
    "languages": "languages that are not known",
    "latency": "latency that is not known",
    "retirement": "that no retirement is on record",
    "cost": "a cost that is not known",
}

_ROUNDING = 1e-6
"""What a sum of floats may be off by."""

UNKNOWN_SHARE = Decimal("0.5")
"""Accepting that something is unknown counts as this share of giving it up."""


def change_for(failing: FailedConstraint) -> RequirementChange | None:
    """Return the smallest change under which the candidate passes this constraint; None if no edit does it."""
    if failing.outcome.state is Ternary.UNKNOWN:
        return _accept_unknown(failing)
    record = kind_for(failing.constraint.id)
    if record is not None:
        return record.change(failing)
    kind = failing.constraint.id
    for name, graded in _GRADED.items():
        if kind == name and (found := graded(failing)):
            return found
    if kind.startswith("license."):
        return _without_use(failing, kind.removeprefix("license."))
    if kind.startswith("languages."):
        rest = tuple(one for one in failing.workload.languages if one != kind.removeprefix("languages."))
        words = f"do without {kind.removeprefix('languages.')}"
        return RequirementChange(words, {f"{failing.here}.languages": rest}, failing.price)
    return _dropped(failing)


def _accept_unknown(failing: FailedConstraint) -> RequirementChange | None:
    """Accept the unknown of that group of constraints."""
    group, to_do = failing.constraint.group, failing.outcome.obligation
    return RequirementChange(
        to_do or f"accept {_UNKNOWN_WORDS[group]}",
        {f"unknown.{group}": OnUnknown.ACCEPT},
        failing.price * UNKNOWN_SHARE,
    )


def _budget(failing: FailedConstraint) -> RequirementChange | None:
    budget, short = failing.workload.budget_usd_per_month, failing.outcome.short_by
    if budget is None or short is None:
        return None
    raised = (budget + Decimal(str(short))).quantize(Decimal(1), rounding=ROUND_CEILING)
    words = f"raise the budget by ${raised - budget:,} to ${raised:,} a month"
    return RequirementChange(words, {f"{failing.here}.budget_usd_per_month": raised}, raised - budget, raised - budget)


def _context(failing: FailedConstraint) -> RequirementChange | None:
    wanted, short = failing.workload.needs.context_tokens, failing.outcome.short_by
    if not wanted or short is None:
        return None
    tokens = max(int(wanted - short), 0)
    price = min(Decimal(str(short)) * TOKEN_USD, failing.price)
    return RequirementChange(
        f"accept prompts of {tokens:,} tokens", {f"{failing.here}.needs.context_tokens": tokens}, price
    )


def _answer(failing: FailedConstraint) -> RequirementChange | None:
    wanted, short = failing.workload.needs.output_tokens, failing.outcome.short_by
    if not wanted or short is None:
        return None
    tokens = max(int(wanted - short), 0)
    price = min(Decimal(str(short)) * TOKEN_USD, failing.price)
    return RequirementChange(
        f"accept answers of {tokens:,} tokens", {f"{failing.here}.needs.output_tokens": tokens}, price
    )


def _points(failing: FailedConstraint) -> RequirementChange | None:
    within, short = failing.workload.quality.within_points_of_best, failing.outcome.short_by
    if within is None or short is None:
        return None
    points = float(ceil(within + short - _ROUNDING))
    stated = failing.requirements.quality_point_usd_per_month
    price = Decimal(str(points - within)) * (QUALITY_POINT_USD if stated is None else stated)
    words = f"accept {points:g} points below the best"
    return RequirementChange(words, {f"{failing.here}.quality.within_points_of_best": points}, price)


def _retention(failing: FailedConstraint) -> RequirementChange | None:
    stated, short = failing.requirements.data.retention_days, failing.outcome.short_by
    if stated is None or short is None:
        return None
    days = int(stated.at_most + short)
    price = min(Decimal(str(short)) * RETENTION_DAY_USD, failing.price)
    return RequirementChange(f"let it be kept {days} days", {"data.retention_days.at_most": days}, price)


def _first_token(failing: FailedConstraint) -> RequirementChange | None:
    wanted, short = failing.workload.latency.ttft_ms_p95, failing.outcome.short_by
    return _latency(failing, "ttft_ms_p95", wanted + short) if wanted and short else None


def _speed(failing: FailedConstraint) -> RequirementChange | None:
    wanted, short = failing.workload.latency.output_tokens_per_s, failing.outcome.short_by
    return _latency(failing, "output_tokens_per_s", wanted - short) if wanted and short else None


def _latency(failing: FailedConstraint, name: str, bound: float) -> RequirementChange | None:
    """Give a bound moved to the measured value; the interval then holds it, so the answer is asked and no longer no."""
    if bound <= 0:
        return None
    unit = "ms to the first token (p95)" if name == "ttft_ms_p95" else "tokens a second"
    return RequirementChange(f"accept {bound:,.0f} {unit}", {f"{failing.here}.latency.{name}": bound}, failing.price)


def _without_use(failing: FailedConstraint, use: str) -> RequirementChange:
    rest = tuple(one for one in failing.requirements.uses if one.value != use)
    return RequirementChange(f"give up the use {use}", {"uses": rest}, failing.price)


_GRADED: Mapping[str, Callable[[FailedConstraint], RequirementChange | None]] = {
    "budget_usd_per_month": _budget,
    "needs.context_tokens": _context,
    "needs.output_tokens": _answer,
    "quality.within_points_of_best": _points,
    "data.retention_days": _retention,
    "latency.ttft_ms_p95": _first_token,
    "latency.output_tokens_per_s": _speed,
}

_DROPS = {
    "needs.context_tokens": ("drop the least context", "{here}.needs.context_tokens", None),
    "needs.output_tokens": ("drop the least answer length", "{here}.needs.output_tokens", None),
    "needs.tools": ("do without tool calls", "{here}.needs.tools", None),
    "needs.structured_output": ("do without a given JSON schema", "{here}.needs.structured_output", None),
    "needs.modalities": ("do without the extra modalities", "{here}.needs.modalities", None),
    "needs.fine_tuning": ("do without fine-tuning", "{here}.needs.fine_tuning", None),
    "quality.within_points_of_best": ("drop the quality floor", "{here}.quality.within_points_of_best", None),
    "quality.at_least": ("drop the quality floor", "{here}.quality.at_least", None),
    "latency.ttft_ms_p95": ("drop the limit on the first token", "{here}.latency.ttft_ms_p95", None),
    "latency.output_tokens_per_s": ("drop the least decoding speed", "{here}.latency.output_tokens_per_s", None),
    "latency.speed": ("drop the least speed band", "{here}.latency.speed", None),
    "data.training_on_inputs": ("allow training on inputs", "data.training_on_inputs", None),
    "data.retention_days": ("drop the limit on retention", "data.retention_days", None),
    "data.regions": ("allow processing anywhere", "data.regions", None),
    "data.certifications": ("drop the certifications", "data.certifications", None),
    "deployment.api": ("allow hosted APIs", "deployment.api", True),
    "deployment.alive_months": ("accept an announced retirement inside the horizon", "deployment.alive_months", 0),
    "deployment.open_weights": ("allow closed weights", "deployment.open_weights", None),
    "deployment.gpai_code": ("allow makers that did not sign", "deployment.gpai_code", None),
    "deployment.not_trained_on": ("allow any training data", "deployment.not_trained_on", None),
}


def _dropped(failing: FailedConstraint) -> RequirementChange | None:
    if failing.constraint.id in ("deployment.channels", "deployment.labs"):
        words = f"allow every {failing.constraint.id.removeprefix('deployment.').removesuffix('s')}"
        edits = {f"{failing.constraint.id}.allow": None, f"{failing.constraint.id}.deny": None}
        return RequirementChange(words, edits, failing.price)
    if failing.constraint.id not in _DROPS:
        return None
    words, key, value = _DROPS[failing.constraint.id]
    return RequirementChange(words, {key.format(here=failing.here): value}, failing.price)


def merged(changes: tuple[RequirementChange, ...]) -> RequirementChange:
    """Several changes made together."""
    edits: dict[str, Any] = {}
    for change in changes:
        for key, value in change.edits.items():
            # Two changes of one list each take something out of it.
            both = isinstance(value, tuple) and key in edits
            edits[key] = tuple(one for one in edits[key] if one in value) if both else value
    money = [change.usd_per_month for change in changes if change.usd_per_month is not None]
    return RequirementChange(
        " and ".join(dict.fromkeys(change.words for change in changes)),
        edits,
        sum((change.counts_as_usd for change in changes), Decimal(0)),
        sum(money, Decimal(0)) if money else None,
    )
