"""What an evaluation found, as the records that JSON and its schema are made from; scores are in percent, 0 to 100."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from advisor.catalog import Catalog
from advisor.evals.compare import CandidateResult, Comparison, PairResult, PairVerdict, cases_for_floor, floor_state
from advisor.evals.results import NOT_ASKED, Usage
from advisor.facts import Ternary
from advisor.statistics.paired import Estimate


class JudgeStanding(NamedTuple):
    """How far the judge is trusted."""

    model: str
    labels: int
    kappa: float | None
    kappa_low: float | None
    base_rate: float | None
    admitted: bool
    reasons: tuple[str, ...]
    """Why it is not admitted."""


class EvaluationReport(NamedTuple):
    """All that a report is made of."""

    comparison: Comparison
    catalog: Catalog
    reason: str
    margin: float
    floor: float | None = None
    coverage: float | None = None
    read: Mapping[str, int] = {}
    """Of each candidate, how many answers a person has read."""
    judge: JudgeStanding | None = None
    counted: tuple[str, ...] = ()
    """Candidates whose score reaches the choice."""
    not_counted: str | None = None
    """Why none does."""


class Bounded(NamedTuple):
    """A score or a difference with its 95 % interval, in percent; None where nothing was scored."""

    value: float | None
    low: float | None
    high: float | None


class CaseSetRecord(NamedTuple):
    """The set that was asked."""

    name: str
    path: str
    version: str
    n: int
    held: int
    coverage: float | None
    """The share of the kept traffic that its cases cover, 0 to 1."""
    skipped: tuple[str, ...]


class PromptRecord(NamedTuple):
    """The prompt, or the command of a chain."""

    path: str | None
    version: str | None
    dirty: bool


class HeldRecord(NamedTuple):
    """The result on the cases that are held back."""

    n: int
    score: Bounded


class ResultRecord(NamedTuple):
    """One candidate."""

    candidate: str
    n: int
    """Cases that were scored."""
    score: Bounded
    held: HeldRecord
    expected: float | None
    """What to expect on new cases of the one that is picked among several."""
    faults: Mapping[str, int]
    open: Mapping[str, str]
    """Cases without a score, each with what left it open."""
    not_asked: int
    read: int
    """Answers that a person has read."""
    usd: float | None
    tokens: Usage
    served_models: tuple[str, ...]
    cut: int
    steps: int


class FlipCounts(NamedTuple):
    """Cases in which the first is better, and worse."""

    better: int
    worse: int


class FlippedCases(NamedTuple):
    """The same by id."""

    better: tuple[str, ...]
    worse: tuple[str, ...]


class PairRecord(NamedTuple):
    """Two candidates on the cases that both answered; the difference is first minus second."""

    first: str
    second: str
    n: int
    difference: Bounded
    p_value: float | None
    p_adjusted: float | None
    method: str | None
    flips: FlipCounts
    flipped: FlippedCases
    open: tuple[str, ...]
    verdict: PairVerdict
    more_cases: int | None


class KappaRecord(NamedTuple):
    """Agreement of the judge with people beyond chance."""

    value: float | None
    low: float | None


class JudgeRecord(NamedTuple):
    """How far the judge is trusted."""

    model: str
    labels: int
    kappa: KappaRecord
    base_rate: float | None
    admitted: bool
    reasons: tuple[str, ...]


class FloorState(NamedTuple):
    """One candidate against the floor."""

    candidate: str
    state: Ternary
    more_cases: int | None


class FloorRecord(NamedTuple):
    """What candidates must reach, in percent."""

    at_least: float
    candidates: tuple[FloorState, ...]


class EvaluationRecord(NamedTuple):
    """An evaluation of candidates on a set of cases."""

    case_set: CaseSetRecord
    prompt: PromptRecord
    reason: str
    """Why it ended."""
    results: tuple[ResultRecord, ...]
    pairs: tuple[PairRecord, ...]
    judge: JudgeRecord | None
    floor: FloorRecord | None
    counted: tuple[str, ...]
    """Candidates whose score reaches the choice."""
    not_counted: str | None
    """Why none does."""


def evaluation_record(report: EvaluationReport) -> EvaluationRecord:
    """Return the record of a report."""
    plan = report.comparison.scores.plan
    cases, prompt = plan.case_set, plan.prompt
    held = sum(case.split == "held" for case in plan.order)
    return EvaluationRecord(
        CaseSetRecord(cases.name, cases.path, cases.version, len(plan.order), held, report.coverage, cases.skipped),
        PromptRecord(prompt.path, prompt.version, prompt.dirty),
        report.reason,
        tuple(_result(report, one) for one in report.comparison.results),
        tuple(_pair(one) for one in report.comparison.pairs),
        _judge(report.judge) if report.judge else None,
        None if report.floor is None else _floor(report.comparison, report.floor),
        report.counted,
        report.not_counted,
    )


def _result(report: EvaluationReport, one: CandidateResult) -> ResultRecord:
    scores = one.scores
    return ResultRecord(
        candidate=one.name,
        n=one.n,
        score=_bounded(one.score),
        held=HeldRecord(one.held.n if one.held else 0, _bounded(one.held)),
        expected=None if one.expected is None else _percent(one.expected),
        faults=scores.faults,
        open={name: fault for name, fault in scores.open.items() if fault != NOT_ASKED},
        not_asked=sum(fault == NOT_ASKED for fault in scores.open.values()),
        read=report.read.get(one.name, 0),
        usd=None if scores.usd is None else float(scores.usd),
        tokens=scores.usage,
        served_models=scores.served_models,
        cut=scores.cut,
        steps=scores.steps,
    )


def _pair(one: PairResult) -> PairRecord:
    found = one.difference
    return PairRecord(
        first=one.first,
        second=one.second,
        n=found.n if found else 0,
        difference=_bounded(found),
        p_value=one.p_value,
        p_adjusted=one.p_adjusted,
        method=found.method if found else None,
        flips=FlipCounts(len(one.better), len(one.worse)),
        flipped=FlippedCases(one.better, one.worse),
        open=one.open,
        verdict=one.verdict,
        more_cases=one.more_cases,
    )


def _judge(judge: JudgeStanding) -> JudgeRecord:
    kappa = KappaRecord(judge.kappa, judge.kappa_low)
    return JudgeRecord(judge.model, judge.labels, kappa, judge.base_rate, judge.admitted, judge.reasons)


def _floor(comparison: Comparison, floor: float) -> FloorRecord:
    states = (FloorState(one.name, floor_state(one, floor), cases_for_floor(one, floor)) for one in comparison.results)
    return FloorRecord(_percent(floor), tuple(states))


def _bounded(found: Estimate | None) -> Bounded:
    if found is None:
        return Bounded(None, None, None)
    return Bounded(_percent(found.value), _percent(found.low), _percent(found.high))


def _percent(share: float) -> float:
    return round(100 * share, 4)
