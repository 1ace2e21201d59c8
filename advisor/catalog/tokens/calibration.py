"""Hide what was measured and predict it: an effort, a model, a suite; and widen the intervals by what that shows.

The factor is conformal: it makes nineteen of twenty of the hidden results fall inside. The coverage that is reported
for a model takes the factor from the *other* models, so that it was not tuned on the model itself.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from advisor.catalog.tokens.evidence import LEVELS, Measured
from advisor.catalog.tokens.mixed_model import Fitted, Row, Shape, Table, solve
from advisor.catalog.tokens.shapes import LENGTH, REFERENCE

Z = 1.959963984540054
NOMINAL = 0.95


class Error(NamedTuple):
    """One hidden figure: the model that it is of, the error and the standard error, both in log units."""

    model: str
    error: float
    spread: float


class Held(NamedTuple):
    """How well hidden figures were predicted; factors are of tokens or seconds."""

    name: str
    errors: tuple[Error, ...]

    @property
    def factor(self) -> float:
        """Root mean square of the log ratio, as a factor."""
        return math.exp(math.sqrt(sum(one.error**2 for one in self.errors) / len(self.errors)))

    @property
    def widening(self) -> float:
        """How much wider than normal the interval must be."""
        return _quantile([abs(one.error) / one.spread for one in self.errors])

    @property
    def coverage(self) -> float:
        """The share inside the interval that the other models' errors give."""
        inside = [
            abs(one.error) / one.spread
            <= Z * _quantile([abs(other.error) / other.spread for other in self.errors if other.model != one.model])
            for one in self.errors
        ]
        return sum(inside) / len(inside)

    @property
    def half_width(self) -> float:
        """The median half-width of the widened interval, as a factor."""
        return math.exp(Z * self.widening * float(np.median([one.spread for one in self.errors])))


def one_effort_hidden(fitted: Fitted[Measured], every: int = 1) -> Held:
    """Hide a model at one effort, in all suites; it is known at another. ``every`` thins the pairs out."""
    levels: dict[str, set[str]] = defaultdict(set)
    for row in fitted.rows:
        if row.task == "chat":
            levels[row.model].add(row.level)
    pairs = [(model, level) for model in sorted(levels) if len(levels[model]) > 1 for level in sorted(levels[model])]
    found = [_block_errors(fitted, _hides(*pair)) for pair in pairs[::every]]
    return Held("one effort hidden", tuple(error for errors in found for error in errors))


def one_question_set_hidden(fitted: Fitted[Measured]) -> Held:
    """Hide a model's answers at one effort in one suite of chats; another suite has it at the same effort."""
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for row in fitted.rows:
        if row.task == "chat":
            seen[row.model, row.level] += 1
    found = []
    for index, row in enumerate(fitted.rows):
        if row.suite == REFERENCE["chat"] and seen[row.model, row.level] > 1:
            errors, spread = fitted.without([index])
            found.append(Error(row.model, float(errors[0]), math.sqrt(float(spread[0, 0]))))
    return Held("same effort, new questions", tuple(found))


def model_hidden(fitted: Fitted[Measured]) -> Held:
    """Hide all of a model: only its lab and its effort are known."""
    models = sorted({row.model for row in fitted.rows if row.suite == REFERENCE["chat"]})
    found = [_block_errors(fitted, _hides(model)) for model in models]
    return Held("model hidden", tuple(error for errors in found for error in errors))


def _hides(model: str, level: str | None = None) -> Callable[[Measured], bool]:
    """Whether a row is of that model, at that level if one is given."""
    return lambda row: row.model == model and level in (None, row.level)


def _block_errors(fitted: Fitted[Measured], is_hidden: Callable[[Measured], bool]) -> list[Error]:
    """Return the errors of the hidden chats, when all that is hidden is hidden at once."""
    places = [index for index, row in enumerate(fitted.rows) if is_hidden(row)]
    errors, spread = fitted.without(places)
    return [
        Error(fitted.rows[index].model, float(errors[place]), math.sqrt(float(spread[place, place])))
        for place, index in enumerate(places)
        if fitted.rows[index].suite == REFERENCE["chat"]
    ]


def suite_hidden(rows: Sequence[Measured], parameters: Table, suite: str) -> Held:
    """Hide a suite; predict the step between two neighboring efforts of the models that other suites have.

    How sensitive the suite's kind of task is to effort is then unknown too, and taken as that of a chat.
    """
    rest = [row for row in rows if row.suite != suite]
    blind = np.concatenate([parameters[:6], [0.0, 0.0]])
    fitted = solve(LENGTH, rest, logs(rest), blind)
    seen = {row.model for row in rest}
    steps: list[Error] = []
    for model in sorted({row.model for row in rows if row.suite == suite} & seen):
        mine = sorted(
            (row for row in rows if row.suite == suite and row.model == model and row.effort != "default"),
            key=lambda row: LEVELS.index(row.level),
        )
        for low, high in pairwise(mine):
            mean, spread = fitted.predict([low, high])
            error = math.log((high.tokens or 1) / (low.tokens or 1)) - float(mean[1] - mean[0])
            variance = float(spread[0, 0] + spread[1, 1] - 2 * spread[0, 1])
            steps.append(Error(model, error, math.sqrt(max(variance, 1e-6))))
    return Held(f"{suite} hidden", tuple(steps))


def suite_of_speeds_hidden(shape: Shape[Measured], rows: Sequence[Measured], parameters: Table, suite: str) -> Held:
    """Hide the seconds of a suite; predict them for the models that other suites have, given their tokens.

    The level of the suite itself is the mean over all of it, which a user's own host has too, unknown in the same way:
    it is part of the error.
    """
    rest = [row for row in rows if row.suite != suite]
    fitted = solve(shape, rest, np.log([(row.tokens or 1) / (row.seconds or 1) for row in rest]), parameters)
    seen = {row.model for row in rest}
    like = sorted({row.suite for row in rest})
    found = []
    for row in (row for row in rows if row.suite == suite and row.model in seen):
        mean, spread = fitted.predict([row._replace(suite=name) for name in like[:1]])
        error = math.log((row.tokens or 1) / (row.seconds or 1)) - float(mean[0])
        found.append(Error(row.model, error, math.sqrt(float(spread[0, 0]))))
    return Held(f"speed of {suite} hidden", tuple(found))


def left_out(fitted: Fitted[Row], model_name: Callable[[Row], str]) -> Held:
    """Hide each model's rows in turn and predict them."""
    found = []
    for model in sorted({model_name(row) for row in fitted.rows}):
        places = [index for index, row in enumerate(fitted.rows) if model_name(row) == model]
        errors, spread = fitted.without(places)
        found += [
            Error(model, float(errors[place]), math.sqrt(float(spread[place, place]))) for place in range(len(places))
        ]
    return Held("model hidden", tuple(found))


def logs(rows: Iterable[Measured]) -> Table:
    """Log output tokens."""
    return np.log([row.tokens or 1.0 for row in rows])


def _quantile(ratios: Sequence[float]) -> float:
    """Return the conformal quantile of |error| / standard error, over the normal one."""
    if not ratios:
        return 1.0
    ordered = sorted(ratios)
    return ordered[min(len(ordered) - 1, math.ceil(NOMINAL * (len(ordered) + 1)) - 1)] / Z
