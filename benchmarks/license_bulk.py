"""How fast many repositories are judged: dumps offline, and lists through a Hub on loopback, as whole commands.

``python -m benchmarks.license_bulk [--rows N] [--repositories N]``: the rows are those of ``../shared/data/hub``,
repeated under other names, every second one with a base model somewhere among them. For dumps the figure is processor
seconds of the whole command, reading, start and the report of every row included; for lists it is time on the clock,
with the Hub in a process of this machine, and each repository with the text of its license.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.licenses.hub_server import Repo, serve

ROOT = Path(__file__).parents[1]
HUB_ROWS = ROOT.parent / "shared" / "data" / "hub" / "rows.jsonl"


class Cost(NamedTuple):
    """What a command took."""

    cpu_s: float
    peak_mib: float


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--repositories", type=int, default=4_000)
    asked = parser.parse_args(arguments)
    if not HUB_ROWS.is_file():
        print(f"no rows of the Hub at {HUB_ROWS}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        for path in written(Path(folder), asked.rows):
            command = ["license", "dump", str(path), "-o", str(path.with_suffix(".out")), "--use", "commercial"]
            cost = run(command)
            print(
                f"dump, {path.suffix[1:]:7} {asked.rows:,} rows: {asked.rows / cost.cpu_s:,.0f} rows a second of one "
                f"core, {path.stat().st_size / 2**20:,.0f} MiB on disk, {cost.peak_mib:,.0f} MiB of memory"
            )
        through_the_hub(Path(folder), asked.repositories)
    return 0


def through_the_hub(folder: Path, count: int) -> None:
    """Review a list, with every text of a license as the Hub would serve it."""
    listed, output = folder / "list.txt", folder / "reviews.jsonl"
    text = "Permission is granted to whoever feeds the owl. " * 200
    with serve() as hub:
        for row in dumped(count):
            card = {name: row[name] for name in ("license", "license_name", "base_model") if row[name]}
            hub.models[row["id"]] = Repo(card=card, files={"LICENSE": text.encode()})
        listed.write_text("\n".join(hub.models), encoding="utf-8")
        command = ["license", "bulk", str(listed), "-o", str(output), "--endpoint", hub.endpoint, "--jobs", "8"]
        started = time.perf_counter()
        cost = run(command, XDG_CACHE_HOME=str(folder))
        took = time.perf_counter() - started
        requests = len(hub.asked)
    print(
        f"list, {count:,} repositories in {took:,.0f} s: {count / took:,.0f} a second, {requests / count:.1f} requests "
        f"each, {cost.cpu_s / count * 1000:.1f} ms of processor each, {cost.peak_mib:,.0f} MiB of memory"
    )


LAUNCH = """
import sys
from advisor.cli import main
code = main(sys.argv[1:])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(peak.split()[1], file=sys.stderr)
sys.exit(code)
"""
"""The peak is read by the process itself: what the kernel reports to its parent counts the parent's own memory."""


def run(command: Sequence[str], **environment: str) -> Cost:
    """The cost of one command of advisor; SystemExit if it fails."""
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-c", LAUNCH, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )
    after = os.times()
    if done.returncode:
        raise SystemExit(f"advisor {' '.join(command)} ended with {done.returncode}: {done.stderr}")
    cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(cpu_s, int(done.stderr.split()[-1]) / 1024)


def written(folder: Path, count: int) -> Iterator[Path]:
    """The same rows as JSON lines and as Parquet."""
    import pyarrow as pa
    from pyarrow import parquet

    lines, columns = folder / "dump.jsonl", folder / "dump.parquet"
    rows = list(dumped(count))
    with lines.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    yield lines
    table = pa.table({name: [row[name] for row in rows] for name in rows[0]})
    parquet.write_table(table, columns, row_group_size=100_000)
    del rows, table
    yield columns


def dumped(count: int) -> Iterator[dict[str, Any]]:
    """Rows as the Hub has them, with the columns that a dump carries besides."""
    known = [json.loads(line) for line in HUB_ROWS.read_text(encoding="utf-8").splitlines()]
    for number in range(count):
        row = known[number % len(known)]
        tags = row["license"] if isinstance(row["license"], list) else [row["license"]]
        base = number * 7919 // 2 % count
        yield {
            "id": _name(number),
            "license": [tag for tag in tags if tag],
            "license_name": row["license_name"],
            "base_model": [_name(base)] if number % 2 else [],
            "downloads": number,
            "tags": ["transformers", "safetensors", "text-generation", "region:us"],
        }


def _name(number: int) -> str:
    return f"organization-{number % 5000}/a-model-with-a-usual-name-{number}"


if __name__ == "__main__":
    sys.exit(main())
