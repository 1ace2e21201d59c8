"""Fetch an answer of a foreign server with bounds on its bytes, packed and unpacked, its time and where it leads.

Goes through the client of huggingface_hub, so that its proxy, its certificates and its offline mode hold. A body is
unpacked here piece by piece: a small packed body may stand for gigabytes. The time is that of the whole answer: a
server that sends a byte now and then is cut off too, in its headers as in its body.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies

LONGEST_ANSWER_S = 30.0
"""The longest that one answer may take in all."""

MOST_REDIRECTS = 8
_PIECE_BYTES = 1 << 16


class TooLargeError(Exception):
    """The answer has more bytes than are read."""


class TooSlowError(Exception):
    """The answer took longer than is waited for."""


class RefusedAddressError(Exception):
    """The address leads into a private network or to this machine."""


class Answer(NamedTuple):
    """The body of an answer that was read whole, and where it came from in the end."""

    content: bytes
    address: str


class Bounds(NamedTuple):
    """What one answer may cost."""

    most_bytes: int
    read_timeout_s: float
    whole_timeout_s: float = LONGEST_ANSWER_S
    private_from: str | None = None
    """The server that is asked: a redirect away from it into a private network is refused."""
    public_only: bool = False
    """Refuse an address that is of this machine or of a private network, also after a redirect."""


def fetch(address: str, headers: Mapping[str, str], bounds: Bounds) -> Answer:
    """Return the answer at an address. Raises the errors of huggingface_hub and of its transport, and those above."""
    deadline = monotonic() + bounds.whole_timeout_s
    return _in_time(lambda: _follow(address, dict(headers), bounds, deadline), bounds.whole_timeout_s)


def _in_time(work: Callable[[], Answer], seconds: float) -> Answer:
    """Return the result of some work; what is late goes on in a thread of its own that ends with the process.

    A read timeout starts anew with every byte, so headers that drip can only be left alone.
    """
    done: list[Answer | BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is waited for
            done.append(error)

    worker = threading.Thread(target=run, daemon=True, name="bounded answer")
    worker.start()
    worker.join(seconds + 1)
    if not done:
        raise TooSlowError(f"no whole answer within {seconds:.0f} s")
    if isinstance(done[0], BaseException):
        raise done[0]
    return done[0]


def _follow(address: str, headers: dict[str, str], bounds: Bounds, deadline: float) -> Answer:
    hub: Any = import_module("huggingface_hub.utils")
    client = hub.get_session()
    for _ in range(MOST_REDIRECTS):
        if bounds.public_only or _leaves(address, bounds.private_from):
            _refuse_private(address)
        options = {"headers": headers, "timeout": bounds.read_timeout_s, "follow_redirects": False}
        with client.stream("GET", address, **options) as answer:
            if bounds.public_only or _leaves(address, bounds.private_from):
                _refuse_private_peer(answer)
            where = answer.headers.get("location") if answer.is_redirect else None
            if where is None:
                content = b"".join(_pieces(answer, bounds.most_bytes, deadline))
                hub.hf_raise_for_status(_whole(answer, content))
                return Answer(content, address)
        target = urljoin(address, where)
        if urlsplit(target)[:2] != urlsplit(address)[:2]:
            headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        address = target
    raise TooLargeError(f"more than {MOST_REDIRECTS} redirects")


def _leaves(address: str, server: str | None) -> bool:
    return server is not None and urlsplit(address)[:2] != urlsplit(server)[:2]


def _whole(answer: Any, content: bytes) -> Any:
    """Return the same answer with a body that is at hand, so that nothing reads the open one without a bound."""
    packed = ("content-encoding", "content-length", "transfer-encoding")
    headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in packed]
    return type(answer)(answer.status_code, headers=headers, content=content, request=answer.request)


def _pieces(answer: Any, most_bytes: int, deadline: float) -> Iterator[bytes]:
    """Yield the body, unpacked; raises TooLargeError and TooSlowError as soon as a bound is passed."""
    coding = answer.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "", "gzip", "x-gzip", "deflate"):
        raise TooLargeError(f"the answer is packed as {coding[:40]!r}, which was not asked for")
    unpack = None if coding in ("identity", "") else zlib.decompressobj(zlib.MAX_WBITS | 32)
    taken = 0
    for piece in answer.iter_raw(_PIECE_BYTES):
        for part in _unpacked(piece, unpack):
            taken += len(part)
            if taken > most_bytes:
                raise TooLargeError(f"more than {most_bytes:,} bytes")
            yield part
        if monotonic() > deadline:
            raise TooSlowError("the answer came too slowly to be waited for")


def _unpacked(piece: bytes, unpack: Any) -> Iterator[bytes]:
    if unpack is None:
        yield piece
        return
    while piece:
        yield unpack.decompress(piece, _PIECE_BYTES)
        piece = unpack.unconsumed_tail


def _refuse_private(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise RefusedAddressError("expected an address of the web")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    for *_, where in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM):
        _refuse(str(where[0]), parts.hostname)


def _refuse_private_peer(answer: Any) -> None:
    """Refuse by who answers, unless a proxy does: a name may resolve to another address the second time."""
    stream = answer.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream is not None else None
    if peer and not getproxies():
        _refuse(str(peer[0]), "the server that answers")


def _refuse(found: str, name: str) -> None:
    if not ipaddress.ip_address(found.partition("%")[0]).is_global:
        raise RefusedAddressError(f"{name} is {found}, an address of this machine or of a private network")
