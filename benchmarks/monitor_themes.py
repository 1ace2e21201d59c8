"""Measure the themes of ``advisor monitor``: ``python benchmarks/monitor_themes.py DATA [NAME...]``.

DATA holds banking77/ as its authors publish it (13,083 questions with 77 intents); names are of the functions below.
Each prints what was found beside its goal.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from numpy.typing import NDArray

from advisor.evals.coverage import choose_uncovered, covered
from advisor.evals.embedding import Vectors, embed
from advisor.monitor.clusters import cluster, cluster_count
from advisor.monitor.new_themes import WINDOW, find_new
from advisor.monitor.themes import Question, find_themes
from benchmarks.monitor_text import adjusted_mutual_information

START = datetime(2026, 11, 1, tzinfo=UTC)
Numbers = NDArray[np.int64]
Labeled = tuple[list[str], list[str]]


def questions(data: Path, *parts: str) -> Labeled:
    found: list[dict[str, str]] = []
    for part in parts:
        with (data / "banking77" / f"{part}.csv").open(newline="", encoding="utf-8") as stream:
            found += list(csv.DictReader(stream))
    return [row["text"] for row in found], [row["category"] for row in found]


def clusters(data: Path, seeds: int = 10) -> None:
    texts, intents = questions(data, "test")
    vectors = embed(texts)
    begun, cpu = perf_counter(), process_time()
    runs = [cluster(vectors, cluster_count(len(texts)), seed).places.tolist() for seed in range(seeds)]
    seconds, cpu = (perf_counter() - begun) / seeds, (process_time() - cpu) / seeds
    values = [adjusted_mutual_information(intents, run) for run in runs]
    print(f"AMI of {len(texts):,} questions: mean {np.mean(values):.3f} of {seeds} seeds, least {min(values):.3f}")
    print(f"  {seconds:.2f} s, {cpu:.2f} CPU s each; goal .63 in under a second")


def coverage(data: Path, draws: int = 10) -> None:
    texts, _ = questions(data, "test")
    vectors = embed(texts)
    for count in (25, 50, 100, 200):
        chosen, drawn = [], []
        for seed in range(draws):
            order = np.random.default_rng(seed).permutation(len(texts))
            seen, later = vectors[order[: len(order) // 2]], vectors[order[len(order) // 2 :]]
            picked = seen[list(choose_uncovered(seen, seen[:0], count))]
            chosen.append(covered(later, picked).mean())
            drawn.append(covered(later, seen[:count]).mean())
        goal = "; goal .50, .24" if count == 50 else ""
        print(f"coverage by {count} cases: chosen {np.mean(chosen):.2f}, random {np.mean(drawn):.2f}{goal}")


def new_themes(data: Path, draws: int = 200) -> None:
    """Of 200 calls, 40 with intents that no call before has; and 200 with none such, for false alarms."""
    texts, intents = questions(data, "train", "test")
    vectors, labels = embed(texts), np.unique(intents, return_inverse=True)[1]
    for before in (500, 1_000, 2_000):
        alarms = [_is_new(vectors, labels, (before, 0), 1, seed) for seed in range(2 * draws)]
        print(f"{before:,} calls before: false alarms {np.mean(alarms):.3f} of {len(alarms)}; goal at most .06")
        for kinds in (1, 3, 8, 15):
            seen = [_is_new(vectors, labels, (before, WINDOW // 5), kinds, seed) for seed in range(draws)]
            print(f"  20 % new, of {kinds:2} intents: seen {np.mean(seen):.2f} of {draws}; goal .65")


def _is_new(vectors: Vectors, labels: Numbers, sizes: tuple[int, int], kinds: int, seed: int) -> bool:
    before, count = sizes
    random = np.random.default_rng(seed)
    is_new = np.isin(labels, random.permutation(labels.max() + 1)[:kinds])
    old, new = (random.permutation(np.flatnonzero(one)) for one in (~is_new, is_new))
    latest = np.concatenate([old[before : before + WINDOW - count], new[:count]])
    found = find_new(vectors[old[:before]], vectors[latest], seed)
    assert found is not None
    return found.is_new


def names(data: Path) -> None:
    """How often the words of a theme name the intent that most of its questions have."""
    texts, intents = questions(data, "test")
    order = np.random.default_rng(0).permutation(len(texts))
    asked = [
        Question(texts[place], START + timedelta(minutes=number), None, f"test.csv:{place + 2}")
        for number, place in enumerate(order)
    ]
    begun = process_time()
    found = find_themes(asked, None)
    seconds = process_time() - begun
    named, pure = 0, []
    for theme, members in zip(found.themes, found.members, strict=True):
        (intent, most), *_ = Counter(intents[order[place]] for place in members).most_common(1)
        pure.append(most / len(members))
        named += _names(theme.words, intent)
    print(f"{len(found.themes)} themes of {len(asked):,} questions in {seconds:.2f} CPU s with embedding and words")
    print(
        f"  most common intent: {np.mean(pure):.2f} of a theme; named by one of its words: {named}/{len(found.themes)}"
    )
    for theme in found.themes[:5]:
        print(f"  {theme.size:4} {', '.join(theme.words)}: {theme.examples[0]}")


def _names(words: Sequence[str], intent: str) -> bool:
    parts = [part for part in intent.casefold().split("_") if len(part) > 2]
    return any(part[:4] == word[:4] for part in parts for word in words)


ALL = (clusters, coverage, new_themes, names)


def main() -> None:
    wanted = sys.argv[2:]
    for one in ALL:
        if not wanted or one.__name__ in wanted:
            one(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
