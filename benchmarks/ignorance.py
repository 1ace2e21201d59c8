"""Does anything gain by being known less? Every fact of every candidate forgotten, one at a time.

``python benchmarks/ignorance.py [N]`` asks the six templates of the shipped catalog and counts what passes, leads or
moves up once a fact about it is unknown; N: every N-th candidate only. The law allows none.
"""

from __future__ import annotations

import sys
from collections import Counter

from advisor.catalog import Catalog, load_catalog
from advisor.requirements.templates import load_template, templates
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from advisor.solver.workload import WorkloadSolver
from tests.solver.unknowing import Law, forgettings


def main() -> None:
    every = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    catalog = load_catalog()
    total, breaches = 0, Counter[str]()
    for template in templates():
        asked, found = forget(catalog, template.name, every)
        total += asked
        breaches.update(fact for fact, _ in found)
        print(f"{template.name:24} {asked:8,} facts forgotten, {len(found):4} gain")
        for _, words in found[:5]:
            print(f"    {words}")
    print(f"all: {total:,} forgotten, {sum(breaches.values())} gain {dict(breaches)}")


def forget(catalog: Catalog, template: str, every: int) -> tuple[int, list[tuple[str, str]]]:
    """How many facts were forgotten, and each gain as the fact and words."""
    requirements = load_template(template)
    asked, found = 0, []
    for workload in requirements.workloads:
        question = WorkloadQuestion(catalog, requirements, workload, MeasurementIndex())
        law = Law(WorkloadSolver(question))
        for place in range(0, len(law.candidates), every):
            for lacking in forgettings(law.candidates[place]):
                asked += 1
                words = law.breach(place, lacking)
                if words:
                    found.append((lacking.fact, words))
    return asked, found


if __name__ == "__main__":
    main()
