"""A plan of several workloads as plain values, as JSON has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from advisor import __version__
from advisor.portfolio.build import ExcludedWay
from advisor.portfolio.edits import edits
from advisor.portfolio.pareto_front import FrontPoint, Shift
from advisor.portfolio.problem import (
    Bill,
    Choice,
    Objective,
    PlanConflict,
    PlanRelaxation,
    PortfolioPlan,
    ServingOption,
)
from advisor.portfolio.score_uncertainty import expected, score_interval, shrunk
from advisor.portfolio.sentences import plan_sentences
from advisor.portfolio.single_baseline import against_staircase
from advisor.reports.header import SCHEMA_VERSION
from advisor.reports.plan.report import PlanReport
from advisor.reports.recommendation.json import plain
from advisor.solver.answer import Cause

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements


def document(report: PlanReport) -> dict[str, Any]:
    """The plan as plain values; ``assignment`` maps each workload to the id of the way that serves it."""
    return {**_header(report), **_figures(report), **_proof(report.plan), **_reasons(report)}


def _header(report: PlanReport) -> dict[str, Any]:
    catalog, problem = report.catalog, report.posed.problem
    return {
        "schema_version": SCHEMA_VERSION,
        "as_of": report.as_of.isoformat(),
        "catalog": {"version": catalog.version if catalog else None, "sha256": catalog.sha256 if catalog else None},
        "advisor_version": __version__,
        "status": report.status,
        "objective": "maximise score" if problem.objective is Objective.SCORE else "minimise cost_usd",
        "unit": report.posed.unit,
    }


def _figures(report: PlanReport) -> dict[str, Any]:
    """The assignment with its score, what to expect of it on new cases, and its cost."""
    plan, problem = report.plan, report.posed.problem
    fair = expected(problem, plan.choices) if plan.choices else None
    return {
        "assignment": {choice.workload: choice.way.id for choice in plan.choices} or None,
        "fallbacks": {choice.workload: choice.fallback.id for choice in plan.choices if choice.fallback},
        "score": plain(plan.score),
        "score_low": round(fair.low, 6) if fair else None,
        "score_high": round(fair.high, 6) if fair else None,
        "score_expected": round(fair.after_shrinkage, 6) if fair else None,
        "cost_usd": plain(plan.cost_usd),
    }


def _proof(plan: PortfolioPlan) -> dict[str, Any]:
    return {
        "proven": plan.proven,
        "gap": plan.gap,
        "bound": plan.bound,
        "first_answer": plan.first_answer,
        "nodes": plan.searched.nodes,
        "ways_considered": plan.searched.ways,
        "ways_after_dominance": plan.searched.ways_after_dominance,
    }


def _reasons(report: PlanReport) -> dict[str, Any]:
    """The limits, why this plan, how each workload is served, what was left out, and what would change it."""
    plan, problem = report.plan, report.posed.problem
    return {
        "limits": {
            "budget_usd": plain(problem.budget_usd),
            "min_score": plain(problem.min_score),
            "most": dict(problem.most),
            "requests_per_minute": {name: plain(rate) for name, rate in problem.rates},
        },
        "why": list(plan_sentences(report.posed, plan)),
        "workloads": [_choice(report, choice) for choice in plan.choices],
        "bills": [_bill(bill) for bill in plan.bills],
        "left_out": [_left_out(one) for one in report.posed.left_out],
        "unserved": list(report.posed.unserved),
        "conflict": _conflict(plan.conflict),
        "ways_out": [_way_out(one, report.requirements) for one in plan.ways_out],
        "front": [_front_point(point) for point in report.front],
        "sensitivity": [_shift(shift) for shift in report.shifts],
        "notes": list(report.posed.notes),
    }


def _bill(bill: Bill) -> dict[str, Any]:
    return {
        "vendor": bill.vendor,
        "spend_usd": plain(bill.spend_usd),
        "commitment_usd": plain(bill.tier.usd_per_month) if bill.tier else None,
        "discount": plain(bill.tier.discount) if bill.tier else None,
        "pay_usd": plain(bill.pay_usd),
    }


def _choice(report: PlanReport, choice: Choice) -> dict[str, Any]:
    task = next(task for task in report.posed.problem.tasks if task.name == choice.workload)
    way = choice.way
    fair = shrunk(way, task.ways)
    low, high = score_interval(way.score, way.n) if way.n else (None, None)
    return {
        "workload": choice.workload,
        "weight": plain(task.weight),
        "id": way.id,
        "parts": [
            {
                "offering": part.offering,
                "vendor": part.vendor,
                "share": plain(part.share),
                "cost_usd": plain(part.cost_usd),
            }
            for part in way.parts
        ],
        "fallback": choice.fallback.id if choice.fallback else None,
        "score": plain(way.score),
        "score_low": low,
        "score_high": high,
        "score_expected": fair,
        "n": way.n,
        "cost_usd": plain(way.cost_usd),
        "against_staircase": _staircase(way, task.ways),
        "open_questions": [_cause(cause) for cause in report.posed.open_about(choice)],
    }


def _staircase(way: ServingOption, ways: Sequence[ServingOption]) -> dict[str, Any] | None:
    """For a split or cascade: the single offerings that it must beat."""
    found = against_staircase(way, ways)
    if found is None:
        return None
    return {
        "best_single_no_dearer": found.best_no_dearer.id if found.best_no_dearer else None,
        "score_gained": plain(found.score_gained),
        "cheapest_single_no_worse": found.cheapest_no_worse.id if found.cheapest_no_worse else None,
        "usd_saved": plain(found.usd_saved),
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "constraint": cause.constraint,
        "state": cause.state.value,
        "required": cause.required,
        "found": cause.found,
        "source": cause.source.url if cause.source else None,
    }


def _left_out(one: ExcludedWay) -> dict[str, Any]:
    return {"workload": one.workload, "id": one.way, "because": [_cause(cause) for cause in one.because]}


def _conflict(conflict: PlanConflict | None) -> dict[str, Any] | None:
    return {"limits": list(conflict.limits), "required": list(conflict.words)} if conflict else None


def _way_out(way: PlanRelaxation, requirements: Requirements | None) -> dict[str, Any]:
    return {
        "changes": [
            {"limit": one.limit, "change": one.change, "to": plain(one.to), "price_usd": plain(one.price_usd)}
            for one in way.reliefs
        ],
        "edits": dict(edits(way.reliefs, requirements)) if requirements else {},
        "price_usd": plain(way.price_usd),
        "score": plain(way.score),
        "cost_usd": plain(way.cost_usd),
    }


def _front_point(point: FrontPoint) -> dict[str, Any]:
    return {
        "budget_usd": plain(point.budget_usd),
        "score": plain(point.plan.score),
        "cost_usd": plain(point.plan.cost_usd),
        "proven": point.plan.proven,
        "assignment": {choice.workload: choice.way.id for choice in point.plan.choices},
    }


def _shift(shift: Shift) -> dict[str, Any]:
    return {
        "change": shift.change,
        "score": plain(shift.plan.score),
        "cost_usd": plain(shift.plan.cost_usd),
        "proven": shift.plan.proven,
    }
