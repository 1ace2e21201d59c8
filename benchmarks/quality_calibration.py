"""Leave each benchmark suite out and predict it: error against two plain alternatives, and coverage at nominal 95 %.

``python benchmarks/quality_calibration.py`` takes a minute or two; every fold is fitted from a cold start.
"""

from __future__ import annotations

from pathlib import Path

from advisor.catalog.quality.command import calibrate, read_evidence

ROOT = Path(__file__).parents[1] / "catalog"
GOAL = (0.93, 0.97)


def main() -> None:
    _, evidence = read_evidence(ROOT)
    filled = float((evidence.score == evidence.score).mean())
    print(f"{len(evidence.configs)} configs, {len(evidence.columns)} tasks, {filled:.0%} of the cells measured")
    print("| suite left out | configs | results | model | benchmark mean | mean z | coverage | interval factor |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for held in calibrate(evidence):
        is_met = GOAL[0] <= held.coverage <= GOAL[1] and held.rmse_model < min(held.rmse_bench_mean, held.rmse_mean_z)
        print(
            f"| {held.suite} | {held.configs} | {held.cells} | {held.rmse_model:.3f} | {held.rmse_bench_mean:.3f} "
            f"| {held.rmse_mean_z:.3f} | {held.coverage:.1%} | {held.widening:.2f} |{'' if is_met else ' missed'}"
        )


if __name__ == "__main__":
    main()
