"""Reads a body with the limits on time and size held: whatever a server sends, waiting and memory have an end."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import AsyncIterator, Iterable

from advisor.probe.faults import Fault
from advisor.probe.wire.stream import StreamReader, is_text, says_end
from advisor.probe.worker.exchange import Exchange

MOST_LINE_BYTES = 1 << 20
"""A line of a stream holds a few tokens, at most a picture's worth of thinking that is encrypted."""

MOST_ERROR_BYTES = 65_536
"""Of the body of an error: enough for its words."""

MOST_HELD_BYTES = 48 << 20
"""Of all streams together; the one that goes beyond it is stopped."""

_STREAM_BYTES, _BYTES_A_TOKEN, _MOST_STREAM_BYTES = 1 << 20, 4_096, 32 << 20

_END_BYTES = 64
_END_GRACE_S = 0.05
_ERROR_S = 5.0
"""How long the body of an error is waited for."""


def most_stream_bytes(max_tokens: int) -> int:
    """Return the most that a stream of so many tokens can reasonably have, pings and counts included."""
    return min(_STREAM_BYTES + _BYTES_A_TOKEN * max_tokens, _MOST_STREAM_BYTES)


class Stopped(Exception):
    """Reading was stopped; ``fault`` says why."""

    def __init__(self, fault: Fault, words: str) -> None:
        super().__init__(words)
        self.fault = fault


class Meter:
    """What all streams hold together, in bytes."""

    def __init__(self) -> None:
        self.held = 0

    def release(self, exchange: Exchange) -> None:
        """Give back what an exchange held that is over."""
        self.held -= exchange.held_bytes
        exchange.held_bytes = 0


