"""Damaged input to every reader for some minutes: `python benchmarks/fuzz.py --minutes 10`.

Prints how many inputs each reader took and each fault that was found, the input with it; ends with 1 if there was one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.fuzz.entries import ENTRIES, fault, mutated

SLOW_SHARE = 0.1
"""How often readers are tried that take tens of milliseconds."""


def main() -> int:
    """Fuzz until the time is over; 1 if a fault was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", choices=sorted(ENTRIES))
    asked = parser.parse_args()
    random, tried, faults = Random(asked.seed), Counter[str](), dict[tuple[str, str], bytes]()
    names = asked.only or sorted(ENTRIES)
    until = time.monotonic() + 60 * asked.minutes
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < until:
            for name in names:
                entry = ENTRIES[name]
                if entry.is_slow and random.random() > SLOW_SHARE:
                    continue
                data = mutated(random.choice(entry.seeds), random)
                tried[name] += 1
                if (error := fault(entry, data, Path(folder))) is not None:
                    faults.setdefault((name, f"{type(error).__name__}: {error}"[:120]), data)
    for name in names:
        print(f"{name:22} {tried[name]:>9,} inputs")
    for (name, words), data in faults.items():
        print(f"FAULT {name}: {words}\n      {data[:300]!r}")
    print(f"{sum(tried.values()):,} inputs, {len(faults)} faults in {asked.minutes:g} minutes")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
