"""What the catalogue holds: counts, states per field, disagreements, size and load time, and facts picked at random.

``python benchmarks/catalog_report.py [SEED]``.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

from advisor.catalog import Catalog, load_catalog
from advisor.catalog.catalog import COMPILED

ROOT = Path(__file__).parents[1]
FIELDS = (
    "context_window_tokens", "max_input_tokens", "max_output_tokens", "input_modalities", "tools", "structured_output",
    "retirement_date", "fine_tuning", "license", "weights", "parameters_total", "training_on_inputs", "retention_days",
    "zero_retention", "processing_regions",
)  # fmt: skip
RUNS = 9


def main() -> None:
    catalog = load_catalog(date(2026, 11, 23), overlay=False)
    offerings = {one.offering.id: one.offering for one in catalog.candidates}
    labs = Counter(catalog.models[model].lab for model in {one.model.id for one in offerings.values()})
    channels = Counter(one.channel.id for one in offerings.values())
    print(f"{sum(labs.values())} models of {len(labs)} labs, {len(offerings)} offerings on {len(channels)} channels")
    print("labs:", ", ".join(f"{lab} {count}" for lab, count in labs.most_common()))
    print("channels:", ", ".join(f"{channel} {count}" for channel, count in channels.most_common()))
    states(catalog)
    print(f"disputes: {(ROOT / 'catalog' / 'disputes.yaml').read_text().count('subject:')}")
    print(f"compiled: {COMPILED.stat().st_size:,} bytes")
    load_times()
    random_facts(catalog, int(sys.argv[1]) if len(sys.argv) > 1 else 1)


def states(catalog: Catalog) -> None:
    offerings = {one.offering.id: one.offering for one in catalog.candidates}.values()
    print(f"{'field':24} known unknown disputed other   (current offerings)")
    for field in FIELDS:
        count = Counter(one.fact(field, catalog.as_of).state.value for one in offerings)
        other = sum(count.values()) - count["known"] - count["unknown"] - count["disputed"]
        print(f"{field:24} {count['known']:5} {count['unknown']:7} {count['disputed']:8} {other:5}")
    rows = [row for one in offerings for row in one.prices if row.holds_on(catalog.as_of) and row.tier == "standard"]
    count = Counter(row.state.value for row in rows)
    print(f"{'standard price rows':24} {count['known']:5} {'':7} {count['disputed']:8}")


def load_times() -> None:
    code = (
        "import time; from advisor.catalog import load_catalog; t = time.perf_counter(); "
        "load_catalog().candidates; print(time.perf_counter() - t)"
    )
    times = [float(subprocess.check_output([sys.executable, "-c", code], cwd=ROOT)) for _ in range(RUNS)]
    print(f"cold load_catalog().candidates: median {statistics.median(times) * 1000:.0f} ms, ", end="")
    print(f"{min(times) * 1000:.0f} to {max(times) * 1000:.0f} ms")


def random_facts(catalog: Catalog, seed: int) -> None:
    start = time.perf_counter()
    facts = [
        (offering.id, name, fact)
        for offering in catalog.offerings.values()
        for name in offering.facts.names()
        if (fact := offering.facts.at(name, catalog.as_of)).source
    ]
    print(f"twenty of {len(facts):,} facts of offerings, read in {time.perf_counter() - start:.2f} s:")
    for subject, name, fact in random.Random(seed).sample(facts, 20):
        assert fact.source
        print(f"  {subject}.{name} = {fact.value} [{fact.state.value}] {fact.source.url} ({fact.source.read_on})")


if __name__ == "__main__":
    main()
