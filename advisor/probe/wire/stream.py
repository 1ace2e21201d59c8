"""Read a recorded stream: which bytes that arrived when were tokens, of what kind, and what the server counted.

Tokens get the time at which the last byte of their line or frame arrived. Reading happens after the stream has ended,
or when a limit on waiting has passed, so that it costs the measurement nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from advisor.probe.faults import Fault
from advisor.probe.wire.events import TAKERS
from advisor.probe.wire.framing import AmazonFrames, Event, JsonLines, ServerSent
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

_END_MARKS = {
    Protocol.CHAT: (b"\ndata: [DONE]", b"\ndata:[DONE]", b"\rdata: [DONE]"),
    Protocol.MESSAGES: (b'"message_stop"',),
}
"""None of them can stand in a text, whose quotes and ends of lines are escaped."""


def protocol_for_path(path: str) -> Protocol | None:
    """Return the protocol of a request's path; None if this module does not know it."""
    path = path.rstrip("/")
    if "anthropic" in path:
        if path.endswith(":streamRawPredict"):
            return Protocol.MESSAGES
        if path.endswith("/invoke-with-response-stream"):
            return Protocol.BEDROCK_MESSAGES
    return next((protocol for end, protocol in _BY_PATH_END.items() if path.endswith(end)), None)


def is_text(protocol: Protocol) -> bool:
    """Whether a stream is made of lines."""
    return protocol not in (Protocol.CONVERSE, Protocol.BEDROCK_MESSAGES)


def says_end(protocol: Protocol, data: bytes) -> bool:
    """Whether what arrived last holds the protocol's own end; always no for protocols that have none."""
    return any(mark in data for mark in _END_MARKS.get(protocol, ()))


class StreamReader:
    """Reads a stream as far as it has come; what cannot be read is counted as malformed, nothing is raised."""

    def __init__(self, protocol: Protocol) -> None:
        self.reading = StreamContent()
        self._protocol = protocol
        self._framing = _FRAMINGS.get(protocol, ServerSent)()

    def feed(self, arrivals: Iterable[Arrival]) -> StreamContent:
        """Read on."""
        for at_ns, data in arrivals:
            self._take(self._framing.feed(at_ns, data))
        return self.reading

    def close(self) -> StreamContent:
        """Read what was left when the stream ended."""
        self._take(self._framing.close())
        reading, framing = self.reading, self._framing
        reading.pings += framing.pings
        if framing.is_done:
            reading.is_complete = True
            reading.end_ns = max(reading.end_ns or 0, framing.done_ns or 0)
        return reading

    def _take(self, events: Iterable[Event]) -> None:
        reading, take = self.reading, TAKERS[self._protocol]
        for event in events:
            payload = event.payload
            if event.name == "error":
                reading.fail(Fault.ERROR_EVENT, "no words" if payload is None else error_words(payload))
            elif payload is None:
                reading.malformed += 1
            elif is_error(payload):
                reading.fail(Fault.ERROR_IN_STREAM, error_words(payload))
            elif self._protocol is not Protocol.CHAT and (words := _error_in_choice(payload)):
                reading.fail(Fault.ERROR_IN_CHOICE, words)
            else:
                reading.end_ns = event.at_ns
                try:
                    take(reading, payload, event.at_ns)
                except (AttributeError, TypeError, KeyError, IndexError, ValueError, OverflowError):
                    reading.malformed += 1


_FRAMINGS: Mapping[Protocol, type[JsonLines | AmazonFrames]] = {
    Protocol.OLLAMA: JsonLines,
    Protocol.CONVERSE: AmazonFrames,
    Protocol.BEDROCK_MESSAGES: AmazonFrames,
}
"""The framings that are not server-sent events."""


def read_stream(arrivals: Iterable[Arrival], protocol: Protocol) -> StreamContent:
    """Read a whole recorded stream."""
    reader = StreamReader(protocol)
    reader.feed(arrivals)
    return reader.close()


def is_error(event: Mapping[str, Any]) -> bool:
    """Whether an event is an error in place of an answer."""
    return bool(event.get("error")) or event.get("type") in ("error", "response.failed")


def _error_in_choice(event: Mapping[str, Any]) -> str | None:
    """Return what an error in a choice says, which gateways put into streams of any protocol."""
    choices = event.get("choices")
    listed = choices if isinstance(choices, list) else ()
    found = [one for one in listed if isinstance(one, Mapping) and one.get("error")]
    return error_words(found[0]) if found else None


def error_words(event: Mapping[str, Any]) -> str:
    """Return what an error says of itself."""
    response = event.get("response")
    error = event.get("error") or (response.get("error") if isinstance(response, Mapping) else None) or event
    return str(error.get("message") or error) if isinstance(error, Mapping) else str(error)
