"""A problem from a team's own results, alone or under the requirements of a file.

What the table measures, it replaces: quality and cost. Everything else that the requirements ask is asked of the
catalog's entry; of an offering that the catalog does not have, all of it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisor.catalog import Catalog
from advisor.catalog.records import Candidate
from advisor.errors import EvidenceError
from advisor.facts import Ternary
from advisor.portfolio.build import ExcludedWay, PortfolioProblem, SharedLimits, limited
from advisor.portfolio.from_requirements import stated_limits, stated_task
from advisor.portfolio.problem import ONE, PlanWorkload, ServingOption, Share
from advisor.portfolio.score_uncertainty import score_interval
from advisor.requirements.enums import OnUnknown
from advisor.requirements.schema import MeasuredFloor, Requirements, Workload
from advisor.requirements.score_table import Result, Results, workloads
from advisor.solver.cause import Cause
from advisor.solver.constraints import budget, quality_floor
from advisor.solver.constraints.base import MeasurementIndex, TestResult, WorkloadQuestion
from advisor.solver.constraints.kind import Constraint
from advisor.solver.constraints.registry import kind_for
from advisor.solver.screen import Screen
from advisor.solver.workload import WorkloadSolver

_ABSENT = "not in the catalog"


def pose_table(results: Results, asked: SharedLimits) -> PortfolioProblem:
    """Return the table alone: every row may be chosen."""
    tasks = tuple(
        PlanWorkload(name, tuple(way(row) for row in rows), results.weights[name]) for name, rows in workloads(results)
    )
    return PortfolioProblem(limited(tasks, asked))


def pose_requirements(
    results: Results, asked: SharedLimits, requirements: Requirements, catalog: Catalog
) -> PortfolioProblem:
    """Return the table under the requirements of a file. Raises EvidenceError if their workloads differ."""
    rows = dict(workloads(results))
    by_name = {workload.name: workload for workload in requirements.workloads}
    _same_workloads(results.path, set(rows), set(by_name))
    out: list[ExcludedWay] = []
    open_: list[ExcludedWay] = []
    tasks = []
    for name, workload in by_name.items():
        judge = _Judge(WorkloadQuestion(catalog, requirements, workload, MeasurementIndex()))
        measured = sorted(rows[name], key=lambda row: row.offering)
        kept = tuple(_kept(judge, measured, out, open_))
        tasks.append(stated_task(requirements, workload, kept, results.weights[name] if results.weighted else None))
    unserved = tuple(task.name for task in tasks if not task.ways)
    problem = limited(tuple(tasks), asked, stated_limits(requirements))
    return PortfolioProblem(problem, tuple(out), tuple(open_), unserved)


def way(row: Result, labels: tuple[tuple[str, str], ...] = ()) -> ServingOption:
    """Return a row as a way to serve its workload."""
    return ServingOption(row.offering, row.score, (Share(row.offering, row.vendor, ONE, row.cost_usd),), labels, row.n)


def _same_workloads(path: str, measured: set[str], required: set[str]) -> None:
    if extra := sorted(measured - required):
        raise EvidenceError(
            f"{path}: has results for {', '.join(extra[:5])}, which the requirements do not name",
            hint=f"the requirements have {', '.join(sorted(required)[:5])}; give both the same names",
        )
    if missing := sorted(required - measured):
        raise EvidenceError(
            f"{path}: expected results for every workload of the requirements, found none for {', '.join(missing[:5])}",
            hint="add rows for it, or take the workload out of the requirements",
        )


def _kept(
    judge: _Judge, rows: Iterable[Result], out: list[ExcludedWay], open_: list[ExcludedWay]
) -> Iterator[ServingOption]:
    name = judge.workload.name
    for row in rows:
        failed, asked, labels = judge.judge(row)
        if failed:
            out.append(ExcludedWay(name, row.offering, failed))
            continue
        if asked:
            open_.append(ExcludedWay(name, row.offering, asked))
        yield way(row, labels)


class _Judge:
    """Asks a workload's constraints of the rows."""

    def __init__(self, question: WorkloadQuestion) -> None:
        self.workload: Workload = question.workload
        self._question = question
        self._screen: Screen = WorkloadSolver(question).screen
        self._places: dict[str, list[int]] = {}
        for index, candidate in enumerate(self._screen.candidates):
            for name in {candidate.id, candidate.offering.id}:
                self._places.setdefault(name, []).append(index)

    def judge(self, row: Result) -> tuple[tuple[Cause, ...], tuple[Cause, ...], tuple[tuple[str, str], ...]]:
        """Return what fails, what is to be asked, and the labels; of several candidates the one that fails least."""
        own_failed = tuple(self._own(row, Ternary.VIOLATED))
        own_asked = tuple(self._own(row, Ternary.UNKNOWN))
        places = self._places.get(row.offering)
        if not places:
            failed, asked = self._absent()
            return own_failed + failed, own_asked + asked, ()
        screen = self._screen
        found = [(self._causes(index, screen.failed), self._causes(index, screen.asked), index) for index in places]
        failed, asked, index = min(found, key=lambda one: (len(one[0]), len(one[1]), one[2]))
        return own_failed + failed, own_asked + asked, labels(screen.candidates[index])

    def _causes(self, index: int, which: tuple[int, ...]) -> tuple[Cause, ...]:
        """Return the causes but for those that the table's own figures answer."""
        causes = self._screen.causes(index, which)
        return tuple(cause for cause in causes if not kind_for(cause.constraint).is_traded)

    def _absent(self) -> tuple[tuple[Cause, ...], tuple[Cause, ...]]:
        """Of what the catalog does not have, everything is unknown."""
        failed, asked = [], []
        for constraint in self._screen.constraints:
            if constraint.kind.is_traded or constraint.kind.is_of_team:
                continue
            rule = getattr(self._question.requirements.unknown, constraint.group)
            if rule is OnUnknown.EXCLUDE:
                failed.append(_cause(constraint, TestResult(Ternary.UNKNOWN, _ABSENT)))
            elif rule is OnUnknown.ASK:
                asked.append(_cause(constraint, TestResult(Ternary.UNKNOWN, _ABSENT)))
        return tuple(failed), tuple(asked)

    def _own(self, row: Result, state: Ternary) -> Iterator[Cause]:
        """Yield the workload's own budget and measured floor, against the row's figures."""
        most = self.workload.budget_usd_per_month
        if most is not None and row.cost_usd > most and state is Ternary.VIOLATED:
            found = f"${row.cost_usd:,} measured"
            yield Cause(budget.KIND.id, state, f"at most ${most:,} a month", found, None)
        floor = self.workload.quality.at_least
        if floor is not None and not isinstance(floor, str) and _floor_state(row, floor) is state:
            yield Cause(
                quality_floor.AT_LEAST.id, state, f"a score of at least {floor.score:g}", _score_words(row), None
            )


def labels(candidate: Candidate) -> tuple[tuple[str, str], ...]:
    """Return what a plan may count of a candidate besides its vendor."""
    offering = candidate.offering
    region = (("region", offering.region),) if offering.region else ()
    return (("lab", offering.model.lab), *region)


def _floor_state(row: Result, floor: MeasuredFloor) -> Ternary:
    """By the interval where there are cases, else by the score itself."""
    low, high = score_interval(row.score, row.n) if row.n else (float(row.score), float(row.score))
    if low >= floor.score:
        return Ternary.SATISFIED
    return Ternary.VIOLATED if high < floor.score else Ternary.UNKNOWN


def _score_words(row: Result) -> str:
    if row.n is None:
        return f"{row.score} measured"
    low, high = score_interval(row.score, row.n)
    return f"{row.score} [{low:.1f}, {high:.1f}] on {row.n} cases"


def _cause(constraint: Constraint, outcome: TestResult) -> Cause:
    return Cause(constraint.id, outcome.state, constraint.required, outcome.words, None)
