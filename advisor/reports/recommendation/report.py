"""What a report of a recommendation is made from, and the report in every format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from advisor.reports import formats
from advisor.reports.formats import PAGES, Report
from advisor.reports.header import Header, header
from advisor.reports.recommendation.json import RecommendationRecord, recommendation_record
from advisor.reports.recommendation.memo import Memo, memo_page
from advisor.reports.recommendation.sections import Told, outlines
from advisor.reports.section import Page, Part
from advisor.solver.answer import Advice

if TYPE_CHECKING:
    from advisor.decision.value_of_cases import Doubt
    from advisor.requirements.schema import Requirements

FORMATS = (*PAGES, "litellm")
"""The formats of a recommendation."""

TOP = 12
"""How many candidates of each workload a report lists unless asked for more."""


class Recommendation(NamedTuple):
    """The question, the answer, the name under which the question was read, and how much of it is to be told."""

    requirements: Requirements
    advice: Advice
    name: str
    doubt: Mapping[str, Doubt] | None = None
    """The doubt about each workload, where it was asked for."""
    top: int = TOP
    """How many candidates are listed."""
    everything: bool = False
    """Whether JSON holds every candidate with its facts and every exclusion with its causes."""


def render(form: str, recommendation: Recommendation) -> str:
    """Return the report in one of ``FORMATS``, ending in a line break."""
    return formats.render(form, report(recommendation))


def report(recommendation: Recommendation) -> Report:
    """Return the recommendation for every format."""
    return Report(
        advice_header(recommendation.advice),
        lambda: record(recommendation),
        lambda: page(recommendation),
        numbered_sources=True,
        filed=lambda form: memo_page(memo(recommendation), form),
        own={"litellm": lambda: _litellm(recommendation)},
    )


def _litellm(recommendation: Recommendation) -> str:
    # What it takes from the probe loads pydantic, which the other formats do without.
    from advisor.reports.recommendation.litellm_config import config_text

    return config_text(recommendation.requirements, recommendation.advice, recommendation.name)


def memo(recommendation: Recommendation) -> Memo:
    """Return what the memo of a recommendation is made from."""
    asked, advice, name, doubt, top, everything = recommendation
    return Memo(asked, advice, name, doubt, top, everything)


def advice_header(advice: Advice) -> Header:
    """Return what a JSON report of an answer begins with."""
    return header(advice.as_of, advice.catalog_version, advice.catalog_sha256)


def record(recommendation: Recommendation) -> RecommendationRecord:
    """Return what JSON holds below the header."""
    return recommendation_record(
        recommendation.requirements,
        recommendation.advice,
        doubt=recommendation.doubt,
        top=None if recommendation.everything else recommendation.top,
    )


def page(recommendation: Recommendation) -> Page:
    """One part a workload, for a terminal."""
    advice = recommendation.advice
    return Page(
        f"{recommendation.name}: {advice.status}",
        f"as of {advice.as_of}, catalog {advice.catalog_version}",
        parts(recommendation),
        advice.notes,
        sha256=advice.catalog_sha256,
    )


def parts(recommendation: Recommendation) -> tuple[Part, ...]:
    """One part a workload."""
    told = Told(recommendation.top, recommendation.everything)
    found = outlines(recommendation.requirements, recommendation.advice, told, recommendation.doubt)
    return tuple(Part(one.title, one.answer, one.sections) for one in found)
