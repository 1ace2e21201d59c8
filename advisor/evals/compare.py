"""What the scores prove: of each candidate how good it is, of each pair who is better, and how many cases are missing.

A case that is open for lack of an answer is neither dropped nor counted as wrong: the bounds allow for both, so that a
candidate gains nothing by failing to answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from itertools import combinations
from math import hypot
from typing import NamedTuple

from advisor.evals.cases import Case
from advisor.evals.results import NO_SCORER, NOT_ASKED, CandidateScores, CaseScore, Scores
from advisor.facts import Ternary
from advisor.statistics import CONFIDENCE, shrunk
from advisor.statistics.paired import Estimate, Shape, cases_needed, holm, mean_difference, mean_score
from advisor.statistics.ppi import corrected_mean
from advisor.statistics.sequential import course

MARGIN = 0.05
"""Two scores that differ by surely less are equal for every purpose here."""

LEAST_OWN_LABELS = 20
"""So many labels of a candidate's own answers correct what a judge says of the rest."""

_NOT_OPEN = (None, NOT_ASKED, NO_SCORER)
"""What says nothing of a candidate: a case that was not asked, or that nothing can be held against."""

_MOST_CASES = 100_000


class PairVerdict(StrEnum):
    """Who of two is better."""

    FIRST = "first"
    SECOND = "second"
    EQUAL = "equal"
    OPEN = "open"


class CandidateResult(NamedTuple):
    """How good a candidate is; None without a scored case."""

    scores: CandidateScores
    score: Estimate | None
    held: Estimate | None
    """On the cases that are held back alone."""
    n: int
    expected: float | None
    """What to expect of it on new cases if it is picked as the best (with three candidates or more)."""

    @property
    def name(self) -> str:
        """The candidate as it was named."""
        return self.scores.name

    @property
    def evidence(self) -> Estimate | None:
        """What a choice may rest on: the held cases where there are any, since the others may have served to tune."""
        return self.held or self.score


class PairResult(NamedTuple):
    """Two candidates on the cases that both answered."""

    first: str
    second: str
    difference: Estimate | None
    p_value: float | None
    p_adjusted: float | None
    """As it stands among the pairs (Holm)."""
    better: tuple[str, ...]
    """Cases in which the first is better."""
    worse: tuple[str, ...]
    open: tuple[str, ...]
    """Cases that one of them did not answer."""
    verdict: PairVerdict
    more_cases: int | None
    """About how many more cases would decide it; None where it is decided, or nothing can be said."""


class Comparison(NamedTuple):
    """The whole of it."""

    scores: Scores
    results: tuple[CandidateResult, ...]
    pairs: tuple[PairResult, ...]
    is_sequential: bool

    @property
    def has_answers(self) -> bool:
        """Whether any case was scored at all."""
        return any(result.n for result in self.results)

    @property
    def is_decided(self) -> bool:
        """Whether the best is told apart from, or known to equal, each of the others, and every one has a score."""
        if not all(result.n for result in self.results):
            return False
        best = max(self.results, key=lambda result: result.score.value if result.score else 0.0)
        return all(
            pair.verdict is not PairVerdict.OPEN for pair in self.pairs if best.name in (pair.first, pair.second)
        )


def compare(scores: Scores, *, margin: float = MARGIN, sequential: bool = False) -> Comparison:
    """Compare every pair; ``sequential`` takes bounds that hold whenever one stops."""
    errors = 1 - CONFIDENCE
    pairs = list(combinations(scores.candidates, 2))
    confidence = 1 - errors / max(1, len(pairs)) if sequential else CONFIDENCE
    drafts = [_pair(scores, *pair, sequential=sequential, confidence=confidence) for pair in pairs]
    adjusted = holm([draft.p_value if draft.p_value is not None else 1.0 for draft in drafts])
    found = tuple(
        _ruled(draft._replace(p_adjusted=one if draft.p_value is not None else None), margin)
        for draft, one in zip(drafts, adjusted, strict=True)
    )
    results = [_result(scores, one, sequential=sequential) for one in scores.candidates]
    return Comparison(scores, tuple(_expected(results)), found, sequential)


def compare_scores(scores: Scores, first: CandidateScores, second: CandidateScores) -> PairResult:
    """Two sets of scores on the cases of a plan, whether of two candidates or of one with two prompts."""
    draft = _pair(scores, first, second, sequential=False, confidence=CONFIDENCE)
    return _ruled(draft._replace(p_adjusted=draft.p_value), MARGIN)


