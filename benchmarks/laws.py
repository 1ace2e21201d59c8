"""Laws of the solver asked of more than the tests have time for: the whole shipped catalog, and two thousand worlds.

``python benchmarks/laws.py [SEEDS]``; each law that does not hold is an AssertionError. The law of ignorance is asked
of every fact of every candidate by ``benchmarks/ignorance.py``.
"""

from __future__ import annotations

import sys

from advisor.catalog import load_catalog
from advisor.requirements.templates import load_template, templates
from advisor.solver.constraints.base import MeasurementIndex, WorkloadQuestion
from tests.solver.test_flips import turns_where_it_is_said_to
from tests.solver.test_sets import for_each_candidate_as_tested


def main() -> None:
    catalog = load_catalog()
    for template in templates():
        wanted = load_template(template.name)
        for workload in wanted.workloads:
            for_each_candidate_as_tested(WorkloadQuestion(catalog, wanted, workload, MeasurementIndex()))
        print(f"{template.name:24} every constraint says of every candidate what its index says")
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    for seed in range(seeds):
        turns_where_it_is_said_to(seed)
    print(f"{seeds:,} worlds: the answer turns where it is said to")


if __name__ == "__main__":
    main()
