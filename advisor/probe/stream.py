"""Read a recorded stream: which bytes that arrived when were tokens, of what kind, and what the server counted.

Server-sent events of four protocols are understood; tokens get the time at which the last byte of their line arrived.
Reading happens after the stream has ended, so that it costs the measurement nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from advisor.probe.protocol import Tokens

Arrival = tuple[int, bytes]
"""Nanoseconds of the monotonic clock, and what arrived."""


class Protocol(StrEnum):
    """How a stream is written."""

    CHAT = "chat-completions"
    MESSAGES = "messages"
    RESPONSES = "responses"
    GEMINI = "generate-content"


_END_MARKS = {Protocol.CHAT: b"data: [DONE]\n", Protocol.MESSAGES: b'"message_stop"'}


class Kind(StrEnum):
    """What a token belongs to."""

    ANSWER = "answer"
    REASONING = "reasoning"
    TOOL = "tool"


class Piece(NamedTuple):
    """One event that held tokens."""

    at_ns: int
    kind: Kind
    characters: int


@dataclass(slots=True)
class Reading:
    """What a stream held."""

    pieces: list[Piece] = field(default_factory=list)
    tokens: Tokens | None = None
    finish_reason: str | None = None
    is_complete: bool = False
    """The protocol's own end was seen."""
    end_ns: int | None = None
    pings: int = 0
    malformed: int = 0
    error: str | None = None
    response_id: str | None = None
    model: str | None = None


def protocol_of(path: str) -> Protocol | None:
    """The protocol of a request's path; None if this module does not know it."""
    path = path.rstrip("/")
    if path.endswith("/chat/completions"):
        return Protocol.CHAT
    if path.endswith("/messages"):
        return Protocol.MESSAGES
    if path.endswith("/responses"):
        return Protocol.RESPONSES
    if path.endswith(":streamGenerateContent"):
        return Protocol.GEMINI
    return None


def is_ping(data: bytes) -> bool:
    """Whether what arrived holds nothing but pings and comments."""
    return len(data) < 256 and (  # noqa: PLR2004 - pings are short; looking closer at more would cost time
        data.lstrip().startswith(b":")
        or b"event: ping" in data
        or b'"type": "ping"' in data
        or b'"type":"ping"' in data
    )


def says_end(protocol: Protocol, data: bytes) -> bool:
    """Whether what arrived last holds the protocol's own end; always no for protocols that have none."""
    mark = _END_MARKS.get(protocol)
    return mark is not None and mark in data


def read_stream(arrivals: Iterable[Arrival], protocol: Protocol) -> Reading:
    """Read a whole recorded stream. Never raises: what cannot be read is counted as malformed."""
    reading = Reading()
    take = _TAKERS[protocol]
    for at_ns, line in _lines(arrivals):
        if line.startswith(b":"):
            reading.pings += 1
        if not line.startswith(b"data:"):
            if line.startswith(b"{") and not reading.pieces:
                _whole_document(reading, line)
            continue
        payload = line[5:].strip()
        if payload == b"[DONE]":
            reading.is_complete, reading.end_ns = True, at_ns
            continue
        event = _object(payload)
        if event is None:
            reading.malformed += 1
            continue
        if _is_error(event):
            reading.error = _error_words(event)
            continue
        reading.end_ns = at_ns
        try:
            take(reading, event, at_ns)
        except (AttributeError, TypeError, KeyError, IndexError, ValueError):
            reading.malformed += 1
    return reading


