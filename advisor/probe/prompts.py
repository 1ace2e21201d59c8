"""What is asked: built-in prompts of stated sizes, the user's own files, or their cases."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from advisor.documents import read_text
from advisor.errors import ProbeError
from advisor.probe.protocol import Message

SIZES: Mapping[str, int] = {"short": 60, "medium": 1_000, "long": 10_000, "huge": 100_000}
"""Tokens of each built-in size, about: four characters of English a token."""

_CHARACTERS_PER_TOKEN = 4
_MAX_BYTES = 8 << 20

_ASK = "Write a long and detailed travel report about a journey by train. Do not stop before you are told to."
_ASK_TOOL = "Look up order 4711 with the fields status, address and total."
_WORDS = (
    "harbour lantern winter market copper bridge letter garden signal winding quiet morning ticket platform engine "
    "orchard river teacher window silver basket thunder village museum carpet ladder pocket needle candle forest"
)


class Prompts(NamedTuple):
    """A set of prompts and where it is from."""

    source: str
    """``built-in short``, or the files' names."""
    all: tuple[tuple[Message, ...], ...]

    def pick(self, index: int, nonce: str | None) -> tuple[Message, ...]:
        """The prompt of a round; the nonce goes before its first word, so that no cache has seen its beginning."""
        messages = self.all[index % len(self.all)]
        if nonce is None:
            return messages
        first = messages[0]
        return (Message(role=first.role, content=f"[{nonce}] {first.content}"), *messages[1:])


def built_in(size: str, *, tools: bool = False) -> Prompts:
    """One prompt of about that many tokens that asks for a long answer, or for a tool call."""
    ask = _ASK_TOOL if tools else _ASK
    wanted = SIZES[size] * _CHARACTERS_PER_TOKEN - len(ask)
    words = _WORDS.split()
    random, lines, length = Random(SIZES[size]), list[str](), 0  # noqa: S311 - the same text every time
    while length < wanted:
        line = f"Note {len(lines) + 1}: the {' '.join(random.choices(words, k=9))}."
        lines.append(line)
        length += len(line) + 1
    return Prompts(f"built-in {size}", ((Message(role="user", content="\n".join([*lines, ask])),),))


def from_files(paths: Sequence[Path]) -> Prompts:
    """Prompts from text files (one each) and from .jsonl files (one a line). Raises ProbeError with file and line."""
    found: list[tuple[Message, ...]] = []
    for path in paths:
        text = read_text(path, error=ProbeError, max_bytes=_MAX_BYTES)
        if path.suffix == ".jsonl":
            found += [_of_line(path, number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        elif text.strip():
            found.append((Message(role="user", content=text),))
    if not found:
        raise ProbeError(f"{', '.join(map(str, paths))}: expected at least one prompt, found none")
    return Prompts(", ".join(path.name for path in paths), tuple(found))


def _of_line(path: Path, number: int, line: str) -> tuple[Message, ...]:
    """A prompt of ``{"messages": [...]}``, or of ``{"prompt": "..."}`` or ``{"input": ...}`` as cases have it."""
    try:
        content = json.loads(line)
        return _messages(next(content[key] for key in ("messages", "prompt", "input") if key in content))
    except (ValueError, ValidationError, TypeError, KeyError, StopIteration):
        raise ProbeError(
            f"{path}:{number}: expected a JSON object with messages, prompt or input",
            hint='for instance {"messages": [{"role": "user", "content": "Hello"}]}',
        ) from None


def _messages(value: Any) -> tuple[Message, ...]:
    if isinstance(value, Mapping):
        return _messages(next(value[key] for key in ("messages", "prompt", "question", "text") if key in value))
    if isinstance(value, str):
        if not value.strip():
            raise ValueError
        return (Message(role="user", content=value),)
    messages = TypeAdapter(tuple[Message, ...]).validate_python(
        [{"role": turn["role"], "content": turn["content"]} for turn in value]
    )
    if not messages:
        raise ValueError
    return messages
