"""One call of a model as a log has it, whatever wrote the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple


class Call(NamedTuple):
    """One request and what came of it; None is what the log does not say."""

    id: str
    """Of the span or the row; made from the place where the log has none."""
    at: datetime
    """When it began, in UTC."""
    model_asked: str | None
    model_served: str | None
    """The model that the answer names."""
    channel: str | None
    """Who serves it, as the log names it."""
    prompt: str | None
    """``name@version``, or the name alone where the log has no version."""
    segment: str | None
    language: str | None
    """What the log says, not what a detector makes of the text."""
    input: str | None
    """The last turn of the user."""
    output: str | None
    finish_reason: str | None
    input_tokens: int | None
    output_tokens: int | None
    """With the hidden ones, as channels bill them."""
    cached_tokens: int | None
    hidden_tokens: int | None
    """Spent on thinking."""
    latency_ms: float | None
    first_token_ms: float | None
    usd: float | None
    """What the log says that it cost."""
    fault: str | None
    """The error in the log's words, None for a call that was answered."""
    conversation: str | None
    turn: int | None
    """From 1, within the conversation."""
    outcomes: Mapping[str, str | float]
    """What became of it, by the outcome's name: 1 and 0 for yes and no, a figure, or words."""
    place: str
    """File and line."""
