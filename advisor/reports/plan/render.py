"""A plan of several workloads as a table, JSON, markdown or HTML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import fill

from advisor.portfolio.problem import PortfolioPlan
from advisor.portfolio.sentences import plan_sentences
from advisor.reports import Recommendation
from advisor.reports import render as render_recommendation
from advisor.reports.plan.json import document
from advisor.reports.plan.report import PlanReport
from advisor.reports.recommendation.json import document as advice_document
from advisor.reports.section import Section, money
from advisor.reports.writers.markdown import escaped
from advisor.reports.writers.markdown import table as pipes
from advisor.reports.writers.text import WIDTH, aligned
from advisor.solver.explain.sentences import cause_words

FORMATS = ("table", "json", "markdown", "html")

MOST_LEFT_OUT = 12


def render(form: str, report: PlanReport, recommendation: Recommendation | None = None) -> str:
    """The report in one of ``FORMATS``, below the recommendation of each workload if that is given."""
    if form == "json":
        plan = document(report)
        whole = {**advice_document(recommendation.advice), "plan": plan} if recommendation else plan
        return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
    if form == "html":
        from advisor.reports.plan.html import page

        return page(report, headline(report), tuple(sections(report)), recommendation)
    above = render_recommendation(form, recommendation) + "\n" if recommendation else ""
    return above + (_table(report) if form == "table" else _markdown(report))


def _table(report: PlanReport) -> str:
    lines = [headline(report)]
    for section in sections(report):
        lines += ["", section.heading]
        lines += [
            fill(sentence, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
            for sentence in section.sentences
        ]
        lines += aligned(section.rows)
        lines += [f"  and {section.more} more; all of them with -f json"] if section.more > 0 else []
    return "\n".join(lines) + "\n"


def _markdown(report: PlanReport) -> str:
    lines = [f"# {escaped(headline(report))}"]
    for section in sections(report):
        lines += ["", f"## {escaped(section.heading)}", ""]
        lines += [f"- {escaped(sentence)}" for sentence in section.sentences]
        lines += [""] if section.sentences and section.rows else []
        lines += pipes(section.rows)
    return "\n".join(lines) + "\n"


def headline(report: PlanReport) -> str:
    """What came out, for what, as of when."""
    catalog = f", catalogue {report.catalog.version}" if report.catalog else ""
    return f"{report.name}: plan {report.status}, as of {report.as_of}{catalog}"


def sections(report: PlanReport) -> Iterator[Section]:
    """The parts of a report that have anything to say."""
    parts = (
        Section("Why", plan_sentences(report.posed, report.plan)),
        _assignment(report),
        _bills(report.plan),
        _ways_out(report.plan),
        _front(report),
        _shifts(report),
        _out(report),
        Section("Notes", report.posed.notes),
    )
    yield from (section for section in parts if section.sentences or section.rows)


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


def _ways_out(plan: PortfolioPlan) -> Section:
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
