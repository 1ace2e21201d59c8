"""What the tools answer: short, typed, and with what to ask next. A tool's output schema is made from these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

MOST_LISTED = 5
"""Candidates, reasons or changes of a kind that one answer lists."""


class Record(BaseModel):
    """What every answer shares."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Basis(Record):
    """What an answer rests on."""

    as_of: str
    """The day it holds for (UTC)."""
    catalog_version: str
    catalog_sha256: str


class Choice(Record):
    """A candidate with what it costs and until when it can be had."""

    id: str
    model: str
    channel: str
    region: str | None
    effort: str | None
    usd_per_month: float | None
    usd_per_month_low: float | None
    usd_per_month_high: float | None
    retires: str | None
    license: str | None


class Change(Record):
    """A change of the requirements, verified by solving again."""

    change: str
    adds: list[str]
    edits: dict[str, Any]
    """Values by dotted key of advisor.yaml; null takes a key out."""


class WorkloadAnswer(Record):
    """The answer for one workload."""

    workload: str
    status: str
    """``decided``, ``tied``, ``undecided`` or ``infeasible``."""
    recommended: Choice | None
    """Null where nothing passes, and where the answer is undecided."""
    would_lead: Choice | None
    """Of an undecided answer, who leads if what is open turns out well."""
    settle: list[str]
    """Of an undecided answer, the fact that is missing and the command that finds it."""
    tied: list[str]
    why: list[str]
    alternatives: list[str]
    """Those that pass after the one that leads, best first."""
    backup: list[str]
    ruled_out: dict[str, int]
    """How many candidates each constraint rules out, most first."""
    what_to_relax: list[Change]
    would_change_it: list[str]


class RecommendAnswer(Basis):
    """Which model to use."""

    status: str
    workloads: list[WorkloadAnswer]
    next: list[str]


class CandidateExplained(Record):
    """Why one candidate is in or out of one workload."""

    workload: str
    id: str
    passes: bool
    place: int | None
    because: list[str]
    would_change: list[str]


class ExplainAnswer(Basis):
    """Why a model is in or out."""

    candidates: list[CandidateExplained]
    left_out: int
    next: list[str]


class ComparedRow(Record):
    """One property of the compared candidates, in their order."""

    name: str
    values: list[str]


class CompareAnswer(Basis):
    """Candidates side by side."""

    candidates: list[str]
    rows: list[ComparedRow]
    next: list[str]


class ReviewedUse(Record):
    """The verdict on one use, with the clauses behind it."""

    use: str
    verdict: str
    because: list[str]


class ReviewedTarget(Record):
    """The license review of one target."""

    target: str
    verdict: str
    """``allowed``, ``conditional``, ``forbidden`` or ``unknown``: the strictest of the uses."""
    license: str | None
    uses: list[ReviewedUse]
    obligations: list[str]
    a_person_must_read: list[str]


class ReviewAnswer(Basis):
    """Whether the models may be used so."""

    targets: list[ReviewedTarget]
    next: list[str]


class Found(Record):
    """An entry of the catalog."""

    kind: str
    id: str
    words: str


class SearchAnswer(Basis):
    """What the catalog has by that name."""

    found: list[Found]
    left_out: int
    next: list[str]


class ShowAnswer(Basis):
    """The facts of a model, each with its state, source and days; long lists are cut and counted."""

    name: str
    facts: dict[str, Any]
    left_out: dict[str, int]
    next: list[str]


class UsedModel(Record):
    """A model that files use, and what becomes of it."""

    name: str
    places: list[str]
    offering: str | None
    end: str
    """``ended``, ``ending``, ``not-before``, ``none-announced``, ``unknown`` or ``own``."""
    ends_on: str | None
    move_to: str | None
    license_verdict: str
    """For commercial use and serving, by the record alone."""
    cheaper: str | None


class ScanAnswer(Basis):
    """The models that a folder already uses."""

    files: int
    models: list[UsedModel]
    left_out: int
    not_resolved: int
    """Loaders whose model the files do not state."""
    next: list[str]


class CheckedWorkload(Record):
    """What came of checking one workload of the decision."""

    workload: str
    outcome: str
    chosen: str
    message: str
    move_to: str | None


class CheckAnswer(Basis):
    """Whether the committed decision still stands."""

    outcome: str
    """``stands``, ``undecided`` or ``overturned``."""
    workloads: list[CheckedWorkload]
    next: list[str]


class ProbePlanAnswer(Basis):
    """What a probe would send and cost at most; nothing was sent."""

    candidates: list[str]
    requests: int
    usd_at_most: float
    command: str
    """What a person runs to take it; it asks before anything is paid."""
    next: list[str]


def cut(values: Sequence[str], most: int = MOST_LISTED, width: int = 300) -> list[str]:
    """Return the first few of some sentences, each of limited length."""
    return [one if len(one) <= width else f"{one[: width - 1]}…" for one in values[:most]]
