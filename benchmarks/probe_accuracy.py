"""How right `advisor probe` is: against a server that knows when it sent each token, beside other clients.

Run it from the repository: ``python -m benchmarks.probe_accuracy``; about four minutes. It ends with 1 if a goal is
missed. AIPerf and GuideLLM are measured too where they are named with ``--peer``, in environments that are made for
them (:mod:`benchmarks.probe_peers`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from math import log
from pathlib import Path
from random import Random
from statistics import median
from typing import NamedTuple

from advisor.probe.budget import Budget, Caps
from advisor.probe.candidates import ProbeTarget
from advisor.probe.plan import MOST_ROUNDS, ProbeSettings, make_plan
from advisor.probe.prompts import built_in
from advisor.probe.run_file import Mode, RunFile
from advisor.probe.runner import Runner
from advisor.probe.summary import compare
from advisor.probe.worker_client import WorkerClient
from advisor.probe.worker_protocol import Message, Send
from advisor.statistics import ComparisonVerdict, compare_pairs
from benchmarks.probe_peers import Load, Peer, Seen
from tests.probe.truth import Truth, serving

ROOT = Path(__file__).parents[1]
MODEL = "steady-ttft50-itl10-n32-jitter2"
STREAMS = (1, 4, 16)
REQUESTS = 64
BATCHES = 4
"""The clients take turns in so many batches, so that the moods of the machine meet all alike; one is quicker."""
CLIENTS = Path(__file__).with_name("probe_clients.py")
DIFFERENT = (ComparisonVerdict.FIRST, ComparisonVerdict.SECOND)


class Error(NamedTuple):
    """Of one client at so many streams."""

    client: str
    streams: int
    n: int
    ttft_ms: float
    """Median of the absolute error."""
    ttft_p95_ms: float
    itl_share: float
    """Median of the error as a share of the true value."""


class Found(NamedTuple):
    """What was measured."""

    errors: list[Error]
    false_positives: int
    memory_mb: float
    starts_s: dict[str, list[float]]
    """Of each peer: from its call to its first request."""


def errors(client: str, streams: int, seen: Seen, truth: Truth) -> Error:
    """Compare what a client saw (id, ttft_ms, itl_ms) with what the server did."""
    log_by_id = {entry["id"]: entry for entry in truth.log()}
    first, rate = [], []
    for name, ttft_ms, itl_ms in seen:
        entry = log_by_id[name]
        tokens = entry["tokens_ns"]
        first.append(abs(ttft_ms - (tokens[0] - entry["received_ns"]) / 1e6))
        rate.append(itl_ms / ((tokens[-1] - tokens[0]) / 1e6 / (len(tokens) - 1)) - 1)
    first.sort()
    return Error(client, streams, len(first), median(first), first[int(len(first) * 0.95)], median(rate))


async def by_advisor(link: WorkerClient, truth: Truth, load: Load, provider: str) -> Seen:
    """The same requests through the worker."""
    target, numbers = truth.target(f"{provider}/{MODEL}"), iter(range(1, 10_000))
    words = (Message(role="user", content="Write until you are told to stop."),)

    async def stream() -> Seen:
        found = []
        for index in range(load.requests // load.streams + 1):
            answer = await link.send(Send(id=next(numbers), target=target, messages=words, max_tokens=64))
            timing = answer.timing
            if index:
                assert answer.fault is None, answer
                found.append((answer.response_id or "", timing.ttft_ms or 0.0, timing.itl_ms or 0.0))
        return found

    return [one for part in await asyncio.gather(*(stream() for _ in range(load.streams))) for one in part]


def by_client(kind: str, truth: Truth, load: Load) -> Seen:
    """Another client in a process of its own."""
    command = [sys.executable, str(CLIENTS), kind, truth.address, MODEL, str(load.streams), str(load.requests)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [(one["id"], one["ttft_ms"], one["itl_ms"]) for one in found]


def simulated_false_positives(runs: int = 200) -> int:
    """A/A comparisons on times with noise, drift and outliers such as services have; how many claim a difference."""
    random, wrong = Random(20261123), 0
    for _ in range(runs):
        drift, ratios = 0.0, []
        for _ in range(MOST_ROUNDS):
            pair = []
            for _ in range(2):
                drift += random.gauss(0, 0.05)
                slow = log(4) if random.random() < 0.03 else 0.0
                pair.append(drift + random.gauss(0, 0.3) + slow)
            random.shuffle(pair)
            ratios.append(pair[0] - pair[1])
        wrong += compare_pairs(ratios).verdict in DIFFERENT
    return wrong


async def real_false_positives(link: WorkerClient, truth: Truth, folder: Path, runs: int = 20) -> int:
    """The same with the whole machinery: two names of one and the same behavior, until decided."""
    wrong = 0
    for number in range(runs):
        probed = [
            ProbeTarget(
                name,
                truth.target(f"openai/steady-ttft8-spread0.3-itl1-n2-{name}"),
                None,
                (),
                "standard",
                own_server=True,
            )
            for name in ("a", "b")
        ]
        caps = Caps(Decimal(1), 10_000, 600.0)
        settings = ProbeSettings(Mode.UNTIL_DECIDED, MOST_ROUNDS, built_in("short"), 16, caps)
        plan = make_plan(probed, settings, date.today())
        lines: list[object] = []
        budget = Budget(caps, asyncio.get_running_loop().time)
        file = RunFile(folder / f"{number}.jsonl")
        runner = Runner(plan, link, budget, file, random=Random(number), notify=lines.append)
        await runner.run()
        file.close()
        wrong += compare(("a", "b"), lines)[0].comparison.verdict in DIFFERENT  # type: ignore[arg-type]
    return wrong


def start_s(truth: Truth, folder: Path) -> float:
    """From calling the command to the arrival of its first request, in seconds; median of three."""
    found = []
    for number in range(4):
        model = f"steady-ttft1-itl1-n2-start{number}"
        args = ["probe", f"openai/{model}", "--api-base", f"{truth.address}/v1", "--requests", "1", "--yes"]
        began = time.monotonic_ns()
        subprocess.run(
            [sys.executable, "-m", "advisor", *args], cwd=folder, env=_environment(), capture_output=True, check=True
        )
        first = next(entry for entry in truth.log() if entry["model"] == model)
        found.append((first["received_ns"] - began) / 1e9)
    middle: float = median(found[1:])  # the first one may compile
    return middle


def command_s(*args: str) -> float:
    """A call of Python with these arguments, in seconds; median of five."""
    found = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run([sys.executable, *args], env=_environment(), capture_output=True, check=True)
        found.append(time.perf_counter() - began)
    return median(found)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def _peak_mb(pid: int) -> float:
    """The most memory that a process has held, in MB (Linux)."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return float("nan")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1e3


