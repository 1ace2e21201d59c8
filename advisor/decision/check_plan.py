"""A decision for workloads that share limits, planned again: who still serves, what they still keep, what is better.

Each candidate must pass by itself; whether another leads it by itself does not count, for the plan may have chosen it
for the sake of others. What was decided, on today's figures, is held against today's best plan: a plan overturns it
that scores higher by more than chance explains, or that costs less by more than a stated share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import hypot

from advisor.decision.diff import Period, between, everyone, find
from advisor.decision.difference import Difference, Locked
from advisor.decision.finding import ALL, DecisionStatus, Finding
from advisor.decision.lock_schema import Decision, LockedWorkload
from advisor.decision.locked_choice import by_hand, choice_again, choice_words, locked_words
from advisor.decision.plan_context import PlanContext, around, put
from advisor.decision.still_passes import changed, finding_if_unfit
from advisor.errors import DecisionError
from advisor.facts import Ternary
from advisor.portfolio.build import PortfolioProblem
from advisor.portfolio.limits import format_decimal, words
from advisor.portfolio.problem import Choice, Objective, PlanWorkload, PortfolioPlan, Problem
from advisor.portfolio.score_uncertainty import way_error
from advisor.portfolio.sentences import (
    better_plan_sentence,
    left_out_sentence,
    standing_plan_sentence,
    together_sentence,
)
from advisor.portfolio.solve import plan
from advisor.portfolio.verify import PlanValue, plan_value, violated_limits
from advisor.solver.answer import Advice
from advisor.statistics import Z_95


def plan_findings(
    decision: Decision, basis: PlanContext, advice: Advice, period: Period, worth_moving_percent: float
) -> tuple[Finding, ...]:
    """Return what came of each workload by itself, and under ``ALL`` what came of their plan."""
    again = _PlanCheck(decision, basis, advice, period, worth_moving_percent)
    single = tuple(again.serving(locked) for locked in decision.workloads)
    together = again.together(all(one.outcome is DecisionStatus.STANDS for one in single))
    return (*single, together) if together else single


class _PlanCheck:
    """A decision being planned again."""

    def __init__(
        self, decision: Decision, basis: PlanContext, advice: Advice, period: Period, worth_moving_percent: float
    ) -> None:
        self._decision, self._basis, self._period = decision, basis, period
        self._answers = {answer.workload: answer for answer in advice.workloads}
        self._percent = worth_moving_percent
        self._posed = basis.posed()
        self._by_hand = by_hand(decision)
        self._served = {locked.workload: locked_words(locked) for locked in decision.workloads}
        self._best = self._planned()

    def _planned(self) -> PortfolioPlan | None:
        """Today's best plan, around what people chose while that passes; None where nothing is left for a workload."""
        if self._posed.unserved:
            return None
        try:
            held = around(self._posed.problem, self._by_hand)
            found = plan(held)
            return put(held, found, self._by_hand) if found.choices else found
        except DecisionError:
            return plan(self._posed.problem)

    def serving(self, locked: LockedWorkload) -> Finding:
        """Return the worst of those who serve a workload; to move to is what today's plan has for it."""
        order = list(DecisionStatus)
        parts: tuple[Locked, ...] = (locked, *locked.beside)
        found = [one for part in parts if (one := self._unfit(locked.workload, part))]
        if not found:
            names = " and ".join(part.chosen for part in parts)
            passes = "pass" if locked.beside else "passes"
            return Finding(locked.workload, DecisionStatus.STANDS, locked.chosen, f"{names} {passes}", (), None)
        worst = max(found, key=lambda one: order.index(one.outcome))
        return worst._replace(
            move_to=self._words(locked.workload) if worst.outcome is DecisionStatus.OVERTURNED else None
        )

    def _unfit(self, workload: str, part: Locked) -> Finding | None:
        """Why one who serves is out or in doubt."""
        if self._basis.results is None:
            found = finding_if_unfit(part, self._answers[workload], self._period)
            if found is not None:
                return found
        because = next(
            (one.because for one in self._posed.left_out if (one.workload, one.way) == (workload, part.chosen)), ()
        )
        because = because or self._posed.open_for(workload, part.chosen)
        if because:
            violated = any(cause.state is Ternary.VIOLATED for cause in because)
            outcome = DecisionStatus.OVERTURNED if violated else DecisionStatus.UNDECIDED
            message, by = left_out_sentence(part.chosen, because), changed(part, self._period)
            return Finding(workload, outcome, part.chosen, message, by, None, because)
        if part.chosen in {way.id for way in _task(self._posed, workload).ways}:
            return None
        message = f"Because the results no longer have it, {part.chosen} cannot be planned with."
        return Finding(workload, DecisionStatus.OVERTURNED, part.chosen, message, (), None)

    def together(self, all_stand: bool) -> Finding | None:
        """Return what came of the plan; None where a workload by itself already says that it cannot be."""
        problem, choices = self._held()
        if choices is None:
            return self._lost() if all_stand else None
        best = self._best
        limits = [words(problem, name) for name in violated_limits(problem, choices)]
        if limits:
            message = together_sentence(limits, best)
            return self._finding(DecisionStatus.OVERTURNED, message, best)
        if best is None or not best.choices:
            return None
        held = plan_value(problem, choices)
        if _is_better(problem, choices, held, best, self._percent):
            return self._finding(DecisionStatus.OVERTURNED, better_plan_sentence(held, best, self._posed), best)
        return self._finding(DecisionStatus.STANDS, standing_plan_sentence(held, best, self._posed), None)

    def _held(self) -> tuple[Problem, tuple[Choice, ...] | None]:
        """Return what was decided as choices of today's problem; None where something of it is no more."""
        problem = self._posed.problem
        locked = {one.workload: one for one in self._decision.workloads}
        tasks, choices = [], []
        for task in problem.tasks:
            choice = choice_again(task, locked[task.name]) if task.name in locked else None
            if choice is None:
                return problem, None
            known = choice.way in task.ways
            tasks.append(task if known else task._replace(ways=(*task.ways, choice.way)))
            choices.append(choice)
        return replace(problem, tasks=tuple(tasks)), tuple(choices)

    def _lost(self) -> Finding:
        """Everyone passes, and what they did together is no longer asked for."""
        message = "Because the requirements no longer have the workloads and mixes of the decision, plan them again."
        return self._finding(DecisionStatus.OVERTURNED, message, self._best)

    def _finding(self, outcome: DecisionStatus, message: str, best: PortfolioPlan | None) -> Finding:
        served = "; ".join(f"{name}: {way}" for name, way in self._served.items())
        if outcome is DecisionStatus.STANDS:
            return Finding(ALL, outcome, served, message, (), None)
        moves = [f"{name}: {words}" for name in self._names() if (words := self._words(name)) and self._moves(name)]
        return Finding(ALL, outcome, served, message, tuple(self._by(best)), "; ".join(moves) or None)

    def _names(self) -> tuple[str, ...]:
        return tuple(task.name for task in self._posed.problem.tasks)

    def _moves(self, workload: str) -> bool:
        """Whether today's plan serves a workload otherwise than was decided."""
        return self._words(workload) != self._served.get(workload)

    def _words(self, workload: str) -> str | None:
        """How today's plan serves a workload."""
        choices = self._best.choices if self._best else ()
        return next((choice_words(one) for one in choices if one.workload == workload), None)

    def _by(self, best: PortfolioPlan | None) -> Iterator[Difference]:
        """Yield the facts that did it: of those who serve, and of those who would."""
        now = self._basis.catalog
        said: dict[Difference, None] = {}
        for locked in everyone(self._decision):
            said |= dict.fromkeys(changed(locked, self._period))
        for choice in best.choices if best else ():
            for part in (*choice.way.parts, *(choice.fallback.parts if choice.fallback else ())):
                if self._moves(choice.workload) and find(now, part.offering) is not None:
                    said |= dict.fromkeys(between(self._period.then, now, part.offering))
        yield from said
        yield from self._figures()

    def _figures(self) -> Iterator[Difference]:
        """Yield what a table of results has otherwise than when it was decided on."""
        _, choices = self._held()
        if self._basis.results is None or choices is None or self._decision.plan is None:
            return
        was = {one.workload: one for one in self._decision.plan.serves}
        for choice in choices:
            old = was.get(choice.workload)
            if old is None:
                continue
            if old.score != choice.way.score:
                yield Difference(old.way, "score", f"{old.score:f}", f"{choice.way.score:f}", None)
            if old.usd_per_month != choice.way.cost_usd:
                was_usd, usd = (
                    f"${format_decimal(old.usd_per_month)} a month",
                    f"${format_decimal(choice.way.cost_usd)} a month",
                )
                yield Difference(old.way, "cost_usd", was_usd, usd, None)


