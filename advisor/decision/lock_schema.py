"""What stands in ``advisor.lock``: the choice, and every fact, price and figure that it rested on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from advisor.requirements.types import Record


class LockedSource(Record):
    """Where something was read, and on which day."""

    url: str
    read_on: date


class LockedFact(Record):
    """A fact as it was when the choice was made."""

    name: str
    value: Any = None
    unit: str | None = None
    state: str
    source: LockedSource | None = None


class LockedPrice(Record):
    """A price row that the cost was made of, in USD per million tokens; a rate left out is unknown."""

    tier: str
    input: Decimal | None = None
    output: Decimal | None = None
    cached_input: Decimal | None = None
    above_prompt_tokens: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    source: LockedSource


class LockedQuality(Record):
    """The estimate with its 95 % interval."""

    dimension: str
    estimate: float
    low: float
    high: float
    unit: str
    sources: tuple[LockedSource, ...] = ()


class LockedLicense(Record):
    """The verdict for the uses asked, and the license it was given for."""

    id: str | None = None
    verdict: str
    record_sha256: str | None = None
    """The hash of the catalog's record of the license: other clauses give another hash."""
    source: LockedSource | None = None


class LockedCost(Record):
    """What the workload costs, in USD."""

    usd_per_month_now: Decimal
    usd_per_month_mean: Decimal
    usd_per_month_peak: Decimal
    usd_horizon: Decimal


class LockedRival(Record):
    """Another candidate that passed, with the figures that it had."""

    id: str
    usd_per_month_mean: Decimal | None = None
    estimate: float | None = None


class LockedFlip(Record):
    """What would change the choice, as it looked then."""

    kind: str
    at: str
    to: str | None = None
    because: str


class LockedBasis(Record):
    """What a measurement rests on: a prompt, cases, a judge, the model that answered."""

    kind: str
    name: str
    version: str


class LockedMeasurement(Record):
    """A measurement of one's own that the answer used."""

    subject: str
    quantity: str
    value: float
    low: float | None = None
    high: float | None = None
    n: int
    measured_on: date
    rests_on: tuple[LockedBasis, ...] = ()
    """Of a score; it no longer counts when one of these has changed."""


class LockedRepository(Record):
    """The repository whose weights are run on own accelerators, at the commit that was there."""

    name: str
    """``org/name`` on the Hub."""
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
    read_on: date


class LockedBeside(Record):
    """Who else serves a workload, with what that rested on."""

    role: Literal["split", "escalated", "fallback"]
    """Serves a part of the requests, those that the first step of a cascade escalates, or those that fail elsewhere."""
    chosen: str
    """The candidate's id."""
    vendor: str
    share: Decimal
    """Of the requests, 0 to 1."""
    model: str | None = None
    """The model's version; None where the catalog does not have it."""
    api_name: str | None = None
    cost: LockedCost | None = None
    """Of all the workload's requests, whatever the share."""
    quality: LockedQuality | None = None
    license: LockedLicense
    repository: LockedRepository | None = None
    """Of a candidate that is run on own accelerators; ``check-license`` reviews that commit."""
    facts: tuple[LockedFact, ...] = ()
    prices: tuple[LockedPrice, ...] = ()
    measurements: tuple[LockedMeasurement, ...] = ()
    open_questions: tuple[str, ...] = ()


class LockedWorkload(Record):
    """The choice for one workload."""

    workload: str
    status: Literal["decided", "tied", "undecided"]
    chosen: str
    """The candidate's id: offering, price tier and effort."""
    leader: str
    """Who led then by itself; another one than ``chosen`` where a person or the plan of all chose otherwise."""
    share: Decimal | None = None
    """The share of the requests that it serves, where others serve some too."""
    model: str | None = None
    """The model's version, never an alias; None where only a table of results knows it."""
    api_name: str | None = None
    """What the channel calls it."""
    why: tuple[str, ...] = ()
    cost: LockedCost | None = None
    quality: LockedQuality | None = None
    license: LockedLicense
    repository: LockedRepository | None = None
    """Of a candidate that is run on own accelerators; ``check-license`` reviews that commit."""
    facts: tuple[LockedFact, ...] = ()
    prices: tuple[LockedPrice, ...] = ()
    measurements: tuple[LockedMeasurement, ...] = ()
    open_questions: tuple[str, ...] = ()
    rivals: tuple[LockedRival, ...] = ()
    overturned_by: tuple[LockedFlip, ...] = ()
    beside: tuple[LockedBeside, ...] = ()

    @property
    def serving(self) -> tuple[LockedWorkload | LockedBeside, ...]:
        """Everybody who serves it, the choice first."""
        return (self, *self.beside)


class LockedServing(Record):
    """How a plan serves one workload, with the figures that the plan was made on."""

    workload: str
    way: str
    """A candidate's id, or a split or cascade in words."""
    score: Decimal
    usd_per_month: Decimal
    """At list prices."""
    signal: str | None = None
    """What a cascade escalates."""


class LockedBill(Record):
    """What a vendor is paid a month."""

    vendor: str
    spend_usd: Decimal
    commitment_usd: Decimal | None = None
    discount: Decimal | None = None
    pay_usd: Decimal


class LockedChange(Record):
    """What the plan becomes when one thing changes; without figures there is no plan then."""

    change: str
    score: Decimal | None = None
    usd_per_month: Decimal | None = None


class LockedResults(Record):
    """The table of results that a plan was made on."""

    file: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class LockedPlan(Record):
    """The plan of all workloads together."""

    objective: Literal["score", "cost"]
    score: Decimal
    """The weighted mean."""
    unit: str
    usd_per_month: Decimal
    """After discounts and commitments."""
    proven: bool
    """Whether nothing better existed."""
    gap: float | None = None
    """How much better something may have been, relatively, where it is not proven."""
    results: LockedResults | None = None
    limits: tuple[str, ...] = ()
    """What the workloads share, in words."""
    by_hand: tuple[str, ...] = ()
    """Workloads whose choice a person made; the others were planned around it."""
    why: tuple[str, ...] = ()
    serves: tuple[LockedServing, ...]
    bills: tuple[LockedBill, ...] = ()
    if_changed: tuple[LockedChange, ...] = ()


class LockedRequirements(Record):
    """Which requirements the choice answers."""

    file: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """Of what they say, whatever their layout and comments."""


class LockedCatalog(Record):
    """Which catalog it was made with."""

    version: str
    sha256: str


class Decision(Record):
    """The whole of ``advisor.lock``."""

    schema_version: Literal[1] = 1
    decided_on: date
    advisor_version: str
    requirements: LockedRequirements
    catalog: LockedCatalog
    workloads: Annotated[tuple[LockedWorkload, ...], Field(min_length=1)]
    plan: LockedPlan | None = None
    """Where the workloads share limits."""
