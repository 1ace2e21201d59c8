"""The next request from the last one: what litellm made once it need not make again for the same target.

Only for the protocol of chat completions, only where the body that litellm sent held the messages and the limit as they
were given, and only with credentials that stand in a header as they are: a request that is signed is made anew.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import httpx

from advisor.probe.wire.stream_content import Protocol
from advisor.probe.worker.exchange import Exchange
from advisor.probe.worker_protocol import Message, Send

LIFE_S = 240.0
"""Tokens that a provider hands out live longer than that."""

_LIMITS = ("max_tokens", "max_completion_tokens")
_SIGNED = ("x-amz-date", "x-goog-signature", "idempotency-key")
_OWN = ("content-length", "connection", "accept-encoding")

Turn = Callable[[Message], dict[str, Any]]


class Template(NamedTuple):
    """A request without its messages and its limit on tokens."""

    url: httpx.URL
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    limit: str
    """Which field holds the limit on tokens."""
    until_s: float

    def request(self, order: Send, turn: Turn) -> httpx.Request:
        """Return the request for another order of the same shape."""
        own = {"messages": [turn(message) for message in order.messages], self.limit: order.max_tokens}
        content = json.dumps({**self.body, **own}, ensure_ascii=False, separators=(",", ":")).encode()
        return httpx.Request("POST", self.url, headers=dict(self.headers), content=content)


def shape(order: Send) -> tuple[object, ...]:
    """Return what two orders must have in common for one template: all but messages, limit on tokens and waiting."""
    roles = tuple((message.role, bool(message.images)) for message in order.messages)
    return (order.target, order.params.model_dump_json(), order.tools, order.is_forced, roles)


def template(exchange: Exchange, order: Send, turn: Turn) -> Template | None:
    """Return what can be taken over from an exchange that went well; None where nothing can."""
    request = exchange.request
    if request is None or exchange.protocol is not Protocol.CHAT or exchange.requests != 1:
        return None
    if request.method != "POST" or any(name in request.headers for name in _SIGNED):
        return None
    try:
        body = json.loads(request.content)
    except (ValueError, httpx.RequestNotRead):
        return None
    limit = next((name for name in _LIMITS if body.get(name) == order.max_tokens), None)
    if limit is None or body.get("messages") != [turn(message) for message in order.messages]:
        return None
    kept = {name: value for name, value in body.items() if name not in ("messages", limit)}
    headers = {name: value for name, value in request.headers.items() if name.lower() not in _OWN}
    return Template(request.url, headers, kept, limit, time.monotonic() + LIFE_S)
