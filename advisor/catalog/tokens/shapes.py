"""The three models: how many tokens an answer takes, what part of them is hidden, and how fast an answer comes."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence

import numpy as np

from advisor.catalog.tokens.evidence import LEVELS, Measured, Share
from advisor.catalog.tokens.mixed_model import Shape, Table

SUITES = ("bullshitbench-v2", "bullshitbench-v1", "deepswe", "aider")
"""The suites with tokens; each has its own level, for their tasks differ in length."""

REFERENCE = {"chat": "bullshitbench-v2", "code": "aider", "agent": "deepswe"}
"""The suite whose tasks an estimate is about, by kind of task."""

_HEAT = dict(zip(LEVELS, (0.0, 0.1, 0.25, 0.5, 0.7, 0.85, 1.0), strict=True))
"""How far an effort lies between none and max: what a model or a lab adds of its own grows with it."""


def _same(a: Sequence[Measured], b: Sequence[Measured], key: Callable[[Measured], Hashable]) -> Table:
    """Rows x rows: 1 where the key agrees."""
    numbers: dict[Hashable, int] = {}
    left = np.array([numbers.setdefault(key(row), len(numbers)) for row in a])
    right = np.array([numbers.setdefault(key(row), len(numbers)) for row in b])
    return np.asarray(left[:, None] == right[None, :], dtype=np.float64)


def _sensitivity(task: str, parameters: Table) -> float:
    """How much more effort lengthens an answer of this kind than one of a chat."""
    return math.exp(parameters[{"agent": 6, "code": 7}[task]]) if task in ("agent", "code") else 1.0


def _heat(rows: Sequence[Measured], parameters: Table) -> Table:
    return np.array([_HEAT[row.level] * _sensitivity(row.task, parameters) for row in rows])


def _length_design(rows: Sequence[Measured], parameters: Table) -> Table:
    """Return a column for each suite and for each effort above none.

    Minimal and low share one, for few ran at minimal.
    """
    table = np.zeros((len(rows), len(SUITES) + len(LEVELS) - 2))
    for index, row in enumerate(rows):
        table[index, SUITES.index(row.suite)] = 1.0
        if row.level != LEVELS[0]:
            column = max(LEVELS.index(row.level) - 2, 0)
            table[index, len(SUITES) + column] = _sensitivity(row.task, parameters)
    return table


def _length_covariance(a: Sequence[Measured], b: Sequence[Measured], parameters: Table) -> Table:
    model, lab_slope, slope, on_task, _, config = np.exp(2 * parameters[:6])
    heat = np.outer(_heat(a, parameters), _heat(b, parameters))
    same = _same(a, b, lambda row: row.model)
    task = same * _same(a, b, lambda row: row.task)
    level = task * _same(a, b, lambda row: row.level)
    lab = _same(a, b, lambda row: row.lab if row.lab != "unknown" else row.model)
    whole = same * model + heat * (lab * lab_slope + same * slope + level * config) + task * on_task
    return np.asarray(whole)


LENGTH: Shape[Measured] = Shape(
    ("model", "lab_slope", "model_slope", "model_task", "error", "model_effort", "agent", "code"),
    (-1.2, -0.9, -0.7, -1.2, -1.6, -0.9, 0.2, 0.2),
    _length_design,
    _length_covariance,
    lambda parameters: math.exp(2 * parameters[4]),
)
"""Log output tokens an answer."""


def _share_design(rows: Sequence[Share], _: Table) -> Table:
    """Return a line in the heat of the effort, so that more effort never hides a smaller share."""
    return np.array([[1.0, _HEAT[one.row.level]] for one in rows])


def _share_covariance(a: Sequence[Share], b: Sequence[Share], parameters: Table) -> Table:
    lab, model, level, _ = np.exp(2 * parameters)
    left, right = [one.row for one in a], [one.row for one in b]
    same = _same(left, right, lambda row: row.model)
    return np.asarray(
        _same(left, right, lambda row: row.lab if row.lab != "unknown" else row.model) * lab
        + same * model
        + same * _same(left, right, lambda row: row.level) * level
    )


SHARE: Shape[Share] = Shape(
    ("lab", "model", "model_effort", "error"),
    (-0.7, -0.7, -0.7, -1.2),
    _share_design,
    _share_covariance,
    lambda parameters: math.exp(2 * parameters[3]),
)
"""Log odds of the hidden part of what was billed."""


def _speed_design(rows: Sequence[Measured], _: Table) -> Table:
    suites = ("bullshitbench-v2", "bullshitbench-v1", "aider")
    return np.array([[float(row.suite == suite) for suite in suites] for row in rows])


def _speed_covariance(a: Sequence[Measured], b: Sequence[Measured], parameters: Table) -> Table:
    lab, model, _ = np.exp(2 * parameters)
    by_lab = _same(a, b, lambda row: row.lab if row.lab != "unknown" else row.model)
    return np.asarray(by_lab * lab + _same(a, b, lambda row: row.model) * model)


SPEED: Shape[Measured] = Shape(
    ("lab", "model", "error"),
    (-1.0, -0.7, -1.0),
    _speed_design,
    _speed_covariance,
    lambda parameters: math.exp(2 * parameters[2]),
)
"""Log of output tokens over seconds, over a whole answer."""
