"""Intervals and comparisons for all who measure; what needs numpy is imported from its own module."""

from __future__ import annotations

from advisor.statistics.intervals import (
    CONFIDENCE,
    LOOKS,
    PRACTICALLY_EQUAL,
    Z_95,
    Comparison,
    ComparisonVerdict,
    Interval,
    compare_pairs,
    least_n,
    quantile,
    share,
    shrunk,
)

__all__ = [
    "CONFIDENCE",
    "LOOKS",
    "PRACTICALLY_EQUAL",
    "Z_95",
    "Comparison",
    "ComparisonVerdict",
    "Interval",
    "compare_pairs",
    "least_n",
    "quantile",
    "share",
    "shrunk",
]
