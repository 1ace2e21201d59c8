"""One call of litellm, measured: in the worker process only."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from importlib.metadata import version
from typing import Any

import httpx
import litellm
from litellm.caching.llm_caching_handler import LLMClientCache
from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler, get_ssl_configuration

from advisor.probe.faults import Fault, by_status
from advisor.probe.redaction import Redactor
from advisor.probe.worker.api_keys import variables
from advisor.probe.worker.exchange import CURRENT, Exchange
from advisor.probe.worker.judgment import Chunk, judge
from advisor.probe.worker.template import Template, shape, template
from advisor.probe.worker.transport import WireThread, client
from advisor.probe.worker.watch import most_stream_bytes
from advisor.probe.worker_protocol import CallAnswer, CallTarget, Keys, Message, RequestLimits, Send

_GRACE_S = 5.0
"""How much later than the limits on the wire litellm itself is given up."""

_NO_KEY = "none"
"""What is sent as a key to a server of the user's own that asks for none."""

_TOOL = {
    "type": "function",
    "function": {
        "name": "look_up_order",
        "description": "Look up an order by its number.",
        "parameters": {
            "type": "object",
            "properties": {"number": {"type": "string"}, "fields": {"type": "array", "items": {"type": "string"}}},
            "required": ["number"],
        },
    },
}

_FORCED = ("tools", "tool_choice", "response_format", "reasoning_effort")
"""What is sent although litellm does not know whether the model takes it."""

_BY_EXCEPTION = {
    "AuthenticationError": Fault.AUTHENTICATION,
    "UnsupportedParamsError": Fault.UNSUPPORTED,
    "NotFoundError": Fault.NOT_FOUND,
    "ImportError": Fault.MISSING_PACKAGE,
    "ModuleNotFoundError": Fault.MISSING_PACKAGE,
}
"""Errors of litellm's own, before anything was sent."""

_BY_SERVICE = ("RateLimitError", "PermissionDeniedError", "ServiceUnavailableError", "ContentPolicyViolationError")
"""Errors that only a service can cause, for providers whose requests do not pass through the transport."""


class _Clients(LLMClientCache):
    """Where litellm looks for its HTTP clients: those of providers without an SDK get one that sends on the wire."""

    def __init__(self, handler: AsyncHTTPHandler) -> None:
        super().__init__()
        self._handler = handler

    def get_cache(self, key: str, **more: Any) -> Any:
        """Return the client on the wire for every key of an asynchronous client."""
        if key.startswith("async_httpx_client"):
            return self._handler
        return super().get_cache(key, **more)  # type: ignore[no-untyped-call]


