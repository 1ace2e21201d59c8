"""The clock on the wire: an HTTP transport under litellm's clients that stamps what leaves and what arrives.

The network is served by a thread of its own with an event loop of its own, and the interpreter changes threads every
fiftieth of a millisecond, so that what litellm computes for one stream does not delay the stamps of another. A stream
in a protocol that :mod:`advisor.probe.wire.stream` reads is handed to litellm after its last byte, so that reading it
costs the measurement nothing; others are passed on as they come.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
import threading
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.request import getproxies

import httpx

from advisor.probe.faults import Fault
from advisor.probe.wire.stream import decoded, is_ping, is_text, protocol_for_path, read_stream, says_end
from advisor.probe.wire.stream_content import Arrival
from advisor.probe.worker.exchange import CURRENT, Exchange, fault_from_error
from advisor.probe.worker_protocol import RequestLimits

_SWITCH_S = 2e-5
"""How long a thread may compute while the one that stamps wants to run."""

_QUIET_S = 0.05

_END_BYTES = 64
_END_GRACE_S = 0.05

_KEPT_FIRST, _KEPT_LAST = 4, 6


class WireThread:
    """The thread that serves the network."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.fresh_hosts: set[str] = set()
        """Hosts that closed a connection which they had kept: each request to them opens a new one."""
        self.streams = 0
        """How many are being stamped."""
        sys.setswitchinterval(_SWITCH_S)
        threading.Thread(target=self.loop.run_forever, name="wire", daemon=True).start()

    async def quiet(self) -> None:
        """Wait until no stream is being stamped, for a short while at most: what follows computes for milliseconds."""
        until = self.loop.time() + _QUIET_S
        while self.streams and self.loop.time() < until:  # noqa: ASYNC110 - a fixed wait is meant
            await asyncio.sleep(0.002)


