"""Files that people write: read without trusting them, and replaced without ever leaving half a file.

YAML is read as version 1.2 means it, whatever the library's default: only ``true`` and ``false`` are yes/no, so
``NO`` stays Norway and ``12:30`` a time of day; a leading zero makes no octal. Underscores between digits are
allowed. Tags, aliases and repeated keys are refused, so a document is never larger than its file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from advisor.errors import AdvisorError

MAX_BYTES = 1 << 20
"""The largest document that is read: 1 MiB."""

MAX_DEPTH = 24
"""How deep blocks may be nested."""

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*(?:_[0-9]+)*)")
# Such as `-1_000.5e3` and `.5`, not `01.5` or `1e1000`.
_NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*(?:_[0-9]+)*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_WORDS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_EMPTY = frozenset(("", "~", "null", "Null", "NULL"))


class Document(NamedTuple):
    """A YAML or JSON document: its plain content, and for each key (``workloads.0.name``) the line it stands on."""

    path: str
    content: Any
    lines: dict[str, int]

    def line(self, key: str) -> int:
        """Return the line (from 1) of a dotted key, or of the nearest key above it that stands in the file."""
        return line_for_key(self.lines, key)


def line_for_key(lines: Mapping[str, int], key: str) -> int:
    """Return the line of a dotted key, or of the nearest key above it that has one; 1 if none has."""
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key, 1)


def read_document(path: str | Path, *, error: type[AdvisorError], max_bytes: int = MAX_BYTES) -> Document:
    """Read one YAML or JSON file.

    Raises ``error`` with file and line if it cannot be read, is too large, or is not one plain document.
    """
    return parse_document(read_text(path, error=error, max_bytes=max_bytes), path=str(path), error=error)


def read_text(path: str | Path, *, error: type[AdvisorError], max_bytes: int = MAX_BYTES) -> str:
    """Give the text of a file of at most ``max_bytes``; raises ``error`` if it is none, is larger, or is not UTF-8."""
    try:
        with Path(path).open("rb") as file:
            raw = file.read(max_bytes + 1)
    except IsADirectoryError:
        raise error(f"{path}: expected a file, found a directory", hint="name a file inside it") from None
    except FileNotFoundError:
        raise error(f"{path}: there is no such file") from None
    except (OSError, ValueError) as cause:
        reason = getattr(cause, "strerror", None) or "the name is not one that a file can have"
        raise error(f"{path}: cannot be read: {reason}") from None
    if len(raw) > max_bytes:
        raise error(f"{path}: expected at most {max_bytes:,} bytes, found more", hint="is this the right file?")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        line = raw[: cause.start].count(b"\n") + 1
        found = f"byte 0x{raw[cause.start]:02x}"
        raise error(f"{path}:{line}: expected UTF-8 text, found {found}", hint="save the file as UTF-8") from None


def parse_document(text: str, *, path: str, error: type[AdvisorError]) -> Document:
    """Give the document that a text holds; ``path`` is what messages call it.

    Raises ``error`` as read_document does.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    reader = _Reader(yaml.parse(text, Loader=loader), path, error)
    try:
        return Document(path, reader.document(), reader.lines)
    except yaml.MarkedYAMLError as cause:
        mark = cause.problem_mark or cause.context_mark
        line = mark.line + 1 if mark else 1
        reason = ", ".join(part for part in (cause.context, cause.problem) if part)
        raise error(f"{path}:{line}: expected YAML: {reason}") from None
    except yaml.YAMLError as cause:
        line = text.count("\n", 0, getattr(cause, "position", 0)) + 1
        raise error(f"{path}:{line}: expected YAML: {getattr(cause, 'reason', cause)}") from None


def is_plain_text(text: str) -> bool:
    """Whether a word that stands in YAML without quotes is read as that text, and not as a number or yes/no."""
    return isinstance(_scalar(text), str)


class _Reader:
    """Builds plain content from a parser's events."""

    def __init__(self, events: Iterator[Any], path: str, error: type[AdvisorError]) -> None:
        self._events = events
        self._path = path
        self._error = error
        self.lines: dict[str, int] = {}

    def document(self) -> Any:
        kinds = {"StreamStartEvent", "DocumentStartEvent", "DocumentEndEvent"}
        content, seen = None, False
        for event in self._events:
            kind = type(event).__name__
            if kind in kinds:
                continue
            if kind == "StreamEndEvent":
                break
            if seen:
                self._fail(event, "expected one document, found a second after '---'")
            content, seen = self._value(event, "", 0), True
        return content

    def _value(self, event: Any, key: str, depth: int) -> Any:
        kind = type(event).__name__
        self.lines.setdefault(key, event.start_mark.line + 1)
        if kind == "AliasEvent":
            self._fail(event, f"expected a value, found the alias *{event.anchor}", "write the value out in each place")
        if event.tag is not None and event.tag != "!":
            self._fail(event, f"expected a plain value, found the tag {event.tag}", "leave the tag out")
        if depth > MAX_DEPTH:
            self._fail(event, f"expected at most {MAX_DEPTH} levels, found more")
        if kind == "ScalarEvent":
            return _scalar(event.value) if event.implicit[0] and event.style in (None, "") else event.value
        if kind == "SequenceStartEvent":
            return self._sequence(key, depth)
        return self._mapping(key, depth)

    def _sequence(self, key: str, depth: int) -> list[Any]:
        items: list[Any] = []
        for event in self._events:
            if type(event).__name__ == "SequenceEndEvent":
                break
            items.append(self._value(event, _join(key, str(len(items))), depth + 1))
        return items

    def _mapping(self, key: str, depth: int) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for event in self._events:
            kind = type(event).__name__
            if kind == "MappingEndEvent":
                break
            if kind != "ScalarEvent":
                self._fail(event, "expected a name before the colon, found a block, list or alias")
            if event.value in content:
                self._fail(event, f"expected each key once, found {event.value!r} again", "keep one of the two")
            place = _join(key, event.value)
            self.lines[place] = event.start_mark.line + 1
            content[event.value] = self._value(next(self._events), place, depth + 1)
        return content

    def _fail(self, event: Any, message: str, hint: str | None = None) -> NoReturn:
        raise self._error(f"{self._path}:{event.start_mark.line + 1}: {message}", hint=hint)


def _join(key: str, part: str) -> str:
    return f"{key}.{part}" if key else part


def _scalar(text: str) -> Any:
    if text in _EMPTY:
        return None
    if text in _WORDS:
        return _WORDS[text]
    if len(text) <= 40:  # noqa: PLR2004 - a longer run of digits is no figure that anybody means
        if _INTEGER.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text):
            return float(text.replace("_", ""))
    return text
