"""A sample of real traffic: one JSON object a line, its prompt and answer as text to count.

Two shapes are read. ``{"prompt": "...", "answer": "..."}``, where the answer may be missing; and
``{"messages": [{"role": ..., "content": ...}, ...]}``, where a last message of the assistant is the answer. A chat
costs four tokens a message and three to open the answer besides its text, as OpenAI's cookbook counts them
(https://developers.openai.com/cookbook/examples/how_to_count_tokens_with_tiktoken); definitions and calls of tools are
counted as their JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from advisor.errors import RequirementsError

MAX_BYTES = 64 << 20
"""The largest sample that is read: 64 MiB, some 15 million tokens."""

MESSAGE_TOKENS = 4
"""What frames one chat message."""

OPENING_TOKENS = 3
"""What opens the answer in a chat."""

_SHAPE = '{"prompt": "...", "answer": "..."} or {"messages": [...]}'
_FEWER = "a few thousand requests drawn at random are enough"


class SampleExchange(NamedTuple):
    """One request: its texts, the tokens that frame them, and how many parts (images, sounds) are no text."""

    prompt: tuple[str, ...]
    answer: tuple[str, ...] | None
    framing_tokens: int = 0
    other_parts: int = 0


def read_exchanges(path: Path) -> Iterator[SampleExchange]:
    """Yield the requests of a sample, line by line.

    Raises RequirementsError with file and line if it cannot be read, is too large, or a line has another shape.
    """
    size = 0
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(iter(lambda: lines.readline(MAX_BYTES + 1), b""), start=1):
                size += len(line)
                if size > MAX_BYTES:
                    message = f"{path}:{number}: expected a sample of at most {MAX_BYTES >> 20} MiB, found more"
                    raise RequirementsError(message, hint=_FEWER)
                if line.strip():
                    yield _exchange(line, f"{path}:{number}")
    except OSError as error:
        hint = "the path of a sample is relative to the folder of advisor.yaml"
        raise RequirementsError(f"{path}: cannot read the sample: {error.strerror}", hint=hint) from None


def _exchange(line: bytes, place: str) -> SampleExchange:
    try:
        entry = json.loads(line)
    except UnicodeDecodeError:
        raise RequirementsError(f"{place}: expected UTF-8 text", hint="save the file as UTF-8") from None
    except (ValueError, RecursionError):
        raise RequirementsError(f"{place}: expected one JSON object a line, such as {_SHAPE}") from None
    if isinstance(entry, dict) and isinstance(entry.get("messages"), list):
        return _chat(entry, place)
    if isinstance(entry, dict) and isinstance(entry.get("prompt"), str):
        return SampleExchange((entry["prompt"],), _answer(entry, place))
    found = f"the keys {', '.join(map(str, entry))}" if isinstance(entry, dict) else type(entry).__name__
    raise RequirementsError(f"{place}: expected {_SHAPE}, found {found[:80]}")


def _chat(entry: Mapping[str, Any], place: str) -> SampleExchange:
    messages = entry["messages"]
    if not messages or not all(isinstance(message, dict) for message in messages):
        raise RequirementsError(f'{place}: messages: expected a list of {{"role": ..., "content": ...}}')
    answer = _answer(entry, place)
    if answer is None and messages[-1].get("role") == "assistant":
        answer, messages = _texts(messages[-1])[0], messages[:-1]
    read = [_texts(message) for message in messages]
    tools = (json.dumps(entry["tools"]),) if entry.get("tools") else ()
    return SampleExchange(
        (*(text for texts, _ in read for text in texts), *tools),
        answer,
        MESSAGE_TOKENS * len(messages) + OPENING_TOKENS,
        sum(others for _, others in read),
    )


def _answer(entry: Mapping[str, Any], place: str) -> tuple[str, ...] | None:
    answer = entry.get("answer")
    if answer is None:
        return None
    if not isinstance(answer, str):
        raise RequirementsError(f"{place}: answer: expected text, found {type(answer).__name__}")
    return (answer,)


def _texts(message: Mapping[str, Any]) -> tuple[tuple[str, ...], int]:
    """Return the texts of one message, and how many of its parts are no text."""
    content = message.get("content")
    calls = (json.dumps(message["tool_calls"]),) if message.get("tool_calls") else ()
    if isinstance(content, str):
        return (content, *calls), 0
    parts: Sequence[Any] = content if isinstance(content, list) else ()
    texts = tuple(part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str))
    return (*texts, *calls), len(parts) - len(texts)