async def measure(truth: Truth, folder: Path, peers: Sequence[Peer], batches: int) -> Found:
    """All that needs the worker: errors at each number of streams, false positives, memory in MB."""
    link, found, starts = WorkerClient(_environment()), list[Error](), dict[str, list[float]]()
    try:
        await link.attach()
        for streams in STREAMS:
            seen: dict[str, Seen] = {}
            load = Load(MODEL, streams, REQUESTS // batches)
            for batch in range(batches):
                for provider in ("openai", "anthropic"):
                    taken = await by_advisor(link, truth, load, provider)
                    seen.setdefault(f"advisor ({provider})", []).extend(taken)
                for kind in ("httpx", "litellm"):
                    taken = await asyncio.to_thread(by_client, kind, truth, load)
                    seen.setdefault(f"{'raw' if kind == 'httpx' else 'naive'} {kind}", []).extend(taken)
                for peer in peers:
                    own = folder / f"{peer.name}-{streams}-{batch}"
                    own.mkdir()
                    taken, start = await asyncio.to_thread(peer.measure, truth, load, own)
                    seen.setdefault(peer.name, []).extend(taken)
                    starts.setdefault(peer.name, []).append(start)
            found += [errors(client, streams, taken, truth) for client, taken in seen.items()]
            print(f"measured at {streams} streams, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
        wrong = await real_false_positives(link, truth, folder)
        return Found(found, wrong, _peak_mb(link.pid), starts)
    finally:
        link.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table and the goals; 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", action="append", default=[], type=Peer.find, metavar="aiperf|guidellm[=FOLDER]")
    parser.add_argument("--batches", type=int, default=BATCHES, choices=(1, 2, 4))
    asked = parser.parse_args(arguments)
    peers: list[Peer] = asked.peer
    with serving() as truth, tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(truth, Path(folder), peers, asked.batches))
        start = start_s(truth, Path(folder))
    simulated, help_, empty = simulated_false_positives(), command_s("-m", "advisor", "--help"), command_s("-c", "pass")
    _print_table(found, peers)
    goals = [*_accuracy_goals(found.errors)]
    goals += [
        (f"A/A simulated: {simulated} of 200 claim a difference (at most 10)", simulated <= 10),
        (f"A/A real: {found.false_positives} of 20 claim a difference (at most 1)", found.false_positives <= 1),
        (f"start to first request: {start:.2f} s (at most 3.5)", start <= 3.5),
        (f"advisor --help: {help_ * 1e3:.0f} ms (at most 100)", help_ <= 0.1),
    ]
    print()
    for words, met in goals:
        print(f"{'met   ' if met else 'MISSED'} {words}")
    print(
        f"       peak memory of the worker: {found.memory_mb:.0f} MB; load of the machine: {os.getloadavg()[0]:.1f}, "
        f"on which an empty Python takes {empty * 1e3:.0f} ms"
    )
    return 0 if all(met for _, met in goals) else 1


def _print_table(found: Found, peers: Sequence[Peer]) -> None:
    print(f"{'client':22} {'streams':>7} {'n':>4} {'TTFT error p50':>15} {'p95':>9} {'ITL bias':>9}")
    for one in found.errors:
        print(
            f"{one.client:22} {one.streams:>7} {one.n:>4} {one.ttft_ms:>12.2f} ms {one.ttft_p95_ms:>6.2f} ms "
            f"{one.itl_share:>8.3%}"
        )
    for peer in peers:
        print(f"{peer.name} {peer.version}: {median(found.starts_s[peer.name]):.1f} s to its first request")
    libraries = ", ".join(f"{name} {version(name)}" for name in ("litellm", "httpx"))
    print(f"{libraries}, Python {platform.python_version()}")


def _accuracy_goals(found: Sequence[Error]) -> list[tuple[str, bool]]:
    goals = []
    for streams in STREAMS:
        at = {one.client: one for one in found if one.streams == streams}
        own = [one for name, one in at.items() if name.startswith("advisor")]
        worst = max(one.ttft_ms for one in own)
        raw, naive = at["raw httpx"].ttft_ms, at["naive litellm"].ttft_ms
        bias = max(abs(one.itl_share) for one in own)
        words = f"{streams:>2} streams: TTFT error {worst:.2f} ms"
        goals.append((f"{words}, {worst / raw:.2f} of raw httpx (at most 2)", worst <= 2 * raw))
        goals.append((f"{words}, {worst / naive:.2f} of naive litellm (at most 0.2)", worst <= naive / 5))
        goals.append((f"{streams:>2} streams: ITL bias {bias:.3%} (at most 0.5 %)", bias <= 0.005))
    return goals


if __name__ == "__main__":
    sys.exit(main())
