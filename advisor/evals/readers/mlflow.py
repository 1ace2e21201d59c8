"""Tables of evaluation of mlflow: ``eval_results_table.json`` with columns and data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from advisor.evals.readers.base import ForeignScore, to_value

_CASES = ("request_id", "trace_id", "id", "inputs", "request")

_ENDINGS = ("/score", "/value", "_score")


class MlflowReader:
    """The first column that is a score."""

    name = "mlflow"

    def fits(self, content: Any) -> bool:
        """Columns and rows."""
        return isinstance(content, Mapping) and isinstance(content.get("columns"), list) and "data" in content

    def scores(self, content: Any, candidate: str) -> Iterator[ForeignScore]:
        """By the id or the input of the row."""
        columns = [str(name) for name in content["columns"]]
        case = next((name for name in _CASES if name in columns), None)
        score = next((name for name in columns if name == "score" or name.endswith(_ENDINGS)), None)
        if case is None or score is None:
            return
        for row in content["data"]:
            cells = dict(zip(columns, row, strict=False))
            value = to_value(cells.get(score))
            if value is not None:
                key = cells[case]
                name = str(cells.get("model") or candidate)
                yield ForeignScore(key if isinstance(key, str) else json.dumps(key, sort_keys=True), name, 1, value)


READER = MlflowReader()
