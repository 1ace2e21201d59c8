"""What is planned and what comes out: workloads with the ways to serve each, shared limits, and the plan.

Scores and money are decimals, so that a plan can be checked by plain arithmetic whatever the engine's tolerances are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

ONE = Decimal(1)
ZERO = Decimal(0)


class Objective(StrEnum):
    """What the plan is best in; the other one decides between equals."""

    SCORE = "score"
    COST = "cost"


class Share(NamedTuple):
    """One offering's part in serving a workload."""

    offering: str
    vendor: str
    share: Decimal
    """The share of the workload's requests that it serves, 0 to 1; a cascade's second step serves what is escalated."""
    cost_usd: Decimal
    """What it costs a month at this share, before discounts."""


class ServingOption(NamedTuple):
    """One way to serve a workload: a single offering, a split between two, or a cascade from one to another."""

    id: str
    score: Decimal
    parts: tuple[Share, ...]
    labels: tuple[tuple[str, str], ...] = ()
    """What else a plan may limit, as pairs of kind and name: ``("license", "mit")``, ``("region", "eu")``."""
    n: int | None = None
    """The number of cases that the score rests on; None if not said."""
    standard_error: float | None = None
    """Of the score, where it is known otherwise than from ``n``."""

    @property
    def cost_usd(self) -> Decimal:
        """A month of it, before discounts."""
        return self.parts[0].cost_usd if len(self.parts) == 1 else sum((part.cost_usd for part in self.parts), ZERO)

    @property
    def vendors(self) -> tuple[str, ...]:
        """Who is paid, each once."""
        return tuple(dict.fromkeys(part.vendor for part in self.parts))

    @property
    def uses(self) -> tuple[tuple[str, str], ...]:
        """Everything that a limit on numbers counts: vendors and labels."""
        return (*(("vendor", vendor) for vendor in self.vendors), *self.labels)


class PlanWorkload(NamedTuple):
    """One workload of a plan."""

    name: str
    ways: tuple[ServingOption, ...]
    weight: Decimal = ONE
    """How much its score counts in the weighted mean."""
    fallback_share: Decimal | None = None
    """The share of requests that a second offering at another vendor takes over; None: no fallback is asked for."""
    requests_per_minute: Decimal = ZERO
    """What it sends in its busy hours, against rate limits."""


class CommitmentTier(NamedTuple):
    """A commitment: pay at least ``usd_per_month`` and get ``discount`` (0 to 1) on all that is spent there."""

    usd_per_month: Decimal
    discount: Decimal


@dataclass(frozen=True)
class Problem:
    """What to plan: the workloads, the limits that they share, and what is to be best."""

    tasks: tuple[PlanWorkload, ...]
    objective: Objective = Objective.SCORE
    budget_usd: Decimal | None = None
    min_score: Decimal | None = None
    """The least weighted mean of the scores."""
    most: tuple[tuple[str, int], ...] = ()
    """Limits on numbers, as pairs of a kind and the most different names of it: ``("vendor", 2)``."""
    commitments: tuple[tuple[str, tuple[CommitmentTier, ...]], ...] = ()
    """By vendor; going without a commitment is always possible."""
    rates: tuple[tuple[str, Decimal], ...] = ()
    """The most requests a minute that an offering takes, all workloads together."""

    @cached_property
    def total_weight(self) -> Decimal:
        """The sum of the workloads' weights."""
        return sum((task.weight for task in self.tasks), ZERO)

    @property
    def tiers(self) -> Mapping[str, tuple[CommitmentTier, ...]]:
        """The commitments on offer, by vendor."""
        return dict(self.commitments)


class Choice(NamedTuple):
    """How one workload is served."""

    workload: str
    way: ServingOption
    fallback: ServingOption | None = None


class Bill(NamedTuple):
    """What a vendor is paid a month."""

    vendor: str
    spend_usd: Decimal
    """At list prices."""
    tier: CommitmentTier | None
    pay_usd: Decimal
    """After the discount, and no less than the commitment."""


class LimitChange(NamedTuple):
    """A limit moved by a priced amount, as part of a relaxation of an infeasible plan."""

    limit: str
    change: str
    """In words, with the unit."""
    to: Decimal | None
    """The new value; None where the limit goes."""
    price_usd: Decimal
    """What it counts as a month: its own dollars, or the documented price of its unit."""


class PlanConflict(NamedTuple):
    """A smallest set of limits that cannot hold together."""

    limits: tuple[str, ...]
    words: tuple[str, ...]


class PlanRelaxation(NamedTuple):
    """Limits moved together so that a plan exists, cheapest first; verified by planning again."""

    reliefs: tuple[LimitChange, ...]
    price_usd: Decimal
    score: Decimal
    cost_usd: Decimal


class SearchStats(NamedTuple):
    """How much was looked at: the ways there are, those left after dominance, and the nodes of the search."""

    ways: int = 0
    ways_after_dominance: int = 0
    nodes: int = 0


NOT_SEARCHED = SearchStats()


@dataclass(frozen=True)
class PortfolioPlan:
    """The answer: who serves what, what it scores and costs, and how far it is proven."""

    status: str
    """``optimal``, ``feasible`` (stopped at the node limit with a gap) or ``infeasible``."""
    choices: tuple[Choice, ...] = ()
    bills: tuple[Bill, ...] = ()
    score: Decimal | None = None
    """The weighted mean of the scores."""
    cost_usd: Decimal | None = None
    """A month, after discounts and commitments."""
    bound: float | None = None
    """No plan is better than this in the objective."""
    gap: float | None = None
    """Distance from the value to the bound, relative to the value; 0 when proven."""
    proven: bool = False
    """Whether nothing better exists (or nothing at all, for an infeasible problem)."""
    first_answer: float | None = None
    """The objective of the answer found before the proof began; None if there was none."""
    searched: SearchStats = NOT_SEARCHED
    conflict: PlanConflict | None = None
    ways_out: tuple[PlanRelaxation, ...] = ()
