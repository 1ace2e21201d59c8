"""What the wire sees of one call, and which fault an error of the connection is."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import httpx

from advisor.probe.faults import Fault
from advisor.probe.wire.stream_content import Arrival, Protocol, StreamContent
from advisor.probe.worker_protocol import RequestLimits

_MOST_WORDS = 4_096
"""Of a body, what is looked at for the words of an error."""

_REGION_HEADERS = ("x-ms-region", "x-amzn-region", "x-served-region", "x-region", "cf-ray", "x-served-by")
"""Headers in which services say where they answered; cf-ray ends in the airport of Cloudflare's place."""


@dataclass(slots=True)
class Exchange:
    """What the wire saw of one call of litellm."""

    limits: RequestLimits
    send_at_ns: int | None = None
    """When the first byte is to leave."""
    connect_ns: int | None = None
    connected_ns: int | None = None
    tls_ns: int | None = None
    secured_ns: int | None = None
    sent_ns: int | None = None
    headers_ns: int | None = None
    closed_ns: int | None = None
    arrivals: list[Arrival] = field(default_factory=list)
    protocol: Protocol | None = None
    status: int | None = None
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    requests: int = 0
    most_hops: int = 0
    most_bytes: int = 1 << 20
    """Of the stream; more is no answer."""
    held_bytes: int = 0
    lag_ns: int = 0
    """The longest that the thread which stamps was busy with something else meanwhile."""
    credentials: tuple[str, ...] = ()
    request: httpx.Request | None = None
    """What was sent first."""
    asked_at: str = ""
    """Scheme, host and port that were asked at first, the place that credentials are for."""
    fault: Fault | None = None
    message: str | None = None
    reading: StreamContent | None = None
    """What the stream held, once it has been read."""

    async def trace(self, event: str, _: dict[str, Any]) -> None:
        """Note a step of a request; httpcore calls it at each."""
        now = time.monotonic_ns()
        if event.endswith("send_request_headers.started"):
            self.sent_ns = now
        elif event.endswith("receive_response_headers.complete"):
            self.headers_ns = now
        elif event == "connection.connect_tcp.started":
            self.connect_ns = now
        elif event == "connection.connect_tcp.complete":
            self.connected_ns = now
        elif event == "connection.start_tls.started":
            self.tls_ns = now
        elif event == "connection.start_tls.complete":
            self.secured_ns = now

    @property
    def region(self) -> str | None:
        """Where the service says that it answered."""
        name = next((name for name in _REGION_HEADERS if name in self.headers), None)
        if name is None:
            return None
        return self.headers[name].rpartition("-")[2] if name == "cf-ray" else self.headers[name]

    @property
    def plain(self) -> bytes:
        """All that arrived."""
        return b"".join(data for _, data in self.arrivals)

    @property
    def body(self) -> str:
        """The beginning of what arrived, as text, for the words of an error."""
        taken, left = list[bytes](), _MOST_WORDS
        for _, data in self.arrivals:
            taken.append(data[:left])
            left -= len(taken[-1])
            if left <= 0:
                break
        return b"".join(taken).decode(errors="replace")


CURRENT: ContextVar[Exchange | None] = ContextVar("exchange", default=None)
"""The exchange of the call that is being made; set before litellm is called."""


_BY_CAUSE: tuple[tuple[type[BaseException], Fault], ...] = (
    (httpx.ConnectTimeout, Fault.CONNECT_TIMEOUT),
    (ssl.SSLError, Fault.TLS),
    (socket.gaierror, Fault.DNS),
    (ConnectionRefusedError, Fault.REFUSED),
    (httpx.LocalProtocolError, Fault.NOT_SENT),
    (httpx.UnsupportedProtocol, Fault.NOT_SENT),
)


_BANNERS = ("illegal status line", "illegal request line")
"""How the first line of what answers is refused; what is refused later was an answer that broke HTTP's rules."""


def fault_from_error(error: BaseException, exchange: Exchange) -> Fault:
    """Return what an error of the connection means, from its causes and from how far the exchange had come."""
    causes = tuple(_causes(error))
    for kind, fault in _BY_CAUSE:
        if any(isinstance(cause, kind) for cause in causes):
            return fault
    if isinstance(error, httpx.ConnectError):
        return Fault.TLS if exchange.tls_ns else Fault.UNREACHABLE
    if isinstance(error, httpx.RemoteProtocolError):
        words = str(error).lower()
        if "buffer too long" in words:
            return Fault.TOO_MUCH
        if "disconnected" not in words and "peer closed" not in words and "incomplete" not in words:
            is_banner = exchange.headers_ns is None and words.startswith(_BANNERS)
            return Fault.NOT_HTTP if is_banner else Fault.BROKEN_HTTP
    if exchange.headers_ns is not None:
        return Fault.CUT
    return Fault.STALE_CONNECTION if exchange.connect_ns is None else Fault.CONNECTION_RESET


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [cause for cause in (one.__cause__, one.__context__) if cause is not None]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
