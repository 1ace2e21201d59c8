"""The recommendation as records, whose fields are the keys that scripts rely on.

What the solver answers in the same shape is taken as it is; a record stands here where the report flattens it, counts
instead of listing, or leaves out what only ``--all`` tells. The schema is docs/reference/recommendation.schema.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor.catalog.records import Estimate, PriceRow
from advisor.decision.value_of_cases import Doubt
from advisor.facts import Fact, Source
from advisor.requirements.enums import Stage
from advisor.solver.answer import (
    Advice,
    Conflict,
    ExpectedScore,
    Flip,
    NearMiss,
    Relaxation,
    Status,
    Step,
    WorkloadAdvice,
)
from advisor.solver.answer_latency import AnswerLatency
from advisor.solver.answer_tokens import AnswerTokens
from advisor.solver.backup import Backups, backups
from advisor.solver.cause import Cause
from advisor.solver.month_cost import Cost, MonthCost, TaskUsd
from advisor.solver.standing import Standing

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements


class Recommended(NamedTuple):
    """A candidate that leads, in the figures that a program asks for first."""

    id: str
    model: str
    channel: str
    region: str | None
    effort: str | None
    usd_per_month: Decimal | None
    """The mean of the months it lives; null where a rate is unknown."""
    usd_per_month_low: Decimal | None
    usd_per_month_high: Decimal | None
    retires: date | None
    """The first announced end that binds it: its channel's, or of closed weights their maker's."""
    license: str | None


class QualityFigure(NamedTuple):
    """An estimate with its 95 % interval; nulls where nothing measured it."""

    dimension: str
    estimate: float | None
    low: float | None
    high: float | None
    unit: str | None
    basis: str | None
    """``measured``; or in words on what else it rests."""
    as_of: date | None
    sources: tuple[Source, ...]


class CostFigure(NamedTuple):
    """What the workload's traffic costs in USD; nulls where a rate is unknown."""

    usd_per_month: Decimal | None
    """The mean of the months it lives; what candidates are compared on."""
    usd_per_month_now: Decimal | None
    usd_per_month_peak: Decimal | None
    low: Decimal | None
    high: Decimal | None
    usd_horizon: Decimal | None
    """The sum over the horizon; null where a month has no price on record."""
    months_priced: int
    ends: date | None
    """The day inside the horizon on which it can no longer be had."""
    per_task: TaskUsd | None
    """What a task costs; null where the traffic is not stated by the task."""
    notes: tuple[str, ...]


class TokensFigure(NamedTuple):
    """Tokens an answer with their 95 % interval; ``high`` is null where nothing bounds it."""

    estimate: float
    low: float
    high: float | None
    basis: str
    """``measured``, ``other-effort``, ``lab``, ``effort``, ``stated`` or ``probe``."""


class ThinkingFigure(NamedTuple):
    """How long it thinks before an answer of this workload."""

    mode: str
    """``always``, ``optional``, ``none``, or ``unknown``."""
    effort: str | None
    tokens: TokensFigure
    """All output that is billed for an answer."""
    hidden_tokens: TokensFigure


class LicenseVerdict(NamedTuple):
    """The strictest verdict over the uses asked."""

    verdict: str
    id: str | None
    class_: str
    source: Source | None


class CandidateDetails(NamedTuple):
    """What ``--all`` adds to a candidate: each month, the price rows, and the facts that the tests rested on."""

    months: tuple[MonthCost, ...]
    prices: tuple[PriceRow, ...]
    facts: Mapping[str, Fact]


class CandidateRecord(NamedTuple):
    """A candidate that passes."""

    id: str
    model: str
    lab: str
    channel: str
    region: str | None
    effort: str | None
    tier: str
    quality: QualityFigure
    thinking: ThinkingFigure | None
    latency: AnswerLatency | None
    cost: CostFigure
    retires: date | None
    license: LicenseVerdict
    obligations: tuple[str, ...]
    open_questions: tuple[Cause, ...]
    accepted_unknowns: tuple[Cause, ...]
    details: CandidateDetails | None
    """Null without ``--all``."""