def floor_state(result: CandidateResult, floor: float) -> Ternary:
    """Whether a candidate reaches a floor (0 to 1): proven, refuted or unknown."""
    found = result.evidence
    if found is None:
        return Ternary.UNKNOWN
    if found.low >= floor:
        return Ternary.SATISFIED
    return Ternary.VIOLATED if found.high < floor else Ternary.UNKNOWN


def cases_for_floor(result: CandidateResult, floor: float) -> int | None:
    """About how many more cases would show on which side of a floor a candidate lies."""
    found = result.evidence
    if found is None or floor_state(result, floor) is not Ternary.UNKNOWN:
        return None
    distance = abs(found.value - floor)
    if distance < 0.005:  # noqa: PLR2004 - half a point: no number of cases is worth naming
        return None
    return max(1, min(cases_needed(max(found.deviation, 0.1), distance), _MOST_CASES) - found.n)


def shape_of(scored: Iterable[CaseScore]) -> Shape:
    """Return what the values of these cases can be."""
    every = list(scored)
    if not all(one.is_binary for one in every):
        return Shape.GRADED
    return Shape.BINARY if all(one.epochs == 1 for one in every) else Shape.MEAN


def _result(scores: Scores, one: CandidateScores, *, sequential: bool) -> CandidateResult:
    held = [case for case in scores.plan.order if case.split == "held"]
    score = _score(one, scores.plan.order, scores.labels, sequential=sequential)
    apart = _score(one, held, scores.labels, sequential=sequential) if held else None
    return CandidateResult(one, score, apart, len(one.scored), None)


def _score(
    one: CandidateScores, cases: Sequence[Case], labels: Mapping[str, float], *, sequential: bool
) -> Estimate | None:
    """Give the mean over the cases that were scored, its bounds with those that were asked and left open at 0 and at 1.

    What a judge scored is corrected by people's labels of the same candidate's answers, where there are enough.
    """
    own = [one.scored[case.id] for case in cases if case.id in one.scored]
    if not own:
        return None
    mean: Callable[[Sequence[CaseScore], Sequence[tuple[Case, float]]], Estimate]
    mean = _running_mean if sequential else partial(_corrected_mean, labels=labels)
    found = mean(own, [])
    left_open = [case for case in cases if one.open.get(case.id) not in _NOT_OPEN]
    if not left_open:
        return found
    low, high = mean(own, [(case, 0.0) for case in left_open]), mean(own, [(case, 1.0) for case in left_open])
    return found._replace(low=min(low.low, found.low), high=max(high.high, found.high))


def _mean(own: Sequence[CaseScore], more: Sequence[tuple[Case, float]]) -> Estimate:
    cases = [one.case for one in own] + [case for case, _ in more]
    values = [one.value for one in own] + [value for _, value in more]
    return mean_score(values, shape_of(own), weights=[case.weight for case in cases], sources=_sources(cases))


def _corrected_mean(
    own: Sequence[CaseScore], more: Sequence[tuple[Case, float]], labels: Mapping[str, float]
) -> Estimate:
    """Return the judged cases by prediction-powered inference, the others as they are, each by its share of all."""
    judged = [one for one in own if one.is_judged]
    labeled = [one for one in judged if any(output in labels for output in one.outputs)]
    if len(labeled) < LEAST_OWN_LABELS:
        return _mean(own, more)
    truth = [labels[next(output for output in one.outputs if output in labels)] for one in labeled]
    known = {one.case.id for one in labeled}
    rest = [one.value for one in judged if one.case.id not in known]
    fair = corrected_mean(truth, [one.value for one in labeled], rest)
    others = [one for one in own if not one.is_judged]
    total = len(own) + len(more)
    share, spread = len(judged) / total, max(fair.high - fair.value, fair.value - fair.low)
    value, reach = share * fair.value, (share * spread) ** 2
    if others or more:
        plain = _mean(others, more)
        value += (1 - share) * plain.value
        reach += ((1 - share) * max(plain.high - plain.value, plain.value - plain.low)) ** 2
    half = reach**0.5
    bounds = max(0.0, value - half), min(1.0, value + half)
    return Estimate(value, *bounds, len(own), 0.0, half / 2 * len(own) ** 0.5, "prediction-powered")


