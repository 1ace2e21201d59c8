"""What the audit of a whole Hub costs: processor seconds and memory of the whole command, beside the plainest SQL.

``python -m benchmarks.license_audit [--rows N ...]``: the rows are those of :mod:`benchmarks.license_bulk`. The SQL
beside it reads the same file, gives each row one of four classes by its first tag, and hands the strictest down each
chain by a recursive query: less than the audit says, by somebody who needs it once.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.license_bulk import HUB_ROWS, ROOT, Cost, run, written

PLAINEST = """
import os, sys, duckdb
source, output = sys.argv[1:]
columns = "{id: 'VARCHAR', license: 'VARCHAR[]', base_model: 'VARCHAR[]'}"
lines = f"read_json('{source}', format='newline_delimited', columns={columns})"
reader = f"read_parquet('{source}')" if source.endswith(".parquet") else lines
engine = duckdb.connect(config={"threads": int(os.environ["THREADS"]), "memory_limit": "1GB"})
engine.execute(f'''
CREATE TABLE own AS SELECT id, base_model, CASE
    WHEN license[1] IN ('mit', 'apache-2.0', 'bsd-3-clause', 'cc-by-4.0') THEN 0
    WHEN license[1] LIKE 'llama%' OR license[1] IN ('gemma', 'openrail') THEN 1
    WHEN license[1] LIKE '%-nc-%' THEN 3 ELSE 2 END AS rank FROM {reader}
''')
engine.execute("CREATE TABLE edges AS SELECT id, unnest(base_model) AS base FROM own")
engine.execute(f'''
COPY (WITH RECURSIVE up AS (
    SELECT id, base FROM edges UNION SELECT up.id, edges.base FROM up JOIN edges ON edges.id = up.base
) SELECT own.id, any_value(own.rank) AS own_rank, greatest(any_value(own.rank), coalesce(max(above.rank), 0)) AS rank
  FROM own LEFT JOIN up ON up.id = own.id LEFT JOIN own above ON above.id = up.base GROUP BY own.id)
TO '{output}' (FORMAT parquet)
''')
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(peak.split()[1], file=sys.stderr)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000, 2_000_000])
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args(arguments)
    if not HUB_ROWS.is_file():
        print(f"no rows of the Hub at {HUB_ROWS}", file=sys.stderr)
        return 2
    for count in asked.rows:
        with tempfile.TemporaryDirectory() as folder:
            for path in written(Path(folder), count):
                output = path.with_suffix(".rows.parquet")
                ours = run(["license", "audit", str(path), "-o", str(output), "--use", "commercial"])
                plain = plainest(path, path.with_suffix(".plain.parquet"), asked.threads)
                beside = (
                    f"{plain.cpu_s:.2f} CPU s, {plain.peak_mib:,.0f} MiB: {ours.cpu_s / plain.cpu_s:.2f}x"
                    if plain
                    else "gives up within 1 GB"
                )
                print(
                    f"{path.suffix[1:]:7} {count:>9,} rows: {ours.cpu_s:.2f} CPU s, {ours.peak_mib:,.0f} MiB; "
                    f"plainest SQL {beside}"
                )
    return 0


def plainest(source: Path, output: Path, threads: int) -> Cost | None:
    """The cost of SQL by hand that says less; None where its recursion does not fit."""
    import os

    before = os.times()
    done = subprocess.run(
        [sys.executable, "-c", PLAINEST, str(source), str(output)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "THREADS": str(threads)},
        check=False,
    )
    if done.returncode:
        return None
    after = os.times()
    cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(cpu_s, int(done.stderr.split()[-1]) / 1024)


if __name__ == "__main__":
    sys.exit(main())
