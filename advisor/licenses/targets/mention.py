"""What the readers of files give: names that stand where a program names a model, and loaders that stayed open."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """What kind of place a name stands in, and so by which rules it is read."""

    HUB = "hub"
    """Given to what loads from the Hub: a name without an owner counts as well."""
    SENTENCE_TRANSFORMERS = "sentence-transformers"
    """Given to a loader that puts ``sentence-transformers/`` before a name without an owner."""
    FASTER_WHISPER = "faster-whisper"
    WHISPER = "whisper"
    """The short names of two speech libraries."""
    TIMM = "timm"
    OLLAMA = "ollama"
    """A name of Ollama's library."""
    KEYED = "keyed"
    """Given to a key, variable, parameter or flag that is called after a model."""
    ADDRESS = "address"
    """An address on the Hub."""
    LITERAL = "literal"
    """Any other string: it counts only where it is exactly the name of a model behind an API."""
    DATASET = "dataset"
    """Named as a data set: whatever only looks like the same name is no model."""


class Mention(NamedTuple):
    """A name as it is written, with the line (from 1) on which the string stands."""

    text: str
    line: int
    role: Role
    key: str = ""
    """What it was given to: ``from_pretrained``, ``model_id``, ``--model``."""
    revision: str | None = None
    note: str | None = None
    """What could not be resolved beside it, as a sentence."""


class Unresolved(NamedTuple):
    """A loader whose model does not stand in the file."""

    expression: str
    line: int
    why: str


class Found(NamedTuple):
    """Everything that one file says."""

    mentions: tuple[Mention, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set: how the tables of names are written."""
    return frozenset(text.split())
