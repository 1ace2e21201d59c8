"""A plain table: a case, whose answer, its score, and where there are several answers the epoch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from advisor.evals.readers.base import ForeignScore, are_rows, first, to_value

_CASES = ("case", "case_id", "item_id", "id", "example_id", "question_id", "prompt_id", "item")
_CANDIDATES = ("candidate", "model_id", "model", "offering", "provider")
_SCORES = ("score", "value", "correct", "is_correct", "passed", "accuracy")


class TableReader:
    """CSV with a header, or rows of JSON with the same names."""

    name = "table"

    def fits(self, content: Any) -> bool:
        """Rows that name a case and a score."""
        return are_rows(content) and first(content[0], _CASES) is not None and first(content[0], _SCORES) is not None

    def scores(self, content: Any, candidate: str) -> Iterator[ForeignScore]:
        """By the first name of each kind that the row has; a repeated case without an epoch is one more epoch."""
        seen: dict[tuple[str, str], int] = {}
        for row in content:
            case, value = first(row, _CASES), to_value(first(row, _SCORES))
            if case is None or value is None:
                continue
            name = str(first(row, _CANDIDATES) or candidate)
            seen[str(case), name] = seen.get((str(case), name), 0) + 1
            epoch = to_value(row.get("epoch"))
            yield ForeignScore(str(case), name, seen[str(case), name] if epoch is None else int(epoch), value)


READER = TableReader()