class WireTransport(httpx.AsyncBaseTransport):
    """What litellm's HTTP clients send through."""

    def __init__(self, thread: WireThread, *, verify: ssl.SSLContext | bool = True, proxy: str | None = None) -> None:
        self._thread = thread
        self._inner = httpx.AsyncHTTPTransport(
            verify=verify, proxy=proxy, limits=httpx.Limits(max_connections=None, keepalive_expiry=60.0)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request of litellm's and record it; httpx's errors pass through."""
        await request.aread()
        exchange = CURRENT.get() or Exchange(RequestLimits())
        exchange.requests += 1
        passing: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        put = _into(passing)
        future = asyncio.run_coroutine_threadsafe(self._serve(request, exchange, put), self._thread.loop)
        response, complete = await asyncio.wrap_future(future)
        stream = _Whole(exchange) if complete else _Passing(passing)
        return httpx.Response(response.status_code, headers=response.headers, stream=stream, request=request)

    async def _serve(self, request: httpx.Request, exchange: Exchange, put: Any) -> tuple[httpx.Response, bool]:
        """In the wire's thread: the response, and whether its body has been read to the end."""
        if exchange.send_at_ns is not None:
            await asyncio.sleep(max(0.0, (exchange.send_at_ns - time.monotonic_ns()) / 1e9))
        host = request.url.host
        headers = request.headers.copy()
        headers["accept-encoding"] = "identity"
        if host in self._thread.fresh_hosts:
            headers["connection"] = "close"
        copy = httpx.Request(request.method, request.url, headers=headers, content=request.content)
        timeout = {"connect": exchange.limits.connect_s, "read": None, "write": 60.0, "pool": None}
        copy.extensions = {"timeout": timeout, "trace": exchange.trace}
        watch = _Watch(exchange)
        try:
            async with watch.scope:
                response = await self._inner.handle_async_request(copy)
                exchange.status, exchange.headers = response.status_code, response.headers
                exchange.protocol = protocol_for_path(request.url.path) if response.status_code < 400 else None  # noqa: PLR2004
                encoding = response.headers.get("content-encoding", "").lower()
                if decoded((), encoding) is None:
                    exchange.protocol = None
                whole = exchange.protocol is not None or response.status_code >= 400  # noqa: PLR2004
                if whole:
                    self._thread.streams += 1
                    try:
                        await watch.read(response)
                    finally:
                        self._thread.streams -= 1
            if whole:
                exchange.arrivals = _without_encoding(exchange, response)
                await self._thread.quiet()
                return response, True
        except Exception as error:
            self._blame(exchange, error, watch)
            if exchange.fault is Fault.STALE_CONNECTION:
                self._thread.fresh_hosts.add(host)
            raise httpx.ReadError(exchange.message or str(exchange.fault), request=request) from error
        self._reading = asyncio.ensure_future(_pass_on(response, watch, put))
        return response, False

    def _blame(self, exchange: Exchange, error: Exception, watch: _Watch) -> None:
        exchange.closed_ns = time.monotonic_ns()
        exchange.fault = watch.fault() if isinstance(error, TimeoutError) else fault_from_error(error, exchange)
        exchange.message = str(error) or type(error).__name__

    async def aclose(self) -> None:
        """The connections end with the process."""


def _without_encoding(exchange: Exchange, response: httpx.Response) -> list[Arrival]:
    """The arrivals in plain; the response then no longer says that they are packed."""
    plain = decoded(exchange.arrivals, response.headers.get("content-encoding", "").lower())
    if plain is None:
        return exchange.arrivals
    for name in ("content-encoding", "content-length"):
        response.headers.pop(name, None)
    return plain


class _Watch:
    """Reads a body and holds the limits on waiting."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        loop = asyncio.get_running_loop()
        limits = exchange.limits
        self._total = loop.time() + limits.total_s
        self._first_by = min(self._total, loop.time() + limits.connect_s + limits.first_token_s)
        self.scope = asyncio.timeout_at(self._first_by)
        self._loop = loop
        self._pinged = False
        self._read_at_ns: int | None = None

    async def read(self, response: httpx.Response) -> None:
        """Read the body to its end, stamping each arrival.

        A stream has ended when its protocol says so: some servers neither finish the body nor close the connection.
        """
        body = aiter(response.stream)  # type: ignore[arg-type]
        before = b""
        async for data in body:
            self.note(data)
            if self.exchange.protocol is not None and says_end(self.exchange.protocol, before + data):
                break
            before = data[-_END_BYTES:]
        self.exchange.closed_ns = time.monotonic_ns()
        try:
            async with asyncio.timeout(_END_GRACE_S):  # a body that does end leaves a connection to use again
                async for _ in body:
                    pass
        except TimeoutError:
            pass
        await response.aclose()

    def note(self, data: bytes) -> None:
        """Stamp an arrival; all but a ping moves the deadline, which is not before that of the first token.

        What arrives first may be the mere beginning of an answer that is still being thought about.
        """
        self.exchange.arrivals.append((self._stamp(), data))
        if is_ping(data):
            self._pinged = True
            return
        self._pinged = False
        next_by = self._loop.time() + self.exchange.limits.between_tokens_s
        self.scope.reschedule(min(self._total, max(self._first_by, next_by)))

    def _stamp(self) -> int:
        """Now; the same for all that one read of the socket brought, which is handed on without waiting in between."""
        if self._read_at_ns is None:
            self._read_at_ns = time.monotonic_ns()
            self._loop.call_soon(self._forget)
        return self._read_at_ns

    def _forget(self) -> None:
        self._read_at_ns = None

    def fault(self) -> Fault:
        """Which limit it was that ended the wait."""
        if self._loop.time() >= self._total - 0.001:
            return Fault.TOTAL_TIMEOUT
        if self.exchange.headers_ns is None:
            return Fault.FIRST_BYTE_TIMEOUT
        protocol = self.exchange.protocol
        if protocol is None or not read_stream(self.exchange.arrivals, protocol).pieces:
            return Fault.FIRST_TOKEN_TIMEOUT
        return Fault.STALL if self._pinged else Fault.TOKEN_TIMEOUT


async def _pass_on(response: httpx.Response, watch: _Watch, put: Any) -> None:
    """Hand on a body whose protocol is not known, stamping each arrival."""
    try:
        async for data in response.stream:  # type: ignore[union-attr]
            watch.exchange.arrivals.append((time.monotonic_ns(), data))
            put(data)
        watch.exchange.closed_ns = time.monotonic_ns()
    except Exception as error:  # noqa: BLE001 - whatever it is, the reader must learn of it
        watch.exchange.fault = fault_from_error(error, watch.exchange)
        put(error)
    finally:
        put(None)
        await response.aclose()


def _into(queue: asyncio.Queue[bytes | Exception | None]) -> Any:
    loop = asyncio.get_running_loop()
    return lambda item: loop.call_soon_threadsafe(queue.put_nowait, item)


class _Whole(httpx.AsyncByteStream):
    """A body that has been read already."""

    def __init__(self, exchange: Exchange) -> None:
        self._body = b"".join(data for _, data in exchange.arrivals)
        if exchange.protocol is not None:
            exchange.reading = read_stream(exchange.arrivals, exchange.protocol)
            if exchange.reading.is_counted and is_text(exchange.protocol):
                self._body = _shortened(self._body)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body


def _shortened(body: bytes) -> bytes:
    """The first and the last events of a stream, which is all that litellm needs to come to an end.

    It takes a quarter of a millisecond an event, during which the stamps of other streams would wait. Where the server
    did not count tokens litellm gets all of it, to estimate them.
    """
    events = body.split(b"\n\n")
    if len(events) <= _KEPT_FIRST + _KEPT_LAST:
        return body
    return b"\n\n".join(events[:_KEPT_FIRST] + events[-_KEPT_LAST:])


class _Passing(httpx.AsyncByteStream):
    """A body that the wire's thread is reading."""

    def __init__(self, queue: asyncio.Queue[bytes | Exception | None]) -> None:
        self._queue = queue

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (item := await self._queue.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item


def client(thread: WireThread, *, verify: ssl.SSLContext | bool = True) -> httpx.AsyncClient:
    """An HTTP client whose every request goes through the wire's thread; proxies as the environment names them."""
    proxies = getproxies()
    mounts: dict[str, httpx.AsyncBaseTransport | None] = {
        f"{scheme}://": WireTransport(thread, verify=verify, proxy=address)
        for scheme, address in proxies.items()
        if scheme in ("http", "https")
    }
    for host in proxies.get("no", "").split(","):
        if mounts and host.strip():
            mounts[f"all://*{host.strip()}" if host.strip().startswith(".") else f"all://{host.strip()}"] = None
    if mounts:
        mounts |= {f"all://{host}": None for host in ("localhost", "127.0.0.1", "[::1]")}
    return httpx.AsyncClient(
        transport=WireTransport(thread, verify=verify), mounts=mounts, follow_redirects=True, timeout=3600.0
    )
