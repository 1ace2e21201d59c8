"""How fast the main job is: cold commands as whole processes, warm answers inside one.

``python benchmarks/speed.py`` prints medians with the spread (minimum to maximum). Each cold command is run in turn
with an empty Python, so that the ratio holds on a machine that is busy.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RUNS = 15


def main() -> None:
    print(f"{'what':44} {'median':>10}   spread")
    commands = {
        "empty python": [sys.executable, "-c", "pass"],
        "advisor --help": [sys.executable, "-m", "advisor", "--help"],
        "advisor recommend examples/support-bot.yaml": [
            sys.executable, "-m", "advisor", "recommend", "examples/support-bot.yaml",
        ],
    }  # fmt: skip
    for name, times in cold(commands).items():
        show(name, times)
    for name, times in warm().items():
        show(name, times)


def cold(commands: dict[str, list[str]]) -> dict[str, list[float]]:
    """Seconds of each command as a whole process, in turn."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(RUNS + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
            if run:
                times[name].append(time.perf_counter() - start)
    return times


def warm() -> dict[str, list[float]]:
    """Seconds of an answer in a running program, each time with one answer of the questionnaire changed."""
    from advisor.catalog import load_catalog
    from advisor.requirements.templates import load_template

    shipped = load_catalog()
    times = {}
    asked = load_template("support-bot").model_dump(exclude_unset=True)
    times[f"advise, {len(shipped.candidates):,} shipped candidates"] = timed(asked, shipped)
    times["the same with every relaxation solved again"] = timed(asked, shipped, explained=True)
    invented = synthetic(5_000)
    times[f"advise, {len(invented.candidates):,} synthetic candidates"] = timed(asked, invented)
    return times


def timed(asked: dict[str, Any], catalog: Any, *, explained: bool = False) -> list[float]:
    from advisor.requirements.schema import Requirements
    from advisor.solver import advise

    changed: list[Callable[[dict[str, Any], int], object]] = [
        lambda a, i: a["workloads"][0].update(budget_usd_per_month=900 + i),
        lambda a, i: a["workloads"][0]["needs"].update(context_tokens=32_000 + i),
        lambda a, i: a["data"].update(retention_days={"at_most": 30 + i}),
        lambda a, i: a["workloads"][0]["quality"].update(within_points_of_best=90 + i),
    ]
    advise(catalog, Requirements.model_validate(asked))
    times = []
    for run in range(RUNS * 4):
        changed[run % 4](asked, run + 1)
        requirements = Requirements.model_validate(asked)
        start = time.perf_counter()
        answer = advise(catalog, requirements)
        if explained:
            for workload in answer.workloads:
                _ = workload.relaxations, workload.nearest_misses
        times.append(time.perf_counter() - start)
    return times


def synthetic(count: int) -> Any:
    """A catalog of invented offerings, seeded: for timing only."""
    from datetime import date
    from random import Random

    from advisor.catalog import Catalog
    from advisor.catalog.source.dedupe import interned, shared

    random = Random(7)
    day = "2026-01-01"

    def known(value: object) -> list[list[object]]:
        return [[value, None, 0, day]]

    models = [
        {
            "id": f"m{i}", "name": f"m{i}", "lab": "lab", "aliases": [], "efforts": [None],
            "facts": {"license": known("open"), "weights": known("closed")},
            "quality": {"": [_estimate(random.uniform(1300, 1500), day)]},
        }
        for i in range(count // 5)
    ]  # fmt: skip
    offerings = [
        {
            "model": f"m{i % len(models)}", "channel": f"c{i // len(models)}", "region": None, "api_name": None,
            "facts": {
                "launch_date": known(day), "max_input_tokens": known(random.choice([8_000, 128_000, 1_000_000])),
                "tools": known(random.random() < 0.8), "structured_output": known(random.random() < 0.7),
                "processing_regions": known([random.choice(["eu", "us", "global"])]),
            },
            "prices": [_price(f"{random.uniform(0.05, 5):.2f}", f"{random.uniform(0.2, 20):.2f}", day)],
        }
        for i in range(count)
    ]  # fmt: skip
    channels = [
        {
            "id": f"c{i}", "name": f"c{i}", "kind": "host", "prefix": None,
            "facts": {
                "training_on_inputs": known("never"), "retention_days": known(i * 15),
                "certifications": known(["soc2"]),
            },
        }
        for i in range(5)
    ]  # fmt: skip
    license_ = {
        "id": "open", "name": "open", "class": "permissive", "evidence": "full-text", "clauses": [],
        "sources": {"text": {"url": "https://example.org", "read_on": day}},
        "uses": dict.fromkeys(["commercial", "serve"], "allowed"),
    }  # fmt: skip
    document = {
        "format": 1, "version": "synthetic", "sources": [["https://example.org", day]], "labs": [["lab", "lab", None]],
        "channels": channels, "models": models, "offerings": offerings, "gpus": [],
        "licenses": [license_],
    }  # fmt: skip
    # Equal timelines are one object, as the build makes them.
    return Catalog(shared(interned(document)), as_of=date(2026, 11, 23), digest="0" * 64)


def _estimate(value: float, day: str) -> list[object]:
    return ["instruction-following", value, value - 8, value + 8, "points", [0], day]


def _price(rate_in: str, rate_out: str, day: str) -> list[object]:
    return ["standard", day, None, 0, None, rate_in, rate_out, None, None, None, 0]


def show(name: str, times: list[float]) -> None:
    ms = [1_000 * seconds for seconds in times]
    print(f"{name:44} {statistics.median(ms):7.1f} ms   {min(ms):.1f} to {max(ms):.1f}")


if __name__ == "__main__":
    main()
