"""``python -m advisor.catalog.tokens [ROOT]``: estimate tokens and seconds anew and say how well it is calibrated."""

from __future__ import annotations

import sys
from pathlib import Path

from advisor.catalog.tokens.command import write

if __name__ == "__main__":
    found = write(Path(sys.argv[1] if len(sys.argv) > 1 else "catalog"))
    for held in (found.question_set, found.effort, found.model, *found.suites, found.share, found.speed):
        sys.stdout.write(
            f"{held.name:26} {len(held.errors):4} figures  error x{held.factor:.2f}  inside {held.coverage:.1%}  "
            f"half-width x{held.half_width:.1f}\n"
        )
