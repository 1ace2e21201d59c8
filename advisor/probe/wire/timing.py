"""From stamps to milliseconds, and from what a stream held to a measurement or a fault. Pure, but for the types."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from advisor.probe.faults import Fault, Notice, by_status
from advisor.probe.wire.stream import read_stream
from advisor.probe.wire.stream_content import Piece, Protocol, StreamContent, TokenKind
from advisor.probe.worker_protocol import CallAnswer, Timing, Tokens

if TYPE_CHECKING:
    from advisor.probe.worker.exchange import Exchange

_FILTERED = (
    *("content_filter", "content_filtered", "guardrail_intervened", "refusal"),
    *("safety", "prohibited_content", "blocklist", "recitation", "spii"),
)
_LIMIT = ("length", "max_tokens")
_ERROR = 400

_SHORTENING = (Protocol.MESSAGES, Protocol.BEDROCK_MESSAGES, Protocol.CONVERSE)
"""Where summaries of the reasoning come in its place, while all of it is counted as output."""


class Chunk(NamedTuple):
    """What litellm handed on, and when."""

    at_ns: int
    kind: str
    input: int | None
    output: int | None
    finish_reason: str | None


def measured(order: int, exchange: Exchange, began_ns: int, chunks: list[Chunk]) -> CallAnswer:
    """The measurement of one call, from what the wire saw and, where it saw no tokens, from litellm's chunks."""
    seen: dict[str, Any] = {
        "id": order,
        "status": exchange.status,
        "reused_connection": exchange.connect_ns is None if exchange.sent_ns else None,
        "region": exchange.region,
    }
    if exchange.fault is not None or (exchange.status or 0) >= _ERROR:
        return _failed(seen, exchange)
    if exchange.protocol is not None:
        reading = exchange.reading or read_stream(exchange.arrivals, exchange.protocol)
        clock = "wire"
    elif chunks:
        reading, clock = _from_chunks(chunks), "application"
    else:
        return CallAnswer(**seen, timing=_timing(exchange, began_ns, None, None))
    tokens = (reading.tokens if reading.is_counted else None) or _estimated(chunks, len(reading.pieces))
    timing = _timing(exchange, began_ns, reading, tokens)
    notices = _notices(reading, exchange)
    if Notice.UNCOUNTED_REASONING in notices:
        timing = timing.model_copy(update={"itl_ms": None})
    fault = _fault_in(reading)
    return CallAnswer(
        **seen,
        fault=fault,
        message=reading.error,
        notices=notices,
        clock=clock,
        timing=timing,
        tokens=tokens,
        finish_reason=reading.finish_reason,
        response_id=reading.response_id,
        served_model=reading.model,
    )


def _failed(seen: dict[str, Any], exchange: Exchange) -> CallAnswer:
    wait = retry_after_s(exchange.headers.get("retry-after"), exchange.headers.get("retry-after-ms"))
    fault, message = exchange.fault, exchange.message
    if fault is None:
        fault, message = by_status(exchange.status or 0, exchange.body, wait), exchange.body
    return CallAnswer(**seen, fault=fault, message=message, retry_after_s=wait, timing=_timing(exchange, 0, None, None))


