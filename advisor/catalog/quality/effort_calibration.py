"""Leave one model out of the effect of effort: predict what its table says of another effort of it.

The interval is widened by what nineteen of twenty gains of the other models need (conformal, one model left out), so
the coverage that is reported was not tuned on the model itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from advisor.catalog.quality.calibration import Z, widening_factor
from advisor.catalog.quality.effort_effect import EffortPair, fit_effects


class HeldEfforts(NamedTuple):
    """How well the gains of models that were left out were predicted; errors in points, log odds for tests."""

    board: str
    models: int
    pairs: int
    rmse: float
    rmse_no_effect: float
    coverage: float
    widening: float


def leave_model_out(pairs: Sequence[EffortPair], shares: Mapping[str, float], board: str) -> HeldEfforts:
    """Predict every pair of a board from the pairs of all other models."""
    mine = [pair for pair in pairs if pair.board == board]
    errors: dict[str, list[float]] = {}
    gaps: list[tuple[float, float]] = []
    for model in sorted({pair.model for pair in mine}):
        fitted = fit_effects([pair for pair in mine if pair.model != model], shares)
        for pair in mine:
            if pair.model == model and pair.dimension in fitted.effects:
                mean, variance = fitted.predict(pair)
                errors.setdefault(model, []).append(abs(pair.gain - mean) / math.sqrt(variance + pair.error**2))
                gaps.append((pair.gain - mean, pair.gain))
    every = np.concatenate([np.array(part) for part in errors.values()])
    inside = 0
    for model, own in errors.items():
        rest = np.concatenate([np.array(part) for name, part in errors.items() if name != model])
        inside += sum(error <= widening_factor(rest) * Z for error in own)
    rmse, plain = np.sqrt(np.mean(np.square(gaps), axis=0))
    return HeldEfforts(
        board, len(errors), len(every), float(rmse), float(plain), inside / len(every), widening_factor(every)
    )


def calibrate_efforts(pairs: Sequence[EffortPair], shares: Mapping[str, float]) -> tuple[HeldEfforts, ...]:
    """Leave the models of every board out in turn, where enough pairs are left."""
    boards = sorted({pair.board for pair in pairs})
    fitted = fit_effects(pairs, shares)
    return tuple(
        leave_model_out(pairs, shares, board)
        for board in boards
        if any(pair.dimension in fitted.effects for pair in pairs if pair.board == board)
    )
