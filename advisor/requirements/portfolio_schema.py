"""What several workloads share when they are planned together: the ``portfolio`` block of ``advisor.yaml``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from advisor.requirements.types import Name, Record, Share, Slug, Usd

AtMost = Annotated[int, Field(ge=1, le=1_000)]


class Commitment(Record):
    """A discount for a promise: at least so much is paid a month, used or not."""

    channel: Name
    """The channel that gives it."""
    usd_per_month: Usd
    """What is paid at least."""
    discount: Annotated[Decimal, Field(ge=0, lt=1)]
    """The share taken off everything spent there, 0 to 1."""


class RateLimit(Record):
    """How much an offering takes, all workloads together."""

    offering: Name
    """The candidate's id."""
    requests_per_minute: Annotated[Decimal, Field(gt=0, le=10**9)]
    """Requests a minute."""


class Cascade(Record):
    """A cheap offering first, and another one for what a signal escalates; its figures are measured."""

    first: Name
    """The offering that answers first."""
    then: Name
    """The offering that answers what is escalated."""
    signal: Name
    """What escalates, in words: ``the answer fails its JSON schema``."""
    escalated_share: Share
    """The share of requests that was escalated."""
    score: Annotated[Decimal, Field(ge=0, le=100)]
    """What the two together scored, 0 to 100, on the cases of the results table."""
    n: Annotated[int, Field(ge=1, le=10**12)] | None = None
    """Cases behind the score."""


class PlannedWorkload(Record):
    """What planning needs to know of one workload besides its own block."""

    name: Slug
    """Its name under ``workloads``."""
    weight: Annotated[Decimal, Field(gt=0, le=10**9)] = Decimal(1)
    """How much its quality counts in the weighted mean."""
    fallback_share: Annotated[Decimal, Field(gt=0, lt=1)] | None = None
    """Ask for a fallback at another channel, which takes over this share of the requests (0.01 is 1 %)."""
    split: bool = False
    """Whether its requests may be split between two offerings, in steps of a tenth."""
    cascades: Annotated[tuple[Cascade, ...], Field(max_length=100)] = ()
    """Cascades that were measured; used with a table of results."""


class Portfolio(Record):
    """Limits over all workloads, and what is best within them."""

    budget_usd_per_month: Usd | None = None
    """The most that all workloads together may cost in a month."""
    max_vendors: AtMost | None = None
    """How many channels may be paid."""
    max_labs: AtMost | None = None
    """From how many labs the models may come."""
    max_licenses: AtMost | None = None
    """How many different licenses or terms may bind."""
    max_regions: AtMost | None = None
    """In how many regions it may run."""
    objective: Literal["score", "cost"] | None = None
    """Highest weighted mean quality or lowest cost; by the first of ``preferences`` if left out."""
    min_score: Annotated[Decimal, Field(ge=0, le=10**6)] | None = None
    """The least weighted mean quality, in the unit of the estimates or of the results table."""
    commitments: Annotated[tuple[Commitment, ...], Field(max_length=200)] = ()
    """Discounts on offer; at most one is taken for a channel, and none need be."""
    rate_limits: Annotated[tuple[RateLimit, ...], Field(max_length=1_000)] = ()
    """What offerings take at most."""
    peak_factor: Annotated[Decimal, Field(ge=1, le=1_000)] = Decimal(1)
    """How many times the mean the busiest minute is, within the peak hours; for the rate limits."""
    workloads: Annotated[tuple[PlannedWorkload, ...], Field(max_length=1_000)] = ()
    """What planning needs to know of single workloads."""

    def problems(self, names: Sequence[str]) -> list[str]:
        """Return what contradicts the workloads of those names, in words."""
        return list(self._problems(names))

    def _problems(self, names: Sequence[str]) -> Iterator[str]:
        planned = [workload.name for workload in self.workloads]
        unknown = [name for name in planned if name not in names]
        if unknown:
            yield f"portfolio.workloads: expected names of workloads, found {unknown[0]}"
        if len(set(planned)) != len(planned):
            yield "portfolio.workloads: expected each name once"
        rated = [limit.offering for limit in self.rate_limits]
        if len(set(rated)) != len(rated):
            yield "portfolio.rate_limits: expected each offering once"
