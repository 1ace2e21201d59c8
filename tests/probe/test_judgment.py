"""What becomes of an exchange: nothing of the server's words passes unseen, and no count is believed that cannot be."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from advisor.probe.faults import UNBILLED, Fault, Notice
from advisor.probe.redaction import Redactor
from advisor.probe.wire.stream_content import Protocol
from advisor.probe.worker.exchange import Exchange, fault_from_error
from advisor.probe.worker.judgment import judge
from advisor.probe.worker.redirects import credentials, headers_for, next_url
from advisor.probe.worker.watch import Meter, Stopped, Watch, most_stream_bytes
from advisor.probe.worker_protocol import CallAnswer, CallTarget, Message, RequestLimits, Send
from tests.probe.test_stream import chat, sse

KEY = "sk-proj-Zq7WvR2mXb9KtLp4NsYc8HdJ"


def judged(body: bytes, status: int = 200, headers: dict[str, str] | None = None, **more: Any) -> CallAnswer:
    exchange = Exchange(RequestLimits(), status=status, headers=httpx.Headers(headers or {}), sent_ns=1, headers_ns=2)
    exchange.protocol = Protocol.CHAT if status < 400 else None
    exchange.arrivals = [(3, body)]
    order = Send(
        id=1,
        target=CallTarget(model="openai/m"),
        messages=(Message(role="user", content="hello"),),
        max_tokens=64,
        most_input_tokens=200,
        wants_content=True,
        **more,
    )
    return judge(order, exchange, 0, [], count=lambda text: len(text) // 4, redactor=Redactor({"OPENAI_API_KEY": KEY}))


def stream(*deltas: dict[str, Any], usage: dict[str, Any] | None = None, **more: Any) -> bytes:
    last = {"choices": [{"index": 0, "delta": {}, "finish_reason": more.pop("reason", "stop")}], "usage": usage}
    return sse(*(chat(delta, **more) for delta in deltas), last)


def test_a_key_is_hidden_wherever_the_server_puts_it() -> None:
    calls = [{"index": 0, "function": {"name": f"call_{KEY}", "arguments": f'{{"a": "{KEY[::-1]}"}}'}}]
    body = stream(
        {"content": f"it is {KEY}"}, {"tool_calls": calls}, id=f"r-{KEY}", model=f"m-{KEY}", reason=f"s-{KEY}"
    )
    answer = judged(body, headers={"x-region": f"eu-{KEY}"})
    written = answer.model_dump_json()
    assert answer.fault is None
    assert "[hidden]" in written
    assert KEY[8:20] not in written
    assert KEY[::-1][2:14] not in written


def test_a_key_is_hidden_in_the_words_of_an_error() -> None:
    escaped = "".join(f"\\\\u{ord(one):04x}" for one in KEY)
    answer = judged(f'{{"error": {{"message": "bad key {escaped}"}}}}'.encode(), status=401)
    assert answer.fault is Fault.AUTHENTICATION
    assert "[hidden]" in (answer.message or "")
    assert escaped[:40] not in (answer.message or "")


def test_what_steers_a_terminal_is_no_part_of_a_name() -> None:
    answer = judged(stream({"content": "a"}, model="\x1b[2J\x1b]0;PWNED\x07m\u202e"))
    assert answer.served_model is not None
    assert answer.served_model.isprintable()


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": -5, "completion_tokens": -7},
        {"prompt_tokens": 11, "completion_tokens": 10**18},
        {"prompt_tokens": 11, "completion_tokens": 65},
        {"prompt_tokens": 201, "completion_tokens": 3},
        {"prompt_tokens": 11, "completion_tokens": 1},
        {"prompt_tokens": 11, "completion_tokens": "3"},
        {"prompt_tokens": 11, "completion_tokens": 3, "completion_tokens_details": {"reasoning_tokens": 9}},
        {"prompt_tokens": 11, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 12}},
    ],
)
def test_a_count_that_cannot_be_is_doubted_and_not_used(usage: dict[str, Any]) -> None:
    answer = judged(stream({"content": "one "}, {"content": "two "}, {"content": "three"}, usage=usage))
    assert Notice.DOUBTED_USAGE in answer.notices
    assert answer.doubt
    assert answer.tokens.source == "estimated"


def test_the_end_for_the_reader_is_the_last_token() -> None:
    exchange = Exchange(RequestLimits(), status=200, sent_ns=0, headers_ns=1, protocol=Protocol.CHAT)
    late = sse({"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}})
    first, second = (sse(chat({"content": text}), end=False) for text in "ab")
    exchange.arrivals = [(10_000_000, first), (20_000_000, second), (900_000_000, late)]
    order = Send(id=1, target=CallTarget(model="openai/m"), messages=(Message(role="user", content="x"),), max_tokens=9)
    answer = judge(order, exchange, 0, [], count=len, redactor=Redactor({}))
    assert (answer.timing.e2e_ms, answer.timing.stream_end_ms) == (20.0, 900.0)


def read(pieces: list[bytes], protocol: Protocol | None = Protocol.CHAT, encoding: str = "") -> Exchange:
    """What a watch keeps of a body. Raises Stopped where it is too much."""

    async def run() -> Exchange:
        exchange = Exchange(
            RequestLimits(), status=200, headers=httpx.Headers({"content-encoding": encoding}), protocol=protocol
        )
        exchange.most_bytes = most_stream_bytes(64)
        watch = Watch(exchange, Meter())
        try:
            if protocol is None:
                await watch.read_error(_body(pieces))
            else:
                await watch.read(_body(pieces))
        finally:
            watch.close()
        return exchange

    return asyncio.run(run())


async def _body(pieces: list[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def test_no_line_stream_or_bomb_is_held_whole() -> None:
    block = b"a" * 65_536
    with pytest.raises(Stopped, match="a line of more than"):
        read([b'data: {"x": "'] + [block] * 40)
    with pytest.raises(Stopped, match="more than"):
        read([b"\n" * 65_536] * 60)
    bomb = gzip.compress(b"\n" * (64 << 20))
    with pytest.raises(Stopped, match="more than"):
        read([bomb], encoding="gzip")
    assert read([block] * 40, None).held_bytes <= 3 * 65_536


def test_pieces_that_are_packed_each_by_itself_are_read_and_a_packed_answer_that_breaks_off_is_cut() -> None:
    events = [b'data: {"x": 1}\n\n', b'data: {"x": 2}\n\n']
    packed = [gzip.compress(event) for event in events]
    for body in (packed, [b"".join(packed)]):
        assert read(body, Protocol.GEMINI, encoding="gzip").plain == b"".join(events)
    with pytest.raises(Stopped) as stopped:
        read([packed[0], packed[1][:-12]], Protocol.GEMINI, encoding="gzip")
    assert stopped.value.fault is Fault.CUT


def test_an_encoding_that_nobody_asked_for_is_its_own_class() -> None:
    with pytest.raises(Stopped) as stopped:
        read([b"hello"], encoding="br")
    assert stopped.value.fault is Fault.ENCODING


@pytest.mark.parametrize(
    ("location", "status", "hops", "fault"),
    [
        ("http://h.example/v1/chat/completions", 307, 3, Fault.REDIRECT_LOOP),
        ("http://other.example/v1/x", 307, 3, Fault.REDIRECTED),
        ("http://h.example/v1/x", 302, 3, Fault.REDIRECTED),
        ("file:///etc/passwd", 307, 3, Fault.REDIRECTED),
        ("http://h.example:81/v1/x", 307, 0, Fault.REDIRECTED),
        ("http://h.example:81/v1/x", 307, 3, None),
        ("https://h.example/v1/x", 308, 3, None),
    ],
)
def test_no_redirect_takes_key_or_prompt_elsewhere(location: str, status: int, hops: int, fault: Fault | None) -> None:
    at = httpx.URL("http://h.example/v1/chat/completions")
    request = httpx.Request("POST", at, headers={"authorization": f"Bearer {KEY}", "x-api-key": KEY}, content=b"{}")
    exchange = Exchange(RequestLimits(), most_hops=hops, asked_at="http://h.example:80")
    response = httpx.Response(status, headers={"location": location})
    assert KEY in credentials(request)
    if fault is not None:
        with pytest.raises(Stopped) as stopped:
            next_url(response, at, exchange, {str(at)})
        assert stopped.value.fault is fault
        return
    target = next_url(response, at, exchange, {str(at)})
    assert target is not None
    assert KEY not in str(headers_for(request.headers, target, exchange))


def test_a_count_that_holds_the_key_is_doubted_without_it() -> None:
    answer = judged(stream({"content": "a"}, usage={"prompt_tokens": KEY, "completion_tokens": KEY[:20]}))
    assert answer.doubt is not None
    assert KEY[8:16] not in answer.doubt


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("illegal status line: bytearray(b'SSH-2.0')", Fault.NOT_HTTP),
        ("illegal header line: bytearray(b'x y')", Fault.BROKEN_HTTP),
        ("bad Content-Length", Fault.BROKEN_HTTP),
    ],
)
def test_an_answer_with_broken_headers_is_no_banner_and_may_have_cost_something(words: str, fault: Fault) -> None:
    exchange = Exchange(RequestLimits(), connect_ns=1, sent_ns=2)
    assert fault_from_error(httpx.RemoteProtocolError(words), exchange) is fault
    assert (fault in UNBILLED) is (fault is Fault.NOT_HTTP)
