"""What the catalog holds: counts, states per field, disagreements, size and load time, and facts picked at random.

``python benchmarks/catalog_report.py [SEED] [--catalog FILE]``: of the shipped catalog, or of another compiled one.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

from advisor.catalog import Catalog, load_catalog
from advisor.catalog.compiled_file import COMPILED

ROOT = Path(__file__).parents[1]
FIELDS = (
    "context_window_tokens", "max_input_tokens", "max_output_tokens", "input_modalities", "tools", "structured_output",
    "retirement_date", "fine_tuning", "license", "weights", "parameters_total", "training_on_inputs", "retention_days",
    "zero_retention", "processing_regions", "released_date", "training_data", "gpai_code", "training_summary",
    "reported_end_date",
)  # fmt: skip
ABILITIES = ("context_window_tokens", "max_input_tokens", "tools", "structured_output")
LARGEST = 12
RUNS = 9
DAY = date(2026, 11, 29)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("seed", nargs="?", type=int, default=1)
    words.add_argument("--catalog", type=Path, default=COMPILED)
    given = words.parse_args()
    catalog = load_catalog(DAY, path=given.catalog, overlay=False)
    offerings = {one.offering.id: one.offering for one in catalog.candidates}
    labs = Counter(catalog.models[model].lab for model in {one.model.id for one in offerings.values()})
    channels = Counter(one.channel.id for one in offerings.values())
    print(f"{sum(labs.values())} models of {len(labs)} labs, {len(offerings)} offerings on {len(channels)} channels")
    print("labs:", ", ".join(f"{lab} {count}" for lab, count in labs.most_common()))
    print("channels:", ", ".join(f"{channel} {count}" for channel, count in channels.most_common()))
    states(catalog)
    largest_channels(catalog, channels)
    resold(catalog)
    print(f"disputes: {(ROOT / 'catalog' / 'disputes.yaml').read_text().count('subject:')}")
    print(f"compiled: {COMPILED.stat().st_size:,} bytes")
    load_times()
    random_facts(catalog, given.seed)


def states(catalog: Catalog) -> None:
    offerings = {one.offering.id: one.offering for one in catalog.candidates}.values()
    print(f"{'field':24} known inherited unknown disputed other   (current offerings)")
    for field in FIELDS:
        count = Counter(one.fact(field, catalog.as_of).state.value for one in offerings)
        named = [count[state] for state in ("known", "inherited", "unknown", "disputed")]
        known, inherited, unknown, disputed = named
        other = sum(count.values()) - sum(named)
        print(f"{field:24} {known:5} {inherited:9} {unknown:7} {disputed:8} {other:5}")
    rows = [row for one in offerings for row in one.prices if row.holds_on(catalog.as_of) and row.tier == "standard"]
    count = Counter(row.state.value for row in rows)
    print(f"{'standard price rows':24} {count['known']:5} {'':7} {count['disputed']:8}")


def largest_channels(catalog: Catalog, channels: Counter[str]) -> None:
    """How many offerings of the largest channels say what their models can do."""
    offerings = list({c.offering.id: c.offering for c in catalog.candidates}.values())
    print(f"of the {LARGEST} largest channels, percent of offerings that state")
    shares: list[float] = []
    for channel, _ in channels.most_common(LARGEST):
        own = [one for one in offerings if one.channel.id == channel]
        known = [[one.fact(name, catalog.as_of).is_usable for name in ABILITIES] for one in own]
        each = [100 * sum(row[place] for row in known) / len(own) for place in range(len(ABILITIES))]
        shares += each
        whole = 100 * sum(all(row) for row in known) / len(own)
        cells = ", ".join(f"{name} {share:.0f}" for name, share in zip(ABILITIES, each, strict=True))
        print(f"  {channel:12} {len(own):4}: {cells}; all four {whole:.0f}")
    print(f"  least {min(shares):.0f} %, mean {statistics.mean(shares):.1f} %")


def resold(catalog: Catalog) -> None:
    """Closed weights served by others than their maker, whose end the maker announced."""
    offerings = {c.offering.id: c.offering for c in catalog.candidates}.values()
    rows = Counter[str]()
    for one in offerings:
        makers = [f"{name}/{one.model.id}" for name in (one.model.lab, MAKERS.get(one.model.lab, ""))]
        own = [catalog.offerings[name] for name in makers if name in catalog.offerings]
        if one.fact("weights", catalog.as_of).value != "closed" or not own or one.id in {other.id for other in own}:
            continue
        if own[0].channel.id != one.channel.id and own[0].fact("retirement_date", catalog.as_of).is_usable:
            rows[one.fact("retirement_date", catalog.as_of).state.value] += 1
    print("resold closed weights whose end the maker announced, by the state of their own end:", dict(rows))


MAKERS = {"google": "gemini"}


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
