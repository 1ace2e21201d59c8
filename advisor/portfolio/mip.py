"""The mixed-integer model of a problem: which columns and rows, and how to read choices out of values.

Columns: one for each way of each workload; one for each way as a fallback; one for each vendor or other name that a
limit counts; one for each commitment; what each committed vendor is paid. "Pay the larger of the commitment and the
discounted spend" is linear from below, which is the side that the budget and the cost push against.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain

from advisor.portfolio.highs import INFINITY, MipModel
from advisor.portfolio.problem import ONE, ZERO, Choice, CommitmentTier, Objective, PlanWorkload, Problem, ServingOption
from advisor.portfolio.verify import bill, spends

Terms = list[tuple[int, float]]


class Formulation:
    """A problem as a model; ``slacks`` prices limits that may be moved (by name, in USD per unit of the limit)."""

    def __init__(
        self, problem: Problem, ways: Sequence[Sequence[ServingOption]], *, slacks: Mapping[str, float] | None = None
    ) -> None:
        self.problem, self.ways = problem, ways
        self.model = MipModel()
        self._prices = dict(slacks or {})
        self.slack: dict[str, int] = {}
        self.primary = [[self.model.column() for _ in group] for group in ways]
        self.second = [self._fallback_columns(task, group) for task, group in zip(problem.tasks, ways, strict=True)]
        self._used: dict[tuple[str, str], int] = {}
        self._tier: dict[tuple[str, int], int] = {}
        self._paid: dict[str, int] = {}
        self._assign()
        self._count()
        self.cost_terms = self._costs()
        self.score_terms = self._scores()
        self._limits()

    def aim(self, terms: Terms) -> None:
        """Minimize these terms and nothing else, apart from priced slacks."""
        self.model.cost = [0.0] * len(self.model.cost)
        for column, value in terms:
            self.model.cost[column] += value
        for name, column in self.slack.items():
            self.model.cost[column] = self._prices[name]

    @property
    def objective_terms(self) -> Terms:
        """What the problem minimizes: the cost, or the score with its sign turned."""
        if self.problem.objective is Objective.COST:
            return self.cost_terms
        return [(column, -value) for column, value in self.score_terms]

    def choices(self, values: Sequence[float]) -> tuple[Choice, ...]:
        """Return the ways with the largest values, one a workload."""
        return tuple(
            Choice(
                task.name,
                _largest(group, columns, values),
                _largest(group, second, values) if any(column >= 0 for column in second) else None,
            )
            for task, group, columns, second in zip(
                self.problem.tasks, self.ways, self.primary, self.second, strict=True
            )
        )

    def start(self, choices: Sequence[Choice]) -> list[float]:
        """Values of all columns for choices that keep the limits."""
        values = [0.0] * len(self.model.cost)
        for group, columns, second, choice in zip(self.ways, self.primary, self.second, choices, strict=True):
            values[columns[group.index(choice.way)]] = 1.0
            for way in (choice.way, choice.fallback):
                for use in way.uses if way else ():
                    if use in self._used:
                        values[self._used[use]] = 1.0
            if choice.fallback is not None:
                values[second[group.index(choice.fallback)]] = 1.0
        self._start_bills(values, choices)
        return values

    def forbid(self, choices: Sequence[Choice]) -> None:
        """Leave out exactly these choices."""
        chosen = [
            columns[group.index(choice.way)]
            for group, columns, choice in zip(self.ways, self.primary, choices, strict=True)
        ]
        chosen += [
            second[group.index(choice.fallback)]
            for group, second, choice in zip(self.ways, self.second, choices, strict=True)
            if choice.fallback is not None
        ]
        self.model.row(chosen, [1.0] * len(chosen), high=len(chosen) - 1.0)

    def _fallback_columns(self, task: PlanWorkload, group: Sequence[ServingOption]) -> list[int]:
        if task.fallback_share is None:
            return [-1] * len(group)
        return [self.model.column() if len(way.parts) == 1 else -1 for way in group]

    def _assign(self) -> None:
        for task, columns, second in zip(self.problem.tasks, self.primary, self.second, strict=True):
            self.model.row(columns, [1.0] * len(columns), low=1.0, high=1.0)
            if task.fallback_share is not None:
                standing_in = [column for column in second if column >= 0]
                self.model.row(standing_in, [1.0] * len(standing_in), low=1.0, high=1.0)

    def _count(self) -> None:
        """Which names are used; a fallback never shares a vendor with what it stands in for."""
        kinds = dict(self.problem.most)
        for task, group, columns, second in zip(self.problem.tasks, self.ways, self.primary, self.second, strict=True):
            first_by_use, second_by_use = _by_use(group, columns), _by_use(group, second)
            for use in sorted(first_by_use.keys() | second_by_use.keys()):
                first, backup = first_by_use.get(use, []), second_by_use.get(use, [])
                if use[0] == "vendor":
                    together = task.fallback_share is not None
                    self._linked([first + backup], use, counted="vendor" in kinds, needed=together)
                elif use[0] in kinds:
                    self._linked([first, backup], use, counted=True, needed=False)
        for kind, most in self.problem.most:
            columns = [column for (other, _), column in self._used.items() if other == kind]
            self._limit(f"most.{kind}", [(column, 1.0) for column in columns], high=float(most))

    def _linked(self, groups: list[list[int]], use: tuple[str, str], *, counted: bool, needed: bool) -> None:
        for columns in filter(None, groups):
            if counted:
                if use not in self._used:
                    self._used[use] = self.model.column()
                self.model.row([*columns, self._used[use]], [1.0] * len(columns) + [-1.0], high=0.0)
            elif needed:
                self.model.row(columns, [1.0] * len(columns), high=1.0)

    def _spend_terms(self) -> dict[str, Terms]:
        """By vendor, what each column spends there at list prices."""
        terms: dict[str, Terms] = defaultdict(list)
        for task, group, columns, second in zip(self.problem.tasks, self.ways, self.primary, self.second, strict=True):
            share = task.fallback_share or ZERO
            for way, column, backup in zip(group, columns, second, strict=True):
                for part in way.parts:
                    terms[part.vendor].append((column, float(part.cost_usd * (ONE - share))))
                    if backup >= 0:
                        terms[part.vendor].append((backup, float(part.cost_usd * share)))
        return terms

    def _costs(self) -> Terms:
        tiers = self.problem.tiers
        costs: Terms = []
        for vendor, terms in sorted(self._spend_terms().items()):
            if tiers.get(vendor):
                costs.append((self._discounted(vendor, tiers[vendor], terms), 1.0))
            else:
                costs += terms
        return costs

    def _discounted(self, vendor: str, tiers: Sequence[CommitmentTier], terms: Terms) -> int:
        """Return the column of what a committed vendor is paid; at most one commitment is taken."""
        most = self._most_spend(vendor)
        paid = self.model.column(
            upper=max(most, *(float(tier.usd_per_month) for tier in tiers)) * 1.001 + 1.0, integer=False
        )
        self._paid[vendor] = paid
        taken = [self.model.column() for _ in tiers]
        self._tier.update({(vendor, index): column for index, column in enumerate(taken)})
        self.model.row(taken, [1.0] * len(taken), high=1.0)
        self.model.row([paid, *taken], [1.0, *(-float(tier.usd_per_month) for tier in tiers)], low=0.0)
        for level in sorted({0.0, *(float(tier.discount) for tier in tiers)}):
            deeper = [
                (column, (float(tier.discount) - level) * most)
                for column, tier in zip(taken, tiers, strict=True)
                if float(tier.discount) > level
            ]
            spent = [(column, -(1.0 - level) * usd) for column, usd in terms]
            self._row([(paid, 1.0), *spent, *deeper], low=0.0)
        return paid

    def _most_spend(self, vendor: str) -> float:
        """Return the most that could be spent at a vendor at list prices."""
        total = 0.0
        for task, group in zip(self.problem.tasks, self.ways, strict=True):
            share = task.fallback_share or ZERO
            spent = [float(sum((part.cost_usd for part in way.parts if part.vendor == vendor), ZERO)) for way in group]
            total += max(spent, default=0.0) * float(max(share, ONE - share))
        budget = self.problem.budget_usd
        if budget is None or "budget_usd" in self._prices:
            return total
        # What is paid is at least the spend less the deepest discount, and no more than the budget.
        deepest = max((tier.discount for tier in self.problem.tiers.get(vendor, ())), default=ZERO)
        return min(total, float(budget / (ONE - deepest)) * 1.0001)

    def _scores(self) -> Terms:
        terms: Terms = []
        total = self.problem.total_weight
        for task, group, columns, second in zip(self.problem.tasks, self.ways, self.primary, self.second, strict=True):
            share = task.fallback_share or ZERO
            for way, column, backup in zip(group, columns, second, strict=True):
                terms.append((column, float(way.score * task.weight * (ONE - share) / total)))
                if backup >= 0:
                    terms.append((backup, float(way.score * task.weight * share / total)))
        return terms

    def _limits(self) -> None:
        problem = self.problem
        if problem.budget_usd is not None:
            self._limit("budget_usd", self.cost_terms, high=float(problem.budget_usd))
        if problem.min_score is not None:
            self._limit("min_score", self.score_terms, low=float(problem.min_score))
        rates = self._rate_terms() if problem.rates else {}
        for offering, most in problem.rates:
            self._limit(f"rate.{offering}", rates.get(offering, []), high=float(most))

    def _rate_terms(self) -> dict[str, Terms]:
        """By offering, the requests a minute that each column sends it."""
        found: dict[str, Terms] = defaultdict(list)
        for task, group, columns, second in zip(self.problem.tasks, self.ways, self.primary, self.second, strict=True):
            for way, pair in zip(group, zip(columns, second, strict=True), strict=True):
                for part in way.parts:
                    rate = float(task.requests_per_minute * part.share)
                    found[part.offering] += [(column, rate) for column in pair if column >= 0]
        return found

    def _limit(self, name: str, terms: Terms, *, low: float = -INFINITY, high: float = INFINITY) -> None:
        """Add a row that may be moved if its name has a price."""
        if name in self._prices:
            self.slack[name] = self.model.column(self._prices[name], upper=INFINITY, integer=name.startswith("most."))
            terms = [*terms, (self.slack[name], 1.0 if high == INFINITY else -1.0)]
        self._row(terms, low=low, high=high)

    def _row(self, terms: Terms, *, low: float = -INFINITY, high: float = INFINITY) -> None:
        """Add a row from terms; a column named twice counts once with the sum."""
        summed: dict[int, float] = defaultdict(float)
        for column, value in terms:
            summed[column] += value
        self.model.row(list(summed), list(summed.values()), low=low, high=high)

    def _start_bills(self, values: list[float], choices: Sequence[Choice]) -> None:
        spend: dict[str, Decimal] = defaultdict(Decimal)
        for vendor, usd in chain.from_iterable(self._spent(choices)):
            spend[vendor] += usd
        tiers = self.problem.tiers
        for vendor, column in self._paid.items():
            one = bill(vendor, spend[vendor], tiers[vendor])
            values[column] = float(one.pay_usd)
            if one.tier is not None:
                values[self._tier[vendor, tiers[vendor].index(one.tier)]] = 1.0

    def _spent(self, choices: Sequence[Choice]) -> Iterator[Iterator[tuple[str, Decimal]]]:
        for task, choice in zip(self.problem.tasks, choices, strict=True):
            yield spends(task, choice)


def _by_use(group: Sequence[ServingOption], columns: Sequence[int]) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for way, column in zip(group, columns, strict=True):
        if column >= 0:
            for use in way.uses:
                found[use].append(column)
    return found


def _largest(group: Sequence[ServingOption], columns: Sequence[int], values: Sequence[float]) -> ServingOption:
    known = [index for index, column in enumerate(columns) if column >= 0]
    return group[max(known, key=lambda index: values[columns[index]])]