class ExclusionRecord(NamedTuple):
    """A candidate that is out, with every cause."""

    id: str
    because: tuple[Cause, ...]


class Excluded(NamedTuple):
    """How many are out by each constraint, and who is out for the least."""

    total: int
    counts: Mapping[str, int]
    """By constraint: how many it excludes."""
    alone: Mapping[str, int]
    """By constraint: how many of those no other constraint excludes."""
    nearest_misses: tuple[NearMiss, ...]
    candidates: tuple[ExclusionRecord, ...] | None
    """All that are out with every cause; null without ``--all``."""


class RelaxationRecord(NamedTuple):
    """A change of the requirements that adds candidates; ``edits`` by dotted key, null takes the key out."""

    constraints: tuple[str, ...]
    change: str
    edits: Mapping[str, Any]
    adds: tuple[str, ...]
    """The best of those that then pass."""
    adds_total: int
    usd_per_month: Decimal | None
    counts_as_usd: Decimal


class WorkloadRecord(NamedTuple):
    """The answer for one workload."""

    workload: str
    dimension: str
    status: Status
    recommended: Recommended | None
    """Null where nothing passes, and where the answer is undecided."""
    would_lead: Recommended | None
    """Of an undecided answer, who leads if what is open turns out well; else null."""
    settle: tuple[str, ...]
    """Of an undecided answer, sentences with the fact that is missing and the command that finds it."""
    preferences: tuple[str, ...]
    tied: tuple[str, ...]
    backup: Backups | None
    """Who takes over, in production; null in a proof of concept or without an answer."""
    why: tuple[str, ...]
    expected_score: ExpectedScore | None
    cases_to_separate: int | None
    required: Mapping[str, str]
    """Each constraint that was set, in words."""
    candidates_total: int
    candidates: tuple[CandidateRecord, ...]
    excluded: Excluded
    conflicts: tuple[Conflict, ...]
    relaxations: tuple[RelaxationRecord, ...]
    ladder: tuple[Step, ...]
    frontier: tuple[str, ...]
    flips: tuple[Flip, ...]


class RecommendationRecord(NamedTuple):
    """``advisor recommend -f json``."""

    status: Status
    notes: tuple[str, ...]
    workloads: tuple[WorkloadRecord, ...]
    doubt: Mapping[str, Doubt] | None
    """How stable each workload's answer is, by its name; null without ``--doubt``."""


def recommendation_record(
    requirements: Requirements,
    advice: Advice,
    *,
    doubt: Mapping[str, Doubt] | None = None,
    top: int | None = 12,
) -> RecommendationRecord:
    """Return the answer as a record with the first ``top`` candidates of each workload, or with everything."""
    order = tuple(str(preference.value) for preference in requirements.order)
    asked = _Asked(order, requirements.stage is Stage.PRODUCTION, top)
    workloads = tuple(_workload(answer, asked) for answer in advice.workloads)
    return RecommendationRecord(advice.status, advice.notes, workloads, doubt)


class _Asked(NamedTuple):
    """What the whole of the answer is for; ``top`` None asks for everything."""

    preferences: tuple[str, ...]
    in_production: bool
    top: int | None


def _workload(answer: WorkloadAdvice, asked: _Asked) -> WorkloadRecord:
    top, leader, is_open = asked.top, _leader(answer), answer.status is Status.UNDECIDED
    standings = answer.standings[:top]
    return WorkloadRecord(
        workload=answer.workload,
        dimension=answer.dimension,
        status=answer.status,
        recommended=None if is_open else leader,
        would_lead=leader if is_open else None,
        settle=answer.settle,
        preferences=asked.preferences,
        tied=answer.tied,
        backup=backups(answer) if asked.in_production else None,
        why=answer.why,
        expected_score=answer.expected_score,
        cases_to_separate=answer.cases_to_separate,
        required=answer.required,
        candidates_total=len(answer.standings),
        candidates=tuple(_candidate(one, answer.dimension, detailed=top is None) for one in standings),
        excluded=_excluded(answer, everything=top is None),
        conflicts=answer.conflicts,
        relaxations=tuple(_relaxation(one, top) for one in answer.relaxations),
        ladder=answer.ladder,
        frontier=answer.frontier,
        flips=answer.flips,
    )


