"""From bytes to events, as they arrive: server-sent events, lines of JSON, and Amazon's binary frames.

Every byte is looked at once, however small the pieces and however long the line; what is kept back is the line, event
or frame that is not complete yet.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol


class Event(NamedTuple):
    """One event; ``payload`` is None if it cannot be read."""

    at_ns: int
    """When its last byte with content had arrived."""
    payload: dict[str, Any] | None
    name: str = ""
    """Of server-sent events, what the line ``event:`` says."""


class Framing(Protocol):
    """What takes bytes and gives events."""

    pings: int
    is_done: bool
    """The framing's own word for the end was seen."""
    done_ns: int | None

    def feed(self, at_ns: int, data: bytes) -> Iterator[Event]:
        """Return the events that these bytes complete."""

    def close(self) -> Iterator[Event]:
        """Return what was left when no more bytes came."""


class Lines:
    """Splits at CR, LF and CRLF; a line that comes in many pieces is put together once."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._ended_in_return = False
        self._is_first = True

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines that these bytes complete, without their ends."""
        if self._ended_in_return and data.startswith(b"\n"):
            data = data[1:]
        if not data:
            return []
        self._ended_in_return = data.endswith(b"\r")
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if b"\n" not in data:
            self._pieces.append(data)
            return []
        first, *lines = data.split(b"\n")
        rest = lines.pop()
        first = self._begun(b"".join([*self._pieces, first]))
        self._pieces = [rest] if rest else []
        return [first, *lines]

    def close(self) -> bytes:
        """Return what came after the last end of a line."""
        rest, self._pieces = self._begun(b"".join(self._pieces)), []
        return rest

    def _begun(self, line: bytes) -> bytes:
        """Return the line; the first one without a byte order mark."""
        if self._is_first and line:
            self._is_first, line = False, line.removeprefix(b"\xef\xbb\xbf")
        return line


class ServerSent:
    """Server-sent events: several lines ``data:`` make one event, which an empty line ends."""

    def __init__(self) -> None:
        self.pings = 0
        self.is_done = False
        self.done_ns: int | None = None
        self._lines = Lines()
        self._data: list[bytes] = []
        self._name = ""
        self._at_ns = 0

    def feed(self, at_ns: int, data: bytes) -> Iterator[Event]:
        """Yield the events that these bytes complete."""
        for line in self._lines.feed(data):
            if not line:
                yield from self._dispatch()
            else:
                yield from self._take(at_ns, line)

    def close(self) -> Iterator[Event]:
        """Yield an event whose empty line never came."""
        if rest := self._lines.close():
            yield from self._take(self._at_ns, rest)
        yield from self._dispatch()

    def _take(self, at_ns: int, line: bytes) -> Iterator[Event]:
        if line.startswith(b"data:"):
            if self._data and _is_whole(self._data):
                yield from self._dispatch()  # some leave out the empty line between two events
            self._data.append(line[5:].strip())
            self._at_ns = at_ns
        elif line.startswith(b":"):
            self.pings += 1
        elif line.startswith(b"event:"):
            self._name = line[6:].strip().decode(errors="replace")

    def _dispatch(self) -> Iterator[Event]:
        data, name = self._data, self._name
        self._data, self._name = [], ""
        if not data:
            return
        payload = data[0] if len(data) == 1 else b"\n".join(data)
        if not payload.strip():  # some keep the connection alive so
            self.pings += 1
        elif payload == b"[DONE]":
            self.is_done, self.done_ns = True, self._at_ns
        else:
            yield Event(self._at_ns, read_object(payload), name)


def _is_whole(lines: list[bytes]) -> bool:
    """Whether the one line so far is a document of its own, so that the next belongs to another event."""
    if len(lines) != 1 or lines[0].startswith(b"{") != lines[0].endswith(b"}"):
        return False
    return lines[0] == b"[DONE]" or (lines[0].startswith(b"{") and read_object(lines[0]) is not None)


class JsonLines:
    """One JSON document a line."""

    def __init__(self) -> None:
        self.pings = 0
        self.is_done = False
        self.done_ns: int | None = None
        self._lines = Lines()
        self._at_ns = 0

    def feed(self, at_ns: int, data: bytes) -> Iterator[Event]:
        """Yield the documents that these bytes complete."""
        self._at_ns = at_ns
        for line in self._lines.feed(data):
            if line.strip():
                yield Event(at_ns, read_object(line))

    def close(self) -> Iterator[Event]:
        """Yield a last line without an end."""
        if (rest := self._lines.close()).strip():
            yield Event(self._at_ns, read_object(rest))


_FRAME_HEAD = 12


class AmazonFrames:
    """Frames: length, length of the headers, checksum (4 bytes each), headers, payload, checksum (4 bytes).

    Or a JSON document instead of them: an error that came with status 200.
    """

    def __init__(self) -> None:
        self.pings = 0
        self.is_done = False
        self.done_ns: int | None = None
        self._pieces: list[bytes] = []
        self._held = 0
        self._needed = _FRAME_HEAD
        self._at_ns = 0
        self._is_broken = False

    def feed(self, at_ns: int, data: bytes) -> Iterator[Event]:
        """Yield the payloads of the frames that these bytes complete."""
        self._at_ns = at_ns
        if self._is_broken:
            return
        self._pieces.append(data)
        self._held += len(data)
        if self._held < self._needed:
            return
        yield from self._frames(at_ns, b"".join(self._pieces))

    def close(self) -> Iterator[Event]:
        """Yield a document where frames were expected."""
        rest = b"".join(self._pieces)
        if rest.startswith(b"{"):  # no frame begins so: it would be of two gigabytes
            yield Event(self._at_ns, read_object(rest))

    def _frames(self, at_ns: int, held: bytes) -> Iterator[Event]:
        at = 0
        self._needed = _FRAME_HEAD
        while not held.startswith((b"{", b"<"), at) and len(held) - at >= _FRAME_HEAD:
            length, headers = (int.from_bytes(held[at + by : at + by + 4]) for by in (0, 4))
            if length < _FRAME_HEAD + 4 + headers:
                self._is_broken = True
                yield Event(at_ns, None)
                break
            if len(held) - at < length:
                self._needed = length
                break
            body = at + _FRAME_HEAD + headers
            yield Event(at_ns, _frame_payload(held[at + _FRAME_HEAD : body], held[body : at + length - 4]))
            at += length
        rest = held[at:]
        self._pieces, self._held = [rest] if rest else [], len(rest)


def _frame_payload(headers: bytes, payload: bytes) -> dict[str, Any] | None:
    event = read_object(payload)
    if b":exception-type" in headers or b":error-code" in headers:
        return {"error": event or payload.decode(errors="replace") or "an exception without a message"}
    if event is None or "bytes" not in event:
        return event
    try:
        return read_object(b64decode(event["bytes"]))
    except (TypeError, ValueError):
        return None


def read_object(payload: bytes) -> dict[str, Any] | None:
    """Return a JSON object; None if it is none, or so deep or large that reading it would be a feat."""
    try:
        event = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None
