"""The names under which logs keep what monitoring reads: one table for every format, first name first.

A name with dots stands for itself as a key of the row, of its ``attributes`` or of its ``metadata``, and for the keys
along a path. The GenAI names are those of OpenTelemetry's semantic conventions (today's and those before 1.37), the
``llm.*`` names OpenInference's, the others those of langfuse's exports and litellm's logs.
"""

from __future__ import annotations

from collections.abc import Mapping

from advisor.evals.traffic import ANSWERS, FAULTS, OUTCOMES, QUESTIONS

TEXT: Mapping[str, tuple[str, ...]] = {
    "id": ("gen_ai.response.id", "span_id", "spanId", "context.span_id", "request_id", "litellm_call_id", "id"),
    "trace": ("trace_id", "traceId", "context.trace_id"),
    "model_asked": (
        *("gen_ai.request.model", "model_asked", "request_model", "requested_model", "model_group"),
        *("llm.request.model", "model", "model_name"),
    ),
    "model_served": (
        *("gen_ai.response.model", "model_served", "response_model", "response.model", "providedModelName"),
        *("llm.model_name", "internal_model_id"),
    ),
    "channel": (
        *("gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "custom_llm_provider"),
        *("channel", "provider"),
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
        "response.choices.0.finish_reason",
    ),
    "fault": ("error.type", *FAULTS, "exception.message", "error_str", "statusMessage", "status_message"),
    "status": ("status", "status_code", "status.status_code", "level"),
    "conversation": (
        *("gen_ai.conversation.id", "conversation_id", "conversation", "session_id", "sessionId", "session.id"),
        "thread_id",
    ),
    "input": ("input.value", "gen_ai.prompt", *(name for name in QUESTIONS if name != "text"), "text"),
    "output": ("output.value", "gen_ai.completion", *ANSWERS, "response.choices.0.message.content", "answer"),
    "kind": ("gen_ai.operation.name", "openinference.span.kind", "span_kind"),
    "sent": ("final_output", "edited_output", "sent_text", "accepted_text", "final"),
}
"""What is read as text."""

NUMBERS: Mapping[str, tuple[str, ...]] = {
    "input_tokens": (
        *("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt", "usage.input_tokens"),
        *("usage.prompt_tokens", "input_tokens", "prompt_tokens", "promptTokens", "usageDetails.input"),
        *("usage_details.input", "usage.input"),
    ),
    "output_tokens": (
        *("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion"),
        *("usage.output_tokens", "usage.completion_tokens", "output_tokens", "completion_tokens", "completionTokens"),
        *("usageDetails.output", "usage_details.output", "usage.output"),
    ),
    "cached_tokens": (
        *("gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cached_input_tokens"),
        *("llm.token_count.prompt_details.cache_read", "usage.prompt_tokens_details.cached_tokens", "cached_tokens"),
        *("usage.cache_read_input_tokens", "usageDetails.input_cached_tokens", "usage_details.input_cached_tokens"),
    ),
    "hidden_tokens": (
        *("gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens", "hidden_tokens"),
        *("llm.token_count.completion_details.reasoning", "usage.completion_tokens_details.reasoning_tokens"),
        *("reasoning_tokens", "usageDetails.output_reasoning_tokens", "usage_details.output_reasoning_tokens"),
    ),
    "latency_ms": ("latency_ms", "duration_ms", "response_time_ms"),
    "latency_s": ("latency_s", "duration_s", "gen_ai.client.operation.duration", "response_time"),
    "first_token_ms": ("first_token_ms", "ttft_ms", "time_to_first_token_ms"),
    "first_token_s": (
        *("gen_ai.response.time_to_first_chunk", "gen_ai.server.time_to_first_token", "first_token_s", "ttft_s"),
        "timeToFirstToken",
    ),
    "usd": (
        *("usd", "cost_usd", "llm.cost.total", "response_cost", "gen_ai.usage.cost", "costDetails.total"),
        *("cost_details.total", "calculatedTotalCost", "totalCost"),
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

OUTCOME_NAMES: tuple[str, ...] = (*OUTCOMES, "edited", "abandoned", "retried")
"""What is an outcome without a mapping."""

BAD_IF_TRUE = frozenset({"edited", "abandoned", "retried", "escalated"})
"""Outcomes that are a failure when they happen; the others are one when they do not."""

FIELDS: Mapping[str, tuple[str, ...]] = {**TEXT, **NUMBERS, **TIMES}
"""Every field with its names."""

BY = ("model", "prompt", "channel", "language", "segment", "day")
"""What figures can be told apart by."""
