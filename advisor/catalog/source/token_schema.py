"""The records of ``catalog/tokens/``: how many tokens and seconds an answer took, and what is estimated from that."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from advisor.catalog.source.schema import Address, Authored, Slug

Task = Literal["chat", "code", "agent", "tool"]
"""An answer to a question, a programming exercise, a whole task of an agent, a conversation or call with tools."""

Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max", "thinking", "default"]
"""How hard the model was asked to think; ``thinking`` is on without a degree, ``default`` is nothing stated."""


class TokenSuite(Authored):
    """A benchmark that publishes tokens, seconds or USD for each of its tasks."""

    id: Slug
    """The name used as a key."""
    name: str
    """The name that people use."""
    date: date
    """The day of the figures."""
    license: str
    """The license of the figures."""
    source: Address
    """Where they were read."""
    credit: str
    """How its makers ask to be credited."""
    task: Task
    """What a figure is a mean of."""
    dimension: str | None = None
    """The dimension of quality that its score is, in percent; left out: none, or the score enters an estimate."""


class TokenRow(Authored):
    """Means of one model at one effort; what a suite does not publish is left out."""

    name: str
    """What the suite calls the model."""
    model: Slug | None = None
    """The model of the catalog that this is; left out: none of them."""
    lab: str
    """The lab's id, or ``unknown``."""
    effort: Effort | None = None
    """The effort; left out: the suite does not say."""
    part: str | None = None
    """The part of the suite, where it has several."""
    answers: int | None = Field(default=None, gt=0)
    """How many answers the means are taken over."""
    output_tokens: float | None = Field(default=None, gt=0)
    """Output tokens an answer, as billed, hidden reasoning included."""
    hidden_tokens: float | None = Field(default=None, ge=0)
    """Hidden reasoning tokens an answer, as the channel reports them."""
    seconds: float | None = Field(default=None, gt=0)
    """Seconds an answer."""
    seconds_sd: float | None = Field(default=None, ge=0)
    """Their standard deviation."""
    seconds_p95: float | None = Field(default=None, gt=0)
    """Their 95th percentile."""
    usd: float | None = Field(default=None, ge=0)
    """USD an answer."""
    steps: float | None = Field(default=None, gt=0)
    """Calls of the model an answer, for agents."""
    score: float | None = Field(default=None, ge=0, le=100)
    """Share solved, in percent."""
    score_low: float | None = Field(default=None, ge=0, le=100)
    """Lower end of its 95 % interval."""
    score_high: float | None = Field(default=None, ge=0, le=100)
    """Upper end of its 95 % interval."""
    read_on: date | None = None
    """The day of this row, where it is not the suite's."""
    is_comparable: bool = True
    """False where one answer is the work of several models, which says nothing of a single one."""


class TokenFile(Authored):
    """``catalog/tokens/<suite>.yaml``."""

    suite: TokenSuite
    results: list[TokenRow]


class TokenEstimates(Authored):
    """``catalog/tokens/estimates.yaml``: generated; tokens and speed of every model at every effort."""

    spreads: dict[str, list[float]] = Field(default_factory=dict)
    """By model of the estimation: its fitted parameters."""
    widening: dict[str, float] = Field(default_factory=dict)
    """By what an estimate rests on: how much wider than normal its interval is, to cover 95 % of what was hidden."""
    tokens: dict[str, dict[str, dict[str, list[Any]]]] = Field(default_factory=dict)
    """Model to effort to task to [estimate, low, high, hidden estimate, hidden low, hidden high, basis, suites]."""
    any: dict[str, dict[str, list[Any]]] = Field(default_factory=dict)
    """The same by effort and task, of a model of which nothing else is known."""
    speed: dict[str, list[Any]] = Field(default_factory=dict)
    """Model to [tokens a second over a whole answer, low, high, basis, suites]."""
