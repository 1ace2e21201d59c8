"""``python -m advisor.catalog.quality [ROOT]``: estimate quality anew and say how well it is calibrated."""

from __future__ import annotations

import sys
from pathlib import Path

from advisor.catalog.quality.command import write

if __name__ == "__main__":
    suites, efforts = write(Path(sys.argv[1] if len(sys.argv) > 1 else "catalog"))
    for held in suites:
        sys.stdout.write(
            f"{held.suite:8} {held.configs:4} configs  error: model {held.rmse_model:.3f}, benchmark mean "
            f"{held.rmse_bench_mean:.3f}, mean z {held.rmse_mean_z:.3f}  coverage {held.coverage:.3f}\n"
        )
    for one in efforts:
        sys.stdout.write(
            f"efforts, {one.board}: {one.models} models, {one.pairs} pairs  error {one.rmse:.2f}, without effect "
            f"{one.rmse_no_effect:.2f}  coverage {one.coverage:.3f}\n"
        )
