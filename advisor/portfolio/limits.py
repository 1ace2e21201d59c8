"""The shared limits of a problem by name: which there are, the problem without some of them, each in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from advisor.portfolio.problem import Problem

Limits = tuple[str, ...]


def limits(problem: Problem) -> Limits:
    """Return the names of the limits that a problem has, the shared ones first."""
    names = ["budget_usd"] if problem.budget_usd is not None else []
    names += ["min_score"] if problem.min_score is not None else []
    names += [f"most.{kind}" for kind, _ in problem.most]
    names += [f"rate.{offering}" for offering, _ in problem.rates]
    return (*names, *(f"fallback.{task.name}" for task in problem.tasks if task.fallback_share is not None))


def only(problem: Problem, kept: Sequence[str]) -> Problem:
    """Return the problem with no other limits than these."""
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


def words(problem: Problem, name: str) -> str:
    """Return a limit in words with its unit."""
    kind, _, rest = name.partition(".")
    if kind == "budget_usd":
        return f"at most ${format_decimal(problem.budget_usd)} a month for all workloads"
    if kind == "min_score":
        return f"a weighted mean score of at least {format_decimal(problem.min_score)}"
    if kind == "most":
        most = dict(problem.most)[rest]
        return f"at most {most} different {rest}s" if most > 1 else f"one {rest} only"
    if kind == "rate":
        return f"at most {format_decimal(dict(problem.rates)[rest])} requests a minute at {rest}"
    return f"a fallback at another vendor for {rest}"


def format_decimal(value: Decimal | None) -> str:
    """Return a decimal as people write it: digits grouped, no trailing zeros beyond cents."""
    if value is None:
        return "-"
    text = f"{value.quantize(Decimal('0.01')):,}" if value == value.quantize(Decimal("0.01")) else f"{value:,f}"
    return text.removesuffix(".00")
