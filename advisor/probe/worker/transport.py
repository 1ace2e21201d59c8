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
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.request import getproxies

import httpx

from advisor.probe.faults import Fault
from advisor.probe.wire.stream import protocol_for_path
from advisor.probe.worker.exchange import CURRENT, Exchange, fault_from_error
from advisor.probe.worker.redirects import credentials, headers_for, next_url, origin
from advisor.probe.worker.watch import Meter, Stopped, Watch
from advisor.probe.worker_protocol import RequestLimits

_SWITCH_S = 2e-5
"""How long a thread may compute while the one that stamps wants to run."""

_TICK_S = 0.005
"""How often the lag of the thread is looked at while something is stamped."""

_OK, _ERROR = 200, 400


class WireThread:
    """The thread that serves the network."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.fresh_hosts: set[str] = set()
        """Hosts that closed a connection which they had kept: each request to them opens a new one."""
        self.meter = Meter()
        self._exchanges: dict[int, Exchange] = {}
        self._is_ticking = False
        sys.setswitchinterval(_SWITCH_S)
        threading.Thread(target=self.loop.run_forever, name="wire", daemon=True).start()

    def begin(self, exchange: Exchange) -> None:
        """From now on measure how late this thread is, which the stamps of the exchange then are too."""
        self._exchanges[id(exchange)] = exchange
        if not self._is_ticking:
            self._is_ticking = True
            self._tick(self.loop.time())

    def end(self, exchange: Exchange) -> None:
        """Stamp the exchange no more."""
        self._exchanges.pop(id(exchange), None)

    def release(self, exchange: Exchange) -> None:
        """Give back what the exchange held; from any thread."""
        self.loop.call_soon_threadsafe(self.meter.release, exchange)

    def _tick(self, due: float) -> None:
        late_ns = round((self.loop.time() - due) * 1e9)
        for exchange in self._exchanges.values():
            exchange.lag_ns = max(exchange.lag_ns, late_ns)
        self._is_ticking = bool(self._exchanges)
        if self._is_ticking:
            next_due = self.loop.time() + _TICK_S
            self.loop.call_at(next_due, self._tick, next_due)


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
        exchange.credentials, exchange.request = credentials(request), exchange.request or request
        exchange.asked_at = exchange.asked_at or origin(request.url)
        watch = Watch(exchange, self._thread.meter)
        self._thread.begin(exchange)
        try:
            async with watch.scope:
                response = await self._follow(request, exchange)
                exchange.status, exchange.headers = response.status_code, response.headers
                is_good = response.status_code < _ERROR
                exchange.protocol = protocol_for_path(request.url.path) if is_good else None
                if exchange.protocol is not None:
                    await _closing(response, watch.read)
                elif not is_good:
                    await _closing(response, watch.read_error)
        except Exception as error:
            self._blame(exchange, error, watch)
            if exchange.fault is Fault.STALE_CONNECTION:
                self._thread.fresh_hosts.add(request.url.host)
            raise httpx.ReadError(exchange.message or str(exchange.fault), request=request) from error
        finally:
            watch.close()
            self._thread.end(exchange)
        if exchange.protocol is None and is_good:
            self._reading = asyncio.ensure_future(_pass_on(response, watch, put))
            return response, False
        for name in ("content-encoding", "content-length"):
            response.headers.pop(name, None)
        return response, True

    async def _follow(self, request: httpx.Request, exchange: Exchange) -> httpx.Response:
        """Send, and send again where a redirect may be followed. Raises Stopped where it may not."""
        url, seen = request.url, {str(request.url)}
        while True:
            exchange.requests += 1
            headers = headers_for(request.headers, url, exchange) | {"accept-encoding": "identity"}
            if url.host in self._thread.fresh_hosts:
                headers["connection"] = "close"
            copy = httpx.Request(request.method, url, headers=headers, content=request.content)
            timeout = {"connect": exchange.limits.connect_s, "read": None, "write": 60.0, "pool": None}
            copy.extensions = {"timeout": timeout, "trace": exchange.trace}
            response = await self._inner.handle_async_request(copy)
            exchange.status, exchange.headers = response.status_code, response.headers
            try:
                target = next_url(response, url, exchange, seen)
            except Stopped:
                await response.aclose()
                raise
            if target is None:
                return response
            await response.aclose()
            url, exchange.headers_ns = target, None
            seen.add(str(url))

    def _blame(self, exchange: Exchange, error: Exception, watch: Watch) -> None:
        exchange.closed_ns = time.monotonic_ns()
        if isinstance(error, Stopped):
            exchange.fault = error.fault
        elif isinstance(error, TimeoutError) and watch.fault is not None:
            exchange.fault = watch.fault
        else:
            exchange.fault = fault_from_error(error, exchange)
        exchange.message = str(error) or _silent_words(exchange)

    async def aclose(self) -> None:
        """Leave the connections: they end with the process."""


def _silent_words(exchange: Exchange) -> str:
    """Return what to say of a fault that has no words: how much had come."""
    size = exchange.held_bytes
    return f"{size:,} bytes had come" if size else "nothing had come"


async def _closing(response: httpx.Response, read: Callable[[AsyncIterator[bytes]], Awaitable[None]]) -> None:
    """Read a body, and close its connection whatever happens.

    One on which something else than a stream came is not used again: what is left on it would be taken for the next
    answer.
    """
    try:
        await read(aiter(response.stream))  # type: ignore[arg-type]
    finally:
        if response.status_code != _OK:
            await response.extensions["network_stream"].aclose()
        await response.aclose()


async def _pass_on(response: httpx.Response, watch: Watch, put: Any) -> None:
    """Hand on a body whose protocol is not known, stamping each arrival; as much of it as an answer may have."""
    exchange = watch.exchange
    try:
        async for data in response.stream:  # type: ignore[union-attr]
            exchange.arrivals.append((time.monotonic_ns(), b""))
            exchange.held_bytes += len(data)
            if exchange.held_bytes > exchange.most_bytes:
                raise Stopped(Fault.TOO_MUCH, f"more than {exchange.most_bytes:,} bytes")  # noqa: TRY301
            put(data)
        exchange.closed_ns = time.monotonic_ns()
    except Exception as error:  # noqa: BLE001 - whatever it is, the reader must learn of it
        exchange.fault = error.fault if isinstance(error, Stopped) else fault_from_error(error, exchange)
        exchange.message = str(error)
        put(error)
    finally:
        put(None)
        await response.aclose()


def _into(queue: asyncio.Queue[bytes | Exception | None]) -> Any:
    loop = asyncio.get_running_loop()
    return lambda item: loop.call_soon_threadsafe(queue.put_nowait, item)


class _Whole(httpx.AsyncByteStream):
    """A body that has been read already; litellm gets it only where it was not understood on the wire."""

    def __init__(self, exchange: Exchange) -> None:
        self._arrivals = exchange.arrivals

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"".join(data for _, data in self._arrivals)


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
    """Return an HTTP client whose every request goes through the wire's thread.

    Proxies as the environment names them.
    """
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
        transport=WireTransport(thread, verify=verify), mounts=mounts, follow_redirects=False, timeout=3600.0
    )
