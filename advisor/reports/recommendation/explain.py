"""Why a candidate is in or out: every cause, and the least change under which it would lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from advisor.catalog import Catalog
from advisor.facts import Measurement
from advisor.reports import formats
from advisor.reports.formats import Report
from advisor.reports.header import header
from advisor.reports.section import Page, Part, Section, money, said
from advisor.requirements.schema import Requirements
from advisor.solver.answer import Advice, WorkloadAdvice
from advisor.solver.cause import Cause
from advisor.solver.explain.sentences import why_not_sentences
from advisor.solver.explain.why_not import WhyNot, why_not
from advisor.solver.explain.words import cause_words, latency_words, month_words, quality_words
from advisor.solver.month_cost import Cost
from advisor.solver.standing import Standing


class Explanation(NamedTuple):
    """One candidate in one workload."""

    workload: str
    candidate: str
    passes: bool
    place: int | None
    """Its place among those that pass, from 1."""
    because: tuple[Cause, ...]
    would_change: tuple[str, ...]
    why_not: WhyNot | None = None
    """The least change under which it would lead; None for the one that does, and for more than are asked about."""


class WhyNotRecord(NamedTuple):
    """The least change under which a candidate would lead; ``edits`` by dotted key, null takes the key out."""

    leader: str | None
    cannot_change: tuple[str, ...]
    change: str | None
    edits: Mapping[str, Any]
    leads_after_change: bool
    usd_per_month_below: Decimal | None
    price_cut_percent: float | None
    quality_at_least: float | None
    quality_gain: float | None
    open_questions: tuple[str, ...]


class ExplanationRecord(NamedTuple):
    """One candidate in one workload, as JSON has it."""

    workload: str
    id: str
    passes: bool
    place: int | None
    because: tuple[Cause, ...]
    would_change: tuple[str, ...]
    why_not: WhyNotRecord | None


class ExplanationsRecord(NamedTuple):
    """``advisor explain -f json``."""

    explanations: tuple[ExplanationRecord, ...]


MOST_WHY_NOT = 6
"""Candidates for which the least change is worked out."""


def with_least_changes(
    told: Sequence[Explanation],
    advice: Advice,
    catalog: Catalog,
    requirements: Requirements,
    measurements: Iterable[Measurement] = (),
) -> tuple[Explanation, ...]:
    """Return the explanations with what it would take to lead; ``measurements`` are those that the answer rests on."""
    measured = tuple(measurements)
    answers = {answer.workload: answer for answer in advice.workloads}
    workloads = {workload.name: workload for workload in requirements.workloads}
    found = list(told[MOST_WHY_NOT:])
    for one in reversed(told[:MOST_WHY_NOT]):
        answer = answers[one.workload]
        known = one.passes or answer.excluded.find(one.candidate) is not None
        if answer.recommended == one.candidate or not known:
            found.insert(0, one)
            continue
        least = why_not(catalog, requirements, workloads[one.workload], one.candidate, measured)
        words = one.would_change if one.passes else ()
        found.insert(0, one._replace(why_not=least, would_change=(*words, *why_not_sentences(least))))
    return tuple(found)


def explanation(advice: Advice, candidates: Sequence[str]) -> tuple[Explanation, ...]:
    """For each workload the candidates that pass, best first, then the others, those with the fewest causes first."""
    return tuple(
        one
        for answer in advice.workloads
        for one in sorted((_explain(answer, name) for name in candidates), key=_nearness)
    )


def _nearness(one: Explanation) -> tuple[bool, int]:
    return not one.passes, len(one.because) if one.place is None else one.place


def _explain(answer: WorkloadAdvice, name: str) -> Explanation:
    for place, standing in enumerate(answer.standings, start=1):
        if standing.id == name:
            causes = (*standing.open_questions, *standing.accepted_unknowns)
            return Explanation(answer.workload, name, True, place, causes, _to_lead(answer, standing))
    out = answer.excluded.find(name)
    because = out.because if out else ()
    changes = tuple(f"{cause.constraint}: {cause_words(cause)}" for cause in because)
    ways = tuple(f"{way.change}, and it passes" for way in answer.relaxations if name in way.lets_in)
    return Explanation(answer.workload, name, False, None, because, ways or changes)


def _to_lead(answer: WorkloadAdvice, standing: Standing) -> tuple[str, ...]:
    """Return what a candidate that passes lacks against the recommended one."""
    first = answer.standings[0]
    if standing.id == first.id:
        return tuple(f"{flip.at}: {f'{flip.to} leads' if flip.to else flip.because}" for flip in answer.flips)
    gaps = []
    if first.quality and standing.quality and standing.id not in answer.tied:
        gap = first.quality.estimate - standing.quality.estimate
        gaps.append(f"{answer.dimension}: {gap:.0f} {first.quality.unit} behind {first.id}")
    if first.cost and standing.cost and standing.cost.usd_per_month_mean > first.cost.usd_per_month_mean:
        more = standing.cost.usd_per_month_mean - first.cost.usd_per_month_mean
        share = float(more / standing.cost.usd_per_month_mean) * 100
        gaps.append(f"cost: {money(more)} a month more than {first.id}; it would have to fall by {share:.0f} %")
    if standing.quality is None:
        gaps.append(f"{answer.dimension}: not measured")
    return tuple(gaps)


def render(form: str, told: Sequence[Explanation], name: str, advice: Advice) -> str:
    """Return the explanations in one of the formats that every report has."""
    made = Report(
        header(advice.as_of, advice.catalog_version, advice.catalog_sha256),
        lambda: ExplanationsRecord(tuple(_record(one) for one in told)),
        lambda: _page(told, name, advice),
    )
    return formats.render(form, made)


def _page(told: Sequence[Explanation], name: str, advice: Advice) -> Page:
    answers = {answer.workload: answer for answer in advice.workloads}
    return Page(
        name,
        f"as of {advice.as_of}, catalog {advice.catalog_version}",
        tuple(_part(one, answers[one.workload]) for one in told),
        sha256=advice.catalog_sha256,
    )


def _part(one: Explanation, answer: WorkloadAdvice) -> Part:
    verdict = f"passes, place {one.place} of {len(answer.standings)}" if one.passes else "is out"
    standing = answer.standing(one.candidate)
    offers: tuple[str, ...] = ()
    if standing:
        figures = f"{answer.dimension} {quality_words(standing.quality)}, {_cost_words(standing.cost)}"
        terms = f"license {standing.license.license or 'unknown'}: {standing.license.verdict}"
        offers = (figures, terms, *latency_words(standing.latency))
    causes = tuple(f"{cause.constraint} {cause.state}: {cause_words(cause)}{_where(cause)}" for cause in one.because)
    sections = said(
        Section("What it offers", offers),
        Section("Not known" if one.passes else "Why it is out", causes),
        Section("Against the first" if one.passes else "To change that", one.would_change),
    )
    return Part(f"{one.candidate} {verdict} for {one.workload}", sections=sections)


def _cost_words(cost: Cost | None) -> str:
    return month_words(cost, money) if cost else "cost unknown"


def _where(cause: Cause) -> str:
    return f" ({cause.source.url}, read {cause.source.read_on})" if cause.source else ""


def _record(one: Explanation) -> ExplanationRecord:
    return ExplanationRecord(
        one.workload,
        one.candidate,
        one.passes,
        one.place,
        one.because,
        one.would_change,
        _why_not(one.why_not) if one.why_not else None,
    )


def _why_not(found: WhyNot) -> WhyNotRecord:
    return WhyNotRecord(
        found.leader,
        found.fixed,
        found.change.words if found.change else None,
        found.edits,
        found.leads_after_change,
        found.usd_per_month_below,
        found.price_cut_percent,
        found.quality_at_least,
        found.quality_gain,
        found.open_questions,
    )
