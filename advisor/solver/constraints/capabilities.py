"""Constraints on what a model can do: context, answers, tools, structured output, modalities, fine-tuning, life."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from datetime import date
from functools import partial

from advisor.catalog import Catalog
from advisor.catalog.records import SELF_HOSTED, Candidate
from advisor.facts import Fact, State
from advisor.solver.calendar import add_months
from advisor.solver.constraints.base import (
    NOTHING_KNOWN,
    SATISFIED,
    UNKNOWN,
    VIOLATED,
    Constraint,
    GroupKey,
    KnownBounds,
    MeasurementIndex,
    TestResult,
    Threshold,
    WorkloadQuestion,
    at_least,
    by_facts,
    from_state,
    has_all,
    yes,
)
from advisor.solver.constraints.shown import with_shown
from advisor.solver.makers import end_of_offer, is_resold

_STRUCTURES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "object": ("answers as a JSON object", ("json_strict", "json_schema", "json_object")),
    "schema": ("answers in a given JSON schema", ("json_strict", "json_schema")),
    "strict": ("answers that keep a JSON schema strictly", ("json_strict",)),
}
"""How binding a structure is: its words, and the abilities each of which shows it."""


def needs(question: WorkloadQuestion) -> Iterator[Constraint]:
    """Yield what the workload's ``needs`` ask, and that the model lives long enough."""
    wanted, day, measured = question.workload.needs, question.catalog.as_of, question.measured
    if wanted.context_tokens:
        yield _long_prompts(wanted.context_tokens, _answer_tokens(question), day)
    if wanted.output_tokens:
        yield _long_answers(wanted.output_tokens, day)
    if wanted.tools:
        tools = Constraint(
            "needs.tools", "needs", "tool calls", ("tools", day), partial(_yes, "tools", day), by_facts("tools")
        )
        yield with_shown(tools, ("tools",), measured)
    if wanted.structured_output:
        yield _structured(wanted.structured_output, day, measured)
    if wanted.modalities:
        inputs = _inputs(tuple(wanted.modalities), day)
        needs_more = set(wanted.modalities) - {"text", "image"}
        yield inputs if needs_more else with_shown(inputs, ("image",), measured)
    if wanted.fine_tuning:
        yield _tuning(day)
    yield from _life(question)


def _structured(asked: bool | str, day: date, measured: MeasurementIndex) -> Constraint:
    level = "schema" if asked is True else str(asked)
    words, abilities = _STRUCTURES[level]
    constraint = Constraint(
        "needs.structured_output",
        "needs",
        words,
        ("structured_output", level, day),
        lambda candidate: _structure(level, candidate, day),
        by_facts("structured_output"),
    )
    return with_shown(constraint, abilities, measured)


def _structure(level: str, candidate: Candidate, day: date) -> TestResult:
    """Return the catalog knows whether a schema is taken: less than that then surely is, more than that need not be."""
    found = _yes("structured_output", day, candidate)
    if level == "object" and found.state is VIOLATED:
        return found._replace(state=UNKNOWN, found="takes no schema; whether it writes JSON objects is not on record")
    if level == "strict" and found.state is SATISFIED:
        return found._replace(state=UNKNOWN, found="takes a schema; whether it keeps it strictly is not on record")
    return found


def _answer_tokens(question: WorkloadQuestion) -> int:
    """Return the room that an answer takes beside the prompt.

    What is asked for, else what is sent, at least one token.
    """
    wanted, traffic = question.workload.needs.output_tokens, question.workload.traffic
    return wanted or int(traffic.output_tokens or 0 if traffic else 0) or 1


def _long_prompts(tokens: int, answer: int, day: date) -> Constraint:
    return Constraint(
        "needs.context_tokens",
        "needs",
        f"prompts of {tokens:,} tokens",
        ("context", tokens, answer, day),
        lambda candidate: _context(candidate, tokens, answer, day),
        by_facts("max_input_tokens", "context_window_tokens"),
        Threshold(("context", answer, day), tokens, lambda candidate: _context_reach(candidate, answer, day)),
    )


def _long_answers(tokens: int, day: date) -> Constraint:
    return Constraint(
        "needs.output_tokens",
        "needs",
        f"answers of {tokens:,} tokens",
        ("output", tokens, day),
        lambda candidate: at_least("max_output_tokens", _fact(candidate, "max_output_tokens", day), tokens, "tokens"),
        by_facts("max_output_tokens"),
        Threshold(("output", day), tokens, lambda candidate: _figure(_fact(candidate, "max_output_tokens", day))),
    )


def _inputs(kinds: tuple[str, ...], day: date) -> Constraint:
    return Constraint(
        "needs.modalities",
        "needs",
        f"takes {', '.join(kinds)}",
        ("modalities", kinds, day),
        lambda candidate: has_all(
            "input_modalities", _fact(candidate, "input_modalities", day), kinds, exhaustive=True
        ),
        by_facts("input_modalities"),
    )


def _tuning(day: date) -> Constraint:
    return Constraint(
        "needs.fine_tuning",
        "needs",
        "can be fine-tuned",
        ("fine_tuning", day),
        lambda candidate: _fine_tuning(candidate, day),
        by_facts("fine_tuning", "fine_tuning_last_day_date", "fine_tuning_open_to", "weights"),
    )


def _fact(candidate: Candidate, name: str, day: date) -> Fact:
    return candidate.offering.fact(name, day)


