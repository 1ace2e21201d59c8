"""The solver against CP-SAT, RC2 and cpmpy on the same problems, in one run: ``python benchmarks/solver.py``.

Ours is the code of the package, not a copy: the screen's sets, conflicts and correction sets, and the planner. CPU
times in seconds on one thread, medians of the repeats; what was found is compared before any time is printed. The
others come from requirements/oracles.txt.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from advisor.portfolio.dominance import without_dominated  # noqa: E402
from advisor.portfolio.heuristic import first_answer  # noqa: E402
from advisor.portfolio.pareto_front import front  # noqa: E402
from advisor.portfolio.problem import Problem  # noqa: E402
from advisor.portfolio.solve import SearchSettings, plan  # noqa: E402
from advisor.solver.bitsets import indices  # noqa: E402
from advisor.solver.explain.conflicts import minimal_conflicts  # noqa: E402
from advisor.solver.screen import Screen  # noqa: E402
from benchmarks.portfolios import by_cp_sat, random_portfolio  # noqa: E402

CONSTRAINTS = 15
MOST_FOR_OTHERS = 5_000
LARGE = 50_000
DAY = date(2026, 11, 23)
_DIGITS = b"01"


class Timed(NamedTuple):
    seconds: float
    value: Any


def timed(work: Callable[[], Any], repeats: int = 5) -> Timed:
    """The median CPU time of some repeats, and what the last one gave."""
    times, value = [], None
    for _ in range(repeats):
        start = time.process_time()
        value = work()
        times.append(time.process_time() - start)
    return Timed(median(times), value)


def choice(count: int, seed: int = 1, *, feasible: bool) -> tuple[list[list[bool]], list[int]]:
    """Which constraints each offering fails, and what each is worth."""
    random = Random(seed)
    rates = [random.uniform(0.2, 0.6) for _ in range(CONSTRAINTS)]
    fails = [[random.random() < rate for rate in rates] for _ in range(count)]
    for row in fails:
        while sum(row) < 2:
            row[random.randrange(CONSTRAINTS)] = True
    if feasible:
        fails[random.randrange(count)] = [False] * CONSTRAINTS
    return fails, [random.randrange(10**6) for _ in range(count)]


def as_screen(fails: list[list[bool]]) -> Screen:
    """The screen that those failures come from."""
    columns = zip(*fails, strict=True)
    failed = tuple(int(bytes(map(_DIGITS.__getitem__, column))[::-1], 2) for column in columns)
    nothing = (0,) * CONSTRAINTS
    return Screen(tuple(range(len(fails))), (), (), failed, nothing, nothing)  # type: ignore[arg-type]


def our_choice(screen: Screen, worth: list[int]) -> int | None:
    """The best that passes."""
    return max(indices(screen.everyone & ~screen.out), key=worth.__getitem__, default=None)


def our_explanations(screen: Screen) -> tuple[set[int], set[int]]:
    """All minimal correction sets and all minimal conflicts."""
    corrections = screen.corrections()
    return set(corrections), set(minimal_conflicts(corrections, most=10**9))


def cp_sat_choice(fails: list[list[bool]], worth: list[int]) -> int | None:
    """One Boolean for each offering; each constraint forbids those that fail it."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in fails]
    model.add_exactly_one(chosen)
    for bit in range(len(fails[0])):
        model.add_bool_and([chosen[index].negated() for index, row in enumerate(fails) if row[bit]])
    model.maximize(sum(value * column for value, column in zip(worth, chosen, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    if status != cp_model.OPTIMAL:
        return None
    return next(index for index, column in enumerate(chosen) if solver.boolean_value(column))


def cp_sat_core(fails: list[list[bool]]) -> set[int]:
    """One conflict, not necessarily minimal, from assumptions."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in fails]
    model.add_exactly_one(chosen)
    kept = [model.new_bool_var("") for _ in range(CONSTRAINTS)]
    for bit, literal in enumerate(kept):
        model.add_bool_and([chosen[i].negated() for i, row in enumerate(fails) if row[bit]]).only_enforce_if(literal)
    model.add_assumptions(kept)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    if solver.solve(model) != cp_model.INFEASIBLE:
        raise SystemExit("CP-SAT finds a choice where there is none")
    indexes = {literal.index: bit for bit, literal in enumerate(kept)}
    return {indexes[index] for index in solver.sufficient_assumptions_for_infeasibility()}


def cpmpy_enumeration(fails: list[list[bool]]) -> tuple[set[int], set[int]]:
    """All correction sets and conflicts by MARCO."""
    import cpmpy as cp
    from cpmpy.tools.explain import marco

    chosen = cp.boolvar(shape=len(fails))
    soft = [cp.all([~chosen[i] for i, row in enumerate(fails) if row[bit]]) for bit in range(CONSTRAINTS)]
    number = {str(constraint): bit for bit, constraint in enumerate(soft)}
    corrections, conflicts = set(), set()
    for kind, found in marco(soft, hard=[cp.sum(chosen) == 1], solver="ortools", return_mcs=True, return_mus=True):
        mask = sum(1 << number[str(constraint)] for constraint in found)
        (conflicts if kind == "MUS" else corrections).add(mask)
    return corrections, conflicts


def pysat_corrections(fails: list[list[bool]]) -> set[int]:
    """All minimal correction sets by RC2."""
    from pysat.examples.rc2 import RC2
    from pysat.formula import WCNF

    count = len(fails)
    formula = WCNF()
    formula.append(list(range(1, count + 1)))
    for bit in range(CONSTRAINTS):
        for index, row in enumerate(fails):
            if row[bit]:
                formula.append([-(count + bit + 1), -(index + 1)])
        formula.append([count + bit + 1], weight=1)
    with RC2(formula) as solver:
        return {
            sum(1 << bit for bit in range(CONSTRAINTS) if found[count + bit] < 0)
            for found in solver.enumerate(block=-1)
        }


def single_choice(sizes: Iterable[int], *, marco_at: int) -> None:
    """Choice and all explanations, by size; building the sets or the model is part of the time."""
    print("\n## One choice, 15 constraints (CPU seconds, building included)\n")
    print(
        "| offerings | ours: choice | CP-SAT | ratio | ours: all MCS and MUS | counts | RC2: all MCS | CP-SAT: a core |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for size in sizes:
        print(f"| {size:,} | {_choice_cells(size)} | {_explanation_cells(size)} |", flush=True)
    fails, _ = choice(marco_at, feasible=False)
    ours, theirs = timed(lambda: our_explanations(as_screen(fails))), timed(lambda: cpmpy_enumeration(fails), 1)
    same(ours.value, theirs.value, "sets of MARCO")
    print(
        f"\ncpmpy's MARCO at {marco_at} offerings: {theirs.seconds:.2f} s against {ours.seconds:.5f} s, "
        f"{theirs.seconds / ours.seconds:,.0f}x, the same {len(ours.value[0])} MCS and {len(ours.value[1])} MUS"
    )


def _choice_cells(size: int) -> str:
    fails, worth = choice(size, feasible=True)
    ours = timed(lambda: our_choice(as_screen(fails), worth))
    theirs = timed(lambda: cp_sat_choice(fails, worth), 1)
    same(ours.value, theirs.value, "choice")
    ready = as_screen(fails)
    warm = timed(lambda: [our_choice(ready, worth) for _ in range(100)], 3).seconds / 100
    return (
        f"{ours.seconds:.5f} ({warm:.6f} with the sets at hand) | {theirs.seconds:.3f} "
        f"| {theirs.seconds / ours.seconds:,.0f}x ({theirs.seconds / warm:,.0f}x)"
    )


def _explanation_cells(size: int) -> str:
    fails, _ = choice(size, feasible=False)
    told = timed(lambda: our_explanations(as_screen(fails)))
    counts = f"{told.seconds:.4f} | {len(told.value[0])} / {len(told.value[1])}"
    if size > MOST_FOR_OTHERS:
        return f"{counts} | - | -"
    rc2, core = timed(lambda: pysat_corrections(fails), 1), timed(lambda: cp_sat_core(fails), 1)
    same(told.value[0], rc2.value, "correction sets")
    if not any(all(bit in core.value for bit in indices(mask)) for mask in told.value[1]):
        raise SystemExit("CP-SAT's core holds none of our conflicts")
    return f"{counts} | {rc2.seconds:.3f} | {core.seconds:.3f}"


def questions(sizes: Iterable[int]) -> None:
    """Questions to a catalog of records, with every threshold new each time, screened by the package's own screen.

    CP-SAT is given the sets that the screen found, without their cost, so that its time is its own model and search.
    """
    print("\n## A new question to a catalog of records (CPU seconds)\n")
    print(
        "| offerings | constraints | first question | next: screen | next: choice | pass | CP-SAT | to screen, choice |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for size in sizes:
        print(f"| {size:,} | {_question_cells(size)} |", flush=True)


def _question_cells(size: int) -> str:
    from ortools.sat.python import cp_model  # noqa: F401 - its import is not counted

    from advisor.solver.workload import WorkloadSolver
    from benchmarks.speed import synthetic

    def chosen(solving: WorkloadSolver) -> int:
        passing = indices(solving.screen.everyone & ~solving.screen.out)
        return min(passing, key=lambda index: (_usd(solving, index), index))

    catalog = synthetic(size)
    asked = [_question(catalog, number) for number in range(201)]
    cold = timed(lambda: chosen(WorkloadSolver(asked[0])), 1)
    screened = timed(lambda: [WorkloadSolver(one) for one in asked[1:101]], 1)
    answered = timed(lambda: [chosen(WorkloadSolver(one)) for one in asked[101:]], 1)
    ours = WorkloadSolver(asked[-1])
    cents = [int(-100 * _usd(ours, index)) for index in range(size)]
    fails = [[bool(failed >> index & 1) for failed in ours.screen.failed] for index in range(size)]
    theirs = timed(lambda: cp_sat_choice(fails, cents), 3)
    same(cents[answered.value[-1]], cents[theirs.value], "price of the choice")
    screen, choice = screened.seconds / 100, answered.seconds / 100
    count = (ours.screen.everyone & ~ours.screen.out).bit_count()
    return (
        f"{len(ours.screen.constraints)} | {cold.seconds:.4f} | {screen:.6f} | {choice:.6f} | {count} "
        f"| {theirs.seconds:.3f} | {theirs.seconds / screen:,.0f}x, {theirs.seconds / choice:,.0f}x"
    )


def _usd(solving: Any, index: int) -> Any:
    """A month with a candidate; all of them have prices."""
    return solving.standing(index).cost.usd_per_month_mean


def _question(catalog: Any, number: int) -> Any:
    from advisor.requirements.schema import Requirements
    from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion

    traffic = {"requests_per_month": 100_000, "input_tokens": 1_000, "output_tokens": 200}
    workload = {
        "name": "job",
        "dimension": "instruction-following",
        "traffic": traffic,
        "needs": {"context_tokens": 32_000 + number, "tools": True, "structured_output": True},
        "quality": {"within_points_of_best": 120 + number},
        "budget_usd_per_month": 700 + number,
    }
    asked = {
        "uses": ["commercial", "serve"],
        "data": {
            "training_on_inputs": "forbidden",
            "retention_days": {"at_most": 30 + number % 15},
            "regions": ["eu"],
            "certifications": ["soc2"],
        },
        "workloads": [workload],
    }
    requirements = Requirements.model_validate(asked)
    return WorkloadQuestion(catalog, requirements, requirements.workloads[0], MeasurementIndex())


def same(ours: object, theirs: object, what: str) -> None:
    """End if two solvers disagree."""
    if ours != theirs:
        raise SystemExit(f"{what}: ours and theirs differ")


def portfolios(shapes: Iterable[tuple[int, int, int]]) -> None:
    """Plans with fallbacks, four vendors at most and commitments; CP-SAT gets the same wall time, at least 5 s."""
    print("\n## Portfolios (fallbacks, at most 4 vendors, commitments, one budget)\n")
    print("| workloads x offerings | ways -> kept | first answer | ours | CP-SAT in that time | 12-point front |")
    print("|---|---|---|---|---|---|")
    for tasks, offerings, seed in shapes:
        cells = _portfolio_cells(random_portfolio(tasks, offerings, seed), large=tasks * offerings > LARGE)
        print(f"| {tasks} x {offerings:,} (seed {seed}) | {cells} |", flush=True)


def _portfolio_cells(problem: Problem, *, large: bool) -> str:
    early = timed(lambda: first_answer(problem, without_dominated(problem)), 1)
    start = time.perf_counter()
    found = plan(problem, SearchSettings(gap=0.01 if large else 0.0, settle=False))
    wall = time.perf_counter() - start
    theirs = by_cp_sat(problem, seconds=max(wall, 5.0))
    score, bound = float(found.score or 0), float(found.bound or 0)
    below = f", {(bound / found.first_answer - 1) * 100:.2f} % below the bound" if found.first_answer else ""
    proof = "proven" if found.proven else f"within {(found.gap or 0) * 100:.2f} %"
    behind = "no plan" if theirs.score is None else f"{score - theirs.score:+.3f} points behind"
    line = "-" if large else f"{timed(lambda: front(problem), 1).seconds:.2f} s"
    return (
        f"{found.searched.ways:,} -> {found.searched.ways_after_dominance:,} | {early.seconds:.2f} s{below} "
        f"| {score:.3f} {proof} in {wall:.2f} s | {theirs.status}, {behind} | {line}"
    )


def main_job() -> None:
    """The main job, warm and cold."""
    from advisor.catalog import load_catalog
    from advisor.requirements.file import load_requirements
    from advisor.solver import advise

    catalog = load_catalog(DAY)
    requirements = load_requirements(ROOT / "examples" / "support-bot.yaml")
    advise(catalog, requirements)
    warm = timed(lambda: advise(catalog, requirements), 25)
    command = [sys.executable, "-m", "advisor", "recommend", "--template", "support-bot", "--as-of", str(DAY)]
    cold = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        cold.append(time.perf_counter() - start)
    print(f"\n## The main job\n\n{len(catalog.candidates):,} candidates: `advise` warm with every explanation")
    print(f"{warm.seconds * 1000:.1f} ms; `advisor recommend` cold {median(cold) * 1000:.0f} ms wall")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    quick = parser.parse_args().quick
    print("# benchmarks/solver")
    main_job()
    questions((300, 5_000))
    single_choice((300, 5_000) if quick else (300, 5_000, 100_000), marco_at=60 if quick else 300)
    shapes = [(5, 300, 0), (20, 300, 0), (20, 300, 1), (20, 2_000, 0)]
    portfolios(shapes[:2] if quick else [*shapes, (100, 2_000, 0)])


if __name__ == "__main__":
    main()
