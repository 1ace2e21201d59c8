"""What counts as a token, protocol by protocol, and which count is whose."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.probe.faults import Fault
from advisor.probe.wire.stream import protocol_for_path, read_stream
from advisor.probe.wire.stream_content import Protocol, TokenKind
from advisor.probe.wire.timing import retry_after_s


def sse(*events: object, end: bool = True) -> bytes:
    lines = [f"data: {json.dumps(event)}\n\n" for event in events] + (["data: [DONE]\n\n"] if end else [])
    return "".join(lines).encode()


def chat(delta: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "r1", "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} | more


USAGE = {"prompt_tokens": 7, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 3}}


def test_a_chunk_that_only_states_the_role_is_no_token() -> None:
    early, late = sse(chat({"role": "assistant", "content": ""}), end=False), sse(chat({"content": "Hi"}))
    found = read_stream([(5, early), (50, late)], Protocol.CHAT)
    assert [(piece.at_ns, piece.kind) for piece in found.pieces] == [(50, TokenKind.ANSWER)]
    assert found.is_complete


def test_reasoning_and_answer_are_told_apart_however_they_are_named() -> None:
    events = [chat({name: "hm"}) for name in ("reasoning_content", "reasoning")]
    events += [chat({"content": [{"type": "thinking", "thinking": [{"text": "hm"}]}]}), chat({"content": "yes"})]
    found = read_stream([(1, sse(*events))], Protocol.CHAT)
    assert [piece.kind for piece in found.pieces] == [TokenKind.REASONING] * 3 + [TokenKind.ANSWER]


def test_what_the_server_counted() -> None:
    found = read_stream([(1, sse(chat({"content": "a"}), {"choices": [], "usage": USAGE}))], Protocol.CHAT)
    assert found.tokens is not None
    assert (found.tokens.input, found.tokens.cached, found.tokens.output, found.tokens.source) == (7, 3, 5, "server")
    assert read_stream([(1, sse(chat({"content": "a"})))], Protocol.CHAT).tokens is None


def test_anthropic_counts_the_cached_input_apart() -> None:
    start = {
        "type": "message_start",
        "message": {"id": "m", "usage": {"input_tokens": 4, "cache_read_input_tokens": 6}},
    }
    end = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}}
    found = read_stream([(1, sse(start, end, {"type": "message_stop"}, end=False))], Protocol.MESSAGES)
    assert found.tokens is not None
    assert (found.tokens.input, found.tokens.cached, found.tokens.output) == (10, 6, 9)
    assert found.is_complete


def test_a_count_that_comes_only_at_the_start_is_no_count_of_what_was_made() -> None:
    start = {"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 4, "output_tokens": 1}}}
    found = read_stream([(1, sse(start, {"type": "message_stop"}, end=False))], Protocol.MESSAGES)
    assert found.tokens is not None
    assert (found.tokens.input, found.tokens.output) == (4, None)
    assert not found.is_counted


def test_a_line_without_data_keeps_the_connection_alive() -> None:
    found = read_stream([(1, b"data:\n\ndata: \n\n"), (2, sse(chat({"content": "Hi"})))], Protocol.CHAT)
    assert (found.pings, found.malformed, len(found.pieces)) == (2, 0, 1)


def test_gemini_and_responses() -> None:
    part = {"candidates": [{"content": {"parts": [{"text": "so", "thought": True}, {"text": "Hi"}]}}]}
    last = {
        "candidates": [{"finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 2, "thoughtsTokenCount": 4},
    }
    found = read_stream([(1, sse(part, last, end=False))], Protocol.GEMINI)
    assert [piece.kind for piece in found.pieces] == [TokenKind.REASONING, TokenKind.ANSWER]
    assert found.tokens is not None
    assert (found.tokens.output, found.tokens.reasoning) == (6, 4)
    delta = {"type": "response.output_text.delta", "delta": "Hi"}
    done = {"type": "response.completed", "response": {"id": "r", "usage": {"input_tokens": 1, "output_tokens": 2}}}
    answer = read_stream([(3, sse(delta, done, end=False))], Protocol.RESPONSES)
    assert answer.is_complete
    assert len(answer.pieces) == 1


@pytest.mark.parametrize(
    "payload",
    [
        b"data: {\n\n",
        b"data: 7\n\n",
        b'data: {"choices": 3}\n\n',
        b'data: {"choices": [{"delta": {"content": 5}}]}\n\n',
    ],
)
def test_nonsense_is_counted_and_never_raised(payload: bytes) -> None:
    found = read_stream([(1, payload), (2, sse(chat({"content": "a"})))], Protocol.CHAT)
    assert len(found.pieces) == 1


@given(st.lists(st.binary(max_size=80)), st.sampled_from(list(Protocol)))
def test_any_bytes_can_be_read(parts: list[bytes], protocol: Protocol) -> None:
    read_stream([(index, part) for index, part in enumerate(parts)], protocol)


@given(st.data())
def test_where_the_bytes_are_cut_does_not_change_what_was_said(data: st.DataObject) -> None:
    whole = sse(*[chat({"content": f"token {index}"}) for index in range(6)], {"choices": [], "usage": USAGE})
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1), max_size=8)))
    parts = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    found = read_stream([(index, part) for index, part in enumerate(parts)], Protocol.CHAT)
    assert len(found.pieces) == 6
    assert found.tokens is not None
    assert found.malformed == 0
    # A token has arrived when the last byte of its line has.
    assert [piece.at_ns for piece in found.pieces] == sorted(piece.at_ns for piece in found.pieces)


@pytest.mark.parametrize("protocol", [Protocol.CHAT, Protocol.GEMINI, Protocol.MESSAGES, Protocol.COHERE])
def test_an_error_in_a_choice_is_one_in_any_protocol(protocol: Protocol) -> None:
    event = {"choices": [{"index": 0, "delta": {}, "error": {"code": 502, "message": "upstream died"}}]}
    found = read_stream([(1, sse(event))], protocol)
    assert (found.error_kind, found.error) == (Fault.ERROR_IN_CHOICE, "upstream died")


def test_a_model_that_changes_its_name_within_an_answer_keeps_both() -> None:
    events = [chat({"content": "a"}), chat({"content": "b"}, model="other"), chat({"content": "c"}, model=["x"])]
    assert read_stream([(1, sse(*events))], Protocol.CHAT).models == ["m", "other"]


@pytest.mark.parametrize(
    ("asked", "answered_on", "wait"),
    [
        ("2.5", None, 2.5),
        ("Wed, 21 Oct 2099 07:28:09 GMT", "Wed, 21 Oct 2099 07:28:00 GMT", 9.0),  # whatever our own clock says
        ("Wed, 21 Oct 2009 07:28:09 GMT", "nonsense", 0.0),
        ("Wed, 21 Oct 2999 07:28:09 GMT", None, 86_400.0),
        ("soon", None, None),
    ],
)
def test_the_wait_that_a_server_asks_for_goes_by_its_own_clock(
    asked: str, answered_on: str | None, wait: float | None
) -> None:
    assert retry_after_s(asked, None, answered_on) == wait


def test_the_path_tells_the_protocol() -> None:
    assert protocol_for_path("/v1/chat/completions") is Protocol.CHAT
    assert protocol_for_path("/v1/messages") is Protocol.MESSAGES
    assert protocol_for_path("/v1beta/models/gemini-3:streamGenerateContent") is Protocol.GEMINI
    assert protocol_for_path("/model/anthropic.claude/converse-stream") is Protocol.CONVERSE
    assert protocol_for_path("/model/anthropic.claude/invoke-with-response-stream") is Protocol.BEDROCK_MESSAGES
    assert protocol_for_path("/v1/publishers/anthropic/models/claude:streamRawPredict") is Protocol.MESSAGES
    assert protocol_for_path("/v2/chat") is Protocol.COHERE
    assert protocol_for_path("/api/chat") is Protocol.OLLAMA
    assert protocol_for_path("/model/amazon.titan/invoke-with-response-stream") is None