def _leader(answer: WorkloadAdvice) -> Recommended | None:
    first = answer.standing(answer.recommended) if answer.recommended else None
    if first is None:
        return None
    offering, cost = first.candidate.offering, _cost(first.cost)
    return Recommended(
        id=first.id,
        model=offering.model.id,
        channel=offering.channel.id,
        region=offering.region,
        effort=first.candidate.config.effort,
        usd_per_month=cost.usd_per_month,
        usd_per_month_low=cost.low,
        usd_per_month_high=cost.high,
        retires=first.end.day if first.end else None,
        license=first.license.license,
    )


def _candidate(standing: Standing, dimension: str, *, detailed: bool) -> CandidateRecord:
    offering = standing.candidate.offering
    terms = standing.license
    return CandidateRecord(
        id=standing.id,
        model=offering.model.id,
        lab=offering.model.lab,
        channel=offering.channel.id,
        region=offering.region,
        effort=standing.candidate.config.effort,
        tier=standing.candidate.tier,
        quality=_quality(standing, dimension),
        thinking=_thinking(standing.thinking) if standing.thinking else None,
        latency=standing.latency,
        cost=_cost(standing.cost),
        retires=standing.end.day if standing.end else None,
        license=LicenseVerdict(terms.verdict, terms.license, terms.license_class, terms.source),
        obligations=standing.obligations,
        open_questions=standing.open_questions,
        accepted_unknowns=standing.accepted_unknowns,
        details=_details(standing) if detailed else None,
    )


def _details(standing: Standing) -> CandidateDetails:
    cost = standing.cost
    return CandidateDetails(cost.months if cost else (), cost.rows if cost else (), standing.facts)


def _quality(standing: Standing, dimension: str) -> QualityFigure:
    found = standing.quality
    if found is None:
        return QualityFigure(dimension, None, None, None, None, None, None, ())
    basis = "predicted" if found.is_predicted else found.note or "measured"
    return QualityFigure(
        found.dimension, found.estimate, found.low, found.high, found.unit, basis, found.as_of, found.sources
    )


def _thinking(tokens: AnswerTokens) -> ThinkingFigure:
    return ThinkingFigure(tokens.mode, tokens.effort, _tokens(tokens.whole), _tokens(tokens.hidden))


def _tokens(found: Estimate) -> TokensFigure:
    high = round(found.high, 1) if isfinite(found.high) else None
    return TokensFigure(round(found.estimate, 1), round(found.low, 1), high, found.basis)


def _cost(cost: Cost | None) -> CostFigure:
    if cost is None:
        return CostFigure(None, None, None, None, None, None, 0, None, None, ())
    return CostFigure(
        usd_per_month=cost.usd_per_month_mean,
        usd_per_month_now=cost.usd_per_month_now,
        usd_per_month_peak=cost.usd_per_month_peak,
        low=cost.span[0],
        high=None if cost.is_unbounded else cost.span[1],
        usd_horizon=cost.usd_horizon if cost.is_whole else None,
        months_priced=cost.months_priced,
        ends=cost.ends,
        per_task=cost.per_task,
        notes=cost.notes,
    )


def _excluded(answer: WorkloadAdvice, *, everything: bool) -> Excluded:
    counts = sorted(answer.excluded.counts.items(), key=lambda item: (-item[1][0], item[0]))
    return Excluded(
        len(answer.excluded),
        {name: count for name, (count, _) in counts},
        {name: alone for name, (_, alone) in counts},
        answer.nearest_misses,
        tuple(ExclusionRecord(out.id, out.because) for out in answer.excluded) if everything else None,
    )


def _relaxation(found: Relaxation, top: int | None) -> RelaxationRecord:
    return RelaxationRecord(
        found.constraints,
        found.change,
        found.edits,
        found.lets_in[:top],
        len(found.lets_in),
        found.usd_per_month,
        found.counts_as_usd,
    )
