"""What the events of each protocol mean: which hold tokens of what kind, and what the server counted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from advisor.probe.faults import Fault
from advisor.probe.wire.stream_content import Protocol, StreamContent, TokenKind
from advisor.probe.worker_protocol import Tokens


def _take_chat(reading: StreamContent, event: Mapping[str, Any], at_ns: int) -> None:
    reading.response_id = reading.response_id or event.get("id")
    reading.name(event.get("model"))
    usage = event.get("usage") or (event.get("x_groq") or {}).get("usage")
    if usage:
        reading.tokens = _chat_usage(reading, usage)
    for choice in event.get("choices") or ():
        _take_delta(reading, choice.get("delta") or {}, at_ns)
        reason = choice.get("finish_reason")
        if choice.get("error"):
            reading.fail(Fault.ERROR_IN_CHOICE, _words(choice["error"]))
        elif reason == "error":
            reading.fail(Fault.FINISHED_IN_ERROR, "the finish reason is: error")
        reading.finish_reason = reason or reading.finish_reason


def _take_delta(reading: StreamContent, delta: Mapping[str, Any], at_ns: int) -> None:
    thoughts = [delta.get(name) for name in ("reasoning_content", "reasoning", "thinking")]
    if not any(thoughts):  # some send both, the details being the same again
        thoughts = [_thought(detail) for detail in delta.get("reasoning_details") or ()]
    reading.add(at_ns, TokenKind.REASONING, "".join(thought for thought in thoughts if isinstance(thought, str)))
    content = delta.get("content")
    for part in content if isinstance(content, list) else [{"text": content}]:
        kind = TokenKind.REASONING if part.get("type") == "thinking" else TokenKind.ANSWER
        reading.add(at_ns, kind, json.dumps(part["thinking"]) if kind is TokenKind.REASONING else part.get("text"))
    reading.add(at_ns, TokenKind.ANSWER, delta.get("refusal"))
    for call in delta.get("tool_calls") or ():
        function = call.get("function") or {}
        reading.call(at_ns, call.get("index"), function.get("name"), function.get("arguments"))
    if old := delta.get("function_call"):
        reading.call(at_ns, 0, old.get("name"), old.get("arguments"))


def _thought(detail: Mapping[str, Any]) -> Any:
    """Return the text of one of ``reasoning_details``: plain, a summary, or encrypted, which still is a piece of it."""
    return detail.get("text") or detail.get("summary") or detail.get("data")


def _words(error: Any) -> str:
    return str(error.get("message") or error) if isinstance(error, Mapping) else str(error)


def _chat_usage(reading: StreamContent, usage: Mapping[str, Any]) -> Tokens:
    given = usage.get("prompt_tokens_details") or {}
    made = usage.get("completion_tokens_details") or {}
    found = reading.counts.tokens(
        input=usage.get("prompt_tokens"),
        cached=given.get("cached_tokens", usage.get("prompt_cache_hit_tokens")),
        reasoning=made.get("reasoning_tokens"),
        output=usage.get("completion_tokens"),
    )
    if found.reasoning and found.input is not None and found.output is not None:
        apart = found.output + found.reasoning
        if usage.get("total_tokens") == found.input + apart:  # some count the reasoning beside the completion
            return found.model_copy(update={"output": apart})
    return found


def _take_messages(reading: StreamContent, event: Mapping[str, Any], at_ns: int) -> None:
    kind = event.get("type")
    if kind == "ping":
        reading.pings += 1
    elif kind == "message_start":
        message = event["message"]
        reading.response_id = message.get("id")
        reading.name(message.get("model"))
        # The output that is counted here is a beginning: the count of all comes with the end.
        reading.tokens = _messages_usage(reading, (message.get("usage") or {}) | {"output_tokens": None}, None)
    elif kind == "content_block_start":
        block = event["content_block"]
        if block.get("type") == "tool_use":
            reading.call(at_ns, event.get("index"), block.get("name"), None)
    elif kind == "content_block_delta":
        delta = event["delta"]
        reading.add(at_ns, TokenKind.ANSWER, delta.get("text"))
        reading.add(at_ns, TokenKind.REASONING, delta.get("thinking"))
        if delta.get("partial_json"):
            reading.call(at_ns, event.get("index"), None, delta["partial_json"])
    elif kind == "message_delta":
        reading.finish_reason = (event.get("delta") or {}).get("stop_reason") or reading.finish_reason
        reading.tokens = _messages_usage(reading, event.get("usage") or {}, reading.tokens)
    elif kind == "message_stop":
        reading.is_complete = True


def _messages_usage(reading: StreamContent, usage: Mapping[str, Any], before: Tokens | None) -> Tokens | None:
    """Input comes at the start, output at the end; cached parts are counted apart from ``input_tokens``."""
    if all(count is None for count in usage.values()):
        return before
    told = reading.counts.tokens(
        input=usage.get("input_tokens"),
        cached=usage.get("cache_read_input_tokens"),
        cache_written=usage.get("cache_creation_input_tokens"),
        reasoning=(usage.get("output_tokens_details") or {}).get("thinking_tokens"),
        output=usage.get("output_tokens"),
    )
    if told.input is not None:
        told = told.model_copy(update={"input": told.input + (told.cached or 0) + (told.cache_written or 0)})
    first = before or Tokens()
    counts = {name: value for name, value in told.model_dump(exclude_none=True).items() if name != "source"}
    return first.model_copy(update=counts | {"source": "server"})


def _take_responses(reading: StreamContent, event: Mapping[str, Any], at_ns: int) -> None:
    kind = str(event.get("type"))
    if kind in ("response.output_text.delta", "response.refusal.delta"):
        reading.add(at_ns, TokenKind.ANSWER, event.get("delta"))
    elif kind.startswith("response.reasoning") and kind.endswith(".delta"):
        reading.add(at_ns, TokenKind.REASONING, event.get("delta"))
    elif kind == "response.output_item.added":
        item = event.get("item") or {}
        if item.get("type") == "function_call":
            reading.call(at_ns, event.get("output_index"), item.get("name"), None)
    elif kind == "response.function_call_arguments.delta":
        reading.call(at_ns, event.get("output_index"), None, event.get("delta"))
    elif kind in ("response.completed", "response.incomplete"):
        _end_responses(reading, event["response"])


def _end_responses(reading: StreamContent, response: Mapping[str, Any]) -> None:
    reading.is_complete = True
    reading.response_id = response.get("id")
    reading.name(response.get("model"))
    reason = (response.get("incomplete_details") or {}).get("reason")
    reading.finish_reason = {None: "stop", "max_output_tokens": "length"}.get(reason, reason)
    usage = response.get("usage")
    if usage:
        reading.tokens = reading.counts.tokens(
            input=usage["input_tokens"],
            cached=(usage.get("input_tokens_details") or {}).get("cached_tokens"),
            reasoning=(usage.get("output_tokens_details") or {}).get("reasoning_tokens"),
            output=usage["output_tokens"],
        )


def _take_gemini(reading: StreamContent, event: Mapping[str, Any], at_ns: int) -> None:
    reading.response_id = event.get("responseId") or reading.response_id
    reading.name(event.get("modelVersion"))
    for candidate in event.get("candidates") or ():
        for part in (candidate.get("content") or {}).get("parts") or ():
            if call := part.get("functionCall"):
                reading.call(at_ns, len(reading.calls), call.get("name"), json.dumps(call.get("args") or {}))
            reading.add(at_ns, TokenKind.REASONING if part.get("thought") else TokenKind.ANSWER, part.get("text"))
        if candidate.get("finishReason"):
            reading.finish_reason, reading.is_complete = candidate["finishReason"].lower(), True
    if (event.get("promptFeedback") or {}).get("blockReason"):
        reading.finish_reason, reading.is_complete = "safety", True
    usage = event.get("usageMetadata")
    if usage:
        told = reading.counts.tokens(
            input=usage.get("promptTokenCount"),
            cached=usage.get("cachedContentTokenCount"),
            reasoning=usage.get("thoughtsTokenCount"),
            output=usage.get("candidatesTokenCount"),
        )
        if told.reasoning:  # counted beside the answer
            told = told.model_copy(update={"output": (told.output or 0) + told.reasoning})
        reading.tokens = told


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
        reading.call(at_ns, event.get("index"), function.get("name"), function.get("arguments"))
    elif kind == "message-end":
        reason = str(delta.get("finish_reason") or "stop").lower()
        reading.finish_reason, reading.is_complete = reason, True
        if reason in ("error", "timeout"):
            reading.fail(Fault.FINISHED_IN_ERROR, f"the finish reason is: {reason}")
        usage = delta.get("usage") or {}
        # What is billed leaves out the tokens that the chat template adds.
        counted = usage.get("billed_units") or usage.get("tokens")
        if counted:
            reading.tokens = reading.counts.tokens(
                input=counted.get("input_tokens"),
                cached=usage.get("cached_tokens"),
                output=counted.get("output_tokens"),
            )


def _take_ollama(reading: StreamContent, event: Mapping[str, Any], at_ns: int) -> None:
    """Lines of ``/api/chat``, and of ``/api/generate``, which has no message in them."""
    message = event.get("message") or {}
    reading.name(event.get("model"))
    reading.add(at_ns, TokenKind.REASONING, message.get("thinking") or event.get("thinking"))
    reading.add(at_ns, TokenKind.ANSWER, message.get("content") or event.get("response"))
    for call in message.get("tool_calls") or ():
        function = call["function"]
        reading.call(at_ns, len(reading.calls), function["name"], json.dumps(function.get("arguments") or {}))
    if event.get("done"):
        reading.finish_reason, reading.is_complete = event.get("done_reason") or "stop", True
        if reading.finish_reason == "error":
            reading.fail(Fault.FINISHED_IN_ERROR, "the finish reason is: error")
        if event.get("eval_count") is not None:
            # A prompt that it had in its cache altogether goes uncounted.
            given, made = event.get("prompt_eval_count"), event["eval_count"]
            reading.tokens = reading.counts.tokens(input=given, output=made)


def _take_converse(reading: StreamContent, event: Mapping[str, Any], at_ns: int) -> None:
    delta = event.get("delta") or {}
    reading.add(at_ns, TokenKind.ANSWER, delta.get("text"))
    reading.add(at_ns, TokenKind.REASONING, (delta.get("reasoningContent") or {}).get("text"))
    place = event.get("contentBlockIndex")
    if given := (delta.get("toolUse") or {}).get("input"):
        reading.call(at_ns, place, None, given)
    if name := ((event.get("start") or {}).get("toolUse") or {}).get("name"):
        reading.call(at_ns, place, name, None)
    if event.get("stopReason"):
        reading.finish_reason, reading.is_complete = event["stopReason"], True
        told = (event.get("additionalModelResponseFields") or {}).get("usage") or {}
        reading.reasoning = (told.get("output_tokens_details") or {}).get("thinking_tokens")
    usage = event.get("usage")
    if usage:
        told = reading.counts.tokens(
            input=usage["inputTokens"],
            cached=usage.get("cacheReadInputTokens"),
            cache_written=usage.get("cacheWriteInputTokens"),
            reasoning=reading.reasoning,
            output=usage["outputTokens"],
        )
        if told.input is not None:
            told = told.model_copy(update={"input": told.input + (told.cached or 0) + (told.cache_written or 0)})
        reading.tokens = told


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