def _lines(arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
    rest, at_ns = b"", 0
    for at_ns, data in arrivals:
        *whole, rest = (rest + data).split(b"\n")
        for line in whole:
            yield at_ns, line.rstrip(b"\r")
    if rest:
        yield at_ns, rest


def _object(payload: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(payload)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def _whole_document(reading: Reading, line: bytes) -> None:
    """A JSON document where a stream was expected: an error that came with status 200."""
    event = _object(line)
    if event is not None and _is_error(event):
        reading.error = _error_words(event)


def _is_error(event: Mapping[str, Any]) -> bool:
    return bool(event.get("error")) or event.get("type") in ("error", "response.failed")


def _error_words(event: Mapping[str, Any]) -> str:
    error = event.get("error") or (event.get("response") or {}).get("error") or event
    return str(error.get("message") or error) if isinstance(error, Mapping) else str(error)


def _add(reading: Reading, at_ns: int, kind: Kind, text: Any) -> None:
    if isinstance(text, str) and text:
        reading.pieces.append(Piece(at_ns, kind, len(text)))


def _take_chat(reading: Reading, event: Mapping[str, Any], at_ns: int) -> None:
    reading.response_id = reading.response_id or event.get("id")
    reading.model = reading.model or event.get("model")
    usage = event.get("usage") or (event.get("x_groq") or {}).get("usage")
    if usage:
        reading.tokens = _chat_usage(usage)
    for choice in event.get("choices") or ():
        delta = choice.get("delta") or {}
        for name in ("reasoning_content", "reasoning", "thinking"):
            _add(reading, at_ns, Kind.REASONING, delta.get(name))
        content = delta.get("content")
        for part in content if isinstance(content, list) else [{"text": content}]:
            kind = Kind.REASONING if part.get("type") == "thinking" else Kind.ANSWER
            _add(reading, at_ns, kind, json.dumps(part["thinking"]) if kind is Kind.REASONING else part.get("text"))
        _add(reading, at_ns, Kind.ANSWER, delta.get("refusal"))
        for call in delta.get("tool_calls") or ():
            function = call.get("function") or {}
            _add(reading, at_ns, Kind.TOOL, (function.get("name") or "") + (function.get("arguments") or ""))
        reading.finish_reason = choice.get("finish_reason") or reading.finish_reason


def _chat_usage(usage: Mapping[str, Any]) -> Tokens:
    given = usage.get("prompt_tokens_details") or {}
    made = usage.get("completion_tokens_details") or {}
    cached = given.get("cached_tokens", usage.get("prompt_cache_hit_tokens"))
    return Tokens(
        input=usage["prompt_tokens"],
        cached=cached,
        reasoning=made.get("reasoning_tokens"),
        output=usage["completion_tokens"],
        source="server",
    )


def _take_messages(reading: Reading, event: Mapping[str, Any], at_ns: int) -> None:
    kind = event.get("type")
    if kind == "ping":
        reading.pings += 1
    elif kind == "message_start":
        message = event["message"]
        reading.response_id, reading.model = message.get("id"), message.get("model")
        reading.tokens = _messages_usage(message.get("usage") or {}, None)
    elif kind == "content_block_start":
        block = event["content_block"]
        _add(reading, at_ns, Kind.TOOL, block.get("name") if block.get("type") == "tool_use" else None)
    elif kind == "content_block_delta":
        delta = event["delta"]
        _add(reading, at_ns, Kind.ANSWER, delta.get("text"))
        _add(reading, at_ns, Kind.REASONING, delta.get("thinking"))
        _add(reading, at_ns, Kind.TOOL, delta.get("partial_json"))
    elif kind == "message_delta":
        reading.finish_reason = (event.get("delta") or {}).get("stop_reason") or reading.finish_reason
        reading.tokens = _messages_usage(event.get("usage") or {}, reading.tokens)
    elif kind == "message_stop":
        reading.is_complete = True


def _messages_usage(usage: Mapping[str, Any], before: Tokens | None) -> Tokens | None:
    """Input comes at the start, output at the end; cached parts are counted apart from ``input_tokens``."""
    if not usage:
        return before
    cached, written = usage.get("cache_read_input_tokens"), usage.get("cache_creation_input_tokens")
    fresh = usage.get("input_tokens")
    first = before or Tokens()
    return Tokens(
        input=first.input if fresh is None else fresh + (cached or 0) + (written or 0),
        cached=first.cached if cached is None else cached,
        cache_written=first.cache_written if written is None else written,
        output=usage.get("output_tokens", first.output),
        source="server",
    )


def _take_responses(reading: Reading, event: Mapping[str, Any], at_ns: int) -> None:
    kind = str(event.get("type"))
    if kind in ("response.output_text.delta", "response.refusal.delta"):
        _add(reading, at_ns, Kind.ANSWER, event.get("delta"))
    elif kind.startswith("response.reasoning") and kind.endswith(".delta"):
        _add(reading, at_ns, Kind.REASONING, event.get("delta"))
    elif kind == "response.function_call_arguments.delta":
        _add(reading, at_ns, Kind.TOOL, event.get("delta"))
    elif kind in ("response.completed", "response.incomplete"):
        _end_responses(reading, event["response"])


def _end_responses(reading: Reading, response: Mapping[str, Any]) -> None:
    reading.is_complete = True
    reading.response_id, reading.model = response.get("id"), response.get("model")
    reason = (response.get("incomplete_details") or {}).get("reason")
    reading.finish_reason = {None: "stop", "max_output_tokens": "length"}.get(reason, reason)
    usage = response.get("usage")
    if usage:
        reading.tokens = Tokens(
            input=usage["input_tokens"],
            cached=(usage.get("input_tokens_details") or {}).get("cached_tokens"),
            reasoning=(usage.get("output_tokens_details") or {}).get("reasoning_tokens"),
            output=usage["output_tokens"],
            source="server",
        )


def _take_gemini(reading: Reading, event: Mapping[str, Any], at_ns: int) -> None:
    reading.response_id = event.get("responseId") or reading.response_id
    reading.model = event.get("modelVersion") or reading.model
    for candidate in event.get("candidates") or ():
        for part in (candidate.get("content") or {}).get("parts") or ():
            if part.get("functionCall"):
                _add(reading, at_ns, Kind.TOOL, part["functionCall"].get("name"))
            _add(reading, at_ns, Kind.REASONING if part.get("thought") else Kind.ANSWER, part.get("text"))
        if candidate.get("finishReason"):
            reading.finish_reason, reading.is_complete = candidate["finishReason"].lower(), True
    if (event.get("promptFeedback") or {}).get("blockReason"):
        reading.finish_reason, reading.is_complete = "safety", True
    usage = event.get("usageMetadata")
    if usage:
        thought = usage.get("thoughtsTokenCount")
        reading.tokens = Tokens(
            input=usage.get("promptTokenCount"),
            cached=usage.get("cachedContentTokenCount"),
            reasoning=thought,
            output=(usage.get("candidatesTokenCount") or 0) + (thought or 0),
            source="server",
        )


_TAKERS = {
    Protocol.CHAT: _take_chat,
    Protocol.MESSAGES: _take_messages,
    Protocol.RESPONSES: _take_responses,
    Protocol.GEMINI: _take_gemini,
}
