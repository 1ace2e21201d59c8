"""What more effort does to quality, estimated from models that one table measured at several efforts.

    score[upper] - score[lower] = width * effect[dimension] + sqrt(width) * own[model, dimension] + error

``width`` is how far apart two efforts lie on the way from none (0) to high (1). Its steps above low are those of
DeepSWE, the only suite with more than two efforts of many models; where low lies is stated beforehand. ``own`` is
random over models, and adds up over steps; among the tasks of one board of votes ``effect`` is random too: a
random-effects meta-analysis (DerSimonian and Laird 1986) whose variances are drawn towards that of the board. Points
for votes, log odds for tests.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from advisor.catalog.quality.evidence import POINTS_PER_LOGIT, Table, log_odds
from advisor.catalog.source.benchmark_schema import SuiteFile
from advisor.catalog.source.merge import Catalog
from advisor.catalog.source.quality_rows import board_of
from advisor.catalog.source.token_schema import TokenFile

LOW = 0.25
"""Where low lies between none and high: the share of the logarithm of its tokens (docs/concepts/thinking.md)."""

LEAST_PAIRS = 8
"""A dimension that fewer pairs of configs measured gets no effect: what effort does to it stays unknown."""

POOLED_WEIGHT = 8
"""For how many pairs the variance of the whole board counts beside that of one of its tasks."""

STEPS = ("low", "medium", "high", "xhigh", "max")
SHAPED_BY = "deepswe"
TESTS = {"deepswe": "agentic-coding", "bullshitbench-v2": "false-premise"}
"""Suites with a score at several efforts, and the dimension that they measure."""


class EffortPair(NamedTuple):
    """One model at two efforts in one table; ``gain`` and its standard error in points or log odds."""

    dimension: str
    model: str
    lower: str
    upper: str
    gain: float
    error: float
    suite: str

    @property
    def board(self) -> str:
        """The dimensions whose effects are drawn towards each other."""
        return board_of(self.dimension)


class MeasuredEffort(NamedTuple):
    """A score at another effort than the model's own, as the gain over that one and its standard error; log odds."""

    effort: str
    gain: float
    error: float


class EffortFit(NamedTuple):
    """``shares`` by effort; by dimension the mean effect, the variance of that mean and the variance among models."""

    shares: Mapping[str, float]
    effects: Mapping[str, tuple[float, float, float]]

    def width(self, pair: EffortPair) -> float:
        """Return how far apart the two efforts are."""
        return self.shares[pair.upper] - self.shares[pair.lower]

    def predict(self, pair: EffortPair) -> tuple[float, float]:
        """Return the gain expected of a model that was not in the fit, and its variance."""
        effect, doubt, among = self.effects[pair.dimension]
        width = self.width(pair)
        return effect * width, doubt * width**2 + among * width


def gather_pairs(catalog: Catalog, suites: Iterable[TokenFile]) -> tuple[EffortPair, ...]:
    """Return the lowest and the highest effort of every model and task that a table has at more than one."""
    found = [pair for suite in catalog.suites.values() for pair in _of_votes(suite)]
    found += [pair for suite in suites if suite.suite.id in TESTS for pair in _of_test(suite)]
    return tuple(sorted(found))


def measured_efforts(suites: Iterable[TokenFile], main: Mapping[str, str | None]) -> dict[str, list[MeasuredEffort]]:
    """Return, by model, what the tasks of an agent say of the efforts that are not the one which enters the fit."""
    found: dict[str, list[MeasuredEffort]] = {}
    for suite in suites:
        if suite.suite.id != SHAPED_BY:
            continue
        for model, scores in scores_by_effort(suite).items():
            order = [effort for effort in STEPS if effort in scores]
            own = str(main[model]) if main.get(model) in scores else order[-1]
            base, base_error = scores[own]
            found[model] = [
                MeasuredEffort(effort, scores[effort][0] - base, math.hypot(scores[effort][1], base_error))
                for effort in order
                if effort != own
            ]
    return found


def effort_shares(suites: Iterable[TokenFile]) -> dict[str, float]:
    """Return where each effort lies: DeepSWE's mean steps, with low at its place and high at one."""
    steps: dict[tuple[str, str], list[float]] = {}
    for suite in suites:
        if suite.suite.id == SHAPED_BY:
            for scores in scores_by_effort(suite).values():
                for lower, upper in pairwise(STEPS):
                    if lower in scores and upper in scores:
                        steps.setdefault((lower, upper), []).append(scores[upper][0] - scores[lower][0])
    mean = [float(np.mean(steps[step])) if step in steps else 0.0 for step in pairwise(STEPS)]
    whole = mean[0] + mean[1] or 1.0
    places = np.concatenate([[0.0], np.cumsum(mean)]) / whole * (1 - LOW) + LOW
    shares = {"none": 0.0, "minimal": LOW / 2, "thinking": 1.0}
    return {**shares, **{effort: round(float(place), 3) for effort, place in zip(STEPS, places, strict=True)}}


