"""A plan of several workloads as a table, JSON or markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor import __version__
from advisor.catalog import Catalog
from advisor.reports import Recommendation
from advisor.reports import render as render_recommendation
from advisor.reports.heading import SCHEMA_VERSION
from advisor.reports.json_report import document as advice_document
from advisor.reports.json_report import plain
from advisor.reports.markdown import escaped
from advisor.reports.markdown import table as pipes
from advisor.reports.outline import Section, money
from advisor.reports.table import WIDTH, aligned
from advisor.solver.advice import Cause
from advisor.solver.portfolio.doubt import expected, score_interval, shrunk
from advisor.solver.portfolio.edits import edits
from advisor.solver.portfolio.front import FrontPoint, Shift
from advisor.solver.portfolio.posing import LeftOut, Posed
from advisor.solver.portfolio.records import Bill, Choice, Objective, Plan, PlanConflict, Way, Wayout
from advisor.solver.portfolio.staircase import against_staircase
from advisor.solver.portfolio.telling import plan_sentences
from advisor.solver.sentences import cause_words

if TYPE_CHECKING:
    from advisor.requirements.records import Requirements

FORMATS = ("table", "json", "markdown")

MOST_LEFT_OUT = 12


class PlanReport(NamedTuple):
    """What a report of a plan is made from; ``catalog`` is None where no catalogue was asked."""

    name: str
    as_of: date
    catalog: Catalog | None
    posed: Posed
    plan: Plan
    front: tuple[FrontPoint, ...] = ()
    shifts: tuple[Shift, ...] = ()
    requirements: Requirements | None = None
    """The file whose limits a way out moves; None for a table alone."""

    @property
    def status(self) -> str:
        """``decided``, ``infeasible``, or ``undecided`` while something open is chosen or the search had no end."""
        if not self.plan.choices:
            return "infeasible" if self.plan.proven else "undecided"
        return "undecided" if any(self.open_causes) else "decided"

    @property
    def open_causes(self) -> tuple[tuple[Cause, ...], ...]:
        """What is open about each choice of the plan."""
        return tuple(self.posed.open_about(choice) for choice in self.plan.choices)


def render(form: str, report: PlanReport, recommendation: Recommendation | None = None) -> str:
    """The report in one of ``FORMATS``, below the recommendation of each workload if that is given."""
    if form == "json":
        plan = document(report)
        whole = {**advice_document(recommendation.advice), "plan": plan} if recommendation else plan
        return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    above = render_recommendation(form, recommendation) + "\n" if recommendation else ""
    return above + (_table(report) if form == "table" else _markdown(report))


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


def _proof(plan: Plan) -> dict[str, Any]:
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


def _staircase(way: Way, ways: Sequence[Way]) -> dict[str, Any] | None:
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


def _left_out(one: LeftOut) -> dict[str, Any]:
    return {"workload": one.workload, "id": one.way, "because": [_cause(cause) for cause in one.because]}


def _conflict(conflict: PlanConflict | None) -> dict[str, Any] | None:
    return {"limits": list(conflict.limits), "required": list(conflict.words)} if conflict else None


def _way_out(way: Wayout, requirements: Requirements | None) -> dict[str, Any]:
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


def _table(report: PlanReport) -> str:
    lines = [_headline(report)]
    for section in _sections(report):
        lines += ["", section.heading]
        lines += [
            fill(sentence, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
            for sentence in section.sentences
        ]
        lines += aligned(section.rows)
        lines += [f"  and {section.more} more; all of them with -f json"] if section.more > 0 else []
    return "\n".join(lines) + "\n"


def _markdown(report: PlanReport) -> str:
    lines = [f"# {escaped(_headline(report))}"]
    for section in _sections(report):
        lines += ["", f"## {escaped(section.heading)}", ""]
        lines += [f"- {escaped(sentence)}" for sentence in section.sentences]
        lines += [""] if section.sentences and section.rows else []
        lines += pipes(section.rows)
    return "\n".join(lines) + "\n"


def _headline(report: PlanReport) -> str:
    catalog = f", catalogue {report.catalog.version}" if report.catalog else ""
    return f"{report.name}: plan {report.status}, as of {report.as_of}{catalog}"


def _sections(report: PlanReport) -> Iterator[Section]:
    sections = (
        Section("Why", plan_sentences(report.posed, report.plan)),
        _assignment(report),
        _bills(report.plan),
        _ways_out(report.plan),
        _front(report),
        _shifts(report),
        _out(report),
        Section("Notes", report.posed.notes),
    )
    yield from (section for section in sections if section.sentences or section.rows)


def _assignment(report: PlanReport) -> Section:
    plan = report.plan
    if not plan.choices:
        return Section("Plan")
    has_fallback = any(choice.fallback for choice in plan.choices)
    head = ("workload", "served by", "vendor", "score", "USD / month", *(("fallback",) if has_fallback else ()))
    rows = tuple(
        (
            choice.workload,
            choice.way.id,
            ", ".join(choice.way.vendors),
            f"{float(choice.way.score):.2f}",
            money(choice.way.cost_usd),
            *((choice.fallback.id if choice.fallback else "",) if has_fallback else ()),
        )
        for choice in plan.choices
    )
    return Section("Plan", (), (head, *rows))


def _bills(plan: Plan) -> Section:
    if not any(bill.tier for bill in plan.bills):
        return Section("Bills")
    rows = tuple(
        (
            bill.vendor,
            money(bill.spend_usd),
            money(bill.tier.usd_per_month) if bill.tier else "-",
            f"{bill.tier.discount:.0%}" if bill.tier else "-",
            money(bill.pay_usd),
        )
        for bill in plan.bills
    )
    return Section("Bills", (), (("vendor", "list price", "commitment", "discount", "pays"), *rows))


def _ways_out(plan: Plan) -> Section:
    if not plan.ways_out:
        return Section("Cheapest ways out")
    rows = tuple(
        ("; ".join(one.change for one in way.reliefs), money(way.price_usd), f"{way.score:.2f}", money(way.cost_usd))
        for way in plan.ways_out
    )
    return Section("Cheapest ways out", (), (("change", "counts as", "score then", "USD / month then"), *rows))


def _front(report: PlanReport) -> Section:
    rows = tuple(
        (money(point.budget_usd), f"{point.plan.score:.2f}", money(point.plan.cost_usd))
        for point in report.front
        if point.plan.score is not None
    )
    return Section("What more money buys", (), (("budget", "score", "USD / month"), *rows)) if rows else Section("")


def _shifts(report: PlanReport) -> Section:
    if not report.shifts:
        return Section("")
    rows = tuple(
        (
            shift.change,
            f"{shift.plan.score:.2f}" if shift.plan.score is not None else "no plan",
            money(shift.plan.cost_usd),
        )
        for shift in report.shifts
    )
    return Section("If one thing changes", (), (("change", "score", "USD / month"), *rows))


def _out(report: PlanReport) -> Section:
    if not report.posed.left_out:
        return Section("")
    shown = report.posed.left_out[:MOST_LEFT_OUT]
    rows = tuple((one.workload, one.way, cause_words(one.because[0])) for one in shown)
    more = len(report.posed.left_out) - len(shown)
    return Section("Left out", (), (("workload", "offering", "first cause"), *rows), more)
