"""Results of promptfoo in JSON: each test with each provider."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from advisor.evals.readers.base import ForeignScore, to_value


class PromptfooReader:
    """The score of each result, its success where it has none."""

    name = "promptfoo"

    def fits(self, content: Any) -> bool:
        """Return an object with results that name a provider."""
        rows = _rows(content)
        return bool(rows) and isinstance(rows[0], Mapping) and "provider" in rows[0]

    def scores(self, content: Any, candidate: str) -> Iterator[ForeignScore]:
        """By the number of the test, or by its variables where it has none."""
        seen: dict[tuple[str, str], int] = {}
        for row in _rows(content):
            provider = row.get("provider")
            given = provider.get("label") or provider.get("id") if isinstance(provider, Mapping) else provider
            name = str(given or candidate)
            value = to_value(row.get("score"))
            value = to_value(row.get("success")) if value is None else value
            if value is None or (row.get("error") and row.get("failureReason") == 2):  # noqa: PLR2004 - it failed to run
                continue
            index = row.get("testIdx")
            case = str(index) if index is not None else json.dumps(row.get("vars"), sort_keys=True)
            seen[case, name] = seen.get((case, name), 0) + 1
            yield ForeignScore(case, name, seen[case, name], value)


READER = PromptfooReader()


def _rows(content: Any) -> list[Any]:
    found = content.get("results") if isinstance(content, Mapping) else None
    if isinstance(found, Mapping):
        found = found.get("results")
    return found if isinstance(found, list) else []
