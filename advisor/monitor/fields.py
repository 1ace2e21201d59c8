"""The names under which logs keep what monitoring reads: one table for every format, first name first.

A name with dots stands for itself as a key of the row, of its ``attributes`` or of its ``metadata``, and for the keys
along a path. The GenAI names are those of OpenTelemetry's semantic conventions (today's and those before 1.37), the
``llm.*`` names OpenInference's, the others those of langfuse's exports and litellm's logs.
"""

from __future__ import annotations

from collections.abc import Mapping

from advisor.evals.traffic import ANSWERS, FAULTS, OUTCOMES, QUESTIONS

_TURNS = range(9, -1, -1)
"""Numbered turns, the last first: what a name with a number in it says of the last turn."""

TEXT: Mapping[str, tuple[str, ...]] = {
    "id": ("span_id", "spanId", "context.span_id", "request_id", "litellm_call_id", "gen_ai.response.id", "id"),
    "trace": ("trace_id", "traceId", "context.trace_id"),
    "model_asked": (
        *("gen_ai.request.model", "model_asked", "request_model", "requested_model", "model_group"),
        *("llm.request.model", "llm.model_name", "model", "model_name", "providedModelName", "provided_model_name"),
    ),
    "model_served": (
        *("gen_ai.response.model", "model_served", "response_model", "response.model", "llm.response.model"),
    ),
    "channel": (
        *("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "custom_llm_provider"),
        *("channel", "provider", "llm.vendor"),
    ),
    "prompt_name": (
        *("gen_ai.prompt.name", "prompt_name", "promptName", "llm.prompt_template.name", "prompt_id"),
        "advisor.prompt.name",
    ),
    "prompt_version": (
        *("gen_ai.prompt.version", "prompt_version", "promptVersion", "llm.prompt_template.version"),
        "advisor.prompt.sha",
    ),
    "segment": ("segment", "user.segment", "cohort", "tier", "plan"),
    "language": ("language", "lang", "locale", "user.language"),
    "finish_reason": (
        *("gen_ai.response.finish_reasons", "finish_reason", "stop_reason", "gen_ai.response.finish_reason"),
        *("response.choices.0.finish_reason", "gen_ai.completion.0.finish_reason", "response.stop_reason"),
    ),
    "fault": ("error.type", *FAULTS, "exception.message", "error_str", "statusMessage", "status_message"),
    "status": ("status.code", "status.status_code", "status_code", "statusCode", "status", "level"),
    "conversation": (
        *("gen_ai.conversation.id", "conversation_id", "conversation", "session_id", "sessionId", "session.id"),
        "thread_id",
    ),
    "input": (
        *("input.value", "gen_ai.prompt", "gen_ai.input.messages"),
        *(f"llm.input_messages.{turn}.message.content" for turn in _TURNS),
        *(f"gen_ai.prompt.{turn}.content" for turn in _TURNS),
        *(name for name in QUESTIONS if name not in ("text", "gen_ai.input.messages")),
        "text",
    ),
    "output": (
        *("output.value", "gen_ai.completion", "gen_ai.output.messages", "response.choices.0.message.content"),
        *("llm.output_messages.0.message.content", "gen_ai.completion.0.content"),
        *(name for name in ANSWERS if name != "gen_ai.output.messages"),
        "answer",
    ),
    "kind": ("gen_ai.operation.name", "openinference.span.kind", "span_kind", "call_type", "type"),
    "sent": ("final_output", "edited_output", "sent_text", "accepted_text", "final"),
}
"""What is read as text."""

NUMBERS: Mapping[str, tuple[str, ...]] = {
    "input_tokens": (
        *("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt", "usage.input_tokens"),
        *("llm.usage.prompt_tokens", "response.usage.prompt_tokens", "usage.prompt_tokens"),
        *("input_tokens", "prompt_tokens", "promptTokens", "usageDetails.input"),
        *("usage_details.input", "usage.input"),
    ),
    "output_tokens": (
        *("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion"),
        *("llm.usage.completion_tokens", "response.usage.completion_tokens"),
        *("usage.output_tokens", "usage.completion_tokens", "output_tokens", "completion_tokens", "completionTokens"),
        *("usageDetails.output", "usage_details.output", "usage.output"),
    ),
    "cached_tokens": (
        *("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cached_input_tokens"),
        *("llm.token_count.prompt_details.cache_read", "usage.prompt_tokens_details.cached_tokens", "cached_tokens"),
        *("response.usage.prompt_tokens_details.cached_tokens", "usage.cache_read_input_tokens"),
        *("usageDetails.input_cached_tokens", "usage_details.input_cached_tokens"),
    ),
    "hidden_tokens": (
        *("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens", "hidden_tokens"),
        *("llm.token_count.completion_details.reasoning", "usage.completion_tokens_details.reasoning_tokens"),
        *("response.usage.completion_tokens_details.reasoning_tokens",),
        *("reasoning_tokens", "usageDetails.output_reasoning_tokens", "usage_details.output_reasoning_tokens"),
    ),
    "latency_ms": ("latency_ms", "duration_ms", "response_time_ms"),
    "latency_s": ("latency_s", "duration_s", "gen_ai.client.operation.duration", "response_time"),
    "first_token_ms": ("first_token_ms", "ttft_ms", "time_to_first_token_ms"),
    "first_token_s": (
        *("gen_ai.response.time_to_first_chunk", "gen_ai.server.time_to_first_token", "first_token_s", "ttft_s"),
        *("timeToFirstToken", "time_to_first_token"),
    ),
    "usd": (
        *("usd", "cost_usd", "llm.cost.total", "response_cost", "gen_ai.usage.cost", "costDetails.total"),
        *("cost_details.total", "calculatedTotalCost", "totalCost", "total_cost", "spend"),
    ),
    "turn": ("turn", "turn_number", "gen_ai.conversation.turn"),
    "images": ("images", "image_count"),
}
"""What is read as a number; a name that states no unit is not here."""

TIMES: Mapping[str, tuple[str, ...]] = {
    "at": (
        *("startTimeUnixNano", "start_time_unix_nano", "start_time", "startTime", "at", "timestamp", "time"),
        *("created_at", "createdAt", "created", "@timestamp", "date"),
    ),
    "ended": ("endTimeUnixNano", "end_time_unix_nano", "end_time", "endTime", "ended_at"),
    "first_token_at": ("completionStartTime", "completion_start_time"),
}
"""What is read as a moment: ISO text, or seconds, milli-, micro- or nanoseconds since 1970."""

OUTCOME_NAMES: tuple[str, ...] = (*OUTCOMES, "user_feedback", "user-feedback", "edited", "abandoned", "retried")
"""What is an outcome without a mapping."""

SCORES: Mapping[str, tuple[str, ...]] = {
    "trace": ("traceId", "trace_id"),
    "span": ("observationId", "observation_id", "spanId", "span_id"),
    "name": ("name",),
    "value": ("stringValue", "string_value", "value"),
    "kind": ("dataType", "data_type"),
}
"""The names of langfuse's scores, which are rows of their own."""

NO_CALLS = frozenset(
    {
        *("create_agent", "invoke_agent", "invoke_workflow", "execute_tool", "embeddings", "retrieval"),
        *("chain", "tool", "retriever", "embedding", "agent", "reranker", "evaluator", "guardrail", "prompt"),
        *("span", "event", "aembedding", "image_generation", "aimage_generation", "transcription", "atranscription"),
        *("speech", "aspeech", "rerank", "arerank", "moderation", "amoderation"),
    }
)
"""Kinds of spans and rows that are no call of a language model."""

BAD_IF_TRUE = frozenset({"edited", "abandoned", "retried", "escalated"})
"""Outcomes that are a failure when they happen; the others are one when they do not."""

FIELDS: Mapping[str, tuple[str, ...]] = {**TEXT, **NUMBERS, **TIMES}
"""Every field with its names."""

BY = ("model", "prompt", "channel", "language", "segment", "day")
"""What figures can be told apart by."""
