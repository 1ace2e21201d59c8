"""Whether a channel's rate limits take the busiest minute of the stated traffic, and which usage tier that needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from advisor.catalog.records import Candidate, RateLimit
from advisor.solver.constraints.base import (
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    TestResult,
    WorkloadQuestion,
    is_self_hosted,
)
from advisor.solver.constraints.group import LATENCY
from advisor.solver.constraints.kind import Constraint, ConstraintKind, dropped


class Minute(NamedTuple):
    """The busiest minute: requests, and tokens in and out; None where they are not stated."""

    requests: float
    input_tokens: float | None
    output_tokens: float | None


def _make(question: WorkloadQuestion) -> Iterator[Constraint]:
    """Yield that the busiest minute fits a published usage tier, where the requirements state that minute."""
    traffic, day = question.workload.traffic, question.catalog.as_of
    if traffic is None or traffic.busiest_minute_requests is None:
        return
    requests = float(traffic.busiest_minute_requests)
    given, made = traffic.input_tokens, traffic.output_tokens
    minute = Minute(requests, *(None if tokens is None else requests * float(tokens) for tokens in (given, made)))
    yield Constraint(
        KIND,
        f"{requests:,.0f} requests in the busiest minute",
        ("busiest-minute", minute, day),
        lambda candidate: _fits(candidate, minute, day),
    )


def _fits(candidate: Candidate, minute: Minute, day: date) -> TestResult:
    """By the lowest tier that surely takes it; beyond the highest published tier it does not fit."""
    if is_self_hosted(candidate):
        return TestResult(SATISFIED, "no rate limit on your own hardware")
    tiers = [one for one in candidate.offering.rate_limits if one.source.read_on <= day and _says_rates(one)]
    if not tiers:
        return TestResult(UNKNOWN, "no rate limits on record")
    for tier in tiers:
        if all(sides := _sides(tier, minute)) and len(sides) == _ALL:
            return TestResult(SATISFIED, f"tier {tier.tier} takes it: {_words(tier)}{_way(tier)}", tier.source)
    last = tiers[-1]
    if not all(_sides(last, minute)):
        words = f"beyond the highest published tier {last.tier}: {_words(last)}; more is a matter of a contract"
        return TestResult(VIOLATED, words, last.source)
    return TestResult(UNKNOWN, f"the limits on record are not all of tier {last.tier}: {_words(last)}", last.source)


_ALL = 2
"""Requests, and tokens."""


def _sides(tier: RateLimit, minute: Minute) -> list[bool]:
    """Whether each known limit takes the minute: one answer for the requests, one for the tokens."""
    found = [] if tier.requests_per_minute is None else [minute.requests <= tier.requests_per_minute]
    given, made = minute.input_tokens, minute.output_tokens
    if given is None or made is None:
        return found
    if tier.tokens_per_minute is not None:
        return [*found, given + made <= tier.tokens_per_minute]
    if tier.input_tokens_per_minute is not None and tier.output_tokens_per_minute is not None:
        return [*found, given <= tier.input_tokens_per_minute and made <= tier.output_tokens_per_minute]
    return found


def _says_rates(tier: RateLimit) -> bool:
    rates = (tier.requests_per_minute, tier.tokens_per_minute, tier.input_tokens_per_minute)
    return any(rate is not None for rate in rates)


def _words(tier: RateLimit) -> str:
    limits = (
        (tier.requests_per_minute, "requests"),
        (tier.tokens_per_minute, "tokens"),
        (tier.input_tokens_per_minute, "input tokens"),
        (tier.output_tokens_per_minute, "output tokens"),
    )
    return ", ".join(f"{limit:,} {what}" for limit, what in limits if limit is not None) + " a minute"


def _way(tier: RateLimit) -> str:
    return f"; {tier.reached_by}" if tier.reached_by else ""


KIND = ConstraintKind(
    "latency.busiest_minute",
    LATENCY,
    "workloads.traffic.busiest_minute_requests",
    _make,
    dropped("drop the busiest minute"),
)
