"""Which shared limits contradict each other: one smallest set, by QuickXplain (Junker 2004) with HiGHS as the oracle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from advisor.solver.portfolio.certificate import broken
from advisor.solver.portfolio.dominance import without_dominated
from advisor.solver.portfolio.first_answer import first_answer
from advisor.solver.portfolio.highs import EngineFailed, solve
from advisor.solver.portfolio.model import Formulation
from advisor.solver.portfolio.records import PlanConflict, Problem

Limits = tuple[str, ...]


def limits(problem: Problem) -> Limits:
    """The names of the limits that a problem has, the shared ones first."""
    names = ["budget_usd"] if problem.budget_usd is not None else []
    names += ["min_score"] if problem.min_score is not None else []
    names += [f"most.{kind}" for kind, _ in problem.most]
    names += [f"rate.{offering}" for offering, _ in problem.rates]
    return (*names, *(f"fallback.{task.name}" for task in problem.tasks if task.fallback_share is not None))


def only(problem: Problem, kept: Sequence[str]) -> Problem:
    """The problem with no other limits than these."""
    held = set(kept)
    return replace(
        problem,
        budget_usd=problem.budget_usd if "budget_usd" in held else None,
        min_score=problem.min_score if "min_score" in held else None,
        most=tuple(pair for pair in problem.most if f"most.{pair[0]}" in held),
        rates=tuple(pair for pair in problem.rates if f"rate.{pair[0]}" in held),
        tasks=tuple(
            task if f"fallback.{task.name}" in held else task._replace(fallback_share=None) for task in problem.tasks
        ),
    )


def has_plan(problem: Problem) -> bool:
    """Whether any assignment keeps every limit; found by the first answer where it can, else proven by HiGHS."""
    ways = without_dominated(problem)
    if first_answer(problem, ways):
        return True
    for task, group in zip(problem.tasks, ways, strict=True):
        if task.fallback_share is not None and len({vendor for way in group for vendor in way.vendors}) < 2:  # noqa: PLR2004
            return False
    form = Formulation(problem, ways)
    form.aim([])
    for _ in range(200):
        solved = solve(form.model)
        if solved.values is None:
            return False
        choices = form.choices(solved.values)
        if not broken(problem, choices):
            return True
        form.forbid(choices)
    raise EngineFailed("no plan within the engine's tolerance could be checked")


def conflict(problem: Problem) -> PlanConflict:
    """A smallest set of limits without a plan; taking any one of them out leaves a plan."""
    found = quickxplain(limits(problem), lambda kept: has_plan(only(problem, kept)))
    return PlanConflict(found, tuple(words(problem, name) for name in found))


def quickxplain(names: Limits, holds: Callable[[Limits], bool]) -> Limits:
    """A minimal subset that does not hold, in the order given; the whole must not hold."""

    def explain(background: Limits, added: bool, rest: Limits) -> Limits:
        if added and not holds(background):
            return ()
        if len(rest) == 1:
            return rest
        first, second = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        needed = explain((*background, *first), True, second)
        return (*explain((*background, *needed), bool(needed), first), *needed)

    return explain((), False, names) if names else ()


def words(problem: Problem, name: str) -> str:
    """A limit in words with its unit."""
    kind, _, rest = name.partition(".")
    if kind == "budget_usd":
        return f"at most ${plain(problem.budget_usd)} a month for all workloads"
    if kind == "min_score":
        return f"a weighted mean score of at least {plain(problem.min_score)}"
    if kind == "most":
        return f"at most {dict(problem.most)[rest]} different {rest}s"
    if kind == "rate":
        return f"at most {plain(dict(problem.rates)[rest])} requests a minute at {rest}"
    return f"a fallback at another vendor for {rest}"


def plain(value: Decimal | None) -> str:
    """A decimal as people write it: digits grouped, no trailing zeros beyond cents."""
    if value is None:
        return "-"
    text = f"{value.quantize(Decimal('0.01')):,}" if value == value.quantize(Decimal("0.01")) else f"{value:,f}"
    return text.removesuffix(".00")
