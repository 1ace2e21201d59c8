"""What a request costs by the catalog's price rows: the most it can before, what it did after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from advisor.catalog.records import PriceRow
from advisor.probe.worker_protocol import Message, Tokens

SATURDAY = 6
_MILLION = Decimal(1_000_000)

_TEMPLATE_TOKENS = 64
"""What a chat template and the roles add to a prompt, at most."""

_TOOL_TOKENS = 512
"""What the offered tool adds to a prompt, at most."""


def most_input_tokens(messages: Iterable[Message], *, tools: bool) -> int:
    """Return a bound that holds for every byte-level tokenizer: a token holds at least one byte of the text."""
    text = sum(len(message.content.encode()) + _TEMPLATE_TOKENS for message in messages)
    return text + (_TOOL_TOKENS if tools else 0)


def most_usd(prices: Iterable[PriceRow], tier: str, day: date, input_tokens: int, output_tokens: int) -> Decimal | None:
    """Return the most that a request can cost at any hour and prompt length up to this; None if a rate is unknown."""
    rows = [row for row in prices if row.tier == tier and row.holds_on(day) and row.above_prompt_tokens <= input_tokens]
    if not rows or any(row.input is None or row.output is None for row in rows):
        return None
    rate_in = max(max(rate for rate in (row.input, row.cache_write) if rate is not None) for row in rows)
    rate_out = max(row.output for row in rows if row.output is not None)
    return (rate_in * input_tokens + rate_out * output_tokens) / _MILLION


def usd(prices: Iterable[PriceRow], tier: str, at: datetime, tokens: Tokens) -> Decimal | None:
    """Return what the counted tokens cost at that moment; None if they were not counted or a rate is unknown.

    Cached input without a price of its own counts as fresh input, the safe side.
    """
    if tokens.input is None or tokens.output is None:
        return None
    row = _row(prices, tier, at, tokens.input)
    if row is None or row.input is None or row.output is None:
        return None
    cached, written = tokens.cached or 0, tokens.cache_written or 0
    amount = (
        row.input * max(0, tokens.input - cached - written)
        + (row.cached_input if row.cached_input is not None else row.input) * cached
        + (row.cache_write if row.cache_write is not None else row.input) * written
        + row.output * tokens.output
    )
    return amount / _MILLION


def _row(prices: Iterable[PriceRow], tier: str, at: datetime, prompt_tokens: int) -> PriceRow | None:
    day = at.date()
    rows = [
        row for row in prices if row.tier == tier and row.holds_on(day) and row.above_prompt_tokens <= prompt_tokens
    ]
    if not rows:
        return None
    length = max(row.above_prompt_tokens for row in rows)
    fitting = [row for row in rows if row.above_prompt_tokens == length]
    timed = [row for row in fitting if row.hours_utc and (_is_within(row.hours_utc, at) or _is_on_weekend(row, at))]
    always = [row for row in fitting if not row.hours_utc]
    return max(timed or always or fitting, key=lambda row: (row.output or Decimal(0), row.input or Decimal(0)))


def _is_on_weekend(row: PriceRow, at: datetime) -> bool:
    return row.on_weekends and at.astimezone(UTC).isoweekday() >= SATURDAY


def _is_within(hours: tuple[tuple[str, str], ...], at: datetime) -> bool:
    now = at.astimezone(UTC).strftime("%H:%M")
    return any(first <= now < last if first < last else now >= first or now < last for first, last in hours)
