"""The best plan of a small problem in exact decimals, without an engine: workload by workload, all that may still win.

What choices for the first workloads come to is a state. Of two states that use the same names, spend the same where
there are commitments and load limited offerings alike, the one that scores no more and costs no less is left out
(label setting, Desrochers and Soumis 1988). That leaves no plan out that could be better, whatever follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from hashlib import sha256
from itertools import accumulate
from typing import NamedTuple

from advisor.portfolio.problem import ZERO, Choice, Objective, PlanWorkload, Problem, ServingOption
from advisor.portfolio.verify import choice_rates, choice_score, is_valid_fallback, plan_value, spends, violated_limits

MOST_STATES = 12_000
"""States looked at before the problem counts as too large; a count, so that every machine stops at the same place."""


class Exact(NamedTuple):
    """What came out: the best choices, or None where nothing keeps the limits; and how many states were looked at."""

    choices: tuple[Choice, ...] | None
    states: int


class _Label(NamedTuple):
    score: Decimal
    """Weighted, not yet divided by the sum of the weights."""
    usd: Decimal
    """At vendors without commitments."""
    committed: tuple[Decimal, ...]
    """At list prices, for each vendor with commitments."""
    rates: tuple[Decimal, ...]
    used: int
    """A bit for each name that a limit counts."""
    tie: int
    choices: tuple[Choice, ...]


def exact_plan(
    problem: Problem, ways: Sequence[Sequence[ServingOption]], most_states: int = MOST_STATES
) -> Exact | None:
    """Return the best choices among these ways; None where more than ``most_states`` would have to be looked at."""
    # Why one state may stand for many: the workloads that follow see nothing of a state but its sums, and add the
    # same to each, so of two that are alike in what follows the one that is ahead now is ahead at the end, ties
    # included. Alike means equal in all that bends or counts: what is paid to a vendor with commitments (the larger
    # of the commitment and the discounted spend) does not grow evenly with what is spent there, and a name once used
    # is free to use again. Fewer names or less load would do as well as equal ones, but equal ones are found by one
    # look-up instead of pair by pair. A state is given up before its end only on figures that nothing can mend: the
    # least cost and the most score of what is left, each without the limits, and names and loads, which only grow.
    # What commitments add is known at the end alone, and judged there.
    sums = _Sums(problem)
    options = [list(sums.front(sums.options(task, group))) for task, group in zip(problem.tasks, ways, strict=True)]
    left_usd = _after([min((one.usd for one in group), default=ZERO) for group in options])
    left_score = _after([max((one.score for one in group), default=ZERO) for group in options])
    states, looked_at = [sums.nothing], 0
    for group, usd, score in zip(options, left_usd, left_score, strict=True):
        looked_at += len(states) * len(group)
        if looked_at > most_states:
            return None
        joined = (sums.joined(state, option) for state in states for option in group)
        states = list(sums.front(state for state in joined if sums.may_hold(state, usd, score)))
    return Exact(_best(problem, states), looked_at)


def tie_figure(task: PlanWorkload, way: ServingOption, role: int) -> int:
    """Return a stable figure of an assignment, 0 to 99,999; the least sum of them decides between equal plans."""
    return int.from_bytes(sha256(f"{task.name}\0{way.id}\0{role}".encode()).digest()[:3]) % 100_000


def _after(figures: list[Decimal]) -> list[Decimal]:
    """For each place the sum of the figures behind it."""
    return list(accumulate(reversed(figures[1:]), initial=ZERO))[::-1]


def _best(problem: Problem, states: list[_Label]) -> tuple[Choice, ...] | None:
    """By the objective, then by the other figure, then by the ties."""

    def order(state: _Label) -> tuple[Decimal, Decimal, int]:
        reached = plan_value(problem, state.choices)
        if problem.objective is Objective.SCORE:
            return -reached.score, reached.cost_usd, state.tie
        return reached.cost_usd, -reached.score, state.tie

    return next((one.choices for one in sorted(states, key=order) if not violated_limits(problem, one.choices)), None)


class _Sums:
    """Adds up what choices come to, against the limits of one problem."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._most = dict(problem.most)
        self._least = problem.min_score * problem.total_weight if problem.min_score is not None else None
        self._committed = [vendor for vendor, tiers in problem.commitments if tiers]
        self._bits: dict[tuple[str, str], int] = {}
        self._masks: dict[str, int] = defaultdict(int)
        self.nothing = _Label(ZERO, ZERO, (ZERO,) * len(self._committed), (ZERO,) * len(problem.rates), 0, 0, ())

    def options(self, task: PlanWorkload, group: Sequence[ServingOption]) -> Iterator[_Label]:
        """Every way to serve a workload, with every fallback where one is asked for."""
        for way in group:
            if task.fallback_share is None:
                yield self._option(task, Choice(task.name, way))
                continue
            for other in group:
                choice = Choice(task.name, way, other)
                if is_valid_fallback(choice):
                    yield self._option(task, choice)

    def _option(self, task: PlanWorkload, choice: Choice) -> _Label:
        spent: dict[str, Decimal] = defaultdict(Decimal)
        for vendor, usd in spends(task, choice):
            spent[vendor] += usd
        rates = choice_rates(task, choice)
        roles = [way for way in (choice.way, choice.fallback) if way is not None]
        return _Label(
            choice_score(task, choice) * task.weight,
            sum((usd for vendor, usd in spent.items() if vendor not in self._committed), ZERO),
            tuple(spent.get(vendor, ZERO) for vendor in self._committed),
            tuple(rates.get(offering, ZERO) for offering, _ in self._problem.rates),
            self._used(roles),
            sum(tie_figure(task, way, role) for role, way in enumerate(roles)),
            (choice,),
        )

    def _used(self, ways: Sequence[ServingOption]) -> int:
        used = 0
        for use in (use for way in ways for use in way.uses if use[0] in self._most):
            bit = self._bits.setdefault(use, 1 << len(self._bits))
            self._masks[use[0]] |= bit
            used |= bit
        return used

    def joined(self, state: _Label, option: _Label) -> _Label:
        """Both together."""
        return _Label(
            state.score + option.score,
            state.usd + option.usd,
            tuple(map(Decimal.__add__, state.committed, option.committed)),
            tuple(map(Decimal.__add__, state.rates, option.rates)),
            state.used | option.used,
            state.tie + option.tie,
            (*state.choices, *option.choices),
        )

    def may_hold(self, state: _Label, left_usd: Decimal, left_score: Decimal) -> bool:
        """Whether the limits can still hold with the least cost and the most score of the workloads that are left."""
        budget = self._problem.budget_usd
        return (
            (budget is None or state.usd + left_usd <= budget)
            and (self._least is None or state.score + left_score >= self._least)
            and all((state.used & self._masks[kind]).bit_count() <= most for kind, most in self._most.items())
            and all(rate <= most for rate, (_, most) in zip(state.rates, self._problem.rates, strict=True))
        )

    def front(self, states: Iterator[_Label]) -> Iterator[_Label]:
        """Yield what none of the others makes needless; of equal ones the first by its ties."""
        groups: dict[tuple[int, tuple[Decimal, ...], tuple[Decimal, ...]], list[_Label]] = defaultdict(list)
        for state in states:
            groups[state.used, state.committed, state.rates].append(state)
        for group in groups.values():
            cheapest: Decimal | None = None
            for state in sorted(group, key=lambda one: (-one.score, one.usd, one.tie)):
                if cheapest is None or state.usd < cheapest:
                    cheapest = state.usd
                    yield state
