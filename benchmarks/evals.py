"""What `advisor eval` claims, on labeled data: `python benchmarks/evals.py DATA [NAME...]`.

DATA is a folder with evalconfidence/, gsm8k/, llmbar/ and banking77/ as their projects publish them; names are of the
functions below. Each prints what was found beside its goal.
"""

from __future__ import annotations

import ast
import asyncio
import csv
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from advisor.evals.judge_gate import Judged, gate  # noqa: E402
from advisor.statistics.distributions import wilson  # noqa: E402
from advisor.statistics.paired import Shape, cases_needed, mean_difference  # noqa: E402
from advisor.statistics.sequential import course  # noqa: E402
from tests.evals.answer_server import last_text, serving  # noqa: E402

DRAWS = 1_000
FLOOR, COSTS = 0.37, (1, 2, 3, 5)


def published(data: Path) -> None:
    scores: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in csv.DictReader((data / "evalconfidence/gpqa_diamond_scores.csv").open()):
        scores[row["model_id"]][row["item_id"]].append(float(row["score"]))
    first, second = scores.values()
    means = [[sum(of[item]) / len(of[item]) for item in first] for of in (first, second)]
    found = mean_difference(means[0], means[1], Shape.MEAN)
    n = cases_needed(found.deviation, 0.06)
    print(f"published example: p {found.p_value:.4f}, [{found.low:.4f}, {found.high:.4f}], n {n}")
    print("  goal .0363, [.0038, .1134], 333")


def _gsm8k(data: Path) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    rows = [json.loads(line) for line in (data / "gsm8k/example_model_solutions.jsonl").open()]
    names = [name for name, value in rows[0].items() if isinstance(value, dict)]
    return {name: np.array([float(bool(row[name]["is_correct"])) for row in rows]) for name in names}


def _stop(differences: np.ndarray) -> tuple[int, int]:  # type: ignore[type-arg]
    """After how many cases it stops (0: never) and for whom, looking after every case."""
    low, high = 1, len(differences)
    if course(differences.tolist(), least=-1, most=1).p_value >= 0.05:
        return 0, 0
    while low < high:  # the p value only falls
        middle = (low + high) // 2
        if course(differences[:middle].tolist(), least=-1, most=1).p_value < 0.05:
            high = middle
        else:
            low = middle + 1
    return low, 1 if differences[:low].mean() > 0 else -1


def early_stopping(data: Path) -> None:
    scores, draw = _gsm8k(data), np.random.default_rng(1)
    pairs = list(combinations(scores, 2))
    false = 0
    for number in range(DRAWS):
        one, other = pairs[number % len(pairs)]
        signs = draw.integers(0, 2, len(scores[one])) * 2 - 1
        found = draw.permutation(scores[one] - scores[other]) * signs
        false += course(found.tolist(), least=-1, most=1).p_value < 0.05
    print(f'false "better" on null pairs, looking after every case: {false} of {DRAWS}; goal at most 5 %')
    for one, other in pairs:
        gap = abs(scores[one].mean() - scores[other].mean())
        if 0.12 <= gap <= 0.22:
            stops = [_stop(draw.permutation(scores[one] - scores[other])) for _ in range(100)]
            middle = median(stop for stop, _ in stops)
            print(f"  gap {100 * gap:.1f} points: median {middle:.0f} of 1,319; goal at most 110")


def floor_choice(data: Path) -> None:
    scores, draw = _gsm8k(data), np.random.default_rng(2)
    names = sorted(scores, key=lambda name: scores[name].mean())
    costs = dict(zip(names, COSTS, strict=True))
    wrong = {"point": 0, "bound": 0}
    for _ in range(20 * DRAWS):
        rows = draw.integers(0, 1_319, 60)
        for rule in wrong:
            passing = []
            for name in names:
                hits = scores[name][rows].sum()
                reached = hits / 60 if rule == "point" else wilson(hits, 60)[0]
                if reached >= FLOOR:
                    passing.append(name)
            chosen = min(passing, key=lambda name: costs[name], default=None)
            wrong[rule] += chosen is not None and scores[chosen].mean() < FLOOR
    shares = {rule: count / (20 * DRAWS) for rule, count in wrong.items()}
    print(f"picks a model under the floor, n = 60: bound {shares['bound']:.2%}, point {shares['point']:.2%}; goal 2 %")


def judges(data: Path) -> None:
    for judge, goal in (("GPT-4", "95 admitted"), ("ChatGPT", "0 admitted")):
        found = []
        for path in sorted((data / "llmbar").glob(f"*__{judge}_vanilla.json")):
            for row in json.loads(path.read_text()):
                results = row["results"] if isinstance(row["results"], list) else ast.literal_eval(row["results"])
                one, other = (results[0][f"swap = {swap}"]["winner"] for swap in (False, True))
                value = {"1": 1.0, "2": 0.0}.get(str(one), 0.5) if one == other else 0.5
                length = len(row["output_1"]) - len(row["output_2"])
                found.append(Judged(value, float(str(row["label"]) == "1"), length))
        draw = random.Random(3)
        admitted = sum(gate(draw.sample(found, 100), [0.0] * 20).admitted for _ in range(100))
        print(f"judge {judge} with 100 labels: admitted {admitted} of 100; goal {goal}")


