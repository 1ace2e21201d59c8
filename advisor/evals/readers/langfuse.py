"""Exports of langfuse: scores of traces, or runs of a data set with their scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from advisor.evals.readers.base import ForeignScore, are_rows, first, to_value

_CASES = ("datasetItemId", "dataset_item_id", "traceId", "trace_id")
_RUNS = ("datasetRunName", "dataset_run_name", "runName", "run_name", "model", "traceName", "trace_name")


class LangfuseReader:
    """The numeric or yes/no scores, each of its run."""

    name = "langfuse"

    def fits(self, content: Any) -> bool:
        """Rows, or pages of them under ``data``, with the id of a trace or of a data set's item."""
        rows = _rows(content)
        return are_rows(rows) and first(rows[0], _CASES) is not None

    def scores(self, content: Any, candidate: str) -> Iterator[ForeignScore]:
        """Several scores of one name in one run are its epochs; only the first name that occurs is read."""
        named: str | None = None
        seen: dict[tuple[str, str], int] = {}
        for row in _rows(content):
            for score in row["scores"] if isinstance(row.get("scores"), list) else [row]:
                name = str(score.get("name") or "")
                given = score.get("value") if score.get("value") is not None else score.get("stringValue")
                value = to_value(given)
                named = name if named is None and value is not None else named
                if value is None or name != named:
                    continue
                case, run = str(first(row, _CASES)), str(first(row, _RUNS) or candidate)
                seen[case, run] = seen.get((case, run), 0) + 1
                yield ForeignScore(case, run, seen[case, run], value)


READER = LangfuseReader()


def _rows(content: Any) -> Any:
    return content.get("data") if isinstance(content, Mapping) and "columns" not in content else content
