"""A server that knows the truth: it emits tokens at stated times and writes down when it really did.

It speaks the OpenAI and the Anthropic protocol on loopback and fails in every stated way. What it does is in the
model's name: ``steady-ttft50-itl10-n32`` or ``n8-fault-cut``. Times are of the machine's monotonic clock, which
processes share. Run it as a script; it prints its port, and ends when its stdin does.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

TLS_RECORD = b"\x16"
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


class Script(NamedTuple):
    """What one answer looks like; times in milliseconds."""

    ttft: float = 50.0
    itl: float = 10.0
    n: int = 16
    jitter: float = 0.0
    think: int = 0
    """How many of the tokens are reasoning."""
    chunk: int = 1
    """Tokens in one event."""
    ping: int = 0
    """Pings before the first token."""
    spread: float = 0.0
    """Standard deviation of the logarithm of the time to first token."""
    fault: str = ""

    @classmethod
    def of(cls, model: str) -> Script:
        """The script in a model's name."""
        model, _, fault = model.partition("fault-")
        values = dict(re.findall(r"\b(ttft|itl|n|jitter|think|chunk|ping|spread)(\d+(?:\.\d+)?)", model))
        script = cls(**{name: type(cls._field_defaults[name])(float(value)) for name, value in values.items()})
        return script._replace(fault=fault)


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
        script = Script.of(asked["model"])
        record: dict[str, Any] = {
            "id": f"id-{len(self.truth.log)}",
            "model": asked["model"],
            "received_ns": received_ns,
        }
        record |= {"tokens_ns": [], "head": head, "asked": asked, "path": path}
        self.truth.log.append(record)
        self.served += 1
        if script.fault in STATUSES:
            status, headers, words = STATUSES[script.fault]
            key = re.search(r"(?:bearer |x-api-key: *)(\S+)", head, re.IGNORECASE)
            self.document(status, headers, {"error": {"message": words.format(key=key.group(1) if key else "")}})
            return
        await self.stream(script, record, anthropic=path.endswith("/messages"))

    def document(self, status: int, headers: dict[str, str], content: Any) -> None:
        body = json.dumps(content).encode()
        lines = [f"HTTP/1.1 {status} Status", "content-type: application/json", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def write(self, data: bytes) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.write(data)

    def event(self, payload: Any, name: str | None = None) -> None:
        text = payload if isinstance(payload, str) else json.dumps(payload)
        data = (f"event: {name}\n" if name else "") + f"data: {text}\n\n"
        self.raw(data.encode())

    def raw(self, data: bytes) -> None:
        self.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def end(self) -> None:
        self.write(b"0\r\n\r\n")

    async def stream(self, script: Script, record: dict[str, Any], *, anthropic: bool) -> None:
        fault = script.fault
        if fault in ("hang", "reset", "200-json"):
            self.refuse(fault)
            return
        head = ("HTTP/1.1 200 OK", "content-type: text/event-stream", "transfer-encoding: chunked", "x-region: loop-1")
        self.write("\r\n".join(head).encode() + b"\r\n\r\n")
        if fault == "silent":
            return
        speak = Messages(self, record, script) if anthropic else Chat(self, record, script)
        speak.begin()
        if fault != "empty":
            async for index in ticks(script, record["received_ns"], self.truth.random):
                if await self.fails(fault, index, speak):
                    return
                speak.token(index)
        if fault != "truncated":
            speak.finish("content_filter" if fault == "filter" else "stop", usage=fault not in ("no-usage", "empty"))
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

    async def fails(self, fault: str, index: int, speak: Chat | Messages) -> bool:
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
            self.event('{"choices": [{"delta": {"content": "half')
        return False


async def ticks(script: Script, received_ns: int, rng: random.Random) -> AsyncIterator[int]:
    """The index of the last token of each event, at the moment at which it is to go out."""
    if script.fault == "slow":
        script = script._replace(itl=60.0, n=10_000)
    first = script.ttft * (2.718281828 ** rng.gauss(0, script.spread) if script.spread else 1.0)
    for last in range(script.chunk - 1, script.n + script.chunk - 1, script.chunk):
        index = min(last, script.n - 1)
        offset = first + script.itl * index + (rng.uniform(-1, 1) * script.jitter if index else 0.0)
        wait = received_ns / 1e9 + offset / 1e3 - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        yield index


class Chat:
    """Chat completions as OpenAI streams them, with the empty role chunk that is no token."""

    def __init__(self, connection: Connection, record: dict[str, Any], script: Script) -> None:
        self.connection, self.record, self.script = connection, record, script

    def chunk(self, delta: dict[str, Any], reason: str | None = None, **more: Any) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        head = {"id": self.record["id"], "object": "chat.completion.chunk", "created": 1, "model": "truth"}
        self.connection.event(head | {"choices": [choice]} | more)

    def begin(self) -> None:
        self.chunk({"role": "assistant", "content": ""})
        for _ in range(self.script.ping):
            self.ping()

    def ping(self) -> None:
        self.connection.raw(b": ping\n\n")

    def error(self, words: str) -> None:
        self.connection.event({"error": {"message": words, "code": 500}})

    def token(self, index: int) -> None:
        count = min(self.script.chunk, index + 1)
        text = " ".join(f"tok{index % 10}" for _ in range(count)) + " "
        self.record["tokens_ns"].append(time.monotonic_ns())
        if self.script.fault == "tool":
            function = {"name": "look_up_order" if index == 0 else None, "arguments": "" if index == 0 else "1"}
            call = {"index": 0, "id": "call", "type": "function", "function": function}
            self.chunk({"tool_calls": [call]})
        else:
            self.chunk({"reasoning_content" if index < self.script.think else "content": text})

    def finish(self, reason: str, *, usage: bool) -> None:
        self.chunk({}, reason)
        if usage:
            counted: dict[str, Any] = {
                "prompt_tokens": 11,
                "completion_tokens": self.script.n,
                "total_tokens": 11 + self.script.n,
            }
            counted |= (
                {"completion_tokens_details": {"reasoning_tokens": self.script.think}} if self.script.think else {}
            )
            head = {"id": self.record["id"], "object": "chat.completion.chunk", "created": 1, "model": "truth"}
            self.connection.event(head | {"choices": [], "usage": counted})
        self.connection.event("[DONE]")


class Messages:
    """Messages as Anthropic streams them."""

    def __init__(self, connection: Connection, record: dict[str, Any], script: Script) -> None:
        self.connection, self.record, self.script = connection, record, script
        self.block = -1
        self.kind = ""

    def say(self, kind: str, **more: Any) -> None:
        self.connection.event({"type": kind} | more, kind)

    def begin(self) -> None:
        usage = {"input_tokens": 11, "output_tokens": 1}
        message = {"id": self.record["id"], "type": "message", "role": "assistant", "model": "truth", "content": []}
        self.say("message_start", message=message | {"stop_reason": None, "stop_sequence": None, "usage": usage})
        for _ in range(self.script.ping):
            self.ping()

    def ping(self) -> None:
        self.say("ping")

    def error(self, words: str) -> None:
        self.say("error", error={"type": "overloaded_error", "message": words})

    def token(self, index: int) -> None:
        wanted = "tool_use" if self.script.fault == "tool" else "thinking" if index < self.script.think else "text"
        if wanted != self.kind:
            self.open(wanted)
        count = min(self.script.chunk, index + 1)
        text = " ".join(f"tok{index % 10}" for _ in range(count)) + " "
        self.record["tokens_ns"].append(time.monotonic_ns())
        delta = {
            "text": {"type": "text_delta", "text": text},
            "thinking": {"type": "thinking_delta", "thinking": text},
            "tool_use": {"type": "input_json_delta", "partial_json": "{" if index == 0 else " "},
        }[wanted]
        self.say("content_block_delta", index=self.block, delta=delta)

    def open(self, kind: str) -> None:
        if self.kind:
            self.say("content_block_stop", index=self.block)
        self.block, self.kind = self.block + 1, kind
        empty: dict[str, dict[str, Any]] = {
            "text": {"text": ""},
            "thinking": {"thinking": ""},
            "tool_use": {"id": "t", "name": "look_up_order", "input": {}},
        }
        self.say("content_block_start", index=self.block, content_block={"type": kind} | empty[kind])

    def finish(self, reason: str, *, usage: bool) -> None:
        if self.kind:
            self.say("content_block_stop", index=self.block)
        named = {"stop": "end_turn", "content_filter": "refusal"}[reason]
        counted = {"usage": {"output_tokens": self.script.n}} if usage else {}
        self.say("message_delta", delta={"stop_reason": named, "stop_sequence": None}, **counted)
        self.say("message_stop")


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
