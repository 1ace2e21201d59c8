"""What comes of checking a decision, workload by workload."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from advisor.decision.difference import Difference
from advisor.solver.cause import Cause

ALL = "all workloads"
"""The name under which what workloads share is told; no workload can have it."""


class DecisionStatus(StrEnum):
    """What came of checking, from best to worst."""

    STANDS = "stands"
    UNDECIDED = "undecided"
    OVERTURNED = "overturned"


class Finding(NamedTuple):
    """What came of one workload."""

    workload: str
    outcome: DecisionStatus
    chosen: str
    message: str
    by: tuple[Difference, ...]
    """The facts that did it."""
    move_to: str | None
    causes: tuple[Cause, ...] = ()
    caveats: tuple[str, ...] = ()
    """What is open about the one to move to, and when it ends, in sentences."""