class Caller:
    """Calls models through litellm, with the clock on the wire."""

    def __init__(self) -> None:
        self.version = version("litellm")
        self._redactor = Redactor(os.environ)
        verify = get_ssl_configuration()
        self._thread = WireThread()
        wire = client(self._thread, verify=True if isinstance(verify, str) else verify)
        handler = AsyncHTTPHandler()
        handler.client = wire
        self._client = wire
        self._templates: dict[tuple[object, ...], Template] = {}
        litellm.aclient_session = wire
        litellm.in_memory_llm_clients_cache = _Clients(handler)
        litellm.num_retries = 0
        litellm.suppress_debug_info = True
        litellm.telemetry = False
        for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "httpx", "openai"):
            logging.getLogger(name).setLevel(logging.CRITICAL)

    async def warm_up(self) -> None:
        """Let litellm set up what it sets up at its first call, against a port of this machine that is closed."""
        target = CallTarget(model="openai/warm-up", api_base="http://127.0.0.1:9/v1", key_variable="")
        await self.call(Send(id=0, target=target, messages=(), max_tokens=1, limits=RequestLimits(connect_s=1)))

    def keys(self, targets: tuple[CallTarget, ...]) -> Keys:
        """Which variables each target's provider needs, and which of them are not set; names only."""
        every = [variables(target) for target in targets]
        return Keys(missing=tuple(one.missing for one in every), found=tuple(one.found for one in every))

    async def call(self, order: Send) -> CallAnswer:
        """One request and what became of it. Never raises but when it is canceled."""
        exchange = Exchange(order.limits, send_at_ns=_moment(order.send_in_s))
        exchange.most_bytes, exchange.most_hops = most_stream_bytes(order.max_tokens), order.most_hops
        CURRENT.set(exchange)
        began, chunks, error = time.monotonic_ns(), list[Chunk](), None
        ahead = order.send_in_s or 0.0
        try:
            async with asyncio.timeout(order.limits.total_s + order.limits.connect_s + ahead + _GRACE_S):
                known = self._templates.get(shape(order))
                if known is not None and known.until_s > time.monotonic():
                    await self._client.send(known.request(order, _turn), stream=True)
                else:
                    stream = await litellm.acompletion(**self._arguments(order))
                    if exchange.protocol is None:  # else all of it has been read on the wire
                        async for part in stream:
                            chunks.append(_chunk(part))
        except asyncio.CancelledError:
            return CallAnswer(id=order.id, fault=Fault.INTERRUPTED)
        except Exception as raised:  # noqa: BLE001 - every failure is a result here
            error = raised
        for value in exchange.credentials:
            self._redactor.hide(value)
        try:
            answer = self._judge(order, exchange, began, chunks, error)
            self._learn(order, exchange, answer)
        finally:
            self._thread.release(exchange)
        return answer

    def _learn(self, order: Send, exchange: Exchange, answer: CallAnswer) -> None:
        """Keep what the next request of that shape can take over, until one goes wrong."""
        key = shape(order)
        if answer.fault is not None:
            self._templates.pop(key, None)
        elif key not in self._templates or self._templates[key].until_s <= time.monotonic():
            found = template(exchange, order, _turn)
            if found is not None:
                self._templates[key] = found

    def failed(self, number: int, error: Exception) -> CallAnswer:
        """Return what to answer where measuring itself failed."""
        return CallAnswer(id=number, fault=Fault.UNREADABLE, message=self._redactor.message(error))

    def _judge(
        self, order: Send, exchange: Exchange, began: int, chunks: list[Chunk], error: Exception | None
    ) -> CallAnswer:
        answer = judge(order, exchange, began, chunks, count=_count, redactor=self._redactor)
        if answer.fault is None and answer.clock != "wire" and error is not None:
            answer = answer.model_copy(update=self._failure(exchange, error))
        return answer

    def _failure(self, exchange: Exchange, error: Exception) -> dict[str, Any]:
        """Return the fault of an error that the wire did not see."""
        message = self._redactor.message(error)
        if isinstance(error, TimeoutError):
            return {"fault": Fault.TOTAL_TIMEOUT, "message": message}
        kind = type(error).__name__
        if exchange.requests:
            return {"fault": Fault.UNREADABLE, "message": message}
        if any(isinstance(cause, ImportError) for cause in (error, error.__cause__, error.__context__)) or (
            "pip install" in message
        ):
            return {"fault": Fault.MISSING_PACKAGE, "message": message}
        if "credentials" in message.lower():
            return {"fault": Fault.AUTHENTICATION, "message": message}
        status = getattr(error, "status_code", None)
        if kind not in _BY_EXCEPTION and kind in _BY_SERVICE and isinstance(status, int):
            return {"fault": by_status(status, str(error), None), "status": status, "message": message}
        return {"fault": _BY_EXCEPTION.get(kind, Fault.NOT_SENT), "message": message}

    def _arguments(self, order: Send) -> dict[str, Any]:
        target = order.target
        arguments: dict[str, Any] = {
            "model": target.model,
            "messages": [_turn(message) for message in order.messages],
            "max_tokens": order.max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_retries": 0,
            "timeout": httpx.Timeout(order.limits.total_s + order.limits.connect_s + (order.send_in_s or 0.0)),
        }
        if target.api_base:
            arguments["api_base"] = target.api_base
        if key := self._key(target):
            arguments["api_key"] = key
        if target.effort:
            arguments["reasoning_effort"] = target.effort
        if target.service_tier:
            arguments["service_tier"] = target.service_tier
        arguments |= order.params.model_dump(exclude_none=True)
        if order.is_forced:
            arguments["allowed_openai_params"] = list(_FORCED)
        if order.params.tools:
            arguments["_skip_mcp_handler"] = True
        if order.tools:
            # Without the gateway for MCP servers, which would ask for a package that nothing here needs.
            arguments |= {"tools": [_TOOL], "tool_choice": "required", "_skip_mcp_handler": True}
        return arguments

    def _key(self, target: CallTarget) -> str | None:
        """Return a key to pass on by hand; None where litellm finds its own."""
        if target.key_variable:
            key = os.environ.get(target.key_variable)
            self._redactor.hide(key or "")
            return key
        if target.api_base and (target.key_variable is not None or variables(target).lacks_key):
            return _NO_KEY
        return None


def _moment(in_s: float | None) -> int | None:
    return None if in_s is None else time.monotonic_ns() + round(in_s * 1e9)


def _turn(message: Message) -> dict[str, Any]:
    """Return a message as the chat protocol has it."""
    if not message.images:
        return {"role": message.role, "content": message.content}
    pictures = [{"type": "image_url", "image_url": {"url": address}} for address in message.images]
    return {"role": message.role, "content": [{"type": "text", "text": message.content}, *pictures]}


def _count(text: str) -> int:
    """Tokens of a text by the tokenizer that litellm carries; within 15 % of most models' own for European text."""
    library: Any = litellm  # which loads it when it is first asked for
    return len(library.encoding.encode(text, disallowed_special=()))


def _chunk(part: Any) -> Chunk:
    """Return a chunk of litellm's, of a protocol that is not read on the wire."""
    kind, text, reason, calls = "", "", None, list[tuple[int, str, str]]()
    for choice in part.choices or ():
        delta = choice.delta
        reason = choice.finish_reason or reason
        if delta.content:
            kind, text = "answer", text + delta.content
        elif thought := getattr(delta, "reasoning_content", None):
            kind, text = "reasoning", text + thought
        elif delta.tool_calls:
            kind = "tool"
            calls += [
                (one.index or 0, one.function.name or "", one.function.arguments or "") for one in delta.tool_calls
            ]
            text += "".join(name + arguments for _, name, arguments in calls)
    usage = getattr(part, "usage", None)
    given, made = (usage.prompt_tokens, usage.completion_tokens) if usage else (None, None)
    return Chunk(time.monotonic_ns(), kind, text, tuple(calls), given, made, reason)
