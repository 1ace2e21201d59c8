"""Hide efforts, models and suites and predict their tokens and seconds: errors as factors, coverage at nominal 95 %.

``python benchmarks/thinking_calibration.py`` fits anew, which takes some ten seconds; ends with 1 if a goal is missed.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from advisor.catalog.source.read import TOKEN_ESTIMATES, read_record
from advisor.catalog.source.token_schema import TokenEstimates
from advisor.catalog.tokens.calibration import Held
from advisor.catalog.tokens.command import calibrate, fit_all, read_material

ROOT = Path(__file__).parents[1] / "catalog"
ERROR_EFFORT, ERROR_SUITE, INSIDE = 1.75, 1.6, (0.92, 0.98)
GOALS = f"x{ERROR_EFFORT} and {INSIDE} inside with an effort hidden, x{ERROR_SUITE} a step of a hidden suite"


def main() -> int:
    material = read_material(ROOT)
    parameters = fit_all(material)
    found = calibrate(material, parameters)
    print("| hidden | figures | error | inside 95 % | half-width |")
    print("| --- | --- | --- | --- | --- |")
    for held in (found.question_set, found.effort, found.model, *found.suites, found.speed, found.speed_model):
        print(_row(held))
    print("\n| kind of task | " + " | ".join(BASES) + " |")
    print("| --- " * (len(BASES) + 1) + "|")
    for task, counts in _coverage(read_record(ROOT / TOKEN_ESTIMATES, TokenEstimates)).items():
        print(f"| {task} | " + " | ".join(str(counts[basis]) for basis in BASES) + " |")
    met = found.effort.factor <= ERROR_EFFORT and INSIDE[0] <= found.effort.coverage <= INSIDE[1]
    met = met and all(held.factor <= ERROR_SUITE for held in found.suites)
    print(f"\ngoals {'met' if met else 'missed'}: {GOALS}")
    return 0 if met else 1


BASES = ("measured", "other-effort", "lab", "effort")


def _row(held: Held) -> str:
    return f"| {held.name} | {len(held.errors)} | x{held.factor:.2f} | {held.coverage:.1%} | x{held.half_width:.1f} |"


def _coverage(estimates: TokenEstimates) -> dict[str, Counter[str]]:
    """Configs by what their estimate rests on, for each kind of task."""
    counts: dict[str, Counter[str]] = {}
    for efforts in estimates.tokens.values():
        for tasks in efforts.values():
            for task, row in tasks.items():
                counts.setdefault(task, Counter())[row[-2]] += 1
    return counts


if __name__ == "__main__":
    sys.exit(main())
