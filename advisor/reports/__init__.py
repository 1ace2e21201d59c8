"""Reports: an answer written for a reader or a program, one file a format.

A report is a function from :class:`Recommendation` to text; ``FORMATS`` names them without importing any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from advisor.solver.answer import Advice

if TYPE_CHECKING:
    from advisor.decision.value_of_cases import Doubt
    from advisor.requirements.schema import Requirements

FORMATS: Mapping[str, str] = {
    "table": "advisor.reports.writers.text",
    "json": "advisor.reports.recommendation.json",
    "markdown": "advisor.reports.writers.markdown",
    "html": "advisor.reports.writers.html",
}
"""The formats of a recommendation and the module that writes each."""


class Recommendation(NamedTuple):
    """What a report is made from: the question, the answer, and the name under which the question was read."""

    requirements: Requirements
    advice: Advice
    name: str
    doubt: Mapping[str, Doubt] | None = None
    """The doubt about each workload, where it was asked for."""


def render(form: str, recommendation: Recommendation) -> str:
    """The report in one of ``FORMATS``, ending in a line break."""
    writer: Callable[[Recommendation], str] = import_module(FORMATS[form]).render
    return writer(recommendation)
