"""What the suites measured, as rows that the estimates are made from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from advisor.catalog.records import TASKS
from advisor.catalog.source.thinking import THOUGHT
from advisor.catalog.source.token_schema import TokenFile, TokenRow, TokenSuite

LEVELS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""Reasoning efforts, from the least to the most."""

_UNDER_REPORTED = "anthropic"
"""The channel of this lab reported hidden tokens of its summary and not of what was billed, before its version 5.5."""

_REPORTED_SINCE = ("claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-fable-5-1", "claude-fable-5-2")

_HIDDEN_FROM = 1.0
"""Mean hidden tokens below this are a rounding of none."""

_LEAST_SHARE = 0.02
"""A smaller share, or a smaller rest, is counted as this much."""


class Measured(NamedTuple):
    """One model at one effort in one suite."""

    suite: str
    task: str
    model: str
    """The catalog's id, or the suite's own name where the catalog has none."""
    lab: str
    level: str
    """One of LEVELS."""
    effort: str | None
    """As the suite has it."""
    answers: int
    tokens: float | None
    hidden: float | None
    seconds: float | None
    is_in_catalog: bool


def gather(suites: Iterable[TokenFile]) -> tuple[Measured, ...]:
    """Every row with output tokens or seconds at a known effort, in the order of the files.

    A model that thinks when it is asked not to takes no notice of efforts: all its rows are of its default.
    """
    rows = [
        _measured(record.suite, row)
        for record in suites
        for row in record.results
        if row.is_comparable and row.effort is not None and (row.output_tokens or row.seconds)
    ]
    deaf = {row.model for row in rows if row.level == "none" and (row.hidden or 0.0) >= THOUGHT}
    return tuple(row._replace(effort="default", level="medium") if row.model in deaf else row for row in rows)


def level_of_effort(effort: str, hidden: float | None) -> str:
    """Give the level that stands for an effort: thinking without a degree counts as high, a default by what it hid."""
    if effort == "thinking":
        return "high"
    if effort == "default":
        return "none" if hidden is not None and hidden < _HIDDEN_FROM else "medium"
    return effort


def _measured(suite: TokenSuite, row: TokenRow) -> Measured:
    effort = row.effort or "default"
    return Measured(
        suite.id,
        suite.task,
        row.model or row.name,
        row.lab,
        level_of_effort(effort, row.hidden_tokens),
        row.effort,
        row.answers or 1,
        row.output_tokens,
        row.hidden_tokens,
        row.seconds,
        row.model is not None,
    )


def with_tokens(rows: Iterable[Measured]) -> tuple[Measured, ...]:
    """Those of which the output tokens are known."""
    return tuple(row for row in rows if row.tokens and row.task in TASKS)


def with_speed(rows: Iterable[Measured]) -> tuple[Measured, ...]:
    """Those of which tokens and seconds are known; an agent's seconds are its tools' too, so agents are left out."""
    return tuple(row for row in rows if row.tokens and row.seconds and row.task in ("chat", "code"))


class Share(NamedTuple):
    """The share of hidden reasoning in what was billed, of one row."""

    row: Measured
    log_odds: float


def shares(rows: Sequence[Measured]) -> tuple[Share, ...]:
    """Where a model thought and its hidden tokens are known: as reported, else from what it took without thinking."""
    plain = {(row.suite, row.model): row.tokens for row in rows if row.level == "none" and row.tokens}
    found = []
    for row in rows:
        if row.level == LEVELS[0] or not row.tokens or row.hidden is None:
            continue
        hidden = row.hidden
        if row.lab == _UNDER_REPORTED and row.model not in _REPORTED_SINCE:
            without = plain.get((row.suite, row.model))
            if without is None or without >= row.tokens:
                continue
            hidden = row.tokens - without
        part = min(max(hidden / row.tokens, _LEAST_SHARE), 1 - _LEAST_SHARE)
        found.append(Share(row, math.log(part / (1 - part))))
    return tuple(found)
