"""What a request costs in the client's own CPU and time: the probe's worker beside a plain httpx loop.

``python -m benchmarks.probe_overhead``: 400 requests at 8 at a time to a server without latency, without the worker's
start. Ends with 1 if a request takes more than 15 ms of CPU (worker and caller together) or three times httpx's time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from multiprocessing import Process, Queue
from typing import NamedTuple

import httpx

from advisor.probe.worker_client import WorkerClient
from advisor.probe.worker_protocol import CallTarget, Message, Send

MOST_CPU_MS, MOST_RATIO = 15.0, 3.0
_CHUNK = {"id": "r", "model": "m", "choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}]}
_END = {"id": "r", "model": "m", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
_USAGE = {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 8}}


class Cost(NamedTuple):
    """Of one request, in milliseconds."""

    cpu_ms: float
    wall_ms: float


def main() -> int:
    """Measure both in turns; 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--streams", type=int, default=8)
    asked = parser.parse_args()
    told: Queue[int] = Queue()
    server = Process(target=_serve, args=(told,), daemon=True)
    server.start()
    address = f"http://127.0.0.1:{told.get()}/v1"
    try:
        plain = asyncio.run(_httpx(address, asked.requests, asked.streams))
        ours = asyncio.run(_worker(address, asked.requests, asked.streams))
    finally:
        server.kill()
    print(f"httpx    {plain.cpu_ms:6.2f} ms CPU, {plain.wall_ms:6.2f} ms a request")
    times = ours.wall_ms / plain.wall_ms
    print(f"advisor  {ours.cpu_ms:6.2f} ms CPU, {ours.wall_ms:6.2f} ms a request, {times:.2f} times")
    return 0 if ours.cpu_ms <= MOST_CPU_MS and ours.wall_ms <= MOST_RATIO * plain.wall_ms else 1


async def _httpx(address: str, requests: int, streams: int) -> Cost:
    async with httpx.AsyncClient() as client:

        async def one(_: int) -> None:
            body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": True}
            async with client.stream("POST", f"{address}/chat/completions", json=body) as response:
                async for line in response.aiter_lines():
                    if line.startswith("data: {"):
                        json.loads(line[6:])

        await _all(one, 8, streams)
        return await _timed(one, requests, streams, lambda: _cpu(resource.RUSAGE_SELF))


async def _worker(address: str, requests: int, streams: int) -> Cost:
    link = WorkerClient(os.environ | {"OPENAI_API_KEY": "none-is-needed"})
    link.start()
    try:
        await link.attach()
        target = CallTarget(model="openai/m", api_base=address)

        async def one(number: int) -> None:
            order = Send(id=number + 1, target=target, messages=(Message(role="user", content="hi"),), max_tokens=64)
            answer = await link.send(order)
            assert answer.fault is None, answer

        await _all(one, 8, streams)
        return await _timed(one, requests, streams, lambda: _cpu(resource.RUSAGE_SELF) + _cpu_of(link.pid))
    finally:
        link.close()


async def _timed(
    one: Callable[[int], Awaitable[None]], requests: int, streams: int, cpu_s: Callable[[], float]
) -> Cost:
    before, began = cpu_s(), time.monotonic()
    await _all(one, requests, streams)
    wall = time.monotonic() - began
    return Cost((cpu_s() - before) / requests * 1000, wall / requests * 1000)


async def _all(one: Callable[[int], Awaitable[None]], requests: int, streams: int) -> None:
    numbers = iter(range(requests))

    async def stream() -> None:
        for number in numbers:
            await one(number)

    await asyncio.gather(*(stream() for _ in range(streams)))


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _cpu_of(process: int) -> float:
    with open(f"/proc/{process}/stat", encoding="utf-8") as stat:  # noqa: PTH123 - a file of the kernel
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _serve(told: Queue[int]) -> None:
    """Answer every request at once with eight tokens."""
    events = [*[_CHUNK] * 8, _END, _USAGE]
    body = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events) + b"data: [DONE]\n\n"
    head = f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {len(body)}\r\n\r\n".encode()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                asked = (await reader.readuntil(b"\r\n\r\n")).lower()
                size = next(int(line[15:]) for line in asked.split(b"\r\n") if line.startswith(b"content-length:"))
                await reader.readexactly(size)
                writer.write(head + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        told.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


if __name__ == "__main__":
    sys.exit(main())