def _yes(name: str, day: date, candidate: Candidate) -> TestResult:
    return yes(name, _fact(candidate, name, day))


def _context(candidate: Candidate, tokens: int, answer: int, day: date) -> TestResult:
    """By the maximum input; where only the window is known, by what it leaves beside the answer.

    A window holds prompt and answer together. One that is inherited says what the model can take and not what this
    channel lets through, so that it refutes and does not satisfy.

    What the offering says itself goes before what it is taken to share with other offerings of the model.
    """
    limit, window = (_fact(candidate, name, day) for name in ("max_input_tokens", "context_window_tokens"))
    if _decides(limit, window):
        return at_least("max_input_tokens", limit, tokens, "tokens of input")
    if not window.is_usable:
        return from_state(window, "context_window_tokens")
    if window.value < tokens:
        return at_least("context_window_tokens", window, tokens, "tokens of window")
    if _context_reach(candidate, answer, day).sure >= tokens:
        return at_least("context_window_tokens", window, tokens, "tokens of window")
    words = f"a window of {window.value:,} tokens, of which the part for input is unknown"
    return TestResult(UNKNOWN, words, window.source, ("context_window_tokens", window))


def _decides(limit: Fact, window: Fact) -> bool:
    """Whether the maximum input is what to go by: unless it is only inherited, and the window is not."""
    is_borrowed = limit.state is State.INHERITED and window.is_usable and window.state is not State.INHERITED
    return limit.is_usable and not is_borrowed


def _context_reach(candidate: Candidate, answer: int, day: date) -> KnownBounds:
    """Which prompts surely fit, and which may."""
    limit, shared = (_fact(candidate, name, day) for name in ("max_input_tokens", "context_window_tokens"))
    if _decides(limit, shared):
        return _figure(limit)
    window = _figure(shared)
    sure = window.sure - answer if shared.state is not State.INHERITED else NOTHING_KNOWN.sure
    if limit.is_usable:
        sure = max(sure, min(limit.value, window.sure))
    return window._replace(sure=sure)


def _figure(fact: Fact) -> KnownBounds:
    return KnownBounds(fact.value, fact.value) if fact.is_usable else NOTHING_KNOWN


def _fine_tuning(candidate: Candidate, day: date) -> TestResult:
    if candidate.offering.channel.kind == SELF_HOSTED:
        weights = _fact(candidate, "weights", day)
        return TestResult(SATISFIED, "open weights on your own hardware", weights.source, ("weights", weights))
    methods = _fact(candidate, "fine_tuning", day)
    if not methods.is_usable:
        return from_state(methods, "fine_tuning")
    last = _fact(candidate, "fine_tuning_last_day_date", day)
    if last.is_usable and last.value < day:
        return TestResult(VIOLATED, f"no new jobs since {last.value}", last.source, ("fine_tuning_last_day_date", last))
    open_to = _fact(candidate, "fine_tuning_open_to", day)
    if methods.value and open_to.is_usable and open_to.value == "existing-customers":
        words = "new jobs are open to those who tuned before only"
        return TestResult(UNKNOWN, words, open_to.source, ("fine_tuning_open_to", open_to))
    words = ", ".join(methods.value) if methods.value else "not offered"
    return TestResult(SATISFIED if methods.value else VIOLATED, words, methods.source, ("fine_tuning", methods))


def _life(question: WorkloadQuestion) -> Iterator[Constraint]:
    months, catalog = question.requirements.alive_months, question.catalog
    if months:
        end = add_months(catalog.as_of, months)
        yield Constraint(
            "deployment.alive_months",
            "retirement",
            f"no retirement announced before {end}",
            ("alive", end, catalog.as_of),
            lambda candidate: _alive(candidate, end, catalog),
            _BY_LIFE,
        )


def _by_life(candidate: Candidate) -> Hashable:
    """Return what the life of closed weights depends on is also what their maker announces of the model."""
    offering = candidate.offering
    names = ("retirement_date", "retirement_not_before_date", "weights")
    return (offering.channel.id, offering.model.id, *(offering.facts.identity(name) for name in names))


_BY_LIFE = GroupKey("life", _by_life)


def _alive(candidate: Candidate, end: date, catalog: Catalog) -> TestResult:
    day = catalog.as_of
    if candidate.offering.channel.kind == SELF_HOSTED:
        weights = _fact(candidate, "weights", day)
        return TestResult(SATISFIED, "open weights on your own hardware", weights.source, ("weights", weights))
    announced = end_of_offer(catalog, candidate.offering)
    retirement = _fact(candidate, "retirement_date", day)
    if announced is None:
        promised = _fact(candidate, "retirement_not_before_date", day)
        if promised.is_usable and promised.value >= end:
            words = f"served at least until {promised.value}"
            return TestResult(SATISFIED, words, promised.source, ("retirement_not_before_date", promised))
        who = "by its maker" if is_resold(catalog, candidate.offering) else ""
        words = f"none announced {who} as of {day}".replace("  ", " ")
        return TestResult(UNKNOWN, words, retirement.source, ("retirement_date", retirement))
    short = (end - announced.day).days
    known = ("retirement_date", retirement if retirement.is_usable else Fact(announced.day, source=announced.source))
    return TestResult(
        SATISFIED if short <= 0 else VIOLATED, announced.words, announced.source, known, max(short, 0) or None
    )
