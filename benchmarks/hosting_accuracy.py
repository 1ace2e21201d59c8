"""Estimates for own accelerators against published measurements: is the bound a bound, and how far below it is real?

``python benchmarks/hosting_accuracy.py`` prints each measurement with its range, the share of the upper end that it
reached, and by kind of model the median share and how many measurements lie inside the range.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from advisor.catalog import Catalog, load_catalog
from advisor.self_hosting.capacity import (
    Architecture,
    Load,
    Range,
    architecture,
    decode_tokens_per_s,
    prefill_tokens_per_s,
    rig,
)

sys.path.insert(0, str(Path(__file__).parent))
from hosting_points import DECODING, PREFILL, Point


class Row(NamedTuple):
    """A measurement with the range that was computed for it."""

    point: Point
    kind: str
    bound: Range

    @property
    def share(self) -> float:
        """What was measured over the upper end."""
        return self.point.tokens_per_s / self.bound.high


def rows(catalog: Catalog, points: Iterable[Point]) -> Iterator[Row]:
    """Each point with its range; raises ValueError for one that no range can be computed for."""
    for point in points:
        shape = architecture(catalog.models[point.model].facts.at, catalog.as_of)
        bound = _bound(catalog, point, shape.at(point.precision)) if shape else None
        if shape is None or bound is None:
            raise ValueError(f"{point.model} on {point.gpu}: a fact that the estimate needs is not on record")
        sparse = shape.active is not None and shape.active < shape.parameters
        kind = "prefill" if point.prompt_tokens else "decoding, sparse" if sparse else "decoding, dense"
        yield Row(point, kind, bound)


def _bound(catalog: Catalog, point: Point, shape: Architecture) -> Range | None:
    on = rig(catalog.gpus[point.gpu], point.count)
    if point.prompt_tokens:
        return prefill_tokens_per_s(shape, on)
    load = Load(point.context_tokens, point.context_tokens, concurrency=point.requests)
    return decode_tokens_per_s(shape, on, load, Range(point.requests, point.requests))


def main() -> None:
    found = list(rows(load_catalog(overlay=False), (*DECODING, *PREFILL)))
    print(
        f"{'model':27} {'form':5} {'accelerators':16} {'at once':>7} {'measured':>9} {'range':>16} {'share':>6}  source"
    )
    for row in found:
        one, span = row.point, f"{row.bound.low:,.0f}-{row.bound.high:,.0f}"
        rigged = f"{one.count} x {one.gpu}"
        print(
            f"{one.model:27} {one.precision:5} {rigged:16} {one.requests:7} {one.tokens_per_s:9,.1f} {span:>16} "
            f"{row.share:6.0%}  {one.source}"
        )
    for kind in sorted({row.kind for row in found}):
        shares = [row.share for row in found if row.kind == kind]
        inside = sum(row.bound.low <= row.point.tokens_per_s <= row.bound.high for row in found if row.kind == kind)
        print(
            f"{kind}: {len(shares)} measurements, {inside} inside the range, above the bound "
            f"{sum(share > 1 for share in shares)}; share of the bound: median {statistics.median(shares):.0%}, "
            f"from {min(shares):.0%} to {max(shares):.0%}"
        )


if __name__ == "__main__":
    main()
