"""A row of values as a line of blocks, all rows on one scale so that they can be compared by eye."""

from __future__ import annotations

from collections.abc import Sequence

FAILED = "✗"
_BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float | None], most: float, width: int) -> str:
    """Return the last ``width`` values from 0 to ``most``; a None is one that failed."""
    return "".join(FAILED if value is None else _block(value, most) for value in values[-width:] if width > 0)


def _block(value: float, most: float) -> str:
    if most <= 0:
        return _BLOCKS[0]
    return _BLOCKS[max(0, min(len(_BLOCKS) - 1, round(value / most * len(_BLOCKS)) - 1))]
