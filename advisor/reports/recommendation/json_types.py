"""The shapes of the JSON reports: what scripts may rely on, type-checked and published as JSON schema."""

from __future__ import annotations

from typing import Any, NotRequired

from typing_extensions import TypedDict  # pydantic asks for it below Python 3.12


class CatalogDocument(TypedDict):
    """Which catalogue an answer rests on."""

    version: str
    sha256: str


class SourceDocument(TypedDict):
    """Where a fact was read, and on which day."""

    source: str | None
    read_on: str | None


class ClaimDocument(SourceDocument):
    """What one source says where several differ."""

    value: Any


class FactDocument(TypedDict):
    """A fact with all that belongs to it; days as YYYY-MM-DD, ``valid_to`` the first day on which it ended."""

    value: Any
    unit: str | None
    state: str
    source: str | None
    read_on: str | None
    valid_from: str | None
    valid_to: str | None
    note: str | None
    claims: list[ClaimDocument]


class QualityDocument(TypedDict):
    """An estimate with its 95 % interval; nulls where nothing measured it."""

    dimension: str
    estimate: float | None
    low: float | None
    high: float | None
    unit: str | None
    sources: list[SourceDocument]
    as_of: str | None
    note: str | None


class RatesDocument(TypedDict):
    """Rates in USD per million tokens; null where unknown."""

    input: float | None
    output: float | None
    cached_input: float | None
    cache_write: float | None


class PriceDocument(SourceDocument):
    """A price row: for which tier, days, prompt lengths and hours it holds."""

    tier: str
    valid_from: str | None
    valid_to: str | None
    above_prompt_tokens: int
    hours_utc: list[list[str]] | None
    usd_per_million_tokens: RatesDocument
    state: str
    note: str | None


class MonthDocument(TypedDict):
    """One month of the horizon, by its first day."""

    month: str
    usd: float


class CostDocument(TypedDict):
    """What the workload's traffic costs; nulls where a rate is unknown."""

    usd_per_month_now: float | None
    usd_horizon: float | None
    usd_per_month_mean: float | None
    usd_per_month_peak: float | None
    months: list[MonthDocument]
    rows: list[PriceDocument]
    notes: list[str]


class CauseDocument(SourceDocument):
    """Why a candidate is out or in doubt: one constraint."""

    constraint: str
    state: str
    required: str
    found: str


LicenseDocument = TypedDict(  # the functional form, because one key is a word of the language
    "LicenseDocument",
    {
        "verdict": str,
        "id": str | None,
        "class": str,
        "duties": list[str],
        "source": str | None,
        "read_on": str | None,
    },
)
"""The strictest verdict over the uses asked."""


class CandidateDocument(TypedDict):
    """A candidate that passes."""

    id: str
    model: str
    lab: str
    channel: str
    region: str | None
    effort: str | None
    tier: str
    quality: QualityDocument
    cost: CostDocument
    license: LicenseDocument
    open_questions: list[CauseDocument]
    accepted_unknowns: list[CauseDocument]
    facts: dict[str, FactDocument]


class ExclusionDocument(TypedDict):
    """A candidate that is out, with every cause."""

    id: str
    because: list[CauseDocument]


class ConflictDocument(TypedDict):
    """A smallest set of constraints that no candidate satisfies together."""

    constraints: list[str]
    required: list[str]


class RelaxationDocument(TypedDict):
    """A change of the requirements that lets candidates in; ``edits`` by dotted key, null takes the key out."""

    constraints: list[str]
    change: str
    edits: dict[str, Any]
    lets_in: list[str]
    usd_per_month: float | None
    counts_as_usd_per_month: float


class NearMissDocument(TypedDict):
    """A candidate that is out for little, with the edits that let it in."""

    candidate: str
    constraints: list[str]
    change: str
    edits: dict[str, Any]
    counts_as_usd_per_month: float


class GapDocument(TypedDict):
    """A difference of quality with its 95 % interval."""

    estimate: float
    low: float
    high: float


class StepDocument(TypedDict):
    """One rung of the ladder."""

    candidate: str
    usd_per_month: float
    saves_usd_per_month: float
    gives_up: GapDocument
    quality: QualityDocument
    also: list[str]
    passes: bool


class FlipDocument(TypedDict):
    """What would overturn the answer."""

    kind: str
    at: str
    to: str | None
    because: str
    value: float | None


class ExpectedScoreDocument(TypedDict):
    """The recommended one's score on own cases, and what to expect on new ones; null where no own scores chose."""

    case_set: str
    measured: float
    on_new_cases: float
    among: int


class WorkloadDocument(TypedDict):
    """The answer for one workload."""

    workload: str
    dimension: str
    status: str
    recommended: str | None
    tied: list[str]
    why: list[str]
    expected_score: ExpectedScoreDocument | None
    cases_to_separate: int | None
    required: dict[str, str]
    candidates: list[CandidateDocument]
    excluded: list[ExclusionDocument]
    conflicts: list[ConflictDocument]
    relaxations: list[RelaxationDocument]
    nearest_misses: list[NearMissDocument]
    ladder: list[StepDocument]
    frontier: list[str]
    flips: list[FlipDocument]


class HeaderDocument(TypedDict):
    """What every JSON report begins with."""

    schema_version: int
    as_of: str
    catalog: CatalogDocument
    advisor_version: str


class FirstDocument(TypedDict):
    """In which share of the draws a candidate is first, with the 95 % interval that their number allows."""

    candidate: str
    share: float
    low: float
    high: float


class StabilityDocument(TypedDict):
    """How often each candidate would be first if everything uncertain were measured again."""

    draws: int
    seed: int
    drawn: list[str]
    contenders: int
    first: list[FirstDocument]


class CasesWorthDocument(TypedDict):
    """What evaluating a candidate on more cases would bring, and what it costs; null without traffic."""

    candidate: str
    usd_per_month: float
    points: float
    costs_usd: float | None


class DoubtDocument(TypedDict):
    """How stable the answer for one workload is."""

    stability: StabilityDocument
    worth_of_cases: list[CasesWorthDocument]


class RecommendationDocument(HeaderDocument):
    """``advisor recommend -f json``; ``doubt`` by workload, with ``--doubt``."""

    status: str
    notes: list[str]
    workloads: list[WorkloadDocument]
    doubt: NotRequired[dict[str, DoubtDocument]]
