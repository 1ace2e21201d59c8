"""A plan of several workloads as records, whose fields are the keys of docs/reference/plan.schema.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from advisor.decision.value_of_cases import Doubt
from advisor.portfolio.build import ExcludedWay
from advisor.portfolio.edits import edits
from advisor.portfolio.pareto_front import FrontPoint, Shift
from advisor.portfolio.problem import (
    Bill,
    Choice,
    LimitChange,
    Objective,
    PlanConflict,
    PlanRelaxation,
    ServingOption,
    Share,
)
from advisor.portfolio.score_uncertainty import expected, score_interval, shrunk
from advisor.portfolio.sentences import plan_sentences
from advisor.portfolio.single_baseline import against_staircase
from advisor.reports.plan.report import PlanReport
from advisor.reports.recommendation.json import WorkloadRecord
from advisor.solver.answer import Status
from advisor.solver.cause import Cause


class StaircaseRecord(NamedTuple):
    """A split or cascade against single offerings: the best that costs no more, the cheapest that scores no less."""

    best_single_no_more_expensive: str | None
    score_gained: Decimal | None
    cheapest_single_no_worse: str | None
    usd_saved: Decimal | None


class ServingRecord(NamedTuple):
    """How one workload is served; the interval where the number of cases is known."""

    workload: str
    weight: Decimal
    id: str
    parts: tuple[Share, ...]
    fallback: str | None
    score: Decimal
    score_low: float | None
    score_high: float | None
    score_expected: float | None
    n: int | None
    cost_usd: Decimal
    against_staircase: StaircaseRecord | None
    open_questions: tuple[Cause, ...]


class BillRecord(NamedTuple):
    """What a vendor is paid a month."""

    vendor: str
    spend_usd: Decimal
    commitment_usd: Decimal | None
    discount: Decimal | None
    pay_usd: Decimal


class PlanRelaxationRecord(NamedTuple):
    """Limits moved together so that a plan exists; ``edits`` by dotted key of the file, null takes the key out."""

    changes: tuple[LimitChange, ...]
    edits: Mapping[str, Any]
    price_usd: Decimal
    score: Decimal
    cost_usd: Decimal


class FrontRecord(NamedTuple):
    """The best plan for a budget."""

    budget_usd: Decimal
    score: Decimal | None
    cost_usd: Decimal | None
    proven: bool
    assignment: Mapping[str, str]


class ShiftRecord(NamedTuple):
    """What the plan becomes when one thing changes; nulls where there is none then."""

    change: str
    score: Decimal | None
    cost_usd: Decimal | None
    proven: bool


class LimitsRecord(NamedTuple):
    """What the workloads share."""

    budget_usd: Decimal | None
    min_score: Decimal | None
    most: Mapping[str, int]
    requests_per_minute: Mapping[str, Decimal]


class PlanRecord(NamedTuple):
    """The whole plan; ``assignment`` maps each workload to the id of what serves it, null without a plan."""

    status: str
    objective: str
    unit: str
    assignment: Mapping[str, str] | None
    fallbacks: Mapping[str, str]
    score: Decimal | None
    score_low: float | None
    score_high: float | None
    score_expected: float | None
    cost_usd: Decimal | None
    proven: bool
    gap: float | None
    bound: float | None
    first_answer: float | None
    nodes: int
    ways_considered: int
    ways_after_dominance: int
    limits: LimitsRecord
    why: tuple[str, ...]
    workloads: tuple[ServingRecord, ...]
    bills: tuple[BillRecord, ...]
    left_out: tuple[ExcludedWay, ...]
    unserved: tuple[str, ...]
    conflict: PlanConflict | None
    relaxations: tuple[PlanRelaxationRecord, ...]
    front: tuple[FrontRecord, ...]
    sensitivity: tuple[ShiftRecord, ...]
    notes: tuple[str, ...]


class PlannedRecommendation(NamedTuple):
    """The recommendation of each workload by itself, with the keys of one, and the plan of all of them together."""

    status: Status
    notes: tuple[str, ...]
    workloads: tuple[WorkloadRecord, ...]
    doubt: Mapping[str, Doubt] | None
    plan: PlanRecord


def plan_record(report: PlanReport) -> PlanRecord:
    """Return the plan with its proof, its limits and what would change it."""
    plan, problem = report.plan, report.posed.problem
    fair = expected(problem, plan.choices) if plan.choices else None
    return PlanRecord(
        status=report.status,
        objective="maximize score" if problem.objective is Objective.SCORE else "minimize cost_usd",
        unit=report.posed.unit,
        assignment={choice.workload: choice.way.id for choice in plan.choices} or None,
        fallbacks={choice.workload: choice.fallback.id for choice in plan.choices if choice.fallback},
        score=plan.score,
        score_low=fair.low if fair else None,
        score_high=fair.high if fair else None,
        score_expected=fair.after_shrinkage if fair else None,
        cost_usd=plan.cost_usd,
        proven=plan.proven,
        gap=plan.gap,
        bound=plan.bound,
        first_answer=plan.first_answer,
        nodes=plan.searched.nodes,
        ways_considered=plan.searched.ways,
        ways_after_dominance=plan.searched.ways_after_dominance,
        limits=LimitsRecord(problem.budget_usd, problem.min_score, dict(problem.most), dict(problem.rates)),
        why=plan_sentences(report.posed, plan),
        workloads=tuple(_serving(report, choice) for choice in plan.choices),
        bills=tuple(_bill(bill) for bill in plan.bills),
        left_out=report.posed.left_out,
        unserved=report.posed.unserved,
        conflict=plan.conflict,
        relaxations=tuple(_relaxation(one, report) for one in plan.ways_out),
        front=tuple(_front(point) for point in report.front),
        sensitivity=tuple(_shift(shift) for shift in report.shifts),
        notes=report.posed.notes,
    )


def _bill(bill: Bill) -> BillRecord:
    tier = bill.tier
    return BillRecord(
        bill.vendor, bill.spend_usd, tier.usd_per_month if tier else None, tier.discount if tier else None, bill.pay_usd
    )


def _serving(report: PlanReport, choice: Choice) -> ServingRecord:
    task = next(task for task in report.posed.problem.tasks if task.name == choice.workload)
    way = choice.way
    low, high = score_interval(way.score, way.n) if way.n else (None, None)
    return ServingRecord(
        workload=choice.workload,
        weight=task.weight,
        id=way.id,
        parts=way.parts,
        fallback=choice.fallback.id if choice.fallback else None,
        score=way.score,
        score_low=low,
        score_high=high,
        score_expected=shrunk(way, task.ways),
        n=way.n,
        cost_usd=way.cost_usd,
        against_staircase=_staircase(way, task.ways),
        open_questions=report.posed.open_about(choice),
    )


def _staircase(way: ServingOption, ways: Sequence[ServingOption]) -> StaircaseRecord | None:
    """For a split or cascade: the single offerings that it must beat."""
    found = against_staircase(way, ways)
    if found is None:
        return None
    best, cheapest = found.best_no_dearer, found.cheapest_no_worse
    return StaircaseRecord(
        best.id if best else None, found.score_gained, cheapest.id if cheapest else None, found.usd_saved
    )


def _relaxation(way: PlanRelaxation, report: PlanReport) -> PlanRelaxationRecord:
    changed = edits(way.reliefs, report.requirements) if report.requirements else {}
    return PlanRelaxationRecord(way.reliefs, changed, way.price_usd, way.score, way.cost_usd)


def _front(point: FrontPoint) -> FrontRecord:
    plan = point.plan
    assignment = {choice.workload: choice.way.id for choice in plan.choices}
    return FrontRecord(point.budget_usd, plan.score, plan.cost_usd, plan.proven, assignment)


def _shift(shift: Shift) -> ShiftRecord:
    return ShiftRecord(shift.change, shift.plan.score, shift.plan.cost_usd, shift.plan.proven)
