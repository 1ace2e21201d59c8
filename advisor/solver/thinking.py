"""How many tokens a candidate bills for one answer of a workload: what is read, and what is thought before it.

The user's own figures win (docs/concepts/thinking.md): a measurement of a probe or an evaluation, then what the
requirements state, then the catalog's estimate. No answer is longer than the channel's maximum output.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from advisor.catalog import Catalog
from advisor.catalog.cache import memoize
from advisor.catalog.records import Candidate, Estimate, Thinking
from advisor.facts import Measurement
from advisor.solver.answer_tokens import AnswerTokens
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion

if TYPE_CHECKING:
    from advisor.requirements.schema import Workload
    from advisor.requirements.traffic_schema import ReasoningTokens

QUANTITY = "reasoning_tokens"
"""The name of a measurement of hidden tokens an answer."""

CODE = frozenset({"coding", "software", "web-development", "agentic-coding"})
"""The dimensions whose answers are like a programming exercise; all others are like a chat's."""

_NOMINAL_OUTPUT = 250.0


def task_kind(dimension: str) -> str:
    """Return the kind of task whose measured tokens a dimension's answers are like."""
    return "code" if dimension in CODE else "chat"


class TokensOf:
    """The tokens of any candidate's answer, each worked out once; equal keys give equal tokens for a catalog."""

    def __init__(self, question: WorkloadQuestion) -> None:
        catalog, workload, measured = question.catalog, question.workload, question.measured
        traffic = workload.traffic
        stated = (traffic.output_tokens, traffic.reasoning_tokens) if traffic else None
        self.key = (stated, task_kind(workload.dimension), measured)
        self._known: dict[tuple[str, str], AnswerTokens] = memoize(catalog, ("tokens", self.key), dict)
        self._question = question

    def __call__(self, candidate: Candidate) -> AnswerTokens:
        """Return the tokens of a candidate's answer."""
        key = (candidate.config.id, candidate.offering.id)
        found = self._known.get(key)
        if found is None:
            question = self._question
            found = answer_tokens(question.catalog, candidate, question.workload, question.measured)
            self._known[key] = found
        return found


def answer_tokens(
    catalog: Catalog, candidate: Candidate, workload: Workload, measured: MeasurementIndex
) -> AnswerTokens:
    """Return the tokens of one candidate's answer."""
    traffic = workload.traffic
    visible = _NOMINAL_OUTPUT if traffic is None else float(traffic.output_tokens or 0)
    found = catalog.thinking(candidate.config, task_kind(workload.dimension))
    own = measured.find(candidate, QUANTITY)
    mode = found.mode if found else catalog.mode(candidate.config.model)
    stated = traffic.reasoning_tokens if traffic else None
    hidden = _measured(own) if own else _hidden(found, mode, stated, candidate)
    hidden = _capped(hidden, _most_hidden(catalog, candidate, visible))
    return AnswerTokens(mode, candidate.config.effort, visible, hidden, found.sources if found else ())


def _measured(own: Measurement) -> Estimate:
    low = own.value if own.low is None else own.low
    return Estimate(own.value, max(low, 0.0), own.value if own.high is None else own.high, "probe")


def _hidden(
    found: Thinking | None, mode: str, stated: ReasoningTokens | float | None, candidate: Candidate
) -> Estimate:
    """Return the estimate, or what is stated of those that think.

    Who may or may not think hides nothing to that much.
    """
    if mode == "none" or (mode != "always" and candidate.config.effort == "none"):
        return Estimate(0.0, 0.0, 0.0, "measured")
    estimate = found.hidden if found else Estimate(0.0, 0.0, inf, "effort")
    if estimate.high == 0:
        return estimate
    figure = stated.at(candidate.config.effort) if stated is not None and not isinstance(stated, float) else stated
    if figure is None:
        return estimate
    sure = mode == "always" or estimate.low > 0
    return Estimate(figure, figure if sure else 0.0, figure, "stated")


def _most_hidden(catalog: Catalog, candidate: Candidate, visible: float) -> float:
    """Return what is left of the channel's maximum output beside what is read."""
    fact = candidate.offering.fact("max_output_tokens", catalog.as_of)
    return max(float(fact.value) - visible, 0.0) if fact.is_usable else inf


def _capped(hidden: Estimate, most: float) -> Estimate:
    if hidden.high <= most:
        return hidden
    return Estimate(min(hidden.estimate, most), min(hidden.low, most), most, hidden.basis)
