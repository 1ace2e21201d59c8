"""Events of every protocol with anything in the place of any value: nothing falls over, leaks or passes for a count."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any
from urllib.parse import quote

import httpx
from hypothesis import given
from hypothesis import strategies as st

from advisor.probe.redaction import Redactor
from advisor.probe.wire.stream_content import Protocol
from advisor.probe.worker.exchange import Exchange
from advisor.probe.worker.judgment import judge
from advisor.probe.worker_protocol import CallTarget, Message, RequestLimits, Send
from tests.probe.test_judgment import KEY

EVENTS: Mapping[Protocol, list[dict[str, Any]]] = {
    Protocol.CHAT: [
        {"id": "r", "model": "m", "choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": None}]},
        {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"name": "f", "arguments": "{}"}}]}}]},
        {"choices": [{"delta": {"reasoning_details": [{"text": "hm"}], "refusal": "no"}, "finish_reason": "stop"}]},
        {
            "choices": [],
            "usage": {"prompt_tokens": 9, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 1}},
        },
    ],
    Protocol.MESSAGES: [
        {
            "type": "message_start",
            "message": {"id": "r", "model": "m", "usage": {"input_tokens": 9, "output_tokens": 1}},
        },
        {"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "name": "f"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "a", "partial_json": "{}"}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}},
        {"type": "message_stop"},
    ],
    Protocol.RESPONSES: [
        {"type": "response.output_text.delta", "delta": "a"},
        {"type": "response.output_item.added", "output_index": 0, "item": {"type": "function_call", "name": "f"}},
        {
            "type": "response.completed",
            "response": {"id": "r", "model": "m", "usage": {"input_tokens": 9, "output_tokens": 5}},
        },
    ],
    Protocol.GEMINI: [
        {"candidates": [{"content": {"parts": [{"text": "a"}, {"functionCall": {"name": "f", "args": {}}}]}}]},
        {"candidates": [{"content": {"parts": []}, "finishReason": "STOP"}], "modelVersion": "m", "responseId": "r"},
        {"usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 5, "thoughtsTokenCount": 1}},
    ],
    Protocol.COHERE: [
        {"type": "message-start", "id": "r"},
        {"type": "content-delta", "delta": {"message": {"content": {"text": "a"}}}},
        {"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": {"function": {"name": "f"}}}}},
        {
            "type": "message-end",
            "delta": {"finish_reason": "COMPLETE", "usage": {"tokens": {"input_tokens": 9, "output_tokens": 5}}},
        },
    ],
    Protocol.OLLAMA: [
        {"model": "m", "message": {"content": "a", "tool_calls": [{"function": {"name": "f", "arguments": {}}}]}},
        {"model": "m", "done": True, "done_reason": "stop", "prompt_eval_count": 9, "eval_count": 5},
    ],
}

ENCODED = (KEY, KEY[::-1], KEY.encode().hex(), b64encode(KEY.encode()).decode(), quote(KEY, safe=""), " ".join(KEY))
ODD = st.sampled_from(
    [
        *(None, True, False, -1, 0, 10**30, 1.5, float("nan"), float("inf"), "", "error", [], [None], {}, {"a": 1}),
        *ENCODED,
        {"message": KEY, "error": {"message": KEY}},
        [KEY, {KEY: KEY}],
    ]
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from _places(part, (*path, key))


def _put(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return deepcopy(odd)
    try:
        value[path[0]] = _put(value[path[0]], path[1:], odd)
    except (KeyError, IndexError, TypeError):
        return value  # another one has taken that place away
    return value


@given(st.data())
def test_nothing_falls_over_leaks_or_passes_for_a_count(data: st.DataObject) -> None:
    protocol = data.draw(st.sampled_from(sorted(EVENTS)))
    events: Any = json.loads(json.dumps(EVENTS[protocol]))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.sampled_from([one for one in _places(events) if one]))
        events = _put(events, place, data.draw(ODD))
    name = data.draw(st.sampled_from(["", "event: error\n"]))
    lines = [
        json.dumps(one) + "\n" if protocol is Protocol.OLLAMA else f"{name}data: {json.dumps(one)}\n\n"
        for one in events
    ]
    exchange = Exchange(RequestLimits(), status=200, sent_ns=1, headers_ns=2, protocol=protocol)
    exchange.headers = httpx.Headers({"x-region": KEY, "retry-after": "nan"})
    exchange.arrivals = [(3 + number, line.encode()) for number, line in enumerate(lines)]
    order = Send(
        id=1,
        target=CallTarget(model="openai/m"),
        messages=(Message(role="user", content="hello"),),
        max_tokens=64,
        most_input_tokens=200,
        wants_content=True,
    )
    answer = judge(order, exchange, 0, [], count=len, redactor=Redactor({"OPENAI_API_KEY": KEY}))
    written = answer.model_dump_json()
    assert not [form for form in ENCODED if form[6:18] in written], written
    tokens = answer.tokens
    assert answer.doubt is not None or tokens.source != "server" or 0 <= (tokens.output or 0) <= 64
    assert all(count is None or count >= 0 for count in (tokens.input, tokens.output, tokens.cached, tokens.reasoning))
