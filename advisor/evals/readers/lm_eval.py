"""Samples of lm-evaluation-harness: JSON lines with the number of the document and its metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from advisor.evals.readers.base import ForeignScore, are_rows, to_value

_METRICS = ("exact_match", "acc", "acc_norm", "f1", "em", "prompt_level_strict_acc", "pass@1")


class LmEvalReader:
    """The first known metric of each document; of several filters the first."""

    name = "lm-eval"

    def fits(self, content: Any) -> bool:
        """Rows with ``doc_id``."""
        return are_rows(content) and "doc_id" in content[0]

    def scores(self, content: Any, candidate: str) -> Iterator[ForeignScore]:
        """By the number of the document."""
        taken = content[0].get("filter")
        for row in content:
            if row.get("filter") != taken:
                continue
            value = to_value(_metric(row))
            if value is not None:
                yield ForeignScore(str(row["doc_id"]), candidate, 1, value)


READER = LmEvalReader()


def _metric(row: Mapping[str, Any]) -> Any:
    named = row["metrics"] if isinstance(row.get("metrics"), list) else ()
    return next((row[name] for name in (*_METRICS, *map(str, named)) if name in row), None)
