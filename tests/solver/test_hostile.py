"""Questions that are too large, equal or contradictory: an answer or a clear error, soon, and always the same."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from math import inf, nan
from pathlib import Path
from random import Random

import pytest

from advisor.errors import UsageError
from advisor.facts import Measurement
from advisor.portfolio.problem import PlanWorkload, Problem
from advisor.portfolio.solve import SearchSettings, plan
from advisor.solver.constraints.base import MeasurementIndex
from advisor.solver.explain.conflicts import minimal_conflicts, minimal_masks
from tests.solver.portfolio.problems import single

ROOT = Path(__file__).parents[2]


def test_ten_thousand_constraints_give_conflicts_that_are_minimal() -> None:
    random = Random(3)
    masks = minimal_masks(sum(1 << random.randrange(10_000) for _ in range(2)) for _ in range(60))
    found = minimal_conflicts(masks)
    assert 0 < len(found) <= 64
    for conflict in found:
        assert all(conflict & mask for mask in masks)
        bits = [1 << bit for bit in range(10_000) if conflict >> bit & 1]
        assert not any(all((conflict & ~bit) & mask for mask in masks) for bit in bits)


def test_ten_thousand_limits_are_planned_and_a_conflict_among_them_is_found() -> None:
    ways = (single("a", "v", "90", "10"), single("b", "w", "80", "5"))
    rates = tuple((f"other{number}", Decimal(1)) for number in range(10_000))
    task = PlanWorkload("job", ways, requests_per_minute=Decimal(5))
    assert plan(Problem((task,), rates=rates)).score == Decimal(90)
    tight = Problem((task,), rates=(*rates, ("a", Decimal(1)), ("b", Decimal(2))))
    found = plan(tight)
    assert found.conflict is not None
    assert set(found.conflict.limits) == {"rate.a", "rate.b"}
    assert found.ways_out[0].reliefs[0].change == "get 5 requests a minute at b"


def test_a_problem_without_workloads_or_ways_or_weight_is_refused() -> None:
    ways = (single("a", "v", "90", "10"),)
    for tasks in (
        (),
        (PlanWorkload("job", ()),),
        (PlanWorkload("job", ways, Decimal(0)),),
        (PlanWorkload("job", ways), PlanWorkload("job", ways)),
        (PlanWorkload("job", ways * 2),),
    ):
        with pytest.raises(UsageError):
            plan(Problem(tasks))


def test_amounts_from_a_cent_to_a_trillion_are_added_up_exactly() -> None:
    ways = (single("dear", "v", "90", "999999999999.99"), single("cheap", "w", "89.999999", "0.01"))
    exact = Problem((PlanWorkload("a", ways), PlanWorkload("b", ways)), budget_usd=Decimal("1000000000000.00"))
    found = plan(exact)
    assert found.cost_usd == Decimal("1000000000000.00")
    short = Problem(exact.tasks, budget_usd=Decimal("999999999999.99"))
    assert plan(short).cost_usd == Decimal("0.02")


def test_a_budget_that_holds_to_the_last_digit_is_kept() -> None:
    ways = tuple(single(f"o{n}", f"v{n}", str(50 + n), f"{0.1 * n:.1f}") for n in range(1, 9))
    problem = Problem(tuple(PlanWorkload(f"w{n}", ways) for n in range(3)), budget_usd=Decimal("0.6"))
    found = plan(problem, SearchSettings(explain=False))
    assert found.cost_usd == Decimal("0.6")


def test_neither_the_hash_seed_nor_the_machine_changes_a_byte(tmp_path: Path) -> None:
    table = tmp_path / "r.csv"
    rows = [f"w{w},o{o},v{o % 3},{50 + (o * 7 + w) % 9},{1 + o % 4}" for w in range(4) for o in range(12)]
    table.write_text("workload,offering,vendor,score,cost_usd\n" + "\n".join(rows) + "\n")
    command = [sys.executable, "-m", "advisor", "recommend", "--measurements", str(table), "-f", "json"]
    options = ["--budget-usd", "9", "--max-vendors", "2", "--as-of", "2026-11-23"]
    seen = set()
    for seed in ("0", "1", "12345"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": seed[0]}
        done = subprocess.run(
            command + options, cwd=ROOT, capture_output=True, check=False, env=environment, timeout=60
        )
        assert done.returncode == 0, done.stderr
        seen.add(done.stdout)
    table.write_text("workload,offering,vendor,score,cost_usd\n" + "\n".join(rows[::-1]) + "\n")
    done = subprocess.run(command + options, cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert {done.stdout} == seen


@pytest.mark.parametrize(
    ("quantity", "value", "low", "high"),
    [
        ("ttft_ms_p95", nan, nan, nan),
        ("ttft_ms_p95", 500.0, nan, 600.0),
        ("ttft_ms_p95", 500.0, 600.0, 400.0),
        ("ttft_ms_p95", 1e308, 1e307, 1e308),
        ("score:ours", inf, 50.0, inf),
        ("score:ours", 80.0, 90.0, 70.0),
    ],
)
def test_a_measurement_that_is_none_is_refused(quantity: str, value: float, low: float, high: float) -> None:
    with pytest.raises(UsageError, match="host/a"):
        MeasurementIndex([Measurement("host/a", quantity, value, low, high, 9, date(2026, 11, 20), "probe")])


def test_a_latency_that_never_ends_is_a_latency() -> None:
    found = Measurement("host/a", "ttft_ms_p95", inf, 500.0, inf, 9, date(2026, 11, 20), "probe")
    assert MeasurementIndex([found]).of_quantity("ttft_ms_p95") == (found,)


def test_correction_sets_are_those_that_a_sat_solver_enumerates() -> None:
    rc2 = pytest.importorskip("pysat.examples.rc2", reason="the oracles' requirements are not installed")
    formula = pytest.importorskip("pysat.formula")
    random = Random(11)
    for _ in range(20):
        count, constraints = 40, 8
        fails = [[random.random() < 0.5 for _ in range(constraints)] for _ in range(count)]
        masks = [sum(1 << bit for bit, failed in enumerate(row) if failed) for row in fails]
        if 0 in masks:
            continue
        wanted = formula.WCNF()
        wanted.append(list(range(1, count + 1)))
        for bit in range(constraints):
            for index, row in enumerate(fails):
                if row[bit]:
                    wanted.append([-(count + bit + 1), -(index + 1)])
            wanted.append([count + bit + 1], weight=1)
        with rc2.RC2(wanted) as solver:
            found = {
                sum(1 << bit for bit in range(constraints) if one[count + bit] < 0)
                for one in solver.enumerate(block=-1)
            }
        assert set(minimal_masks(masks)) == found
