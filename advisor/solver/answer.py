"""What the solver answers: the same values for every front end, with the causes rather than the prose.

Text is made from these in :mod:`advisor.solver.explain.sentences`; files and screens in :mod:`advisor.reports` and
:mod:`advisor.tui`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple, Protocol, overload

from advisor.catalog.records import Candidate, Estimate, PriceRow, Quality
from advisor.facts import Fact, Source, Ternary
from advisor.licenses.verdict import LicenseAnswer

DRAWS = 2_000
SEED = 20261123
"""Fixed, so that the same question gives the same shares."""


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


class AnswerTokens(NamedTuple):
    """Tokens of one answer of a workload."""

    mode: str
    """``always``, ``optional``, ``none`` or ``unknown``."""
    effort: str | None
    visible: float
    """What is read, as the workload states it."""
    hidden: Estimate
    """What is thought before it and billed like it."""
    sources: tuple[Source, ...] = ()

    @property
    def whole(self) -> Estimate:
        """All output that is billed for the answer."""
        hidden = self.hidden
        return Estimate(
            self.visible + hidden.estimate, self.visible + hidden.low, self.visible + hidden.high, hidden.basis
        )

    @property
    def is_exact(self) -> bool:
        """Whether there is one figure and no interval."""
        return self.hidden.low == self.hidden.high

    @property
    def ranked(self) -> float:
        """The hidden tokens to compare on: as expected where they are its own, else the upper end of 80 %."""
        return self.hidden.estimate if self.hidden.is_own else self.hidden.high_80


class FirstToken(NamedTuple):
    """A lower bound on the first token of an answer, in seconds, and what comes before that token."""

    low: float
    basis: str


class OutputSpeed(NamedTuple):
    """Tokens a second; ``basis``: ``guaranteed`` or ``claimed`` by its maker, or this user's ``probe``."""

    value: float
    basis: str


class AnswerLatency(NamedTuple):
    """What is known of the time that an answer of a workload takes."""

    first_answer_token_s: FirstToken | None
    answer_s: Estimate | None
    """Seconds for the whole answer, 95 %."""
    output_tokens_per_s: OutputSpeed | None

    @property
    def ranked_s(self) -> float | None:
        """The seconds to compare on: as expected where measured, else the upper end of 80 %."""
        found = self.answer_s
        return None if found is None else found.estimate if found.basis == "probe" else found.high_80


class MonthCost(NamedTuple):
    """What one month of the horizon costs."""

    month: date
    """Its first day."""
    usd: Decimal | None
    """None if no price is on record for a day of it."""


