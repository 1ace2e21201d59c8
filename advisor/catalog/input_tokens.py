"""How many tokens an image or a page becomes, by the rule that a maker bills after.

A rule is a fact of the model, written in one line:

``patches 32 times 1.2 most 10000``
    Squares of 32 pixels that cover the image, each 1.2 tokens. An image of more than 10,000 squares is made smaller
    until it has no more; ``most 2990 to 4784`` where it is only known that the bound lies between.
``tiles 85 170``
    85 tokens and 170 for each square of 512 pixels, after the image was fitted into 2,048 by 2,048 pixels and its
    shorter side to 768.
``crops 768 258``
    258 tokens for each crop; small images are one. Whether crops are 768 pixels wide or two thirds of the shorter side
    is not told, so that both are counted.
``fixed 70 to 1120``
    Whatever the size.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from math import ceil, floor, sqrt
from typing import NamedTuple

_N = r"\d+(?:\.\d+)?"
# Such as `patches 32 times 1.2 most 2500 to 1536`, not `tiles 85 170`.
_PATCHES = re.compile(
    rf"patches (?P<side>{_N})(?: times (?P<each>{_N}))?(?: most (?P<most>{_N})(?: to (?P<at_most>{_N}))?)?"
)
_TILES = re.compile(rf"tiles (?P<base>{_N}) (?P<each>{_N})")
_CROPS = re.compile(rf"crops (?P<side>{_N}) (?P<each>{_N})")
_FIXED = re.compile(rf"fixed (?P<low>{_N})(?: to (?P<high>{_N}))?")

_TILE, _FITS, _SHORTER = 512, 2048, 768
"""Pixels of a tile, of the square that an image is fitted into, and of its shorter side afterwards."""
_ONE_CROP = 384
"""An image no larger than this in both directions is a single crop."""
_CROP_SHARE = 1.5


class InputTokens(NamedTuple):
    """The least and the most tokens that something becomes."""

    low: float
    high: float

    def times(self, count: float) -> InputTokens:
        """Return the tokens of so many."""
        return InputTokens(self.low * count, self.high * count)

    def plus(self, other: InputTokens) -> InputTokens:
        """Return the tokens of both."""
        return InputTokens(self.low + other.low, self.high + other.high)


def count_image_tokens(rule: str, width: int, height: int) -> InputTokens:
    """Return the tokens of an image of ``width`` by ``height`` pixels. Raises ValueError for another kind of rule."""
    for pattern, count in _KINDS:
        found = pattern.fullmatch(rule)
        if found:
            figures = {name: float(figure) for name, figure in found.groupdict().items() if figure is not None}
            return count(width, height, **figures)
    raise ValueError(f"expected patches, tiles, crops or fixed with their figures, found {rule!r}")


def count_page_tokens(rule: str) -> InputTokens:
    """Return the tokens of a page, whose rule is always ``fixed``. Raises ValueError for another."""
    if not _FIXED.fullmatch(rule):
        raise ValueError(f"expected fixed with its figures, found {rule!r}")
    return count_image_tokens(rule, 1, 1)


def _patches(
    width: int, height: int, *, side: float, each: float = 1.0, most: float | None = None, at_most: float | None = None
) -> InputTokens:
    count = ceil(width / side) * ceil(height / side)
    ends = [count if most is None or count <= most else _shrunk(side, most, width, height)]
    if at_most is not None:
        ends.append(min(count, floor(at_most)))
    return InputTokens(ceil(min(ends) * each), ceil(max(ends) * each))


def _shrunk(side: float, most: float, width: int, height: int) -> int:
    """Return the squares of an image made smaller until no more than ``most`` cover it, whole ones along one side."""
    shrink = sqrt(side * side * most / (width * height))
    across, down = width * shrink / side, height * shrink / side
    shrink *= min(max(1, floor(across)) / across, max(1, floor(down)) / down)
    return ceil(floor(width * shrink) / side) * ceil(floor(height * shrink) / side)


def _tiles(width: int, height: int, base: float, each: float) -> InputTokens:
    fit = min(1.0, _FITS / max(width, height))
    fit *= min(1.0, _SHORTER / (min(width, height) * fit))
    tokens = base + each * ceil(round(width * fit) / _TILE) * ceil(round(height * fit) / _TILE)
    return InputTokens(tokens, tokens)


def _crops(width: int, height: int, side: float, each: float) -> InputTokens:
    if max(width, height) <= _ONE_CROP:
        return InputTokens(each, each)
    unit = max(1, floor(min(width, height) / _CROP_SHARE))
    counts = [ceil(width / pixels) * ceil(height / pixels) for pixels in (side, unit)]
    return InputTokens(each * min(counts), each * max(counts))


def _fixed(_width: int, _height: int, low: float, high: float | None = None) -> InputTokens:
    return InputTokens(low, low if high is None else high)


_KINDS: tuple[tuple[re.Pattern[str], Callable[..., InputTokens]], ...] = (
    (_PATCHES, _patches),
    (_TILES, _tiles),
    (_CROPS, _crops),
    (_FIXED, _fixed),
)
