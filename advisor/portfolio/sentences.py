"""Sentences about plans of several workloads: why this one, why none, what overturned a decided one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from advisor.facts import Ternary
from advisor.portfolio.build import PortfolioProblem
from advisor.portfolio.limits import limits, words
from advisor.portfolio.problem import Objective, PortfolioPlan
from advisor.portfolio.verify import PlanValue
from advisor.solver.cause import Cause
from advisor.solver.explain.words import cause_words, joined


def together_sentence(broken: Sequence[str], plan: PortfolioPlan | None) -> str:
    """Choices that hold one by one and no longer together, and what is left to do."""
    said = f"Because the choices together do not keep {joined(tuple(broken))}, they must be planned again."
    if plan is not None and plan.ways_out:
        changes = joined(tuple(one.change for one in plan.ways_out[0].reliefs), most=4)
        return f"{said} No other plan keeps all limits either; the cheapest relaxation: {changes}."
    return said


def better_plan_sentence(held: PlanValue, best: PortfolioPlan, posed: PortfolioProblem) -> str:
    """Say that a decided plan holds, and that another is better by enough to move."""
    now = _figures(held.score, held.cost_usd, posed)
    return f"Because another plan scores {_figures(best.score, best.cost_usd, posed)} against {now}, it leads."


def standing_plan_sentence(held: PlanValue, best: PortfolioPlan, posed: PortfolioProblem) -> str:
    """Say that a decided plan stands."""
    figures = _figures(held.score, held.cost_usd, posed)
    if (held.score, held.cost_usd) == (best.score, best.cost_usd):
        return f"The plan keeps all that the workloads share, and leads: {figures}."
    return f"The plan keeps all that the workloads share, and none is better by enough to move: {figures}."


def left_out_sentence(name: str, because: Sequence[Cause]) -> str:
    """Say of a chosen candidate that a plan cannot use it any more."""
    said = joined(tuple(cause_words(cause) for cause in because))
    if all(cause.state is Ternary.UNKNOWN for cause in because):
        return f"Because it is no longer known whether it offers what is required ({said}), {name} is not decided."
    return f"Because it fails what is required ({said}), {name} no longer passes."


def _figures(score: Decimal | None, cost_usd: Decimal | None, posed: PortfolioProblem) -> str:
    return f"{score or 0:.2f} {posed.unit} for ${cost_usd or 0:,.2f} a month"


def plan_sentences(posed: PortfolioProblem, plan: PortfolioPlan) -> tuple[str, ...]:
    """Why a plan is the answer, or why there is none, with the first step out."""
    if posed.unserved:
        return _unserved_sentences(posed)
    if plan.conflict is not None:
        return _conflict_sentences(plan)
    if plan.score is None or plan.cost_usd is None:
        return ("The search stopped at its limit before it found a plan or proved that there is none.",)
    figures = f"{plan.score:.2f} {posed.unit} on the weighted mean for ${plan.cost_usd:,.2f} a month"
    aim = "scores higher" if posed.problem.objective is Objective.SCORE else "costs less"
    figures = f"it scores {figures}"
    kept = joined(tuple(words(posed.problem, name) for name in limits(posed.problem)))
    under = f" with {kept}" if kept else ""
    if plan.proven:
        return (f"Because no other plan {aim}{under}, this is the answer: {figures}.",)
    gap = f"{(plan.gap or 0) * 100:.2g} %"
    return (f"Because the search stopped at its limit, a plan that {aim} by up to {gap} may exist: {figures}.",)


def _unserved_sentences(posed: PortfolioProblem) -> tuple[str, ...]:
    """For each workload that nothing is left for, what ruled out most of it."""
    said = []
    for workload in posed.unserved:
        counts = Counter(cause.required for one in posed.left_out if one.workload == workload for cause in one.because)
        total = sum(1 for one in posed.left_out if one.workload == workload)
        causes = joined(tuple(f"{n} of {total} lack '{required}'" for required, n in counts.most_common(3)))
        said.append(f"Because {causes or 'nothing is on offer'}, nothing is left for {workload}.")
    return tuple(said)


def _conflict_sentences(plan: PortfolioPlan) -> tuple[str, ...]:
    words = plan.conflict.words if plan.conflict else ()
    if not words:
        return ("There is no plan.",)
    cannot = "cannot be kept" if len(words) == 1 else "cannot be kept together"
    said = [f"Because {joined(words, most=4)} {cannot}, there is no plan."]
    if plan.ways_out:
        way = plan.ways_out[0]
        changes = joined(tuple(one.change for one in way.reliefs), most=4)
        said.append(
            f"The cheapest relaxation: {changes}; the plan then scores {way.score:.2f} for "
            f"${way.cost_usd:,.2f} a month."
        )
    return tuple(said)
