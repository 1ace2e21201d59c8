"""A moved limit as an edit of ``advisor.yaml``: plain values by dotted key, None takes the key out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from advisor.portfolio.problem import LimitChange

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements

_KEYS = {"budget_usd": "portfolio.budget_usd_per_month", "min_score": "portfolio.min_score"}


def edits(reliefs: Iterable[LimitChange], requirements: Requirements) -> Mapping[str, Any]:
    """Return what the file must say for limits that it states to move so.

    ``portfolio.workloads.NAME`` names an entry.
    """
    found: dict[str, Any] = {}
    for relief in reliefs:
        kind, _, name = relief.limit.partition(".")
        if kind in _KEYS and relief.to is not None:
            found[_KEYS[kind]] = _number(relief)
        elif kind == "most" and relief.to is not None:
            found[f"portfolio.max_{name}s"] = int(relief.to)
        elif kind == "rate":
            found["portfolio.rate_limits"] = _rates(found, requirements, name, _number(relief))
        elif kind == "fallback":
            found[f"portfolio.workloads.{name}.fallback_share"] = None
    return found


def _number(relief: LimitChange) -> int | float:
    value = relief.to if relief.to is not None else 0
    return int(value) if value == int(value) else float(value)


def _rates(found: Mapping[str, Any], requirements: Requirements, offering: str, to: float) -> list[dict[str, Any]]:
    """Return the whole list, as it was or as an earlier change left it, with one figure moved."""
    stated = requirements.portfolio.rate_limits if requirements.portfolio else ()
    before = found.get("portfolio.rate_limits") or [
        {"offering": one.offering, "requests_per_minute": float(one.requests_per_minute)} for one in stated
    ]
    return [one | {"requests_per_minute": to} if one["offering"] == offering else one for one in before]
