"""A plan of several workloads in every format, below the recommendation of each where that is given."""

from __future__ import annotations

from advisor.portfolio.problem import PortfolioPlan
from advisor.portfolio.sentences import plan_sentences
from advisor.reports import formats
from advisor.reports.formats import PAGES, Report
from advisor.reports.header import header
from advisor.reports.plan.front_svg import front_svg
from advisor.reports.plan.json import PlannedRecommendation, PlanRecord, plan_record
from advisor.reports.plan.report import PlanReport
from advisor.reports.recommendation.memo import memo_parts, memo_title
from advisor.reports.recommendation.report import Recommendation, memo, parts, record
from advisor.reports.section import Page, Part, Section, money, said
from advisor.solver.explain.words import cause_words

FORMATS = PAGES
"""The formats of a plan."""

MOST_LEFT_OUT = 12


def render(form: str, report: PlanReport, recommendation: Recommendation | None = None) -> str:
    """Return the report in one of ``FORMATS``, below the recommendation of each workload if that is given."""
    catalog = report.catalog
    head = header(report.as_of, catalog.version if catalog else None, catalog.sha256 if catalog else None)
    made = Report(
        head,
        lambda: _record(report, recommendation),
        lambda: _page(report, recommendation),
        filed=lambda _: _page(report, recommendation, filed=True),
        numbered_sources=recommendation is not None,
    )
    return formats.render(form, made)


def _record(report: PlanReport, recommendation: Recommendation | None) -> PlanRecord | PlannedRecommendation:
    plan = plan_record(report)
    return PlannedRecommendation(*record(recommendation), plan) if recommendation else plan


def _page(report: PlanReport, recommendation: Recommendation | None, *, filed: bool = False) -> Page:
    """Return the plan with its front; above it each workload by itself where that is given."""
    catalog = report.catalog
    basis = f"as of {report.as_of}" + (f", catalog {catalog.version}" if catalog else "")
    found, own = tuple(sections(report)), headline(report)
    if recommendation is None:
        return Page(own, basis, (Part("", sections=(*found, _picture(report))),))
    told = memo(recommendation)
    title = memo_title(told) if filed else f"{recommendation.name}: {recommendation.advice.status}"
    above = memo_parts(told) if filed else parts(recommendation)
    together = Part(own, sections=(*found, _picture(report)))
    stamp = catalog.sha256 if catalog else None
    return Page(title, basis, (*above, together), recommendation.advice.notes, sha256=stamp, contents=filed)


def headline(report: PlanReport) -> str:
    """Return what came out, for what."""
    return f"{report.name}: plan {report.status}"


def sections(report: PlanReport) -> tuple[Section, ...]:
    """Return the parts of a report that have anything to say."""
    return said(
        Section("Why", plan_sentences(report.posed, report.plan)),
        _assignment(report),
        _bills(report.plan),
        _relaxations(report.plan),
        _front(report),
        _shifts(report),
        _out(report),
        Section("Notes", report.posed.notes),
    )


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


def _bills(plan: PortfolioPlan) -> Section:
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


def _relaxations(plan: PortfolioPlan) -> Section:
    if not plan.ways_out:
        return Section("What to relax, cheapest first")
    rows = tuple(
        ("; ".join(one.change for one in way.reliefs), money(way.price_usd), f"{way.score:.2f}", money(way.cost_usd))
        for way in plan.ways_out
    )
    return Section(
        "What to relax, cheapest first", (), (("change", "counts as", "score then", "USD / month then"), *rows)
    )


def _picture(report: PlanReport) -> Section:
    return Section("", picture=front_svg(report))


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
