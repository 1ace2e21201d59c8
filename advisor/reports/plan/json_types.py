"""The shape of a plan in JSON: what scripts may rely on, published as JSON schema."""

from __future__ import annotations

from typing import Any, NotRequired

from typing_extensions import TypedDict  # pydantic asks for it below Python 3.12


class PlanCatalogDocument(TypedDict):
    """Which catalogue the plan rests on; nulls for a table of results alone."""

    version: str | None
    sha256: str | None


class PlanCauseDocument(TypedDict):
    """A constraint that is not satisfied, or whose answer is open."""

    constraint: str
    state: str
    required: str
    found: str
    source: str | None


class PartDocument(TypedDict):
    """One offering's part in serving a workload; ``share`` of the requests, USD a month at list prices."""

    offering: str
    vendor: str
    share: float
    cost_usd: float


class StaircaseDocument(TypedDict):
    """A split or cascade against single offerings: the best that costs no more, the cheapest that scores no less."""

    best_single_no_dearer: str | None
    score_gained: float | None
    cheapest_single_no_worse: str | None
    usd_saved: float | None


class ServingDocument(TypedDict):
    """How one workload is served; the interval where the number of cases is known."""

    workload: str
    weight: float
    id: str
    parts: list[PartDocument]
    fallback: str | None
    score: float
    score_low: float | None
    score_high: float | None
    score_expected: float | None
    n: int | None
    cost_usd: float
    against_staircase: StaircaseDocument | None
    open_questions: list[PlanCauseDocument]


class BillDocument(TypedDict):
    """What a vendor is paid a month."""

    vendor: str
    spend_usd: float
    commitment_usd: float | None
    discount: float | None
    pay_usd: float


class LeftOutDocument(TypedDict):
    """A way that the requirements rule out."""

    workload: str
    id: str
    because: list[PlanCauseDocument]


class PlanConflictDocument(TypedDict):
    """A smallest set of limits that cannot hold together, by name and in words."""

    limits: list[str]
    required: list[str]


class ReliefDocument(TypedDict):
    """A limit moved: in words, to which value (null where it goes), and what that counts as."""

    limit: str
    change: str
    to: float | None
    price_usd: float


class WayOutDocument(TypedDict):
    """Limits moved together so that a plan exists; ``edits`` by dotted key of the file, null takes the key out."""

    changes: list[ReliefDocument]
    edits: dict[str, Any]
    price_usd: float
    score: float
    cost_usd: float


class FrontPointDocument(TypedDict):
    """The best plan for a budget."""

    budget_usd: float
    score: float | None
    cost_usd: float | None
    proven: bool
    assignment: dict[str, str]


class ShiftDocument(TypedDict):
    """What the plan becomes when one thing changes; nulls where there is none then."""

    change: str
    score: float | None
    cost_usd: float | None
    proven: bool


class LimitsDocument(TypedDict):
    """What the workloads share."""

    budget_usd: float | None
    min_score: float | None
    most: dict[str, int]
    requests_per_minute: dict[str, float]


class PlanDocument(TypedDict):
    """The whole plan; ``assignment`` maps each workload to the id of what serves it, null without a plan."""

    schema_version: int
    as_of: str
    catalog: PlanCatalogDocument
    advisor_version: str
    status: str
    objective: str
    unit: str
    assignment: dict[str, str] | None
    fallbacks: dict[str, str]
    score: float | None
    score_low: float | None
    score_high: float | None
    score_expected: float | None
    cost_usd: float | None
    proven: bool
    gap: float | None
    bound: float | None
    first_answer: NotRequired[float | None]
    nodes: int
    ways_considered: int
    ways_after_dominance: int
    limits: LimitsDocument
    why: list[str]
    workloads: list[ServingDocument]
    bills: list[BillDocument]
    left_out: list[LeftOutDocument]
    unserved: list[str]
    conflict: PlanConflictDocument | None
    ways_out: list[WayOutDocument]
    front: list[FrontPointDocument]
    sensitivity: list[ShiftDocument]
    notes: list[str]
