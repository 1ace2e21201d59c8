"""Equal timelines are written once in the compiled file and shared in memory.

Offerings of one channel often state the same fact from the same source. In the file a timeline is a number in the
table ``timelines``; in memory the number gives way to the timeline itself, so that equal ones are one object: it is
decoded once, and what depends on it alone is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_OWNERS = ("channels", "models", "offerings")


def interned(document: dict[str, Any]) -> dict[str, Any]:
    """The document for the file: each timeline a number, in the order in which they first occur."""
    numbers: dict[tuple[str, str], int] = {}
    timelines: list[Any] = []

    def number(name: str, rows: list[Any]) -> int:
        key = (name, repr(rows))
        if key not in numbers:
            numbers[key] = len(timelines)
            timelines.append(rows)
        return numbers[key]

    def numbered(one: dict[str, Any]) -> dict[str, Any]:
        return one | {"facts": {name: number(name, rows) for name, rows in sorted(one["facts"].items())}}

    owners = {kind: [numbered(one) for one in document[kind]] for kind in _OWNERS}
    return document | owners | {"timelines": timelines}


def shared(document: dict[str, Any]) -> dict[str, Any]:
    """The document as the program uses it: the shared timelines in the place of their numbers, put there in place."""
    timelines = document.pop("timelines")
    for facts in _facts(document):
        for name, number in facts.items():
            facts[name] = timelines[number]
    return document


def _facts(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (one["facts"] for kind in _OWNERS for one in document[kind])