def fit_effects(pairs: Sequence[EffortPair], shares: Mapping[str, float]) -> EffortFit:
    """Fit every dimension that enough pairs measured."""
    effects: dict[str, tuple[float, float, float]] = {}
    for board in sorted({pair.board for pair in pairs}):
        names = sorted({pair.dimension for pair in pairs if pair.board == board})
        seen = {name: _gains([pair for pair in pairs if pair.dimension == name], shares) for name in names}
        seen = {name: gains for name, gains in seen.items() if len(gains.root) >= LEAST_PAIRS}
        if seen:
            effects.update(_board_effects(seen))
    return EffortFit(shares, effects)


def _board_effects(seen: Mapping[str, _Gains]) -> dict[str, tuple[float, float, float]]:
    """Effects of the tasks of one board, each drawn towards their mean as far as their spread warrants."""
    alone = {name: _variance_among(gains) for name, gains in seen.items()}
    pooled = float(np.mean(list(alone.values())))
    among = {
        name: (len(seen[name].root) * one + POOLED_WEIGHT * pooled) / (len(seen[name].root) + POOLED_WEIGHT)
        for name, one in alone.items()
    }
    means = {name: _slope(seen[name], among[name]) for name in seen}
    middles, doubts = (np.array(part) for part in zip(*means.values(), strict=True))
    if len(means) == 1:
        return {name: (middle, doubt, among[name]) for name, (middle, doubt) in means.items()}
    whole = _Gains(np.ones(len(middles)), middles, doubts)
    spread = _variance_among(whole)
    center, center_doubt = _slope(whole, spread)
    drawn: dict[str, tuple[float, float, float]] = {}
    for name, (middle, doubt) in means.items():
        keep = spread / (spread + doubt)
        left = keep * doubt + (1 - keep) ** 2 * center_doubt
        drawn[name] = (keep * middle + (1 - keep) * center, left, among[name])
    return drawn


class _Gains(NamedTuple):
    """Pairs divided by the root of their width, so that what models add of their own has one variance for all."""

    root: Table
    gain: Table
    variance: Table


def _gains(pairs: Sequence[EffortPair], shares: Mapping[str, float]) -> _Gains:
    root = np.sqrt([shares[pair.upper] - shares[pair.lower] for pair in pairs])
    gain, error = (np.array([getattr(pair, name) for pair in pairs]) for name in ("gain", "error"))
    return _Gains(root, gain / root, (error / root) ** 2)


def _variance_among(gains: _Gains) -> float:
    """Return how much more gains differ than their errors explain (DerSimonian and Laird 1986), at least 0."""
    weight = 1 / gains.variance
    square = weight * gains.root**2
    slope, _ = _slope(gains, 0.0)
    excess = float((weight * (gains.gain - slope * gains.root) ** 2).sum()) - (len(gains.root) - 1)
    return max(excess / float(weight.sum() - (weight * square).sum() / square.sum()), 0.0)


def _slope(gains: _Gains, among: float) -> tuple[float, float]:
    """Return the weighted least squares slope through the origin and its variance."""
    weight = gains.root / (gains.variance + among)
    precision = float((weight * gains.root).sum())
    return float((weight * gains.gain).sum()) / precision, 1 / precision


Scores = dict[str, tuple[float, float]]
"""By effort: score and its standard error."""


def _of_votes(suite: SuiteFile) -> Iterable[EffortPair]:
    models: dict[tuple[str, str], Scores] = {}
    for name, config in suite.configs.items():
        for task, row in suite.results.get(name, {}).items():
            value, error = log_odds(suite, row)
            models.setdefault((config.model, task), {})[config.effort] = value, error
    for (model, task), scores in models.items():
        yield from _ends(task, model, scores, suite.suite.id, _in_points)


def _of_test(suite: TokenFile) -> Iterable[EffortPair]:
    for model, scores in scores_by_effort(suite).items():
        yield from _ends(TESTS[suite.suite.id], model, scores, suite.suite.id, float)


def scores_by_effort(suite: TokenFile) -> dict[str, Scores]:
    """Return scores in log odds by model; one that the catalog does not have goes by the suite's name."""
    found: dict[str, Scores] = {}
    for row in suite.results:
        if row.score is not None and row.answers and row.effort not in (None, "default") and row.is_comparable:
            share = (row.score / 100 * row.answers + 0.5) / (row.answers + 1)
            cell = math.log(share / (1 - share)), 1 / math.sqrt(row.answers * share * (1 - share))
            found.setdefault(row.model or row.name, {})[str(row.effort)] = cell
    return found


def _ends(
    dimension: str, model: str, scores: Scores, suite: str, scale: Callable[[float], float]
) -> Iterable[EffortPair]:
    order = [effort for effort in ("none", "minimal", *STEPS[:2], "thinking", *STEPS[2:]) if effort in scores]
    if len(order) > 1:
        (least, least_error), (most, most_error) = scores[order[0]], scores[order[-1]]
        error = math.hypot(least_error, most_error)
        yield EffortPair(dimension, model, order[0], order[-1], scale(most - least), scale(error), suite)


def _in_points(value: float) -> float:
    return value * POINTS_PER_LOGIT
