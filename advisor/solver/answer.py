"""What the solver answers: the same values for every front end, with the causes rather than the prose.

Text is made from these in :mod:`advisor.solver.explain.sentences`; files and screens in :mod:`advisor.reports` and
:mod:`advisor.tui`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from advisor.catalog.records import Quality
from advisor.solver.exclusion import Exclusions
from advisor.solver.stability import Stability
from advisor.solver.standing import Standing


class Status(StrEnum):
    """How the question came out."""

    DECIDED = "decided"
    """One candidate is the answer."""
    TIED = "tied"
    """Several cannot be told apart by quality; cost, latency or the name chose among them."""
    INFEASIBLE = "infeasible"
    """Nothing passes."""
    UNDECIDED = "undecided"
    """The answer depends on something unknown that may not pass by itself."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A smallest set of constraints that no candidate satisfies together."""

    constraints: tuple[str, ...]
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A change of the requirements that lets candidates back in, verified by solving again."""

    constraints: tuple[str, ...]
    change: str
    """What to change, in words: "raise the budget by $120 a month"."""
    edits: Mapping[str, Any]
    """The same as values by dotted key of the requirements file; None removes the key."""
    lets_in: tuple[str, ...]
    """Ids of the candidates that then pass, best first."""
    usd_per_month: Decimal | None = None
    """What the change costs a month, where it costs money."""
    counts_as_usd: Decimal = Decimal(0)
    """What the change counts as a month when relaxations are ordered (``explain.requirement_changes``)."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A candidate that is out for little, with what would let it in."""

    candidate: str
    constraints: tuple[str, ...]
    change: str
    edits: Mapping[str, Any]
    counts_as_usd: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the ladder: a cheaper candidate, what it saves and what it gives up."""

    candidate: str
    usd_per_month: Decimal
    saves_usd_per_month: Decimal
    gives_up: float
    """Quality given up against the step above, in the dimension's unit."""
    gives_up_low: float
    gives_up_high: float
    quality: Quality
    also: tuple[str, ...]
    """What else changes: license class, channel, context, speed."""
    passes: bool
    """Whether it satisfies every requirement."""


@dataclass(frozen=True, slots=True)
class Flip:
    """What would change the answer."""

    kind: str
    """``price``, ``quality``, ``date``, ``traffic``, ``cached-share`` or ``quality-point``."""
    at: str
    """The value or date at which the answer changes, with its unit."""
    to: str | None
    """The candidate that leads then; None if nothing passes or it is not known, as ``because`` says."""
    because: str
    value: float | None = None
    """The figure in ``at``, for programs; None for a date."""


class ExpectedScore(NamedTuple):
    """The recommended one's score on own cases, and what to expect on new ones: what wins looks better than it is."""

    case_set: str
    measured: float
    on_new_cases: float
    among: int
    """How many were measured on those cases."""


@dataclass(frozen=True, slots=True)
class WorkloadAdvice:
    """The answer for one workload."""

    workload: str
    dimension: str
    status: Status
    recommended: str | None
    tied: tuple[str, ...]
    standings: tuple[Standing, ...]
    """Everything that passes, best first."""
    excluded: Exclusions
    conflicts: tuple[Conflict, ...]
    find_relaxations: Callable[[], tuple[Relaxation, ...]] = field(repr=False, compare=False)
    """Finds ``relaxations``, once: each is solved again, which takes longer than the answer itself."""
    find_nearest_misses: Callable[[], tuple[NearMiss, ...]] = field(repr=False, compare=False)
    """Finds ``nearest_misses``, once."""
    find_stability: Callable[[], Stability] = field(repr=False, compare=False)
    """Finds ``stability``, once: it takes thousands of draws."""
    ladder: tuple[Step, ...]
    frontier: tuple[str, ...]
    flips: tuple[Flip, ...]
    why: tuple[str, ...]
    """Sentences: why this one."""
    required: Mapping[str, str]
    """Each constraint that was set, in words."""
    settle: tuple[str, ...] = ()
    """Of an undecided answer: sentences with the fact that is missing and the command that finds it."""
    expected_score: ExpectedScore | None = None
    """Where own scores chose: what is left of the recommended one's."""
    cases_to_separate: int | None = None
    """How many paired cases would tell the best two of the tied set apart, by estimate."""

    @property
    def relaxations(self) -> tuple[Relaxation, ...]:
        """The changes that let candidates in, each solved again, cheapest first."""
        return self.find_relaxations()

    @property
    def nearest_misses(self) -> tuple[NearMiss, ...]:
        """The candidates that are out for the least, cheapest to add first."""
        return self.find_nearest_misses()

    @property
    def stability(self) -> Stability:
        """How often each candidate would be first if everything uncertain were measured again."""
        return self.find_stability()

    def standing(self, candidate: str) -> Standing | None:
        """Return the standing of a candidate that passes, by id."""
        return next((standing for standing in self.standings if standing.id == candidate), None)


@dataclass(frozen=True, slots=True)
class Advice:
    """The whole answer."""

    as_of: date
    catalog_version: str
    catalog_sha256: str
    status: Status
    workloads: tuple[WorkloadAdvice, ...]
    notes: tuple[str, ...] = ()
