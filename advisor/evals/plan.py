"""What an evaluation will ask, what of it is known already, and what the rest can cost at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import NamedTuple

from advisor.errors import EvaluationError
from advisor.evals.cases import Case, CaseSet
from advisor.evals.prompts import Prompt, render
from advisor.evals.run_file import AnswerLine, answer_key
from advisor.probe.candidates import ProbeTarget
from advisor.probe.cost import most_input_tokens, most_usd
from advisor.probe.worker_protocol import Message, RequestLimits

MAX_TOKENS = 4_000
"""Room for an answer and the reasoning before it, where the prompt does not say."""

MOST_REQUESTS = 1_000_000


class Settings(NamedTuple):
    """How to run."""

    max_tokens: int = MAX_TOKENS
    epochs: int = 1
    concurrency: int = 8
    retries: int = 3
    """How often a fault that may pass is tried again."""
    limits: RequestLimits = RequestLimits()
    seed: int = 0
    """Of the order of the cases."""
    until_decided: bool = False
    backoff_s: float = 1.0
    """The wait before the first retry, doubled at each further one."""


class Request(NamedTuple):
    """One answer to ask for."""

    candidate: ProbeTarget
    case: Case
    epoch: int
    key: str
    messages: tuple[Message, ...]
    most_usd: Decimal


class Plan(NamedTuple):
    """The whole of it: the answers that are missing, in the order in which they are asked for, case by case."""

    case_set: CaseSet
    prompt: Prompt
    candidates: tuple[ProbeTarget, ...]
    settings: Settings
    order: tuple[Case, ...]
    """The cases in random order."""
    requests: tuple[Request, ...]
    """All of them."""
    known: Mapping[str, AnswerLine]
    """Answers that were given already, by their key."""

    @property
    def missing(self) -> tuple[Request, ...]:
        """What is still to be asked."""
        return tuple(request for request in self.requests if request.key not in self.known)

    @property
    def most_usd(self) -> Decimal:
        """The most that asking it can cost; the user's own servers cost nothing."""
        return sum((request.most_usd for request in self.missing), Decimal(0))


def make_plan(
    case_set: CaseSet,
    prompt: Prompt,
    candidates: Sequence[ProbeTarget],
    settings: Settings,
    *,
    known: Mapping[str, AnswerLine],
    day: date,
) -> Plan:
    """Plan an evaluation. Raises EvaluationError if a case cannot be asked or a price is unknown."""
    names = [one.name for one in candidates]
    if len(set(names)) < len(names):
        raise EvaluationError(f"expected each candidate once, found {', '.join(names)}")
    if prompt.max_tokens is not None:
        settings = settings._replace(max_tokens=prompt.max_tokens)
    order = list(case_set.accepted)
    Random(settings.seed).shuffle(order)  # noqa: S311 - the order of cases is no secret
    asked = [(case, render(prompt, case)) for case in order]
    count = len(asked) * settings.epochs * len(candidates)
    if count > MOST_REQUESTS:
        raise EvaluationError(f"expected at most {MOST_REQUESTS:,} requests, found {count:,}")
    requests = tuple(
        _request(one, prompt, (case, messages), epoch, settings=settings, day=day)
        for case, messages in asked
        for epoch in range(settings.epochs)
        for one in candidates
    )
    return Plan(case_set, prompt, tuple(candidates), settings, tuple(order), requests, known)


def _request(
    one: ProbeTarget,
    prompt: Prompt,
    asked: tuple[Case, tuple[Message, ...]],
    epoch: int,
    *,
    settings: Settings,
    day: date,
) -> Request:
    case, messages = asked
    key = answer_key(one.target, prompt, case, max_tokens=settings.max_tokens, epoch=epoch)
    most = request_usd(one, messages, settings.max_tokens, day, tools=bool(prompt.params.tools))
    return Request(one, case, epoch, key, messages, most)


def request_usd(one: ProbeTarget, messages: tuple[Message, ...], max_tokens: int, day: date, *, tools: bool) -> Decimal:
    """Return the most that one request can cost.

    Raises EvaluationError if no price is known and it is not an own server.
    """
    given = most_input_tokens(messages, tools=tools)
    cost = most_usd(one.prices, one.tier, day, given, max_tokens)
    if cost is None and not one.own_server:
        raise EvaluationError(
            f"{one.name}: no price is on record, so a cap on money could not hold",
            hint="state its price with --price INPUT/OUTPUT in USD a million tokens, such as --price 0.5/1.5",
        )
    return cost or Decimal(0)
