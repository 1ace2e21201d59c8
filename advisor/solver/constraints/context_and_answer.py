"""How long prompts and answers must be able to be: two constraints that are counted in tokens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING

from advisor.catalog.records import Candidate
from advisor.facts import Fact, State
from advisor.requirements.tasks import longest_prompt
from advisor.solver.constraints.base import (
    NOTHING_KNOWN,
    SATISFIED,
    UNKNOWN,
    KnownBounds,
    MeasurementIndex,
    TestResult,
    Threshold,
    WorkloadQuestion,
    at_least,
    by_facts,
    from_state,
)
from advisor.solver.constraints.group import NEEDS
from advisor.solver.constraints.kind import (
    Constraint,
    ConstraintKind,
    FailedConstraint,
    RequirementChange,
    by_degrees,
    dropped,
)

if TYPE_CHECKING:
    from advisor.requirements.schema import Workload

TOKEN_USD = Decimal("0.005")
"""USD a month that a token given up counts as."""

_LONGEST = "ability:max_output_tokens"

INPUT, WINDOW, OUTPUT = "max_input_tokens", "context_window_tokens", "max_output_tokens"


def _make_context(question: WorkloadQuestion) -> Iterator[Constraint]:
    tokens, answer, day = asked_context(question.workload), _answer_tokens(question), question.catalog.as_of
    if tokens:
        yield Constraint(
            CONTEXT,
            f"prompts of {tokens:,} tokens",
            ("context", tokens, answer, day),
            lambda candidate: _context(candidate, tokens, answer, day),
            by_facts(INPUT, WINDOW),
            Threshold(("context", answer, day), tokens, lambda candidate: _context_reach(candidate, answer, day)),
        )


def asked_context(workload: Workload) -> int | None:
    """Return the longest prompt: as stated, else of the last step of a task."""
    traffic = workload.traffic
    if workload.needs.context_tokens or traffic is None or traffic.tasks is None:
        return workload.needs.context_tokens
    return ceil(longest_prompt(traffic.tasks))


def _answer_tokens(question: WorkloadQuestion) -> int:
    """Return the room that an answer takes beside the prompt.

    What is asked for, else what is sent, at least one token.
    """
    wanted, traffic = question.workload.needs.output_tokens, question.workload.traffic
    return wanted or int(traffic.output_tokens or 0 if traffic else 0) or 1


def _make_answer(question: WorkloadQuestion) -> Iterator[Constraint]:
    """By the stated maximum; one that was refused in the user's own probe is no bound up to which answers fit."""
    tokens, day, measured = question.workload.needs.output_tokens, question.catalog.as_of, question.measured
    if tokens and measured.refuses(_LONGEST):
        yield Constraint(
            ANSWER,
            f"answers of {tokens:,} tokens",
            ("output", tokens, day, measured),
            lambda candidate: _answer(candidate, tokens, day, measured),
        )
    elif tokens:
        yield Constraint(
            ANSWER,
            f"answers of {tokens:,} tokens",
            ("output", tokens, day),
            lambda candidate: at_least(OUTPUT, candidate.offering.fact(OUTPUT, day), tokens, "tokens"),
            by_facts(OUTPUT),
            Threshold(("output", day), tokens, lambda candidate: _figure(candidate.offering.fact(OUTPUT, day))),
        )


def _answer(candidate: Candidate, tokens: int, day: date, measured: MeasurementIndex) -> TestResult:
    fact = candidate.offering.fact(OUTPUT, day)
    stated, found = at_least(OUTPUT, fact, tokens, "tokens"), measured.find(candidate, _LONGEST)
    if stated.state is not SATISFIED or found is None or found.value > 0:
        return stated
    words = f"{fact.value:,} tokens are stated, and were refused in your own probe on {found.measured_on}"
    return stated._replace(state=UNKNOWN, found=words)


def _context(candidate: Candidate, tokens: int, answer: int, day: date) -> TestResult:
    """By the maximum input; where only the window is known, by what it leaves beside the answer.

    A window holds prompt and answer together. One that is inherited says what the model can take and not what this
    channel lets through, so that it refutes and does not satisfy.

    What the offering says itself goes before what it is taken to share with other offerings of the model.
    """
    limit, window = (candidate.offering.fact(name, day) for name in (INPUT, WINDOW))
    if _decides(limit, window):
        return at_least(INPUT, limit, tokens, "tokens of input")
    if not window.is_usable:
        return from_state(window, WINDOW)
    if window.value < tokens:
        return at_least(WINDOW, window, tokens, "tokens of window")
    if _context_reach(candidate, answer, day).sure >= tokens:
        return at_least(WINDOW, window, tokens, "tokens of window")
    words = f"a window of {window.value:,} tokens, of which the part for input is unknown"
    return TestResult(UNKNOWN, words, window.source, (WINDOW, window))


def _decides(limit: Fact, window: Fact) -> bool:
    """Whether the maximum input is what to go by: unless it is only inherited, and the window is not."""
    is_borrowed = limit.state is State.INHERITED and window.is_usable and window.state is not State.INHERITED
    return limit.is_usable and not is_borrowed


def _context_reach(candidate: Candidate, answer: int, day: date) -> KnownBounds:
    """Which prompts surely fit, and which may."""
    limit, shared = (candidate.offering.fact(name, day) for name in (INPUT, WINDOW))
    if _decides(limit, shared):
        return _figure(limit)
    window = _figure(shared)
    sure = window.sure - answer if shared.state is not State.INHERITED else NOTHING_KNOWN.sure
    if limit.is_usable:
        sure = max(sure, min(limit.value, window.sure))
    return window._replace(sure=sure)


def _figure(fact: Fact) -> KnownBounds:
    return KnownBounds(fact.value, fact.value) if fact.is_usable else NOTHING_KNOWN


def _shorter_prompts(failing: FailedConstraint) -> RequirementChange | None:
    return _shorter(failing, asked_context(failing.workload), "prompts")


def _shorter_answers(failing: FailedConstraint) -> RequirementChange | None:
    return _shorter(failing, failing.workload.needs.output_tokens, "answers")


def _shorter(failing: FailedConstraint, wanted: int | None, what: str) -> RequirementChange | None:
    short = failing.outcome.short_by
    if not wanted or short is None:
        return None
    tokens = max(int(wanted - short), 0)
    price = min(Decimal(str(short)) * TOKEN_USD, failing.price)
    return RequirementChange(f"accept {what} of {tokens:,} tokens", {failing.key: tokens}, price)


CONTEXT = ConstraintKind(
    "needs.context_tokens",
    NEEDS,
    "workloads.needs.context_tokens",
    _make_context,
    by_degrees(_shorter_prompts, dropped("drop the least context")),
)
ANSWER = ConstraintKind(
    "needs.output_tokens",
    NEEDS,
    "workloads.needs.output_tokens",
    _make_answer,
    by_degrees(_shorter_answers, dropped("drop the least answer length")),
)
