"""What was worked out for a catalog once, kept for as long as the catalog lives.

A person who changes one answer of a questionnaire changes one column of the screen; the others are found here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from advisor.catalog.catalog import Catalog

_MOST = 256
"""Entries kept for a catalog; the one that was asked for longest ago is forgotten first."""

_NOTHING = object()

_memories: WeakKeyDictionary[Catalog, dict[Hashable, Any]] = WeakKeyDictionary()

Value = TypeVar("Value")


def memoize(catalog: Catalog, key: Hashable, work: Callable[[], Value]) -> Value:
    """Return the value of ``work`` for the key, worked out only the first time; equal keys must mean equal values."""
    memory = _memories.setdefault(catalog, {})
    # Put back at the end, so that what every question rests on outlives what one of them asked.
    found = memory.pop(key, _NOTHING)
    if found is _NOTHING:
        found = work()
        while len(memory) >= _MOST:
            memory.pop(next(iter(memory)), None)
    memory[key] = found
    value: Value = found
    return value
