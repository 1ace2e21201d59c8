"""What is asked: built-in prompts of stated sizes, the user's own files, or their cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from advisor.errors import ProbeError
from advisor.files.tables import MAX_BYTES, Row, holds_rows, read_rows
from advisor.files.yaml import read_text
from advisor.probe.worker_protocol import Message

SIZES: Mapping[str, int] = {"short": 60, "medium": 1_000, "long": 10_000, "huge": 100_000}
"""Tokens of each built-in size, about: four characters of English a token."""

_CHARACTERS_PER_TOKEN = 4

MOST_PROMPTS = 10_000
"""As many as a probe may have rounds."""

_KEYS = ("messages", "prompt", "input")
_FEWER = "a hundred prompts drawn at random say as much"
_EXAMPLE = 'for instance {"input": "Hello"}, or a column input in CSV'

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
        """Give the prompt of a round; the nonce goes before its first word, so that no cache has seen its beginning."""
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
    """Prompts from text files (one each) and from files of prompts or cases (one an entry, see :mod:`advisor.files`).

    Raises ProbeError with file and line.
    """
    found: list[tuple[Message, ...]] = []
    for path in paths:
        if holds_rows(path):
            found += [_of_row(path, row) for row in read_rows(path, error=ProbeError)]
        elif (text := read_text(path, error=ProbeError, max_bytes=MAX_BYTES)).strip():
            found.append((Message(role="user", content=text),))
        if len(found) > MOST_PROMPTS:
            raise ProbeError(f"{path}: expected at most {MOST_PROMPTS:,} prompts, found more", hint=_FEWER)
    if not found:
        raise ProbeError(f"{', '.join(map(str, paths))}: expected at least one prompt, found none")
    return Prompts(", ".join(path.name for path in paths), tuple(found))


def _of_row(path: Path, row: Row) -> tuple[Message, ...]:
    """Give the prompt of an entry: its ``messages``, ``prompt`` or ``input``, the last of which is what a case has."""
    if (ask := _instruction(row.content)) is not None:
        return ask
    key = next((key for key in _KEYS if row.content.get(key) not in (None, "")), None)
    if key is None:
        found = ", ".join(map(str, row.content)) or "nothing"
        raise ProbeError(f"{path}:{row.line}: expected {' or '.join(_KEYS)}, found {found[:80]}", hint=_EXAMPLE)
    try:
        return _messages(row.content[key])
    except ValueError as wrong:
        raise ProbeError(f"{path}:{row.line}: {key}: {wrong}", hint=_EXAMPLE) from None


def _instruction(content: Mapping[str, Any]) -> tuple[Message, ...] | None:
    """Return an instruction or question with what it is about beside it, as sets for tuning have them.

    None if it is none.

    Alpaca has ``instruction`` and ``input``, Dolly ``instruction`` and ``context``, reading sets ``question`` and
    ``context``. The part that is the answer is not sent.
    """
    ask = next((content[key] for key in ("instruction", "question") if _is_text(content.get(key))), None)
    if ask is None or any(content.get(key) not in (None, "") for key in ("messages", "prompt")):
        return None
    about = [content[key] for key in ("input", "context") if _is_text(content.get(key))]
    system = content.get("system")
    first = (Message(role="system", content=str(system)),) if _is_text(system) else ()
    return (*first, Message(role="user", content="\n\n".join([str(ask), *map(str, about)])))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _messages(value: Any) -> tuple[Message, ...]:
    """Return the turns up to the last one of the user. Raises ValueError with what was expected."""
    if isinstance(value, str) and value.strip():
        return (Message(role="user", content=value),)
    if isinstance(value, Mapping):
        inner = next((value[key] for key in (*_KEYS, "question", "text") if value.get(key)), None)
        if inner is None or isinstance(inner, Mapping):
            raise ValueError(f"expected a text, or one under {', '.join(_KEYS)}, question or text")
        return _messages(inner)
    if not isinstance(value, list) or not value:
        raise ValueError(f"expected a text or a list of messages, found {type(value).__name__}")
    turns = [_turn(turn) for turn in value]
    while turns and turns[-1].role == "assistant":
        turns.pop()  # the answer that a log or a case has beside its prompt
    if not any(turn.role == "user" for turn in turns):
        raise ValueError("expected a message of the user, found none")
    return tuple(turns)


def _turn(turn: Any) -> Message:
    given = turn.get("role") if isinstance(turn, Mapping) else None
    role = "system" if given == "developer" else given
    if role not in ("system", "user", "assistant"):
        raise ValueError(f"expected the role system, user or assistant, found {str(role)[:40]!r}")
    return Message(role=role, content=_text(turn.get("content")))


def _text(content: Any) -> str:
    """Return the text of a message, which may come in parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    texts = [part.get("text") if isinstance(part, Mapping) else None for part in parts]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("expected a message of text; images, sounds and tool calls are not sent by a probe")
    return "".join(map(str, texts))
