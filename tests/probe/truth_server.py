"""A server that knows the truth: it emits tokens at stated times and writes down when it really did.

It speaks the protocols of :mod:`tests.probe.truth_others` on loopback and fails in every stated way. What it does is
in the model's name: ``steady-ttft50-itl10-n32`` or ``n8-fault-cut``. Times are of the machine's monotonic clock, which
processes share. Run it as a module; it prints its port, and ends when its stdin does.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
import zlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

from tests.probe.truth_others import speaker_of
from tests.probe.truth_speakers import Script, Speaker

TLS_RECORD = b"\x16"
KEY = re.compile(r"(?:bearer |api-key: *|[?&]key=|credential=|signature=)([^\s&,]+)", re.IGNORECASE)
"""Where requests carry keys, or what is made of them."""

KEY_ECHO = "Incorrect API key provided: {key}. You can find your API key in your account."

STATUSES: dict[str, tuple[int, dict[str, str], str]] = {
    "400": (400, {}, "expected a list of messages"),
    "400-context": (400, {}, "exceed_context_size_error: the request exceeds the available context size"),
    "400-filter": (400, {}, "content_filter: the prompt was stopped by the content policy"),
    "401": (401, {}, KEY_ECHO),
    "402": (402, {}, "payment required"),
    "403": (403, {}, "the key may not use this model"),
    "404": (404, {}, "no such model"),
    "408": (408, {}, "the request took too long"),
    "413": (413, {}, "the request is too large"),
    "422": (422, {}, "temperature: not accepted"),
    "429": (429, {"retry-after": "1"}, "slow down"),
    "429-bare": (429, {}, "slow down"),
    "429-quota": (429, {}, "insufficient_quota: you exceeded your current quota"),
    "500": (500, {}, "internal error"),
    "502": (502, {}, "bad gateway"),
    "503": (503, {}, "overloaded"),
    "529": (529, {}, "overloaded_error"),
    "418": (418, {}, "a teapot"),
}


class Truth:
    """The record of every request, and how many connections there were."""

    def __init__(self, seed: int) -> None:
        self.log: list[dict[str, Any]] = []
        self.connections = 0
        self.random = random.Random(seed)


class Connection(asyncio.Protocol):
    """One connection: reads requests, answers each from its script."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.buffer = b""
        self.first_byte_ns: int | None = None
        self.served = 0
        self.task: asyncio.Task[None] | None = None
        self.script = Script()
        self.record: dict[str, Any] = {}
        self.held: list[bytes] = []
        self.packer: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.truth.connections += 1

    def data_received(self, data: bytes) -> None:
        if self.first_byte_ns is None:
            self.first_byte_ns = time.monotonic_ns()
        if data.startswith(TLS_RECORD):
            self.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
            self.transport.close()
            return
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: *(\d+)", head.lower())
        if found and len(body) >= int(length.group(1) if length else 0):
            received, self.buffer, self.first_byte_ns = self.first_byte_ns, b"", None
            self.task = asyncio.ensure_future(self.answer(head.decode(), body, received))

    async def answer(self, head: str, body: bytes, received_ns: int) -> None:
        path = head.split(" ")[1].partition("?")[0]
        if path == "/log":
            self.document(200, {}, {"requests": self.truth.log, "connections": self.truth.connections})
            return
        if path == "/reset":
            self.truth.log.clear()
            self.document(200, {}, {})
            return
        if not body:  # tools that ask what else the server has: models, metrics
            self.document(404, {}, {"error": {"message": "no such page"}})
            return
        asked = json.loads(body)
        model = asked.get("model") or _model_of(path)
        script = Script.of(model)
        record: dict[str, Any] = {"id": f"id-{len(self.truth.log)}", "model": model, "received_ns": received_ns}
        record |= {"tokens_ns": [], "head": head, "asked": asked, "path": path}
        self.truth.log.append(record)
        self.served += 1
        if script.fault in STATUSES:
            status, headers, words = STATUSES[script.fault]
            keys = " ".join(KEY.findall(head))
            self.document(status, headers, {"error": {"message": words.format(key=keys)}})
            return
        await self.stream(speaker_of(path)(self.raw, record, script), record, script)

    def document(self, status: int, headers: dict[str, str], content: Any) -> None:
        body = json.dumps(content).encode()
        lines = [f"HTTP/1.1 {status} Status", "content-type: application/json", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def write(self, data: bytes) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.write(data)

    def raw(self, data: bytes) -> None:
        """A piece of the answer: packed, held back or cut as the script says."""
        if self.packer:
            data = self.packer.compress(data) + self.packer.flush(zlib.Z_SYNC_FLUSH)
        cut = data.find(0xC3) + 1  # the first of the two bytes of a letter with dots
        pieces = [data[:cut], data[cut:]] if self.script.split and cut else [data]
        self.held += [f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces]
        if len(self.record["tokens_ns"]) % self.script.burst == 0:
            self.release()

    def release(self) -> None:
        """Send what was held back; its tokens go out now."""
        sent, self.held = b"".join(self.held), []
        tokens = self.record["tokens_ns"]
        if self.script.burst > 1 and tokens:
            late = len(tokens) - (len(tokens) - 1) % self.script.burst - 1
            tokens[late:] = [time.monotonic_ns()] * (len(tokens) - late)
        self.write(sent)

    def end(self) -> None:
        self.release()
        tail = self.packer.flush() if self.packer else b""
        self.write((f"{len(tail):x}\r\n".encode() + tail + b"\r\n" if tail else b"") + b"0\r\n\r\n")

    async def stream(self, speak: Speaker, record: dict[str, Any], script: Script) -> None:
        fault = script.fault
        if fault in ("hang", "reset", "200-json"):
            self.refuse(fault)
            return
        self.script, self.record = script, record
        self.packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16) if script.gzip else None
        head = ["HTTP/1.1 200 OK", f"content-type: {speak.kind}", "transfer-encoding: chunked", "x-region: loop-1"]
        head += ["content-encoding: gzip"] if script.gzip else []
        self.write("\r\n".join(head).encode() + b"\r\n\r\n")
        if fault == "silent":
            return
        speak.begin()
        if fault not in ("empty", "used-up"):
            async for index in ticks(script, record["received_ns"], self.truth.random):
                if await self.fails(fault, index, speak):
                    return
                speak.token(index)
        if fault != "truncated":
            reason = {"filter": "content_filter", "used-up": "length"}.get(fault, "stop")
            speak.finish(reason, usage=fault not in ("no-usage", "empty"))
        if fault != "endless":
            self.end()
        if fault == "stale":
            self.transport.close()

    def refuse(self, fault: str) -> None:
        """Never answer, break the connection, or say 200 and an error."""
        if fault == "reset":
            self.transport.abort()  # type: ignore[attr-defined]
        elif fault == "200-json":
            self.document(200, {}, {"error": {"message": "the model is not loaded"}})

    async def fails(self, fault: str, index: int, speak: Speaker) -> bool:
        """Do what the fault does in the middle of the stream; whether it ends the answer."""
        if index < 4:
            return False
        if fault == "mute":
            return True
        if fault == "pings":
            while not self.transport.is_closing():
                speak.ping()
                await asyncio.sleep(0.02)
            return True
        if fault == "cut":
            self.transport.abort()  # type: ignore[attr-defined]
            return True
        if fault == "error":
            speak.error("the engine crashed")
            self.end()
            return True
        if fault == "malformed" and index == 4:
            speak.malformed()
        return False


def _model_of(path: str) -> str:
    """The model that a path names: ``/models/MODEL:method`` or ``/model/MODEL/method``."""
    found = re.search(r"/models?/([^/:]+)", unquote(path))
    return found.group(1) if found else ""


async def ticks(script: Script, received_ns: int, rng: random.Random) -> AsyncIterator[int]:
    """The index of the last token of each event, at the moment at which it is to go out."""
    if script.fault == "slow":
        script = script._replace(itl=60.0, n=10_000)
    first = script.ttft * (2.718281828 ** rng.gauss(0, script.spread) if script.spread else 1.0)
    for last in range(script.chunk - 1, script.n + script.chunk - 1, script.chunk):
        index = min(last, script.n - 1)
        offset = first + script.itl * index + (script.pause if index >= script.n // 2 else 0.0)
        offset += rng.uniform(-1, 1) * script.jitter if index else 0.0
        wait = received_ns / 1e9 + offset / 1e3 - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        yield index


async def serve(seed: int) -> None:
    """Serve until stdin ends."""
    truth = Truth(seed)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(truth), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - how the starter learns the port
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
