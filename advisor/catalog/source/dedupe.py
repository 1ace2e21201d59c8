"""Equal timelines are written once in the compiled file and shared in memory.

Offerings of one channel often state the same fact from the same source. In the file a timeline is a key in the table
``timelines``; in memory the key gives way to the timeline itself, so that equal ones are one object: it is decoded
once, and what depends on it alone is worked out once.

A key follows from the content alone. A running number would change thousands of lines of the file whenever a fact is
added, and two branches that each add one could not be merged.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

_OWNERS = ("channels", "models", "offerings")
_SHORTEST_KEY = 6
"""Characters of a key; more only for contents whose keys would be the same."""


def content_keys(contents: Iterable[str]) -> dict[str, str]:
    """Return a short key for each content, made from the content alone: text to key, each key once."""
    keys: dict[str, str] = {}
    taken: set[str] = set()
    for content in sorted(set(contents)):
        digest = sha256(content.encode()).hexdigest()
        length = next(n for n in range(_SHORTEST_KEY, len(digest) + 1) if digest[:n] not in taken)
        keys[content] = digest[:length]
        taken.add(digest[:length])
    return keys


def interned(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document for the file: each timeline a key in the table ``timelines``."""
    named = [(name, rows) for facts in _facts(document) for name, rows in facts.items()]
    written = {_content(name, rows): rows for name, rows in named}
    keys = content_keys(written)

    def keyed(one: dict[str, Any]) -> dict[str, Any]:
        return one | {"facts": {name: keys[_content(name, rows)] for name, rows in sorted(one["facts"].items())}}

    owners = {kind: [keyed(one) for one in document[kind]] for kind in _OWNERS}
    return document | owners | {"timelines": {keys[content]: rows for content, rows in written.items()}}


def shared(document: dict[str, Any]) -> dict[str, Any]:
    """Give the document as the program uses it: the shared timelines in the place of their keys, put there in place."""
    timelines = document.pop("timelines")
    for facts in _facts(document):
        for name, key in facts.items():
            facts[name] = timelines[key]
    return document


def _content(name: str, rows: list[Any]) -> str:
    return f"{name} {json.dumps(rows, sort_keys=True, ensure_ascii=False)}"


def _facts(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (one["facts"] for kind in _OWNERS for one in document[kind])
