"""The cheapest ways out: single changes that let candidates in, each solved again before it is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor.solver.advice import Relaxation
from advisor.solver.screen import Screen, members

if TYPE_CHECKING:
    from advisor.requirements.records import Requirements, Workload

Resolve = Callable[["Requirements"], tuple[str, ...]]
"""Solves changed requirements again for the same workload and gives the ids of what comes in, best first."""


class Change(NamedTuple):
    """A change in words and as values by dotted key; None takes the key out."""

    words: str
    edits: Mapping[str, Any]
    usd_per_month: Decimal | None = None


def relaxations(
    requirements: Requirements, workload: Workload, screen: Screen, resolve: Resolve
) -> tuple[Relaxation, ...]:
    """For each constraint that alone keeps candidates out, the smallest change that lets one in."""
    found = []
    for bit, constraint in enumerate(screen.constraints):
        nearest = _nearest(screen, bit)
        if nearest is None:
            continue
        change = _change(constraint.id, workload, nearest)
        if change is None:
            continue
        lets_in = resolve(edited(requirements, change.edits))
        if lets_in:
            found.append(Relaxation((constraint.id,), change.words, change.edits, lets_in, change.usd_per_month))
    return tuple(found)


def edited(requirements: Requirements, edits: Mapping[str, Any]) -> Requirements:
    """The requirements with values set or taken out by dotted key; ``workloads.NAME.key`` names a workload."""
    changed: Requirements = requirements
    for key, value in edits.items():
        changed = _with(changed, key.split("."), value)
    return changed


def _with(record: Any, path: list[str], value: Any) -> Any:
    """A copy of a record with one value changed; None gives back the default, which is empty for all that can go."""
    name, *rest = path
    current = getattr(record, name)
    if name == "workloads":
        workload, *rest = rest
        changed: Any = tuple(_with(one, rest, value) if one.name == workload else one for one in current)
    elif rest:
        changed = _with(current, rest, value)
    elif value is None:
        changed = False if isinstance(current, bool) else () if isinstance(current, tuple) else None
    else:
        changed = value
    return record.model_copy(update={name: changed})


def _nearest(screen: Screen, bit: int) -> float | None:
    """How far the nearest candidate that fails this constraint alone is from passing; 0.0 where there is no figure."""
    alone = [screen.columns[bit].outcomes[index].short_by for index in members(screen.alone(bit))]
    return min((short for short in alone if short is not None), default=0.0 if alone else None)


def _change(constraint: str, workload: Workload, short: float) -> Change | None:
    """The smallest change of one constraint; its place in the file and its words."""
    here = f"workloads.{workload.name}"
    if constraint == "budget_usd_per_month" and workload.budget_usd_per_month is not None:
        return _raise_budget(here, workload.budget_usd_per_month, short)
    if constraint == "needs.context_tokens" and workload.needs.context_tokens:
        tokens = int(workload.needs.context_tokens - short) if short else None
        words = f"accept prompts of {tokens:,} tokens" if tokens else "drop the least context"
        return Change(words, {f"{here}.needs.context_tokens": tokens})
    if constraint == "quality.within_points_of_best" and workload.quality.within_points_of_best is not None and short:
        points = float(int(workload.quality.within_points_of_best + short) + 1)
        return Change(f"accept {points:g} points below the best", {f"{here}.quality.within_points_of_best": points})
    return _dropped(constraint, here)


def _raise_budget(here: str, budget: Decimal, short: float) -> Change:
    raised = (budget + Decimal(str(short))).quantize(Decimal(1), rounding=ROUND_CEILING)
    more = raised - budget
    return Change(
        f"raise the budget by ${more:,} to ${raised:,} a month", {f"{here}.budget_usd_per_month": raised}, more
    )


_DROPS = {
    "needs.output_tokens": ("drop the least answer length", "{here}.needs.output_tokens"),
    "needs.tools": ("do without tool calls", "{here}.needs.tools"),
    "needs.structured_output": ("do without a given JSON schema", "{here}.needs.structured_output"),
    "needs.modalities": ("do without the extra modalities", "{here}.needs.modalities"),
    "needs.fine_tuning": ("do without fine-tuning", "{here}.needs.fine_tuning"),
    "quality.within_points_of_best": ("drop the quality floor", "{here}.quality.within_points_of_best"),
    "quality.at_least": ("drop the quality floor", "{here}.quality.at_least"),
    "latency.ttft_ms_p95": ("drop the limit on the first token", "{here}.latency.ttft_ms_p95"),
    "latency.output_tokens_per_s": ("drop the least decoding speed", "{here}.latency.output_tokens_per_s"),
    "latency.speed": ("drop the least speed band", "{here}.latency.speed"),
    "data.training_on_inputs": ("allow training on inputs", "data.training_on_inputs"),
    "data.retention_days": ("drop the limit on retention", "data.retention_days"),
    "data.regions": ("allow processing anywhere", "data.regions"),
    "data.certifications": ("drop the certifications", "data.certifications"),
    "deployment.open_weights": ("allow closed weights", "deployment.open_weights"),
}


def _dropped(constraint: str, here: str) -> Change | None:
    if constraint == "deployment.api":
        return Change("allow hosted APIs", {"deployment.api": True})
    if constraint == "deployment.alive_months":
        return Change("accept an announced retirement inside the horizon", {"deployment.alive_months": 0})
    if constraint in ("deployment.channels", "deployment.labs"):
        words = f"allow every {constraint.removeprefix('deployment.').removesuffix('s')}"
        return Change(words, {f"{constraint}.allow": None, f"{constraint}.deny": None})
    if constraint not in _DROPS:
        return None
    words, key = _DROPS[constraint]
    return Change(words, {key.format(here=here): None})
