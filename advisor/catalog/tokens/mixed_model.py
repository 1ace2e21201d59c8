"""A linear mixed model with known grouping, fitted by restricted maximum likelihood in plain numpy.

    y = X(parameters) b + sum of random parts + error

What is random is given as a covariance between rows, so that a prediction for a row that was never seen is the
conditional mean under the same covariance (generalized least squares; Harville 1977, Robinson 1991).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]
Row = TypeVar("Row")

_STEPS = (0.4, 0.15, 0.05)
_RIDGE = 1e-6
_GAIN = 1e-3
"""A smaller gain of the log likelihood is none."""
_LEAST, _MOST = -4.0, 2.5
"""Bounds of the parameters, which are logarithms: spreads of less than 2 % of a log unit are none."""


class Shape(NamedTuple, Generic[Row]):
    """What a model is made of; ``parameters`` are logarithms of spreads and factors, in the order of ``names``."""

    names: tuple[str, ...]
    start: tuple[float, ...]
    design: Callable[[Sequence[Row], Table], Table]
    """Rows x columns of the fixed part."""
    covariance: Callable[[Sequence[Row], Sequence[Row], Table], Table]
    """Rows x other rows of the random part, without the error of single rows."""
    noise: Callable[[Table], float]
    """The variance of a single row's error."""


class Fitted(NamedTuple, Generic[Row]):
    """A model with what it was given."""

    shape: Shape[Row]
    parameters: Table
    rows: tuple[Row, ...]
    coefficients: Table
    precision: Table
    """The inverse of the rows' covariance."""
    projection: Table
    """What takes the rows to the weights of the random part: the precision less what the fixed part explains."""
    weights: Table
    """The projection times what was measured."""
    normal_inverse: Table
    """The covariance of the coefficients."""

    def predict(self, rows: Sequence[Row], *, is_noisy: bool = True) -> tuple[Table, Table]:
        """Mean and covariance for rows; ``is_noisy`` counts the error that a new measurement would have."""
        shape, parameters = self.shape, self.parameters
        across = shape.covariance(rows, self.rows, parameters)
        wanted = shape.design(rows, parameters)
        mean = wanted @ self.coefficients + across @ self.weights
        explained = across @ self.precision
        left = wanted - explained @ shape.design(self.rows, parameters)
        spread = shape.covariance(rows, rows, parameters) - explained @ across.T + left @ self.normal_inverse @ left.T
        return mean, spread + (shape.noise(parameters) * np.eye(len(rows)) if is_noisy else 0.0)

    def without(self, hidden: Sequence[int]) -> tuple[Table, Table]:
        """Errors and their covariance for rows (by place) predicted from all others, all coefficients fitted anew.

        The block of the projection is the inverse of the covariance of the errors (Dubrule 1983).
        """
        block: Table = np.asarray(np.linalg.inv(self.projection[np.ix_(hidden, hidden)]), dtype=np.float64)
        return block @ self.weights[list(hidden)], block


def solve(shape: Shape[Row], rows: Sequence[Row], y: Table, parameters: Table) -> Fitted[Row]:
    """Return the model at given parameters; columns that no row uses get no coefficient."""
    design = shape.design(rows, parameters)
    precision: Table = np.asarray(np.linalg.inv(_whole(shape, rows, parameters)), dtype=np.float64)
    used = np.abs(design).sum(axis=0) > 0
    x = design[:, used]
    inverse: Table = np.asarray(np.linalg.inv(x.T @ precision @ x + _RIDGE * np.eye(x.shape[1])), dtype=np.float64)
    projection: Table = precision - precision @ x @ inverse @ x.T @ precision
    coefficients = np.zeros(design.shape[1])
    covariance = np.zeros((design.shape[1], design.shape[1]))
    coefficients[used] = inverse @ (x.T @ (precision @ y))
    covariance[np.ix_(used, used)] = inverse
    return Fitted(shape, parameters, tuple(rows), coefficients, precision, projection, projection @ y, covariance)


def fit(shape: Shape[Row], rows: Sequence[Row], y: Table) -> Table:
    """Return the parameters of the highest restricted likelihood, found by stepping along one after the other."""
    best = np.array(shape.start)
    reached = _likelihood(shape, rows, y, best)
    for step in _STEPS:
        is_better = True
        while is_better:
            is_better = False
            for index in range(len(best)):
                for change in (step, -step):
                    tried = best.copy()
                    tried[index] = min(max(tried[index] + change, _LEAST), _MOST)
                    likelihood = _likelihood(shape, rows, y, tried)
                    if likelihood > reached + _GAIN:
                        best, reached, is_better = tried, likelihood, True
                        break
    return np.asarray(best.round(3))


def _whole(shape: Shape[Row], rows: Sequence[Row], parameters: Table) -> Table:
    """Return the covariance of what was measured."""
    return shape.covariance(rows, rows, parameters) + shape.noise(parameters) * np.eye(len(rows))


def _likelihood(shape: Shape[Row], rows: Sequence[Row], y: Table, parameters: Table) -> float:
    """Return the logarithm of the restricted likelihood, up to a constant."""
    design = shape.design(rows, parameters)
    design = design[:, np.abs(design).sum(axis=0) > 0]
    root = np.linalg.cholesky(_whole(shape, rows, parameters))
    both = np.linalg.solve(root, np.column_stack([design, y]))
    x, z = both[:, :-1], both[:, -1]
    normal = x.T @ x + _RIDGE * np.eye(x.shape[1])
    left = z - x @ np.linalg.solve(normal, x.T @ z)
    return float(-np.log(np.diag(root)).sum() - 0.5 * left @ left - 0.5 * np.linalg.slogdet(normal)[1])
