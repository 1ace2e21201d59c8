"""Clients to compare with: each sends the same requests, times them its own way, and prints one JSON line a request.

``python probe_clients.py httpx|litellm ADDRESS MODEL STREAMS REQUESTS`` runs one in a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

PROMPT = [{"role": "user", "content": "Write until you are told to stop."}]


class Timed(NamedTuple):
    """One request as its client saw it."""

    id: str
    ttft_ms: float
    itl_ms: float


Ask = Callable[[], Awaitable[Timed]]


async def run(ask: Ask, streams: int, requests: int) -> None:
    """The requests, so many at a time; the first one of each stream is not counted."""

    async def stream() -> list[Timed]:
        return [await ask() for _ in range(requests // streams + 1)][1:]

    for found in await asyncio.gather(*(stream() for _ in range(streams))):
        for one in found:
            print(json.dumps(one._asdict()))


def httpx_client(address: str, model: str) -> Ask:
    """A plain loop over the lines of a stream."""
    import httpx

    client = httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None))
    body = {"model": model, "messages": PROMPT, "stream": True, "stream_options": {"include_usage": True}}

    async def ask() -> Timed:
        start, moments, name = time.perf_counter(), list[float](), ""
        async with client.stream("POST", f"{address}/v1/chat/completions", json=body) as response:
            async for line in response.aiter_lines():
                if not line.startswith("data: {"):
                    continue
                event = json.loads(line[6:])
                name = event["id"]
                if event["choices"] and event["choices"][0]["delta"].get("content"):
                    moments.append(time.perf_counter())
        return _timed(name, start, moments)

    return ask


def litellm_client(address: str, model: str) -> Ask:
    """The loop that litellm's own documentation shows."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm

    async def ask() -> Timed:
        start, moments, name = time.perf_counter(), list[float](), ""
        options: dict[str, Any] = {"stream": True, "stream_options": {"include_usage": True}, "max_retries": 0}
        stream = await litellm.acompletion(
            model=f"openai/{model}", messages=PROMPT, api_base=f"{address}/v1", api_key="none", **options
        )
        async for part in stream:
            name = part.id
            if part.choices and part.choices[0].delta.content:
                moments.append(time.perf_counter())
        return _timed(name, start, moments)

    return ask


def _timed(name: str, start: float, moments: list[float]) -> Timed:
    itl = (moments[-1] - moments[0]) / (len(moments) - 1)
    return Timed(name, (moments[0] - start) * 1e3, itl * 1e3)


if __name__ == "__main__":
    kind, address, model, streams, requests = sys.argv[1:]
    client = {"httpx": httpx_client, "litellm": litellm_client}[kind](address, model)
    asyncio.run(run(client, int(streams), int(requests)))
    sys.stdout.flush()
    # litellm leaves threads behind that would be waited for.
    os._exit(0)
