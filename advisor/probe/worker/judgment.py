"""From what the wire saw to a measurement or a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from advisor.probe.faults import Fault, Notice, by_status
from advisor.probe.redaction import Redactor
from advisor.probe.served_models import AND
from advisor.probe.wire.counts import doubts_of
from advisor.probe.wire.documents import document_fault, page_words
from advisor.probe.wire.stream import read_stream
from advisor.probe.wire.stream_content import Piece, Protocol, StreamContent, TokenKind
from advisor.probe.wire.timing import retry_after_s, timing_of
from advisor.probe.worker.exchange import Exchange
from advisor.probe.worker_protocol import CallAnswer, Content, Send, Tokens, ToolCall

_FILTERED = (
    *("content_filter", "content_filtered", "guardrail_intervened", "refusal"),
    *("safety", "prohibited_content", "blocklist", "recitation", "spii"),
)
_LIMIT = ("length", "max_tokens")
_ERROR = 400

_SHORTENING = (Protocol.MESSAGES, Protocol.BEDROCK_MESSAGES, Protocol.CONVERSE)
"""Where summaries of the reasoning come in its place, while all of it is counted as output."""


MOST_CHARACTERS = 1 << 20
"""What is kept of an answer; no model writes that much, but a server may send it."""

_ROLE_TOKENS = 4
"""What the roles around a message take, about."""

_NOTHING = (204, 205)

_FORMAT_TOOL = "json_tool_call"
"""The tool by which litellm asks for JSON where a provider has no format of its own; its call is the answer."""

CountTokens = Callable[[str], int]
"""Counts the tokens of a text, about."""


class Chunk(NamedTuple):
    """What litellm handed on, and when."""

    at_ns: int
    kind: str
    text: str
    calls: tuple[tuple[int, str, str], ...]
    """Pieces of tool calls: place, name, arguments."""
    input: int | None
    output: int | None
    finish_reason: str | None


def judge(
    order: Send, exchange: Exchange, began_ns: int, chunks: list[Chunk], *, count: CountTokens, redactor: Redactor
) -> CallAnswer:
    """Return the measurement of one call, from what the wire saw and, where it saw no tokens, from litellm's chunks.

    Every word that the server chose has passed the redactor.
    """
    seen = _seen(order, exchange, redactor)
    if exchange.fault is not None or (exchange.status or 0) >= _ERROR:
        return _failed(seen, exchange, redactor)
    if exchange.status in _NOTHING:
        return CallAnswer(**seen, fault=Fault.NO_CONTENT, timing=timing_of(exchange, began_ns, None, None))
    if exchange.protocol is not None:
        exchange.reading = exchange.reading or read_stream(exchange.arrivals, exchange.protocol)
        return _judged(order, exchange, exchange.reading, seen, began_ns, count=count, redactor=redactor)
    if not chunks:
        return CallAnswer(**seen, timing=timing_of(exchange, began_ns, None, None))
    seen["clock"] = "application"
    return _judged(order, exchange, _from_chunks(chunks), seen, began_ns, count=count, redactor=redactor)


def _seen(order: Send, exchange: Exchange, redactor: Redactor) -> dict[str, Any]:
    return {
        "id": order.id,
        "status": exchange.status,
        "clock": "wire" if exchange.protocol is not None else None,
        "requests": max(1, exchange.requests),
        "reused_connection": exchange.connect_ns is None if exchange.sent_ns else None,
        "region": redactor.name(exchange.region),
    }


def _judged(
    order: Send,
    exchange: Exchange,
    reading: StreamContent,
    seen: dict[str, Any],
    began_ns: int,
    *,
    count: CountTokens,
    redactor: Redactor,
) -> CallAnswer:
    doubts = _doubts(order, reading)
    tokens = reading.tokens if reading.is_counted and not doubts else None
    fault, words = _fault_in(reading, exchange)
    tokens = tokens or (_estimated(order, reading, count) if fault is None else Tokens())
    timing = timing_of(exchange, began_ns, reading, tokens)
    notices = _notices(reading, exchange, is_doubted=bool(doubts))
    if Notice.UNCOUNTED_REASONING in notices:
        timing = timing.model_copy(update={"itl_ms": None})
    return CallAnswer(
        **seen,
        fault=fault,
        message=None if words is None else redactor.clean(words),
        doubt=redactor.clean("; ".join(doubts)) or None,
        notices=notices,
        timing=timing,
        tokens=tokens,
        finish_reason=redactor.name(reading.finish_reason),
        response_id=redactor.name(reading.response_id),
        served_model=redactor.name(AND.join(reading.models)),
        content=_content(order, reading, redactor) if order.wants_content and fault is None else None,
    )


def _failed(seen: dict[str, Any], exchange: Exchange, redactor: Redactor) -> CallAnswer:
    wait = retry_after_s(*(exchange.headers.get(name) for name in ("retry-after", "retry-after-ms", "date")))
    fault, message, body = exchange.fault, exchange.message, exchange.body
    words = page_words(body) if body.lstrip().startswith("<") else body
    if fault is None:
        fault, message = by_status(exchange.status or 0, body, wait), words
    elif words.strip() and fault in (Fault.TOO_MUCH, Fault.ENCODING, Fault.CUT):
        message = f"{message}; it began: {words}"
    timing = timing_of(exchange, 0, None, None)
    seen["clock"] = None
    return CallAnswer(**seen, fault=fault, message=redactor.clean(message or ""), retry_after_s=wait, timing=timing)


def _doubts(order: Send, reading: StreamContent) -> list[str]:
    """Why the counts of the server cannot be; nothing where it did not count."""
    if reading.tokens is None:
        return reading.counts.doubts
    found = doubts_of(
        reading.tokens,
        pieces=len(reading.pieces),
        most_input=order.most_input_tokens,
        most_output=order.max_tokens,
    )
    return [*reading.counts.doubts, *(f"the server {words}" for words in found)]


def _fault_in(reading: StreamContent, exchange: Exchange) -> tuple[Fault | None, str | None]:
    """Return what is wrong with a stream that came with a good status and an unbroken connection, and its words."""
    is_document = not reading.pieces and (reading.error is not None or not reading.is_complete)
    if is_document and exchange.protocol is not None and (found := document_fault(exchange.plain)):
        return found
    if reading.error is not None:
        return reading.error_kind, reading.error
    if reading.malformed:
        return Fault.MALFORMED, None if reading.pieces else exchange.body
    return _end_fault(reading), None


def _end_fault(reading: StreamContent) -> Fault | None:
    """Return what is wrong with how a stream ended."""
    if reading.finish_reason in _FILTERED:
        return Fault.CONTENT_FILTER
    if not reading.is_complete and not reading.finish_reason:
        return Fault.TRUNCATED
    if not reading.pieces:
        return Fault.USED_UP if reading.finish_reason in _LIMIT else Fault.EMPTY
    return None


def _notices(reading: StreamContent, exchange: Exchange, *, is_doubted: bool) -> tuple[Notice, ...]:
    kinds = {piece.kind for piece in reading.pieces}
    found = {
        Notice.DOUBTED_USAGE: is_doubted,
        Notice.NO_USAGE: not reading.is_counted and not is_doubted,
        Notice.TOOL_ONLY: TokenKind.TOOL in kinds and TokenKind.ANSWER not in kinds,
        Notice.REASONING_ONLY: kinds == {TokenKind.REASONING},
        Notice.UNCOUNTED_REASONING: (
            TokenKind.REASONING in kinds
            and exchange.protocol in _SHORTENING
            and not (reading.tokens and reading.tokens.reasoning)
        ),
        Notice.PINGS: reading.pings > 0,
        Notice.RESENT: exchange.requests > 1,
        Notice.CACHED: bool(reading.tokens and reading.tokens.cached),
    }
    return tuple(notice for notice, holds in found.items() if holds)


def _estimated(order: Send, reading: StreamContent, count: CountTokens) -> Tokens:
    """Our own count of the text, where the server gave none that can be; each piece held one token at least."""
    if not reading.pieces:
        return Tokens()
    made = max(count(reading.text()), len(reading.pieces))
    given = count("\n".join(message.content for message in order.messages)) + _ROLE_TOKENS * len(order.messages)
    return Tokens(input=given, output=made, source="estimated")


def _content(order: Send, reading: StreamContent, redactor: Redactor) -> Content:
    """Return the answer itself, of each part as much as is kept, without the values of secret variables."""
    text = reading.text(TokenKind.ANSWER)
    calls = [(name, arguments) for _, (name, arguments) in sorted(reading.calls.items())]
    if order.params.response_format and not text and [name for name, _ in calls] == [_FORMAT_TOOL]:
        text, calls = calls[0][1], []

    def kept(part: str) -> str:
        return redactor.without_secrets(part[:MOST_CHARACTERS].encode(errors="replace").decode())

    return Content(
        text=kept(text), tool_calls=tuple(ToolCall(name=kept(name), arguments=kept(given)) for name, given in calls)
    )


def _from_chunks(chunks: list[Chunk]) -> StreamContent:
    """Return a reading of litellm's chunks, for protocols that are not read on the wire.

    Their pieces weigh the same.
    """
    reading = StreamContent(pieces=[Piece(chunk.at_ns, TokenKind(chunk.kind), 1) for chunk in chunks if chunk.kind])
    for chunk in chunks:
        if chunk.kind:
            reading.texts.setdefault(TokenKind(chunk.kind), []).append(chunk.text)
        for index, name, arguments in chunk.calls:
            parts = reading.calls.setdefault(index, ["", ""])
            parts[0] += name
            parts[1] += arguments
    counted = [chunk for chunk in chunks if chunk.output is not None]
    if counted:
        reading.tokens = Tokens(input=counted[-1].input, output=counted[-1].output, source="estimated")
    reading.finish_reason = next((chunk.finish_reason for chunk in reversed(chunks) if chunk.finish_reason), None)
    reading.is_complete = reading.finish_reason is not None
    reading.end_ns = chunks[-1].at_ns
    return reading