def _task(posed: PortfolioProblem, workload: str) -> PlanWorkload:
    return next(task for task in posed.problem.tasks if task.name == workload)


def _is_better(
    problem: Problem, choices: tuple[Choice, ...], held: PlanValue, best: PortfolioPlan, worth_moving_percent: float
) -> bool:
    """Whether the best plan is better by enough to move: in the score beyond chance, or in the cost beyond a share."""
    if best.score is None or best.cost_usd is None:
        return False
    is_cheaper = float(held.cost_usd - best.cost_usd) > float(held.cost_usd) * worth_moving_percent / 100
    if problem.objective is Objective.COST:
        return is_cheaper
    gained = float(best.score - held.score)
    reach = Z_95 * _difference_error(problem, choices, best.choices)
    return gained > reach or (gained >= 0 and is_cheaper)


def _difference_error(problem: Problem, choices: tuple[Choice, ...], others: tuple[Choice, ...]) -> float:
    """Return the standard error of the difference of two plans' scores; what serves in both does not count.

    A score without an error counts as exact, so that any gain is one.
    """
    total = float(problem.total_weight)
    errors = [0.0]
    for task, one, other in zip(problem.tasks, choices, others, strict=True):
        if one.way.id != other.way.id:
            weight = float(task.weight) / total
            errors += [weight * (way_error(way) or 0.0) for way in (one.way, other.way)]
    return hypot(*errors)