class Cost(NamedTuple):
    """What a workload's traffic costs with one candidate, in whole cents."""

    usd_per_month_now: Decimal
    """A month at the prices of ``as_of``."""
    usd_horizon: Decimal
    """The sum over the horizon, with announced price changes; after a retirement nothing is added."""
    usd_per_month_mean: Decimal
    """The mean month of those in which it can be had and has a price; what candidates are compared on."""
    usd_per_month_peak: Decimal
    """The most expensive month of the horizon."""
    first_days: tuple[date, ...]
    """The first day of each month."""
    usd_by_month: tuple[Decimal | None, ...]
    """What each month costs: for its days on offer where it ends, None where no price is on record for a day of it."""
    rows: tuple[PriceRow, ...]
    """The price rows that were used."""
    notes: tuple[str, ...] = ()
    """What the figure leaves out or takes from the safe side."""
    ends: date | None = None
    """The day inside the horizon on which it can no longer be had; None if it outlives the horizon."""
    low: Decimal | None = None
    """Lower end of the mean month (95 %), where it is not known how long an answer is thought over; else None."""
    high: Decimal | None = None
    """Upper end of the mean month; None where it has none or there is no interval."""
    peak_low: Decimal | None = None
    """Lower end of the most expensive month."""
    peak_high: Decimal | None = None
    """Upper end of the most expensive month; None where there is no interval."""
    usd_per_month_ranked: Decimal | None = None
    """What it is compared on where that is not the mean month: the upper end of the 80 % interval."""
    hidden: Estimate | None = None
    """The hidden tokens an answer that make the interval."""
    thinking: str = ""
    """How much is thought before an answer, in words."""
    is_unbounded: bool = False
    """Whether nothing bounds the upper end: nobody knows how long it thinks, and no maximum output is on record."""
    left_out: tuple[str, ...] = ()
    """What requests carry and no rule on record counts: ``3 images a request``."""

    @property
    def ranked(self) -> tuple[int, Decimal]:
        """What costs are ordered by: those that are known for every month before those that are not."""
        return int(not self.is_whole), self.ranked_usd

    @property
    def ranked_usd(self) -> Decimal:
        """The month that it is compared on: the upper end (80 %) of the mean one where its tokens are estimated."""
        return self.usd_per_month_mean if self.usd_per_month_ranked is None else self.usd_per_month_ranked

    def at(self, usd: Decimal) -> Cost:
        """Return the same, compared on another sum a month."""
        return self._replace(usd_per_month_mean=usd, usd_per_month_ranked=None)

    @property
    def is_whole(self) -> bool:
        """Whether a price is on record for every month in which it can be had, and for all that is sent."""
        return None not in self.usd_by_month and not self.left_out

    @property
    def unpriced(self) -> tuple[date, ...]:
        """The first days of the months for which no price is on record."""
        return tuple(day for day, usd in zip(self.first_days, self.usd_by_month, strict=True) if usd is None)

    @property
    def months_priced(self) -> int:
        """How many months of the horizon have a price and something to be had."""
        return sum(
            1
            for day, usd in zip(self.first_days, self.usd_by_month, strict=True)
            if usd is not None and (self.ends is None or day < self.ends)
        )

    def hidden_tokens_within(self, most: Decimal) -> float | None:
        """Up to how many hidden tokens an answer the most expensive month stays within a budget.

        None without an interval.
        """
        if self.hidden is None or self.peak_low is None or self.hidden.estimate <= self.hidden.low:
            return None
        slope = float(self.usd_per_month_peak - self.peak_low) / (self.hidden.estimate - self.hidden.low)
        return self.hidden.low + float(most - self.peak_low) / slope if slope else None

    @property
    def span(self) -> tuple[Decimal, Decimal]:
        """The 95 % interval of the mean month; the mean alone where there is no doubt."""
        mean = self.usd_per_month_mean
        return (mean if self.low is None else self.low), (mean if self.high is None else self.high)

    @property
    def months(self) -> tuple[MonthCost, ...]:
        """The months of the horizon, in order."""
        return tuple(map(MonthCost, self.first_days, self.usd_by_month))


_NEARNESS = ("lab", "cloud", "host", "router", "self-hosted")
"""Kinds of channel by how near they are to the maker."""