def coverage(data: Path) -> None:
    from advisor.evals.coverage import choose_uncovered, covered
    from advisor.evals.embedding import embed

    vectors = embed([row["text"] for row in csv.DictReader((data / "banking77/test.csv").open())])
    chosen_, drawn_ = [], []
    for seed in range(5):
        draw = np.random.default_rng(seed)
        order = draw.permutation(len(vectors))
        before, later = order[: len(order) // 2], order[len(order) // 2 :]
        places = before[list(choose_uncovered(vectors[before], vectors[:0], 50))]
        chosen_.append(covered(vectors[later], vectors[places]).mean())
        drawn_.append(covered(vectors[later], vectors[draw.choice(before, 50, replace=False)]).mean())
    print(f"coverage by 50 cases: chosen {np.mean(chosen_):.2f}, random {np.mean(drawn_):.2f}; goal .50, .24")


def _reply(body: dict[str, Any]) -> str:
    return str(2 * int(re.findall(r"\d+", last_text(body))[-1]))


def _sums(path: Path, count: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [{"id": f"c{n}", "input": f"What is twice {n}?", "answer": 2 * n} for n in range(count)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


async def _raw(base: str, count: int, concurrency: int) -> float:
    import httpx

    slots = asyncio.Semaphore(concurrency)
    async with httpx.AsyncClient() as client:

        async def one(number: int) -> None:
            body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": f"What is twice {number}?"}]}
            async with slots:
                await client.post(f"{base}/chat/completions", json=body, headers={"Authorization": "Bearer x"})

        began = time.perf_counter()
        await asyncio.gather(*(one(number) for number in range(count)))
        return time.perf_counter() - began


def overhead(_: Path) -> None:
    """CPU a request beyond that of a run with few requests, and time against raw httpx at the same concurrency."""
    with tempfile.TemporaryDirectory() as name, serving(_reply) as server:
        folder, cpu, took = Path(name), {}, {}
        for count in (8, 408):
            _sums(folder / f"evals/s{count}.jsonl", count)
            args = ("eval", f"s{count}", "openai/m", "--api-base", server.base, "--concurrency", "16", "-f", "json")
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "advisor", *args], cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
                check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            took[count] = time.perf_counter() - began
            cpu[count] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        raw = asyncio.run(_raw(server.base, 400, 16))
    each = 1000 * (cpu[408] - cpu[8]) / 400
    ratio = (took[408] - took[8]) / raw
    print(f"400 requests: {each:.1f} ms CPU a request, {ratio:.1f} x raw httpx; goal 15 ms, 3 x")


def kills(_: Path, count: int = 50) -> None:
    lost = twice = 0
    draw = random.Random(4)
    for number in range(count):
        with tempfile.TemporaryDirectory() as name, serving(_reply) as server:
            folder = Path(name)
            _sums(folder / "evals/s.jsonl", 60)
            command = [sys.executable, "-m", "advisor", "eval", "s", "openai/m", "--api-base", server.base, "--yes"]
            where = {"cwd": folder, "env": {**os.environ, "PYTHONPATH": str(ROOT)}}
            process = subprocess.Popen(command, **where, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # type: ignore[call-overload]
            until = draw.randint(1, 55)
            while len(server.asked) < until and process.poll() is None:
                time.sleep(0.001)
            process.send_signal(signal.SIGKILL)
            process.wait()
            kept = set()
            for path in (folder / ".advisor/evals").glob("*.jsonl"):
                for line in path.read_text().split("\n")[:-1]:
                    row = json.loads(line)
                    if row["kind"] == "answer":
                        kept.add(row["case"])
            before = len(server.asked)
            done = subprocess.run([*command, "-f", "json"], **where, check=False, capture_output=True, text=True)  # type: ignore[call-overload]
            found = json.loads(done.stdout)["results"][0]
            lost += found["n"] != 60
            again = Counter(last_text(body) for body in server.asked[before:])
            twice += sum(f"What is twice {case[1:]}?" in again for case in kept)
        if number % 10 == 9:
            print(
                f"  {number + 1} kills: {lost} runs with a lost answer, {twice} finished answers asked twice",
                flush=True,
            )
    print(f"kill -9 at {count} moments: {lost} lost, {twice} asked twice; goal 0, 0")


ALL = (published, early_stopping, floor_choice, judges, coverage, overhead, kills)


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    wanted = sys.argv[2:]
    for one in ALL:
        if not wanted or one.__name__ in wanted:
            one(Path(sys.argv[1]))  # type: ignore[operator]


if __name__ == "__main__":
    main()
