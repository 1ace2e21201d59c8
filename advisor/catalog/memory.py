"""What was worked out for a catalogue once, kept for as long as the catalogue lives.

A person who changes one answer of a questionnaire changes one column of the screen; the others are found here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from advisor.catalog.catalogue import Catalog

_MOST = 256
"""Entries kept for a catalogue; the oldest is forgotten first."""

_memories: WeakKeyDictionary[Catalog, dict[Hashable, Any]] = WeakKeyDictionary()

Value = TypeVar("Value")


def remembered(catalog: Catalog, key: Hashable, work: Callable[[], Value]) -> Value:
    """The value of ``work`` for the key, worked out only the first time; equal keys must mean equal values."""
    memory = _memories.setdefault(catalog, {})
    if key not in memory:
        value = work()
        if len(memory) >= _MOST:
            del memory[next(iter(memory))]
        memory[key] = value
    found: Value = memory[key]
    return found
