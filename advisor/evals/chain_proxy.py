"""A chat endpoint on loopback for the calls of a chain: each goes through the run's worker, budget and records."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from advisor.probe.worker_protocol import CallAnswer, Message, Params

MOST_BYTES = 8 << 20
_LINES = 100

ChatCall = Callable[[str, "ChatRequest"], Awaitable[CallAnswer]]
"""Makes a call for the one whom a token was given to."""


class ChatRequest(NamedTuple):
    """A request of the chat protocol, as far as it is passed on."""

    model: str
    messages: tuple[Message, ...]
    max_tokens: int | None
    params: Params
    stream: bool


class ChainProxy:
    """Serves ``/v1/chat/completions`` until it is closed; only those who carry a known token are answered."""

    def __init__(self, call: ChatCall) -> None:
        self._call = call
        self._server: asyncio.Server | None = None
        self.tokens: set[str] = set()

    async def start(self) -> str:
        """Listen on a free port of this machine; the address for ``OPENAI_BASE_URL``."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 16)
        port = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}/v1"

    async def close(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            status, body, stream = await self._respond(reader)
            kind = "text/event-stream" if stream else "application/json"
            lines = (
                f"HTTP/1.1 {status} X",
                f"Content-Type: {kind}",
                f"Content-Length: {len(body)}",
                "Connection: close",
            )
            writer.write("\r\n".join((*lines, "", "")).encode() + body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            writer.close()

    async def _respond(self, reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
        method, path, headers = await _head(reader)
        length = int(headers.get("content-length", "0") or 0)
        if length > MOST_BYTES:
            return 413, _error("the request is too large"), False
        body = await reader.readexactly(length)
        token = headers.get("authorization", "").removeprefix("Bearer ").strip()
        if token not in self.tokens:
            return 401, _error("expected the key that advisor gave in OPENAI_API_KEY"), False
        if method != "POST" or not path.rstrip("/").endswith("/chat/completions"):
            return 404, _error(f"{path}: only /v1/chat/completions is served under an evaluation"), False
        try:
            request = _request(json.loads(body))
        except (ValueError, TypeError, KeyError, ValidationError) as error:
            return 400, _error(f"not a request that is passed on: {str(error)[:200]}"), False
        answer = await self._call(token, request)
        if answer.fault is not None:
            return _status(answer), _error(f"{answer.fault.value}: {answer.message or ''}"), False
        return 200, _streamed(answer, request) if request.stream else _whole(answer, request), request.stream


async def _head(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str]]:
    method, path, _ = (await reader.readline()).decode("latin-1").split(" ", 2)
    headers: dict[str, str] = {}
    for _ in range(_LINES):
        line = (await reader.readline()).decode("latin-1").strip()
        if not line:
            return method, path, headers
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    raise ValueError("too many headers")


def _request(content: Mapping[str, Any]) -> ChatRequest:
    messages = tuple(
        Message(role="system" if turn["role"] == "developer" else turn["role"], content=_text(turn.get("content")))
        for turn in content["messages"]
    )
    stated = {name: content[name] for name in Params.model_fields if content.get(name) is not None}
    stop = stated.get("stop")
    if isinstance(stop, str):
        stated["stop"] = (stop,)
    most = content.get("max_completion_tokens") or content.get("max_tokens")
    return ChatRequest(
        str(content["model"]), messages, most, Params.model_validate(stated), bool(content.get("stream"))
    )


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(isinstance(part, Mapping) and "text" in part for part in content):
        return "".join(str(part["text"]) for part in content)
    raise TypeError("expected messages of text")


def _error(message: str) -> bytes:
    return json.dumps({"error": {"message": f"advisor: {message}", "type": "advisor"}}).encode()


def _status(answer: CallAnswer) -> int:
    return answer.status if answer.status is not None and answer.status >= 400 else 502  # noqa: PLR2004 - HTTP


def _message(answer: CallAnswer) -> dict[str, Any]:
    content = answer.content
    message: dict[str, Any] = {"role": "assistant", "content": content.text if content else ""}
    if content is not None and content.tool_calls:
        message["tool_calls"] = [
            {
                "index": number,
                "id": f"call-{number}",
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for number, call in enumerate(content.tool_calls)
        ]
    return message


def _usage(answer: CallAnswer) -> dict[str, int]:
    given, made = answer.tokens.input or 0, answer.tokens.output or 0
    return {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}


def _whole(answer: CallAnswer, request: ChatRequest) -> bytes:
    choice = {"index": 0, "message": _message(answer), "finish_reason": answer.finish_reason or "stop"}
    head = {"id": answer.response_id or "advisor", "object": "chat.completion", "created": 0}
    served = answer.served_model or request.model
    return json.dumps({**head, "model": served, "choices": [choice], "usage": _usage(answer)}).encode()


def _streamed(answer: CallAnswer, request: ChatRequest) -> bytes:
    served = answer.served_model or request.model
    head = {"id": "advisor", "object": "chat.completion.chunk", "created": 0, "model": served}
    reason = answer.finish_reason or "stop"
    parts: list[dict[str, Any]] = [
        {**head, "choices": [{"index": 0, "delta": _message(answer), "finish_reason": None}]},
        {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]},
        {**head, "choices": [], "usage": _usage(answer)},
    ]
    return "".join(f"data: {json.dumps(part)}\n\n" for part in [*parts]).encode() + b"data: [DONE]\n\n"
