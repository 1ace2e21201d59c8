"""An answer of a foreign server is bounded in its bytes, packed and unpacked, its time and where it leads."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from advisor.licenses.evidence.bounded_http import (
    Bounds,
    RefusedAddressError,
    TooLargeError,
    TooSlowError,
    fetch,
)

LIMIT = 1 << 20


class _Server(BaseHTTPRequestHandler):
    stopped: threading.Event

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        with suppress(OSError):
            getattr(self, self.path.strip("/").partition("/")[0])()

    def _answer(self, body: bytes, **headers: str) -> None:
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def small(self) -> None:
        self._answer(b"Be wise.")

    def packed(self) -> None:
        self._answer(gzip.compress(b"Be wise."), Content_Encoding="gzip")

    def bomb(self) -> None:
        self._answer(gzip.compress(b"a" * (LIMIT * 8)), Content_Encoding="gzip")

    def strange(self) -> None:
        self._answer(b"x", Content_Encoding="owl")

    def large(self) -> None:
        self._answer(b"a" * (LIMIT + 1))

    def drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        while not self.stopped.wait(0.02):
            self.wfile.write(b"a")

    def drip_headers(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not self.stopped.wait(0.02):
            self.wfile.write(b"a")

    def away(self) -> None:
        self.send_response(302)
        self.send_header("Location", f"http://localhost:{self.connection.getsockname()[1]}/small")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def around(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/around")
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def serving() -> Iterator[str]:
    stopped = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Server,), {"stopped": stopped}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def address() -> Iterator[str]:
    with serving() as running:
        yield running


@pytest.mark.parametrize("path", ["small", "packed"])
def test_what_is_within_bounds_is_read_whole(address: str, path: str) -> None:
    assert fetch(f"{address}/{path}", {}, Bounds(LIMIT, 5.0)).content == b"Be wise."


@pytest.mark.parametrize("path", ["large", "bomb", "strange", "around"])
def test_what_is_too_large_is_left(address: str, path: str) -> None:
    with pytest.raises(TooLargeError):
        fetch(f"{address}/{path}", {}, Bounds(LIMIT, 5.0))


@pytest.mark.parametrize("path", ["drip", "drip_headers"])
def test_a_server_that_sends_a_byte_now_and_then_is_left(address: str, path: str) -> None:
    with pytest.raises(TooSlowError):
        fetch(f"{address}/{path}", {}, Bounds(LIMIT, 5.0, whole_timeout_s=0.2))


def test_no_address_of_a_private_network_is_asked(address: str) -> None:
    with pytest.raises(RefusedAddressError):
        fetch(f"{address}/small", {}, Bounds(LIMIT, 5.0, public_only=True))


def test_the_server_that_is_asked_may_be_private_and_may_not_lead_elsewhere_in_there(address: str) -> None:
    bounds = Bounds(LIMIT, 5.0, private_from=address)
    assert fetch(f"{address}/small", {}, bounds).content == b"Be wise."
    with pytest.raises(RefusedAddressError):
        fetch(f"{address}/away", {}, bounds)
