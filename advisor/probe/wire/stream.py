"""Read a recorded stream: which bytes that arrived when were tokens, of what kind, and what the server counted.

Three framings are understood: server-sent events, lines of JSON, and the binary frames of Amazon's event streams.
Tokens get the time at which the last byte of their line or frame arrived. Reading happens after the stream has ended,
so that it costs the measurement nothing.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from advisor.probe.wire.events import TAKERS
from advisor.probe.wire.stream_content import Arrival, Protocol, StreamContent

_BY_PATH_END: Mapping[str, Protocol] = {
    "/chat/completions": Protocol.CHAT,
    "/messages": Protocol.MESSAGES,
    "/responses": Protocol.RESPONSES,
    ":streamGenerateContent": Protocol.GEMINI,
    "/v2/chat": Protocol.COHERE,
    "/api/chat": Protocol.OLLAMA,
    "/api/generate": Protocol.OLLAMA,
    "/converse-stream": Protocol.CONVERSE,
}

_END_MARKS = {Protocol.CHAT: (b"\ndata: [DONE]", b"\ndata:[DONE]"), Protocol.MESSAGES: (b'"message_stop"',)}
"""None of them can stand in a text, whose quotes and ends of lines are escaped."""


def protocol_for_path(path: str) -> Protocol | None:
    """The protocol of a request's path; None if this module does not know it."""
    path = path.rstrip("/")
    if "anthropic" in path:
        if path.endswith(":streamRawPredict"):
            return Protocol.MESSAGES
        if path.endswith("/invoke-with-response-stream"):
            return Protocol.BEDROCK_MESSAGES
    return next((protocol for end, protocol in _BY_PATH_END.items() if path.endswith(end)), None)


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
    return any(mark in data for mark in _END_MARKS.get(protocol, ()))


def is_text(protocol: Protocol) -> bool:
    """Whether a stream is of server-sent events, which may be cut between any two of them."""
    return protocol not in _FRAMES


def decoded(arrivals: Iterable[Arrival], encoding: str) -> list[Arrival] | None:
    """What arrived, without the compression that a server put on it unasked; None if it is of a kind not read here."""
    if encoding in ("", "identity"):
        return list(arrivals)
    if encoding not in ("gzip", "x-gzip", "deflate"):
        return None
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)  # with the header of either
    try:
        return [(at_ns, unpack.decompress(data)) for at_ns, data in arrivals]
    except zlib.error:
        return None


def read_stream(arrivals: Iterable[Arrival], protocol: Protocol) -> StreamContent:
    """Read a whole recorded stream. Never raises: what cannot be read is counted as malformed."""
    reading = StreamContent()
    take = TAKERS[protocol]
    for at_ns, event in _FRAMES.get(protocol, _server_sent)(arrivals, reading):
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


Events = Iterator[tuple[int, dict[str, Any] | None]]
"""When each event had arrived, and what it holds; None if that cannot be read."""


def _server_sent(arrivals: Iterable[Arrival], reading: StreamContent) -> Events:
    for at_ns, line in _lines(arrivals):
        if line.startswith(b":"):
            reading.pings += 1
        if not line.startswith(b"data:"):
            if line.startswith(b"{") and not reading.pieces:
                _whole_document(reading, line)
            continue
        payload = line[5:].strip()
        if not payload:  # some keep the connection alive so
            reading.pings += 1
            continue
        if payload == b"[DONE]":
            reading.is_complete, reading.end_ns = True, at_ns
            continue
        yield at_ns, _object(payload)


def _json_lines(arrivals: Iterable[Arrival], _: StreamContent) -> Events:
    for at_ns, line in _lines(arrivals):
        if line.strip():
            yield at_ns, _object(line)


def _lines(arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
    rest, at_ns = b"", 0
    for at_ns, data in arrivals:
        *whole, rest = (rest + data).split(b"\n")
        for line in whole:
            yield at_ns, line.rstrip(b"\r")
    if rest:
        yield at_ns, rest


def _amazon(arrivals: Iterable[Arrival], _: StreamContent) -> Events:
    """Frames: length, length of the headers, checksum (4 bytes each), headers, payload, checksum (4 bytes).

    Or a JSON document instead of them: an error that came with status 200.
    """
    rest, at_ns = b"", 0
    for at_ns, data in arrivals:
        rest += data
        while not rest.startswith(b"{") and len(rest) >= _FRAME_HEAD:
            length, header_length = (int.from_bytes(rest[at : at + 4]) for at in (0, 4))
            if length < _FRAME_HEAD + 4 + header_length:
                yield at_ns, None
                return
            if len(rest) < length:
                break
            frame, rest = rest[:length], rest[length:]
            headers = frame[_FRAME_HEAD : _FRAME_HEAD + header_length]
            yield at_ns, _of_frame(headers, frame[_FRAME_HEAD + header_length : -4])
    if rest.startswith(b"{"):  # no frame begins so: it would be of two gigabytes
        yield at_ns, _object(rest)


_FRAME_HEAD = 12


def _of_frame(headers: bytes, payload: bytes) -> dict[str, Any] | None:
    event = _object(payload)
    if b":exception-type" in headers or b":error-code" in headers:
        return {"error": event or payload.decode(errors="replace") or "an exception without a message"}
    if event is None or "bytes" not in event:
        return event
    try:
        return _object(b64decode(event["bytes"]))
    except (TypeError, ValueError):
        return None


_FRAMES: Mapping[Protocol, Callable[[Iterable[Arrival], StreamContent], Events]] = {
    Protocol.OLLAMA: _json_lines,
    Protocol.CONVERSE: _amazon,
    Protocol.BEDROCK_MESSAGES: _amazon,
}
"""The framings that are not server-sent events."""


def _object(payload: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(payload)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def _whole_document(reading: StreamContent, line: bytes) -> None:
    """A JSON document where a stream was expected: an error that came with status 200."""
    event = _object(line)
    if event is not None and _is_error(event):
        reading.error = _error_words(event)


def _is_error(event: Mapping[str, Any]) -> bool:
    return bool(event.get("error")) or event.get("type") in ("error", "response.failed")


def _error_words(event: Mapping[str, Any]) -> str:
    error = event.get("error") or (event.get("response") or {}).get("error") or event
    return str(error.get("message") or error) if isinstance(error, Mapping) else str(error)