def retry_after_s(seconds: str | None, milliseconds: str | None = None) -> float | None:
    """The wait that a server asks for: seconds, or an HTTP date; None if it says nothing that can be read."""
    from datetime import UTC, datetime
    from email.utils import parsedate_to_datetime

    try:
        if milliseconds:
            return max(0.0, float(milliseconds) / 1000)
        if not seconds:
            return None
        if seconds.replace(".", "", 1).isdigit():
            return float(seconds)
        return max(0.0, (parsedate_to_datetime(seconds) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _fault_in(reading: StreamContent) -> Fault | None:
    """What is wrong with a stream that came with status 200 and an unbroken connection."""
    if reading.error is not None:
        return Fault.ERROR_IN_STREAM
    if reading.malformed:
        return Fault.MALFORMED
    if reading.finish_reason in _FILTERED:
        return Fault.CONTENT_FILTER
    if not reading.is_complete and not reading.finish_reason:
        return Fault.TRUNCATED
    if not reading.pieces:
        return Fault.USED_UP if reading.finish_reason in _LIMIT else Fault.EMPTY
    return None


def _notices(reading: StreamContent, exchange: Exchange) -> tuple[Notice, ...]:
    kinds = {piece.kind for piece in reading.pieces}
    found = {
        Notice.NO_USAGE: not reading.is_counted,
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


def _timing(exchange: Exchange, began_ns: int, reading: StreamContent | None, tokens: Tokens | None) -> Timing:
    start = exchange.sent_ns or began_ns
    pieces = reading.pieces if reading else []
    answers = [piece.at_ns for piece in pieces if piece.kind is not TokenKind.REASONING]
    moments = sorted({piece.at_ns for piece in pieces})
    end = (reading.end_ns if reading else None) or (exchange.closed_ns if pieces else None)
    if reading is not None and reading.end_ns is not None and moments:
        end = max(reading.end_ns, moments[-1])
    return Timing(
        connect_ms=_between(exchange.connect_ns, exchange.connected_ns),
        tls_ms=_between(exchange.tls_ns, exchange.secured_ns),
        first_byte_ms=_between(exchange.sent_ns, exchange.headers_ns),
        ttft_ms=_between(start, moments[0] if moments else None),
        answer_ttft_ms=_between(start, answers[0] if answers else None),
        itl_ms=per_token_ms(pieces, tokens),
        longest_gap_ms=max((_ms(b - a) for a, b in pairwise(moments)), default=None),
        e2e_ms=_between(start, end),
        late_ms=_between(exchange.send_at_ns, exchange.sent_ns),
    )


def per_token_ms(pieces: list[Piece], tokens: Tokens | None) -> float | None:
    """Mean milliseconds a token, over the part of the stream whose tokens were counted.

    Reasoning that was counted apart is left out with its time: services that hide or shorten it count tokens that
    never came. The tokens that came first at the same moment (by their share of the text, where pieces hold several)
    are no interval.
    """
    if tokens is None or tokens.output is None:
        return None
    window, count = pieces, tokens.output
    if tokens.reasoning:
        window = [piece for piece in pieces if piece.kind is not TokenKind.REASONING]
        count = tokens.output - tokens.reasoning
    if not window:
        return None
    first = [piece for piece in window if piece.at_ns == window[0].at_ns]
    if len(first) == len(window) or count <= len(first):
        return None
    share = sum(piece.characters for piece in first) / sum(piece.characters for piece in window)
    in_first = len(first) if len(window) >= count else max(float(len(first)), share * count)
    return _ms(window[-1].at_ns - first[0].at_ns) / max(count - in_first, 1.0)


def _estimated(chunks: list[Chunk], pieces: int) -> Tokens:
    """Litellm's own count, where the server gave none; each piece held one token at least."""
    counted = [(chunk.input, chunk.output) for chunk in chunks if chunk.output is not None]
    if not counted:
        return Tokens()
    given, made = counted[-1]
    return Tokens(input=given, output=max(made, pieces), source="estimated")


def _from_chunks(chunks: list[Chunk]) -> StreamContent:
    """A reading of litellm's chunks, for protocols that are not read on the wire; their pieces weigh the same."""
    reading = StreamContent(pieces=[Piece(chunk.at_ns, TokenKind(chunk.kind), 1) for chunk in chunks if chunk.kind])
    reading.finish_reason = next((chunk.finish_reason for chunk in reversed(chunks) if chunk.finish_reason), None)
    reading.is_complete = reading.finish_reason is not None
    reading.end_ns = chunks[-1].at_ns
    return reading


def _between(first: int | None, last: int | None) -> float | None:
    return None if first is None or last is None else _ms(last - first)


def _ms(nanoseconds: float) -> float:
    return round(nanoseconds / 1e6, 4)
