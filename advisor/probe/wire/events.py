"""What the events of each protocol mean: which hold tokens of what kind, and what the server counted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from advisor.probe.wire.stream_content import Protocol, StreamContent, TokenKind
from advisor.probe.worker_protocol import Tokens


def _take_chat(reading: StreamContent, event: Mapping[str, Any], at_ns: int) -> None:
    reading.response_id = reading.response_id or event.get("id")
    reading.model = reading.model or event.get("model")
    usage = event.get("usage") or (event.get("x_groq") or {}).get("usage")
    if usage:
        reading.tokens = _chat_usage(usage)
    for choice in event.get("choices") or ():
        delta = choice.get("delta") or {}
        for name in ("reasoning_content", "reasoning", "thinking"):
            reading.add(at_ns, TokenKind.REASONING, delta.get(name))
        content = delta.get("content")
        for part in content if isinstance(content, list) else [{"text": content}]:
            kind = TokenKind.REASONING if part.get("type") == "thinking" else TokenKind.ANSWER
            reading.add(at_ns, kind, json.dumps(part["thinking"]) if kind is TokenKind.REASONING else part.get("text"))
        reading.add(at_ns, TokenKind.ANSWER, delta.get("refusal"))
        for call in delta.get("tool_calls") or ():
            function = call.get("function") or {}
            reading.add(at_ns, TokenKind.TOOL, (function.get("name") or "") + (function.get("arguments") or ""))
        reading.finish_reason = choice.get("finish_reason") or reading.finish_reason


def _chat_usage(usage: Mapping[str, Any]) -> Tokens:
    given = usage.get("prompt_tokens_details") or {}
    made = usage.get("completion_tokens_details") or {}
    cached = given.get("cached_tokens", usage.get("prompt_cache_hit_tokens"))
    return Tokens(
        input=usage.get("prompt_tokens"),
        cached=cached,
        reasoning=made.get("reasoning_tokens"),
        output=usage.get("completion_tokens"),
        source="server",
    )


def _take_messages(reading: StreamContent, event: Mapping[str, Any], at_ns: int) -> None:
    kind = event.get("type")
    if kind == "ping":
        reading.pings += 1
    elif kind == "message_start":
        message = event["message"]
        reading.response_id, reading.model = message.get("id"), message.get("model")
        # The output that is counted here is a beginning: the count of all comes with the end.
        reading.tokens = _messages_usage((message.get("usage") or {}) | {"output_tokens": None}, None)
    elif kind == "content_block_start":
        block = event["content_block"]
        reading.add(at_ns, TokenKind.TOOL, block.get("name") if block.get("type") == "tool_use" else None)
    elif kind == "content_block_delta":
        delta = event["delta"]
        reading.add(at_ns, TokenKind.ANSWER, delta.get("text"))
        reading.add(at_ns, TokenKind.REASONING, delta.get("thinking"))
        reading.add(at_ns, TokenKind.TOOL, delta.get("partial_json"))
    elif kind == "message_delta":
        reading.finish_reason = (event.get("delta") or {}).get("stop_reason") or reading.finish_reason
        reading.tokens = _messages_usage(event.get("usage") or {}, reading.tokens)
    elif kind == "message_stop":
        reading.is_complete = True


def _messages_usage(usage: Mapping[str, Any], before: Tokens | None) -> Tokens | None:
    """Input comes at the start, output at the end; cached parts are counted apart from ``input_tokens``."""
    if all(count is None for count in usage.values()):
        return before
    cached, written = usage.get("cache_read_input_tokens"), usage.get("cache_creation_input_tokens")
    fresh = usage.get("input_tokens")
    first = before or Tokens()
    return Tokens(
        input=first.input if fresh is None else fresh + (cached or 0) + (written or 0),
        cached=first.cached if cached is None else cached,
        cache_written=first.cache_written if written is None else written,
        reasoning=(usage.get("output_tokens_details") or {}).get("thinking_tokens", first.reasoning),
        output=usage.get("output_tokens", first.output),
        source="server",
    )


def _take_responses(reading: StreamContent, event: Mapping[str, Any], at_ns: int) -> None:
    kind = str(event.get("type"))
    if kind in ("response.output_text.delta", "response.refusal.delta"):
        reading.add(at_ns, TokenKind.ANSWER, event.get("delta"))
    elif kind.startswith("response.reasoning") and kind.endswith(".delta"):
        reading.add(at_ns, TokenKind.REASONING, event.get("delta"))
    elif kind == "response.function_call_arguments.delta":
        reading.add(at_ns, TokenKind.TOOL, event.get("delta"))
    elif kind in ("response.completed", "response.incomplete"):
        _end_responses(reading, event["response"])


def _end_responses(reading: StreamContent, response: Mapping[str, Any]) -> None:
    reading.is_complete = True
    reading.response_id, reading.model = response.get("id"), response.get("model")
    reason = (response.get("incomplete_details") or {}).get("reason")
    reading.finish_reason = {None: "stop", "max_output_tokens": "length"}.get(reason, reason)
    usage = response.get("usage")
    if usage:
        reading.tokens = Tokens(
            input=usage["input_tokens"],
            cached=(usage.get("input_tokens_details") or {}).get("cached_tokens"),
            reasoning=(usage.get("output_tokens_details") or {}).get("reasoning_tokens"),
            output=usage["output_tokens"],
            source="server",
        )


def _take_gemini(reading: StreamContent, event: Mapping[str, Any], at_ns: int) -> None:
    reading.response_id = event.get("responseId") or reading.response_id
    reading.model = event.get("modelVersion") or reading.model
    for candidate in event.get("candidates") or ():
        for part in (candidate.get("content") or {}).get("parts") or ():
            if part.get("functionCall"):
                reading.add(at_ns, TokenKind.TOOL, part["functionCall"].get("name"))
            reading.add(at_ns, TokenKind.REASONING if part.get("thought") else TokenKind.ANSWER, part.get("text"))
        if candidate.get("finishReason"):
            reading.finish_reason, reading.is_complete = candidate["finishReason"].lower(), True
    if (event.get("promptFeedback") or {}).get("blockReason"):
        reading.finish_reason, reading.is_complete = "safety", True
    usage = event.get("usageMetadata")
    if usage:
        thought = usage.get("thoughtsTokenCount")
        reading.tokens = Tokens(
            input=usage.get("promptTokenCount"),
            cached=usage.get("cachedContentTokenCount"),
            reasoning=thought,
            output=(usage.get("candidatesTokenCount") or 0) + (thought or 0),
            source="server",
        )


def _take_cohere(reading: StreamContent, event: Mapping[str, Any], at_ns: int) -> None:
    kind, delta = event.get("type"), event.get("delta") or {}
    message = delta.get("message") or {}
    if kind == "message-start":
        reading.response_id = event.get("id")
    elif kind == "content-delta":
        content = message["content"]
        reading.add(at_ns, TokenKind.ANSWER, content.get("text"))
        reading.add(at_ns, TokenKind.REASONING, content.get("thinking"))
    elif kind == "tool-plan-delta":
        reading.add(at_ns, TokenKind.REASONING, message.get("tool_plan"))
    elif kind in ("tool-call-start", "tool-call-delta"):
        function = message["tool_calls"]["function"]
        reading.add(at_ns, TokenKind.TOOL, (function.get("name") or "") + (function.get("arguments") or ""))
    elif kind == "message-end":
        reason = str(delta.get("finish_reason") or "stop").lower()
        reading.finish_reason, reading.is_complete = reason, True
        if reason in ("error", "timeout"):
            reading.error = f"the stream ended with the reason {reason}"
        usage = delta.get("usage") or {}
        # What is billed leaves out the tokens that the chat template adds.
        counted = usage.get("billed_units") or usage.get("tokens")
        if counted:
            reading.tokens = Tokens(
                input=_whole(counted.get("input_tokens")),
                cached=_whole(usage.get("cached_tokens")),
                output=_whole(counted.get("output_tokens")),
                source="server",
            )


def _take_ollama(reading: StreamContent, event: Mapping[str, Any], at_ns: int) -> None:
    """Lines of ``/api/chat``, and of ``/api/generate``, which has no message in them."""
    message = event.get("message") or {}
    reading.model = reading.model or event.get("model")
    reading.add(at_ns, TokenKind.REASONING, message.get("thinking") or event.get("thinking"))
    reading.add(at_ns, TokenKind.ANSWER, message.get("content") or event.get("response"))
    for call in message.get("tool_calls") or ():
        reading.add(at_ns, TokenKind.TOOL, call["function"]["name"])
    if event.get("done"):
        reading.finish_reason, reading.is_complete = event.get("done_reason") or "stop", True
        if event.get("eval_count") is not None:
            # A prompt that it had in its cache altogether goes uncounted.
            given, made = event.get("prompt_eval_count"), event["eval_count"]
            reading.tokens = Tokens(input=given, output=made, source="server")


def _take_converse(reading: StreamContent, event: Mapping[str, Any], at_ns: int) -> None:
    delta = event.get("delta") or {}
    reading.add(at_ns, TokenKind.ANSWER, delta.get("text"))
    reading.add(at_ns, TokenKind.REASONING, (delta.get("reasoningContent") or {}).get("text"))
    reading.add(at_ns, TokenKind.TOOL, (delta.get("toolUse") or {}).get("input"))
    reading.add(at_ns, TokenKind.TOOL, ((event.get("start") or {}).get("toolUse") or {}).get("name"))
    if event.get("stopReason"):
        reading.finish_reason, reading.is_complete = event["stopReason"], True
        told = (event.get("additionalModelResponseFields") or {}).get("usage") or {}
        reading.reasoning = (told.get("output_tokens_details") or {}).get("thinking_tokens")
    usage = event.get("usage")
    if usage:
        cached, written = usage.get("cacheReadInputTokens"), usage.get("cacheWriteInputTokens")
        reading.tokens = Tokens(
            input=usage["inputTokens"] + (cached or 0) + (written or 0),
            cached=cached,
            cache_written=written,
            reasoning=reading.reasoning,
            output=usage["outputTokens"],
            source="server",
        )


def _whole(count: float | None) -> int | None:
    return None if count is None else round(count)


Taker = Callable[[StreamContent, Mapping[str, Any], int], None]

TAKERS: Mapping[Protocol, Taker] = {
    Protocol.CHAT: _take_chat,
    Protocol.MESSAGES: _take_messages,
    Protocol.RESPONSES: _take_responses,
    Protocol.GEMINI: _take_gemini,
    Protocol.COHERE: _take_cohere,
    Protocol.OLLAMA: _take_ollama,
    Protocol.CONVERSE: _take_converse,
    Protocol.BEDROCK_MESSAGES: _take_messages,
}
"""What each does with an event and the moment at which it had arrived; errors of a wrong shape are the caller's."""
