"""Measure the alarms and the cost of ``advisor monitor``: ``python benchmarks/monitor.py [change] [size --lines N]``.

``change`` simulates rates that are quiet, have a daily and weekly rhythm, or fall; ``size`` reads a made log of N lines
(200,000 by default) with the command itself and tells CPU seconds and the largest memory. The text detectors are
measured on labeled sets by ``benchmarks/monitor_text.py``, the themes by ``benchmarks/monitor_themes.py``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import DEVNULL, Popen
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np
from numpy.typing import NDArray

from advisor.monitor.alarms import CALLS_PER_FALSE_ALARM
from advisor.monitor.change import changes

START_US = 1_790_000_000_000_000
DAY_US = 86_400_000_000
SERIES = 8
"""Outcomes and detectors that share the budget, as many as a usual log has."""

Numbers = NDArray[np.float64]


def times(calls: int, gap_s: float) -> NDArray[np.int64]:
    return START_US + (np.arange(calls) * int(gap_s * 1e6)).astype(np.int64)


def with_rhythm(at: NDArray[np.int64], rate: float, daily: float, weekend: float) -> Numbers:
    wave = 1 + daily * np.sin(2 * np.pi * (at % DAY_US) / DAY_US)
    made: Numbers = rate * wave * np.where((at // DAY_US + 3) % 7 >= 5, weekend, 1)
    return made


def quiet_year(daily: float, weekend: float, a_day: int = 1_000, cells: int = 3, seeds: int = 3) -> dict[str, float]:
    """All alarms of all series and cells in a year, and in 20,000 calls; the calls of a cell come in turn."""
    at = times(365 * a_day, 86_400 / a_day)
    budget, found = CALLS_PER_FALSE_ALARM * SERIES, 0
    for seed in range(seeds):
        random = np.random.default_rng(seed)
        for rate in np.geomspace(0.01, 0.3, SERIES):
            failed = random.random(len(at)) < with_rhythm(at, rate, daily, weekend)
            found += sum(len(changes(failed[one::cells], at[one::cells], budget)) for one in range(cells))
    years = found / seeds
    return {"a year": years, "in 20,000 calls": years * 20_000 / len(at)}


def delays(before: float, after: float, gap_s: float, seeds: int = 100) -> dict[str, float]:
    """Calls from a fall until it is seen, the share that is seen within 1,500 calls, and alarms for one fall.

    The fall comes after 2,000 to 8,000 calls, at any hour of any day.
    """
    budget, seen, alarms = CALLS_PER_FALSE_ALARM * SERIES, [], []
    for seed in range(seeds):
        random = np.random.default_rng(seed)
        first = int(random.integers(2_000, 8_000))
        failed = np.concatenate((random.random(first) < 1 - before, random.random(6_000) < 1 - after))
        found = [one for one in changes(failed, times(len(failed), gap_s), budget) if one.seen >= first]
        seen.append(min((one.seen - first + 1 for one in found), default=10**6))
        alarms.append(len(found))
    return {
        "median": float(np.median(seen)),
        "90 %": float(np.quantile(seen, 0.9)),
        "seen in 1,500": float(np.mean(np.array(seen) <= 1_500)),
        "alarms for one fall": float(np.mean(alarms)),
    }


def change() -> None:
    start = process_time()
    for daily, weekend in ((0.0, 1.0), (0.25, 1.25), (0.5, 1.5)):
        print(f"quiet year, rhythm {daily:.0%} a day and {weekend:g} at weekends:", quiet_year(daily, weekend))
    for before, after in ((0.90, 0.73), (0.90, 0.80), (0.98, 0.90), (0.95, 0.40)):
        for gap_s in (2, 30, 130, 600):
            print(f"fall {before:.0%} to {after:.0%}, a call in {gap_s} s:", delays(before, after, gap_s))
    print("CPU s", round(process_time() - start, 1))


def write_log(path: Path, lines: int, texts: Sequence[tuple[str, str]]) -> None:
    """Write a log of spans with outcomes, times, tokens and texts of some 700 characters."""
    random, start = np.random.default_rng(0), datetime(2026, 1, 1, tzinfo=UTC)
    gap = timedelta(days=300) / lines
    with path.open("w", encoding="utf-8") as file:
        for number in range(lines):
            given, answer = texts[int(random.integers(len(texts)))]
            attributes = {
                "gen_ai.request.model": "m", "gen_ai.response.model": "m-1", "gen_ai.usage.input_tokens": 150,
                "gen_ai.usage.output_tokens": number % 300, "gen_ai.prompt.name": "support", "input.value": given,
                "output.value": answer, "resolved": bool(random.random() < 0.9), "gen_ai.conversation.id": number // 3,
            }  # fmt: skip
            at = (start + number * gap).isoformat()
            end = (start + number * gap + timedelta(milliseconds=900)).isoformat()
            row = {"span_id": f"{number:x}", "start_time": at, "end_time": end, "attributes": attributes}
            file.write(json.dumps(row) + "\n")


def size(lines: int) -> None:
    words = (
        *("thank", "you", "for", "your", "message", "the", "order", "was", "sent", "on", "Monday", "and", "should"),
        *("arrive", "within", "three", "days", "please", "look", "at", "this", "page", "again", "tomorrow"),
    )
    random = np.random.default_rng(1)
    texts = [
        (" ".join(random.choice(words, 20)), " ".join(random.choice(words, int(random.integers(40, 150)))))
        for _ in range(2_000)
    ]
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log.jsonl"
        write_log(log, lines, texts)
        print(f"{lines:,} lines, {log.stat().st_size / 1e6:,.0f} MB")
        for name, more in (("metrics, outcomes and drift", ["--texts", "0"]), ("with texts", [])):
            command = [sys.executable, "-m", "advisor", "monitor", str(log), "--fresh", "--fail-on", "never", *more]
            run = Popen(command, cwd=folder, stdout=DEVNULL, stderr=DEVNULL)
            _, status, used = os.wait4(run.pid, 0)
            code, cpu = os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
            print(f"{name}: exit {code}, {cpu:.1f} CPU s, {used.ru_maxrss / 1_024:,.0f} MB at most")
            for kept in sorted(Path(folder).glob(".advisor/monitor/*/calls-*.parquet")):
                print(f"kept: {kept.stat().st_size / 1e6:,.1f} MB")


def main() -> None:
    asked = sys.argv[1:] or ["change", "size"]
    lines = int(asked[asked.index("--lines") + 1]) if "--lines" in asked else 200_000
    if "change" in asked:
        change()
    if "size" in asked:
        size(lines)


if __name__ == "__main__":
    main()