class Watch:
    """Reads one body. ``scope`` ends the waiting when a limit has passed; ``fault`` then says which."""

    def __init__(self, exchange: Exchange, meter: Meter) -> None:
        self.exchange = exchange
        self.scope = asyncio.timeout(None)
        self.fault: Fault | None = None
        self._meter = meter
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._reader: StreamReader | None = None
        self._read_to = 0
        self._stamp_ns: int | None = None
        self._line = 0
        self._unpack: zlib._Decompress | None = None
        limits = exchange.limits
        first = min(limits.connect_s, limits.first_token_s, limits.between_tokens_s, limits.total_s)
        self._check = self._loop.call_later(first, self._look)

    def close(self) -> None:
        """No limit holds any more."""
        self._check.cancel()

    async def read(self, body: AsyncIterator[bytes]) -> None:
        """Read a stream to its end, stamping each arrival. Raises Stopped if it holds more than it may.

        A stream has ended when its protocol says so: some servers neither finish the body nor close the connection.
        """
        exchange, before = self.exchange, b""
        self._begin_reading()
        async for data in body:
            self.note(data)
            if exchange.protocol is not None and says_end(exchange.protocol, before + data):
                break
            before = data[-_END_BYTES:]
        else:
            if self._unpack is not None and not self._unpack.eof:
                raise Stopped(Fault.CUT, "the compressed answer broke off")
        exchange.closed_ns = time.monotonic_ns()
        self.close()
        try:
            async with asyncio.timeout(_END_GRACE_S):  # a body that does end leaves a connection to use again
                left = MOST_ERROR_BYTES
                async for data in body:
                    left -= len(data)
                    if left < 0:
                        break
        except TimeoutError:
            pass

    async def read_error(self, body: AsyncIterator[bytes]) -> None:
        """Read the beginning of the body of an error."""
        self.close()
        self._begin_reading()
        try:
            async with asyncio.timeout(_ERROR_S):
                async for data in body:
                    self.note(data)
                    if self.exchange.held_bytes >= MOST_ERROR_BYTES:
                        break
        except (TimeoutError, Stopped):
            pass
        self.exchange.closed_ns = time.monotonic_ns()

    def note(self, data: bytes) -> None:
        """Keep an arrival with its stamp. Raises Stopped if it is one too many."""
        at_ns = self._stamp()
        for part in self._plain(data) if self._unpack is not None else (data,):
            self.exchange.arrivals.append((at_ns, part))
            self._weigh(part)

    def _begin_reading(self) -> None:
        exchange = self.exchange
        encoding = exchange.headers.get("content-encoding", "").strip().lower()
        if encoding in ("gzip", "x-gzip", "deflate"):
            self._unpack = _unpacking()
        elif encoding not in ("", "identity") and exchange.protocol is not None:
            raise Stopped(Fault.ENCODING, f"the answer came with content-encoding: {encoding[:40]}")
        if exchange.protocol is not None:
            self._reader = StreamReader(exchange.protocol)

    def _plain(self, data: bytes) -> Iterable[bytes]:
        """Yield the content of packed bytes, a little at a time.

        So that what they blow up to is weighed as it comes.
        """
        assert self._unpack is not None  # noqa: S101 - asked by the caller
        try:
            while data:
                if self._unpack.eof:  # some pack each piece by itself
                    self._unpack = _unpacking()
                yield self._unpack.decompress(data, MOST_ERROR_BYTES)
                data = self._unpack.unconsumed_tail or self._unpack.unused_data
        except zlib.error:
            raise Stopped(Fault.ENCODING, "the answer says that it is compressed, and is not") from None

    def _weigh(self, data: bytes) -> None:
        exchange = self.exchange
        exchange.held_bytes += len(data)
        self._meter.held += len(data)
        if exchange.protocol is None:
            if exchange.held_bytes > MOST_ERROR_BYTES:
                raise Stopped(Fault.TOO_MUCH, f"more than {MOST_ERROR_BYTES:,} bytes of an error")
            return
        last = max(data.rfind(b"\n"), data.rfind(b"\r"))
        self._line = self._line + len(data) if last < 0 else len(data) - last - 1
        if self._line > MOST_LINE_BYTES and is_text(exchange.protocol):
            raise Stopped(Fault.TOO_MUCH, f"a line of more than {MOST_LINE_BYTES:,} bytes")
        if exchange.held_bytes > exchange.most_bytes:
            raise Stopped(Fault.TOO_MUCH, f"more than {exchange.most_bytes:,} bytes")
        if self._meter.held > MOST_HELD_BYTES:
            raise Stopped(Fault.TOO_MUCH, f"more than {MOST_HELD_BYTES:,} bytes in all streams together")

    def _stamp(self) -> int:
        """Now; the same for all that one read of the socket brought, which is handed on without waiting in between."""
        if self._stamp_ns is None:
            self._stamp_ns = time.monotonic_ns()
            self._loop.call_soon(self._forget)
        return self._stamp_ns

    def _forget(self) -> None:
        self._stamp_ns = None

    def _look(self) -> None:
        """Whether a limit has passed; if not, look again when the next one could have."""
        due, fault = self._due()
        if self._loop.time() >= due:
            self.fault = fault
            self.scope.reschedule(self._loop.time())
        else:
            self._check = self._loop.call_at(due, self._look)

    def _due(self) -> tuple[float, Fault]:
        """Return the next limit, in seconds of the loop's clock, and the fault that its passing is."""
        exchange, limits = self.exchange, self.exchange.limits
        if exchange.sent_ns is None:
            return self._began + limits.connect_s, Fault.CONNECT_TIMEOUT
        sent = exchange.sent_ns / 1e9
        total = sent + limits.total_s, Fault.TOTAL_TIMEOUT
        if exchange.headers_ns is None:
            return min((sent + limits.first_token_s, Fault.FIRST_BYTE_TIMEOUT), total)
        last_ns = self._last_token_ns()
        if last_ns is None:
            return min((sent + limits.first_token_s, Fault.FIRST_TOKEN_TIMEOUT), total)
        fault = Fault.STALL if exchange.arrivals[-1][0] > last_ns else Fault.TOKEN_TIMEOUT
        return min((last_ns / 1e9 + limits.between_tokens_s, fault), total)

    def _last_token_ns(self) -> int | None:
        """When the last token came, as far as the stream has been read; None before the first."""
        if self._reader is None:
            return None
        arrivals = self.exchange.arrivals
        reading = self._reader.feed(arrivals[self._read_to :])
        self._read_to = len(arrivals)
        return reading.pieces[-1].at_ns if reading.pieces else None


def _unpacking() -> zlib._Decompress:
    return zlib.decompressobj(zlib.MAX_WBITS | 32)  # with the header of either
