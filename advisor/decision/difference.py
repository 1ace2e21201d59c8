"""One thing about a candidate that is another than it was."""

from __future__ import annotations

from typing import NamedTuple

from advisor.decision.lock_schema import LockedBeside, LockedWorkload
from advisor.facts import Source

Locked = LockedWorkload | LockedBeside
"""A chosen candidate with what it rested on."""


class Difference(NamedTuple):
    """One thing that is another than it was."""

    candidate: str
    what: str
    """The fact's name, or ``price.input``, ``license.verdict``, ``quality.coding`` and the like."""
    was: str
    now: str
    source: Source | None

    @property
    def fact(self) -> str:
        """The name by which a cause knows it: ``price`` for each of the rates."""
        return self.what.partition(".")[0]
