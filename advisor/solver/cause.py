"""Why a candidate is out, or what is asked of it: one constraint that it does not satisfy."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.facts import Source, Ternary


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a candidate is out: one constraint that it does not satisfy."""

    constraint: str
    """The constraint's id, for instance ``data.retention_days``."""
    state: Ternary
    required: str
    found: str
    source: Source | None
    short_by: float | None = None
    fact: str | None = None
    """The name of the fact that it rests on: a fact of the offering, ``license``, ``price`` or ``quality``."""
