"""The protocols that other providers have to themselves, as the truth server speaks them."""

from __future__ import annotations

import json
from base64 import b64encode
from binascii import crc32
from typing import Any

from tests.probe.truth_speakers import INPUT_TOKENS, Chat, Messages, Speaker


class Gemini(Speaker):
    """Google's streamed content: the counts so far in every event, a tool call in one piece."""

    def part(self, part: dict[str, Any], index: int, **more: Any) -> None:
        """One event with one part."""
        head = {"responseId": self.record["id"], "modelVersion": self.record["model"]}
        candidate = {"index": 0, "content": {"role": "model", "parts": [part]}} | more
        counted = {} if self.script.fault == "no-usage" else {"usageMetadata": self.counted(index)}
        self.event(head | {"candidates": [candidate]} | counted)

    def counted(self, index: int) -> dict[str, int]:
        """The counts up to a token; the reasoning is not among the tokens of the candidate."""
        thought = min(index + 1, self.script.think)
        own = {"promptTokenCount": INPUT_TOKENS, "candidatesTokenCount": index + 1 - thought}
        return own | ({"thoughtsTokenCount": thought} if thought else {})

    def error(self, words: str) -> None:
        self.event({"error": {"code": 503, "message": words, "status": "UNAVAILABLE"}})

    def token(self, index: int) -> None:
        if self.is_tool() and index < self.script.n - 1:
            return
        text = self.words(index)
        if self.is_tool():
            self.part({"functionCall": {"name": "look_up_order", "args": {"number": "4711"}}}, index)
        else:
            self.part({"text": text} | ({"thought": True} if index < self.script.think else {}), index)

    def finish(self, reason: str, *, usage: bool) -> None:
        named = {"stop": "STOP", "content_filter": "SAFETY", "length": "MAX_TOKENS"}[reason]
        self.part({"text": ""}, self.script.n - 1, finishReason=named)


