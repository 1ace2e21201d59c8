"""From stamps to milliseconds. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from math import isnan
from typing import Protocol

from advisor.probe.wire.stream_content import Piece, StreamContent, TokenKind
from advisor.probe.worker_protocol import Timing, Tokens


class Stamps(Protocol):
    """Nanoseconds of the monotonic clock at the steps of a request; None for a step that was not taken."""

    send_at_ns: int | None
    connect_ns: int | None
    connected_ns: int | None
    tls_ns: int | None
    secured_ns: int | None
    sent_ns: int | None
    headers_ns: int | None
    closed_ns: int | None
    lag_ns: int


_LONGEST_WAIT_S = 86_400.0
"""A server that asks for more is taken to ask for a day."""


def retry_after_s(seconds: str | None, milliseconds: str | None = None, answered_on: str | None = None) -> float | None:
    """Return the wait that a server asks for: seconds, or an HTTP date; None if it says nothing that can be read.

    A date is taken by the server's own clock (``answered_on``), where it tells: ours may have been set wrong.
    """
    try:
        if milliseconds:
            wait = float(milliseconds) / 1000
            return None if isnan(wait) else min(max(0.0, wait), _LONGEST_WAIT_S)
        if not seconds:
            return None
        if seconds.replace(".", "", 1).isdigit():
            return min(float(seconds), _LONGEST_WAIT_S)
        until, now = parsedate_to_datetime(seconds), _date(answered_on) or datetime.now(UTC)
        return min(max(0.0, (until - now).total_seconds()), _LONGEST_WAIT_S)
    except (ValueError, TypeError, OverflowError):
        return None


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def timing_of(exchange: Stamps, began_ns: int, reading: StreamContent | None, tokens: Tokens | None) -> Timing:
    """Return the times of a request; ``began_ns`` stands in for the moment of sending where the wire did not see it."""
    start = exchange.sent_ns or began_ns
    pieces = reading.pieces if reading else []
    answers = [piece.at_ns for piece in pieces if piece.kind is not TokenKind.REASONING]
    moments = sorted({piece.at_ns for piece in pieces})
    end = (reading.end_ns if reading else None) or (exchange.closed_ns if pieces else None)
    if end is not None and moments:
        end = max(end, moments[-1])
    return Timing(
        connect_ms=_between(exchange.connect_ns, exchange.connected_ns),
        tls_ms=_between(exchange.tls_ns, exchange.secured_ns),
        first_byte_ms=_between(exchange.sent_ns, exchange.headers_ns),
        ttft_ms=_between(start, moments[0] if moments else None),
        answer_ttft_ms=_between(start, answers[0] if answers else None),
        itl_ms=per_token_ms(pieces, tokens),
        longest_gap_ms=max((_ms(b - a) for a, b in pairwise(moments)), default=None),
        e2e_ms=_between(start, moments[-1] if moments and end is not None else end),
        stream_end_ms=_between(start, end),
        lag_ms=_ms(exchange.lag_ns) if exchange.sent_ns else None,
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


def _between(first: int | None, last: int | None) -> float | None:
    return None if first is None or last is None else _ms(last - first)


def _ms(nanoseconds: float) -> float:
    return round(nanoseconds / 1e6, 4)