def _running_mean(own: Sequence[CaseScore], more: Sequence[tuple[Case, float]]) -> Estimate:
    return _at_any_stop([one.value for one in own] + [value for _, value in more], 0.0, 1 - CONFIDENCE)


def _sources(cases: Sequence[Case]) -> list[object] | None:
    """Return what each case comes from; one without a source stands alone."""
    if not any(case.source for case in cases):
        return None
    return [case.source or ("alone", case.id) for case in cases]


def _pair(
    scores: Scores, first: CandidateScores, second: CandidateScores, *, sequential: bool, confidence: float
) -> PairResult:
    both = [case for case in scores.plan.order if case.id in first.scored and case.id in second.scored]
    answered = {case.id for case in both}
    asked = [case for case in scores.plan.order if case.id not in answered and _was_asked(case, first, second)]
    one, other = ([of.scored[case.id].value for case in both] for of in (first, second))
    better = tuple(case.id for case, a, b in zip(both, one, other, strict=True) if a > b)
    worse = tuple(case.id for case, a, b in zip(both, one, other, strict=True) if a < b)
    names = first.name, second.name, None, None, None, better, worse, tuple(case.id for case in asked)
    draft = PairResult(*names, PairVerdict.OPEN, None)
    if not both:
        return draft
    if sequential:
        found = _at_any_stop([a - b for a, b in zip(one, other, strict=True)], -1.0, 1 - confidence)
    else:
        shape = shape_of([of.scored[case.id] for of in (first, second) for case in both])
        found = mean_difference(one, other, shape, weights=[case.weight for case in both], sources=_sources(both))
    found = _with_open(found, len(asked))
    return draft._replace(difference=found, p_value=found.p_value)


def _was_asked(case: Case, *several: CandidateScores) -> bool:
    """Whether a case is open for a fault rather than for the end of the run."""
    return any(one.open.get(case.id) not in _NOT_OPEN for one in several)


def _with_open(found: Estimate, count: int) -> Estimate:
    """Return the bounds with as many open cases decided against either side."""
    if not count:
        return found
    share = count / (found.n + count)
    low, high = (found.low * (1 - share) - share), (found.high * (1 - share) + share)
    return found._replace(low=max(-1.0, min(low, found.low)), high=min(1.0, max(high, found.high)))


def _at_any_stop(values: Sequence[float], least: float, error: float) -> Estimate:
    found = course(values, least=least, most=1.0, error=error)
    deviation = (sum((one - found.value) ** 2 for one in values) / len(values)) ** 0.5
    return Estimate(found.value, found.low, found.high, found.n, found.p_value, deviation, "sequential")


def _ruled(draft: PairResult, margin: float) -> PairResult:
    """With its verdict, and the cases that are missing for one."""
    found = draft.difference
    if found is None or draft.p_adjusted is None:
        return draft
    is_proven = draft.p_adjusted < 1 - CONFIDENCE
    # With open cases the bounds must clear zero too: a fault decides nothing.
    if is_proven and found.value > 0 and (not draft.open or found.low > 0):
        return draft._replace(verdict=PairVerdict.FIRST)
    if is_proven and found.value < 0 and (not draft.open or found.high < 0):
        return draft._replace(verdict=PairVerdict.SECOND)
    if -margin <= found.low and found.high <= margin:
        return draft._replace(verdict=PairVerdict.EQUAL)
    return draft._replace(more_cases=_more_cases(found, margin))


def _more_cases(found: Estimate, margin: float) -> int:
    """To prove the difference that was seen, or that it is below the margin, whichever takes fewer cases."""
    deviation = hypot(found.deviation, 1 / (found.n + 1))
    wanted = [cases_needed(deviation, margin - abs(found.value))] if abs(found.value) < margin * 0.9 else []
    if found.value:
        wanted.append(cases_needed(deviation, found.value))
    return max(1, min(min(wanted, default=_MOST_CASES), _MOST_CASES) - found.n)


def _expected(results: Sequence[CandidateResult]) -> Iterable[CandidateResult]:
    """With what to expect of each on new cases, drawn towards the mean by the share of the spread that is noise."""
    found = [result.score for result in results if result.score is not None]
    rivals = [(one.value, one.deviation / one.n**0.5) for one in found]
    for result in results:
        one = result.score
        expected = shrunk(one.value, one.deviation / one.n**0.5, rivals) if one is not None else None
        yield result._replace(expected=expected)