class Responses(Speaker):
    """OpenAI's newer protocol; what has come so far is repeated at the end."""

    def say(self, kind: str, **more: Any) -> None:
        """One event, which states its type twice."""
        self.event({"type": kind, "sequence_number": 0} | more, kind)

    def begin(self) -> None:
        self.say("response.created", response=self.whole("in_progress"))
        super().begin()

    def whole(self, status: str, **more: Any) -> dict[str, Any]:
        """The response so far."""
        text = {"type": "output_text", "text": "tok", "annotations": []}
        message = {"type": "message", "id": "m", "role": "assistant", "status": status, "content": [text]}
        head = {
            "id": self.record["id"],
            "object": "response",
            "created_at": 1,
            "model": self.record["model"],
            "status": status,
        }
        common = {"parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "error": None}
        return head | common | {"output": [message] if status == "completed" else []} | more

    def error(self, words: str) -> None:
        error = {"code": "server_error", "message": words}
        self.say("response.failed", response=self.whole("failed") | {"error": error})

    def token(self, index: int) -> None:
        place = {"item_id": "m", "output_index": 0}
        text = self.words(index)
        if self.is_tool():
            self.say("response.function_call_arguments.delta", delta="1", **place)
        elif index < self.script.think:
            self.say("response.reasoning_summary_text.delta", delta=text, summary_index=0, **place)
        else:
            self.say("response.output_text.delta", delta=text, content_index=0, **place)

    def finish(self, reason: str, *, usage: bool) -> None:
        made = self.script.n
        counted = {
            "input_tokens": INPUT_TOKENS,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": made,
            "output_tokens_details": {"reasoning_tokens": self.script.think},
            "total_tokens": INPUT_TOKENS + made,
        }
        told = counted if usage else None
        if reason == "length":
            cut = {"reason": "max_output_tokens"}
            self.say("response.incomplete", response=self.whole("incomplete", usage=told, incomplete_details=cut))
        else:
            self.say("response.completed", response=self.whole("completed", usage=told))


_COHERE_REASONS = {"stop": "COMPLETE", "content_filter": "ERROR", "length": "MAX_TOKENS"}


class Cohere(Speaker):
    """Cohere's second chat protocol; it counts the tokens of the template apart from those that are billed."""

    open_kind = ""

    def say(self, kind: str, **more: Any) -> None:
        """One event, which states its type twice."""
        self.event({"type": kind} | more, kind)

    def begin(self) -> None:
        message = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
        self.say("message-start", id=self.record["id"], delta={"message": message})
        super().begin()

    def token(self, index: int) -> None:
        text = self.words(index)
        if self.is_tool():
            function = {"name": "look_up_order", "arguments": ""} if index == 0 else {"arguments": "1"}
            call = {"id": "call", "type": "function", "function": function}
            kind = "tool-call-start" if index == 0 else "tool-call-delta"
            self.say(kind, index=0, delta={"message": {"tool_calls": call}})
            return
        wanted = "thinking" if index < self.script.think else "text"
        if wanted != self.open_kind:
            self.open_kind = wanted
            self.say("content-start", index=0, delta={"message": {"content": {"type": wanted, wanted: ""}}})
        self.say("content-delta", index=0, delta={"message": {"content": {wanted: text}}})

    def finish(self, reason: str, *, usage: bool) -> None:
        delta: dict[str, Any] = {"finish_reason": _COHERE_REASONS[reason]}
        if usage:
            billed = {"input_tokens": INPUT_TOKENS, "output_tokens": self.script.n}
            all_ = {"input_tokens": INPUT_TOKENS + 490, "output_tokens": self.script.n + 2}
            delta["usage"] = {"billed_units": billed, "tokens": all_}
        self.say("message-end", delta=delta)


class Ollama(Speaker):
    """Lines of JSON as Ollama streams them."""

    kind = "application/x-ndjson"

    def event(self, payload: Any, name: str | None = None) -> None:
        if self.record["path"].endswith("/generate") and (message := payload.pop("message", None)):
            payload["response"] = message.pop("content")
            payload |= {key: value for key, value in message.items() if key == "thinking"}
        self.send(
            json.dumps({"model": self.record["model"], "created_at": "2026-11-23T12:00:00Z"} | payload).encode() + b"\n"
        )

    def ping(self) -> None:
        """It has no such thing."""

    def malformed(self) -> None:
        self.send(b'{"message": {"content": "half\n')

    def error(self, words: str) -> None:
        self.event({"error": words})

    def token(self, index: int) -> None:
        message: dict[str, Any] = {"role": "assistant", "content": ""}
        if self.is_tool() and index < self.script.n - 1:
            return
        text = self.words(index)
        if self.is_tool():
            message["tool_calls"] = [{"function": {"name": "look_up_order", "arguments": {"number": "4711"}}}]
        else:
            message["thinking" if index < self.script.think else "content"] = text
        self.event({"message": message, "done": False})

    def finish(self, reason: str, *, usage: bool) -> None:
        counted = {"prompt_eval_count": INPUT_TOKENS, "eval_count": self.script.n} if usage else {}
        self.event({"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": reason} | counted)


def amazon_frame(headers: dict[str, str], payload: bytes) -> bytes:
    """One message with both of its checksums; headers are of type 7, a string."""
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    written = b"".join(len(name).to_bytes(1) + name + b"\x07" + len(value).to_bytes(2) + value for name, value in pairs)
    head = (len(payload) + len(written) + 16).to_bytes(4) + len(written).to_bytes(4)
    body = head + crc32(head).to_bytes(4) + written + payload
    return body + crc32(body).to_bytes(4)


def amazon_exception(words: str) -> bytes:
    """An error in the middle of a stream of messages."""
    headers = {":exception-type": "throttlingException", ":content-type": "application/json"}
    return amazon_frame(headers | {":message-type": "exception"}, json.dumps({"message": words}).encode())


class Invoke(Messages):
    """Anthropic's messages, each wrapped in a message of Amazon's."""

    kind = "application/vnd.amazon.eventstream"

    def event(self, payload: Any, name: str | None = None) -> None:
        self.wrapped(json.dumps(payload).encode())

    def wrapped(self, payload: bytes) -> None:
        """One message with those bytes in it."""
        headers = {":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"}
        self.send(amazon_frame(headers, json.dumps({"bytes": b64encode(payload).decode()}).encode()))

    def malformed(self) -> None:
        self.wrapped(b'{"type": "content_block_delta", "delta": {"text": "half')

    def error(self, words: str) -> None:
        self.send(amazon_exception(words))


class Converse(Speaker):
    """Bedrock's conversation in Amazon's binary frames."""

    kind = "application/vnd.amazon.eventstream"
    block = -1
    open_kind = ""

    def event(self, payload: Any, name: str | None = None) -> None:
        kinds = {":event-type": name or "", ":content-type": "application/json", ":message-type": "event"}
        self.send(amazon_frame(kinds, json.dumps(payload).encode()))

    def begin(self) -> None:
        self.event({"role": "assistant"}, "messageStart")

    def ping(self) -> None:
        """It has no such thing."""

    def malformed(self) -> None:
        headers = {":event-type": "contentBlockDelta", ":message-type": "event"}
        self.send(amazon_frame(headers, b'{"delta": {"text": "half'))

    def error(self, words: str) -> None:
        self.send(amazon_exception(words))

    def token(self, index: int) -> None:
        wanted = "toolUse" if self.is_tool() else "reasoningContent" if index < self.script.think else "text"
        if wanted != self.open_kind:
            self.open(wanted)
        text = self.words(index)
        value: Any = {"toolUse": {"input": "{" if index == 0 else " "}, "reasoningContent": {"text": text}}
        self.event({"delta": {wanted: value.get(wanted, text)}, "contentBlockIndex": self.block}, "contentBlockDelta")

    def open(self, kind: str) -> None:
        """Begin a block of another kind; only that of a tool call is announced."""
        if self.open_kind:
            self.event({"contentBlockIndex": self.block}, "contentBlockStop")
        self.block, self.open_kind = self.block + 1, kind
        if kind == "toolUse":
            start = {"toolUse": {"toolUseId": "t", "name": "look_up_order"}}
            self.event({"start": start, "contentBlockIndex": self.block}, "contentBlockStart")

    def finish(self, reason: str, *, usage: bool) -> None:
        self.event({"contentBlockIndex": max(self.block, 0)}, "contentBlockStop")
        named = {"stop": "end_turn", "content_filter": "guardrail_intervened", "length": "max_tokens"}[reason]
        thought = {"usage": {"output_tokens_details": {"thinking_tokens": self.script.think}}}
        more = {"additionalModelResponseFields": thought} if self.script.think else {}
        self.event({"stopReason": named} | more, "messageStop")
        made = self.script.n
        counted = {"inputTokens": INPUT_TOKENS, "outputTokens": made, "totalTokens": INPUT_TOKENS + made}
        self.event({"metrics": {"latencyMs": 1}} | ({"usage": counted} if usage else {}), "metadata")


BY_PATH_END: dict[str, type[Speaker]] = {
    "/messages": Messages,
    ":streamGenerateContent": Gemini,
    "/responses": Responses,
    "/v2/chat": Cohere,
    "/api/chat": Ollama,
    "/api/generate": Ollama,
    "/converse-stream": Converse,
    "/invoke-with-response-stream": Invoke,
}


def speaker_of(path: str) -> type[Speaker]:
    """The protocol that is spoken at a path."""
    return next((speaker for end, speaker in BY_PATH_END.items() if path.endswith(end)), Chat)
