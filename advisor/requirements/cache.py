"""Requirements that passed every check before, kept by the hash of their text and read again without checking.

Checking a file takes the library that checks, whose import is a third of a cold `advisor recommend`. Text that passed
once passes again, so the result is kept in the user's cache folder under the hash of the text, of the version and of
the source of all that reads it: a changed file or a changed check is read anew, and so is a kept copy that was edited.
What is read back has the same attributes as :class:`advisor.requirements.schema.Requirements` and answers the same
questions (a test holds the two together).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from advisor.files.atomic import replace_bytes
from advisor.files.paths import cache_folder
from advisor.requirements.enums import Business, Derived, OnUnknown, Preference, Stage, Use
from advisor.version import __version__

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements

_WORDS: Mapping[str, type[StrEnum]] = {kind.__name__: kind for kind in (Business, OnUnknown, Preference, Stage, Use)}
_READERS = (
    "cache.py",
    "check_names.py",
    "diagnose.py",
    "enums.py",
    "file.py",
    "portfolio_schema.py",
    "schema.py",
    "tasks.py",
    "traffic_schema.py",
    "types.py",
    "../files/yaml.py",
)
"""The source of what reads and checks a file, from this folder."""


class Kept:
    """A record read back: the same attributes, equal and hashed by value, never changed."""

    __slots__ = ("__dict__",)

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.__dict__.update(fields)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"requirements never change; {name!r} cannot be set")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__.items()))

    def model_copy(self, *, update: Mapping[str, Any]) -> Kept:
        """Return a copy with some attributes replaced."""
        return type(self)(self.__dict__ | dict(update))


class KeptRequirements(Derived, Kept):
    """The whole of a file, read back."""


def load_cached(text: str) -> Requirements | None:
    """Return the requirements of a text that was checked before.

    None if it was not, or if the kept copy is not whole.
    """
    key = _key(text)
    try:
        digest, _, body = _place(key).read_text(encoding="utf-8").partition("\n")
        if digest != _digest(key, body):
            return None
        document = json.loads(body)
        return cast("Requirements", KeptRequirements({name: _restored(value) for name, value in document.items()}))
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return None


def store(text: str, requirements: Requirements) -> None:
    """Keep the requirements of a text that passed; a cache folder that cannot be written is left alone."""
    key = _key(text)
    place = _place(key)
    body = json.dumps(_plain(requirements.model_dump()))
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        replace_bytes(place, f"{_digest(key, body)}\n{body}".encode())
    except OSError:
        return


def _key(text: str) -> str:
    """Return what a kept copy stands for: the text, this version, and the source of all that reads and checks it."""
    here = Path(__file__).parent
    readers = b"".join((here / name).read_bytes() for name in _READERS)
    return sha256(b"\0".join((__version__.encode(), readers, text.encode()))).hexdigest()


def _digest(key: str, body: str) -> str:
    """Binds a kept copy to the text that it came from: a copy that was edited, torn or renamed is not read."""
    return sha256(f"{key}\n{body}".encode()).hexdigest()


def _place(key: str) -> Path:
    return cache_folder("checked", f"{key}.json")


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; what JSON has no word for is a block of one key that begins with ``$``."""
    if isinstance(value, StrEnum):
        return {f"${type(value).__name__}": value.value}
    if isinstance(value, Decimal):
        return {"$Decimal": str(value)}
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value


def _restored(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_restored(part) for part in value)
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, part), *_ = value.items()
        if key == "$Decimal":
            return Decimal(part)
        if key.startswith("$"):
            return _WORDS[key[1:]](part)
    return Kept({key: _restored(part) for key, part in value.items()})
