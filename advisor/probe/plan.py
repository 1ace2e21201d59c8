"""What a probe will do and what it can cost at most, before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from math import ceil
from typing import NamedTuple

from advisor.errors import ProbeError
from advisor.probe.budget import Caps
from advisor.probe.candidates import ProbeTarget
from advisor.probe.cost import most_input_tokens, most_usd
from advisor.probe.prompts import Prompts, built_in
from advisor.probe.run_file import Mode
from advisor.probe.worker_protocol import RequestLimits
from advisor.statistics import LOOKS

NONCE_LENGTH = 16
QUICK_ROUNDS = 10
SECONDS_A_CANDIDATE = 60.0

REASONING_TOKENS = 4_000
"""Room for an answer and the reasoning before it, as a rule."""

MOST_ROUNDS = LOOKS[-1]
"""A comparison that is open after these stays open."""

_LIMITS = RequestLimits(connect_s=10.0, first_token_s=30.0, between_tokens_s=15.0, total_s=120.0)

_NONCE = "0" * NONCE_LENGTH


class ProbeSettings(NamedTuple):
    """How to probe."""

    mode: Mode
    rounds: int
    """Of each candidate; the most, if it may stop early."""
    prompts: Prompts
    max_tokens: int
    caps: Caps
    limits: RequestLimits = RequestLimits()
    streams: int = 1
    """Rounds that run at the same time."""
    rate_per_s: float | None = None
    """Arrivals a second for each candidate under load."""
    tools: bool = False
    warm_up: bool = True
    place: str | None = None


class CandidatePlan(NamedTuple):
    """What one candidate may need."""

    probed: ProbeTarget
    requests: int
    input_tokens: int
    """At most, over all requests."""
    output_tokens: int
    """At most, over all requests."""
    most_usd: Decimal | None
    """At most; None if no price is known."""


class ProbePlan(NamedTuple):
    """The whole of it."""

    settings: ProbeSettings
    candidates: tuple[CandidatePlan, ...]

    @property
    def requests(self) -> int:
        """The most that are sent, caps aside."""
        return sum(candidate.requests for candidate in self.candidates)

    @property
    def most_usd(self) -> Decimal:
        """The most that it can cost, caps aside; the user's own servers cost nothing."""
        return sum((candidate.most_usd or Decimal(0) for candidate in self.candidates), Decimal(0))


def short_of_tokens(plan: ProbePlan) -> tuple[str, ...]:
    """Return the candidates that may use up the limit on tokens by reasoning, so that no answer would be seen."""
    if plan.settings.max_tokens >= REASONING_TOKENS:
        return ()
    return tuple(
        one.probed.name for one in plan.candidates if one.probed.target.effort not in (None, "none", "minimal")
    )


def quick_settings(candidates: int) -> ProbeSettings:
    """Return what a probe does unless asked otherwise: under a minute and a few cents a candidate."""
    caps = Caps(Decimal("0.50"), 1000, usual_seconds(QUICK_ROUNDS, candidates))
    return ProbeSettings(Mode.ROUNDS, QUICK_ROUNDS, built_in("short"), max_tokens=128, caps=caps, limits=_LIMITS)


def usual_seconds(
    rounds: int, candidates: int, rate_per_s: float | None = None, limits: RequestLimits = _LIMITS
) -> float:
    """Return the cap on time unless another is asked for: a minute a candidate for every ten rounds.

    Under load it leaves time for the last of the arrivals, and for its answer, at any rate.
    """
    usual = SECONDS_A_CANDIDATE * max(1, rounds // QUICK_ROUNDS) * candidates
    return usual if rate_per_s is None else max(usual, float(ceil(2 * rounds / rate_per_s + limits.total_s)))


def make_plan(probed: Sequence[ProbeTarget], settings: ProbeSettings, day: date) -> ProbePlan:
    """Plan a probe. Raises ProbeError if a candidate's price is unknown, since no cap on money could then hold."""
    names = [one.name for one in probed]
    if len(set(names)) < len(names):
        raise ProbeError(f"expected each candidate once, found {', '.join(names)}")
    return ProbePlan(settings, tuple(_candidate_plan(one, settings, day) for one in probed))


def request_usd(one: ProbeTarget, settings: ProbeSettings, prompt: int, day: date) -> Decimal | None:
    """Return the most that one request with that prompt can cost; None if no price is known."""
    messages = settings.prompts.pick(prompt, _NONCE)
    return most_usd(one.prices, one.tier, day, most_input_tokens(messages, tools=settings.tools), settings.max_tokens)


def requests_per_candidate(settings: ProbeSettings) -> int:
    """How many requests each candidate gets at most."""
    measured = settings.rounds * (2 if settings.mode is Mode.CACHE else 1)
    return measured + (1 if settings.warm_up else 0)


def _candidate_plan(one: ProbeTarget, settings: ProbeSettings, day: date) -> CandidatePlan:
    count = requests_per_candidate(settings)
    prompts = range(len(settings.prompts.all))
    sizes = [most_input_tokens(settings.prompts.pick(index, _NONCE), tools=settings.tools) for index in prompts]
    costs = [request_usd(one, settings, index, day) for index in prompts]
    known = [cost for cost in costs if cost is not None]
    if len(known) < len(costs) and not one.own_server:
        raise ProbeError(
            f"{one.name}: no price is on record, so a cap on money could not hold",
            hint="state its price with --price INPUT/OUTPUT in USD a million tokens, such as --price 0.5/1.5",
        )
    most = max(known) * count if known and len(known) == len(costs) else None
    return CandidatePlan(one, count, max(sizes) * count, settings.max_tokens * count, most)