class CandidateEvidence(Protocol):
    """What stands behind a candidate that passes, found when it is asked for: thousands may pass, and few are read."""

    def open_questions(self) -> tuple[Cause, ...]:
        """Constraints whose answer is unknown and which were to be asked."""

    def accepted_unknowns(self) -> tuple[Cause, ...]:
        """Constraints whose answer is unknown and was accepted."""

    def facts(self) -> Mapping[str, Fact]:
        """Return the facts that the tests rested on, by name."""

    def to_do(self) -> tuple[str, ...]:
        """Return what must be done for the tests to hold: switches and approvals."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A candidate that passes, with what it offers."""

    candidate: Candidate
    quality: Quality | None
    cost: Cost | None
    license: LicenseAnswer
    is_open: bool
    """Whether something must be answered before it counts: it has open questions."""
    behind: CandidateEvidence = field(repr=False, compare=False)
    thinking: AnswerTokens | None = None
    """How many tokens it bills for an answer."""
    latency: AnswerLatency | None = None
    """How long an answer takes."""
    is_held: bool = False
    """Whether it may not lead while another passes: a preview, in production."""
    accepted: int = 0
    """How many unknowns of the kinds that can be looked up were accepted."""

    @property
    def level(self) -> int:
        """0: it may lead; 1: it is a preview; 2: it has open questions."""
        return 2 if self.is_open else int(self.is_held)

    @property
    def last_resort(self) -> tuple[int, int, str]:
        """What decides between equals: fewer unknowns accepted, the nearer seller, the name."""
        kind = self.candidate.offering.channel.kind
        return self.accepted, _NEARNESS.index(kind) if kind in _NEARNESS else len(_NEARNESS), self.id

    @property
    def id(self) -> str:
        """The candidate's id."""
        return self.candidate.id

    @property
    def open_questions(self) -> tuple[Cause, ...]:
        """Constraints whose answer is unknown and which were to be asked."""
        return self.behind.open_questions() if self.is_open else ()

    @property
    def accepted_unknowns(self) -> tuple[Cause, ...]:
        """Constraints whose answer is unknown and was accepted."""
        return self.behind.accepted_unknowns()

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The facts that the tests rested on, by name."""
        return self.behind.facts()

    @property
    def obligations(self) -> tuple[str, ...]:
        """What must be done for it to hold, then what its license asks of this organization."""
        return (*self.behind.to_do(), *self.license.duties)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A candidate that is out, with every cause, not the first."""

    candidate: Candidate
    because: tuple[Cause, ...]

    @property
    def id(self) -> str:
        """The candidate's id."""
        return self.candidate.id

    @property
    def constraints(self) -> tuple[str, ...]:
        """The ids of the constraints that it fails, in the order of the requirements."""
        return tuple(cause.constraint for cause in self.because)


class Exclusions(Sequence[Exclusion]):
    """All that are out, sorted by id; each is made when it is looked at, for thousands are out and few are asked about.

    ``counts`` has, for each constraint that excludes any, how many it excludes and how many of those it alone.
    """

    def __init__(
        self,
        length: int,
        find_candidates: Callable[[], Sequence[tuple[int, Candidate]]],
        causes: Callable[[int], tuple[Cause, ...]],
        counts: Mapping[str, tuple[int, int]],
    ) -> None:
        """``find_candidates`` gives those that are out, each with the number by which ``causes`` knows it."""
        self._length = length
        self._find_candidates = cache(find_candidates)
        self._causes = causes
        self.counts = counts

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Exclusion: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Exclusion, ...]: ...

    def __getitem__(self, index: int | slice) -> Exclusion | tuple[Exclusion, ...]:
        if isinstance(index, slice):
            return tuple(self[one] for one in range(*index.indices(len(self))))
        number, candidate = self._find_candidates()[index]
        return Exclusion(candidate, self._causes(number))

    def find(self, candidate: str) -> Exclusion | None:
        """Return the exclusion of a candidate by id; None if it is not out."""
        found = (Exclusion(one, self._causes(number)) for number, one in self._find_candidates() if one.id == candidate)
        return next(found, None)


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
    """What would overturn the answer."""

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


class Acceptability(NamedTuple):
    """How often a candidate is first: the share of the draws, 0 to 1, with its 95 % interval."""

    candidate: str
    share: float
    low: float
    high: float


class Stability(NamedTuple):
    """How stable an answer is."""

    shares: tuple[Acceptability, ...]
    """Of those that are ever first, most often first; empty if nothing passes."""
    drawn: tuple[str, ...]
    """What was drawn: ``quality``, ``score``, ``latency``, ``worth of a point``."""
    contenders: int
    """How many candidates could have been first."""
    draws: int = DRAWS
    seed: int = SEED

    def of(self, candidate: str | None) -> Acceptability | None:
        """Return the share of a candidate; None if it is never first."""
        return next((one for one in self.shares if one.candidate == candidate), None)


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
