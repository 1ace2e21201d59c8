"""What evaluations proved, as measurements for the solver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from advisor.evals.cases import CaseSet
from advisor.evals.compare import CandidateResult, Comparison
from advisor.evals.kept_scores import SHORT
from advisor.evals.results import CandidateScores
from advisor.evals.scorers import judge_version
from advisor.facts import Basis, Measurement
from advisor.probe.served_models import is_same_model

_SKETCH = 32
"""So many of a set's case hashes, the smallest, tell whether a case that was measured has changed since."""


def measurements(
    comparison: Comparison, day: date, source: str, read: Mapping[str, int] | None = None
) -> Iterator[Measurement]:
    """One measurement of each candidate of the catalog that was scored, on the held cases where there are any.

    One in whose place another model answered has none. ``read`` says of each candidate how many of its answers a person
    has read.
    """
    for result in comparison.results:
        if result.scores.probed.subject is None or result.evidence is None or swapped_models(result.scores):
            continue
        found = _measurement(comparison, result, day, source)
        seen = Basis("read", found.quantity, str((read or {}).get(result.name, 0)))
        yield found._replace(rests_on=(*found.rests_on, seen))


def swapped_models(scores: CandidateScores) -> tuple[str, ...]:
    """Return the models that answered in a candidate's place, as far as servers say."""
    names = (scores.probed.target.model, *scores.probed.known_as)
    served = [one for several in scores.served_models for one in several.split()]
    return tuple(one for one in served if not is_same_model(one, names))


def mean_usd(comparison: Comparison) -> Mapping[str, float]:
    """Return what a case cost on average, by candidate of the catalog; without those whose cost is not known."""
    return {
        result.scores.probed.subject: float(result.scores.usd) / result.n
        for result in comparison.results
        if result.scores.probed.subject is not None and result.scores.usd is not None and result.n
    }


def cases_basis(case_set: CaseSet, measured: frozenset[str] | None = None) -> Basis:
    """Return what a score rests on of its cases: the held ones, or a sketch of all that were measured."""
    if any(case.split == "held" for case in case_set.accepted):
        return Basis("cases", case_set.path, f"held {case_set.held_version}")
    hashes = sorted(case.hash[:SHORT] for case in case_set.accepted if measured is None or case.id in measured)
    return Basis("cases", case_set.path, " ".join(["cases", *hashes[:_SKETCH]]))


def _measurement(comparison: Comparison, result: CandidateResult, day: date, source: str) -> Measurement:
    plan, evidence = comparison.scores.plan, result.evidence
    assert evidence is not None  # noqa: S101 - the caller looked
    prompt, judge = plan.prompt, comparison.scores.judge
    is_judged = any(one.is_judged for one in result.scores.scored.values())
    rests_on = [cases_basis(plan.case_set, frozenset(result.scores.scored))]
    if prompt.is_chain and prompt.path is not None:
        rests_on.append(Basis("chain", prompt.path, prompt.version or ""))
    elif prompt.path is not None and prompt.version is not None:
        rests_on.append(Basis("prompt", prompt.path, prompt.version))
    if is_judged and judge is not None:
        rests_on.append(Basis("judge", judge.probed.name, judge_version()))
    if result.scores.served_models:
        rests_on.append(Basis("served", result.scores.probed.target.model, " ".join(result.scores.served_models)))
    low, value, high = (round(100 * figure, 4) for figure in (evidence.low, evidence.value, evidence.high))
    return Measurement(
        result.scores.probed.subject or "",
        f"score:{plan.case_set.name}",
        value,
        min(low, value),
        max(high, value),
        evidence.n,
        day,
        source,
        rests_on=tuple(rests_on),
    )
