"""Kill -9 at random moments over what writes files: `python -m benchmarks.kills --kills 200`; some ten minutes.

Two processes on the same files each time: a probe after its first request, a bulk license check, saving from the
terminal, `advisor decide` and a refresh of the catalog; and, in tight loops that are met in the middle of a write, the
writer that they share, the file of a run and the user's own catalog. After each pair the files are looked at and the
command runs once more. Prints how many were killed, and what was lost, torn or left; ends with 1 if anything was.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random

from tests.files.killed import Job, Kill, jobs, kill
from tests.files.killed_loops import loops

LONGEST_S = {"probe": 2.0, "bulk": 0.6, "save": 1.0, "decide": 2.0, "refresh": 1.0}
"""How long after both have begun at most; a tenth of a second where it is not stated."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill, look, count; 1 if something was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--only", action="append", default=[], help="One of the jobs; may be repeated.")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    with jobs() as commands:
        making = {name: job for name, job in (commands | loops()).items() if not asked.only or name in asked.only}
        died, wrong, longest_s = _all(making, asked.kills, Random(asked.seed))
    for name, count in died.items():
        print(f"{name:10} {count:>4} killed")
    print(f"{died.total()} killed; the worker of a killed probe ended within {longest_s:.1f} s")
    print("\n".join(wrong) or "nothing lost, torn or left, and every next start worked")
    return 1 if wrong else 0


def _all(
    making: Mapping[str, Callable[[Path], Job]], kills: int, random: Random
) -> tuple[Counter[str], list[str], float]:
    """How many of each died, what went wrong, and the longest life of a worker without its parent."""
    died, wrong, longest_s = Counter[str](), list[str](), 0.0
    number, began = 0, time.monotonic()
    while died.total() + 2 * len(wrong) < kills:
        name = list(making)[number % len(making)]
        number += 1
        with tempfile.TemporaryDirectory() as work:
            folder = Path(work) / f"{name}{number}"
            folder.mkdir()
            found = Kill(0)
            try:
                found = kill(making[name](folder), folder, random, LONGEST_S.get(name, 0.1))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
                wrong.append(f"{name} {number}: {type(error).__name__}: {error}"[:300])
        died[name] += found.died
        longest_s = max(longest_s, found.worker_s)
        print(f"{died.total()} killed, {len(wrong)} wrong, {time.monotonic() - began:.0f} s", file=sys.stderr)
    return died, wrong, longest_s


if __name__ == "__main__":
    sys.exit(main())
