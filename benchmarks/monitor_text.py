"""Measure the text part of ``advisor monitor`` on labeled sets: ``python benchmarks/monitor_text.py FOLDER [--fit]``.

FOLDER holds xstest, banking77, bastioncorpus, bipia, gsm8k and llmbar as their authors publish them.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from math import lgamma
from pathlib import Path
from time import process_time

import numpy as np
from numpy.typing import NDArray

from advisor.evals.embedding import embed
from advisor.monitor.call import Call
from advisor.monitor.clusters import cluster, cluster_count
from advisor.monitor.detectors import cut, detectors, hallucination, injection, language
from advisor.monitor.refusal_words import NAMES, fit_weights, refusal_scores, signs
from advisor.statistics.ppi import corrected_mean, corrected_rate

MODELS = ("gpt4", "llama2new", "llama2orig", "mistralguard", "mistralinstruct")
Verdicts = Sequence[bool | None]


def made_call(given: str | None = None, answer: str | None = None, **more: object) -> Call:
    empty: dict[str, object] = dict.fromkeys(Call._fields)
    day = datetime(2026, 11, 1, tzinfo=UTC)
    own = {"id": "1", "at": day, "input": given, "output": answer, "outcomes": {}, "place": "x:1"}
    return Call(**{**empty, **own, **more})  # type: ignore[arg-type]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def quality(verdicts: Verdicts, labels: Sequence[bool]) -> tuple[float, float, int]:
    """Precision and recall; a true one that could not be judged counts as missed."""
    right = sum(1 for one, true in zip(verdicts, labels, strict=True) if one and true)
    return right / max(1, sum(map(bool, verdicts))), right / max(1, sum(labels)), len(labels)


def refusal(folder: Path, draws: int = 400) -> dict[str, float]:
    """Each model with the weights of the other four; then 60 labels drawn at random, again and again."""
    found = {name: rows(folder / "xstest" / f"completions_{name}.csv") for name in MODELS}
    labels = {n: np.array([not r["final_label"].startswith("1") for r in f], float) for n, f in found.items()}
    marks = {name: signs([row["completion"] for row in each]) for name, each in found.items()}
    verdicts: list[bool] = []
    widths: dict[str, list[float]] = {"log": [], "beyond": []}
    covers: dict[str, list[bool]] = {"log": [], "beyond": []}
    for name, truth in labels.items():
        others = [one for one in MODELS if one != name]
        weights = fit_weights(np.vstack([marks[o] for o in others]), np.concatenate([labels[o] for o in others]))
        scores = refusal_scores([row["completion"] for row in found[name]], weights)
        verdicts += list(scores >= 0.5)
        for draw in range(draws):
            order = np.random.default_rng(draw).permutation(len(truth))
            some, rest = order[:60], order[60:]
            for kind, method in (("log", corrected_rate), ("beyond", corrected_mean)):
                one = method(truth[some], scores[some], scores[rest])
                widths[kind].append(one.high - one.low)
                covers[kind].append(one.low <= truth.mean() <= one.high)
    precision, recall, n = quality(verdicts, [bool(v) for v in np.concatenate(list(labels.values()))])
    return {
        "precision": precision,
        "recall": recall,
        "n": n,
        "width": float(np.mean(widths["log"])),
        "coverage": float(np.mean(covers["log"])),
        "least coverage": least(covers["log"]),
        "width beyond": float(np.mean(widths["beyond"])),
        "coverage beyond": float(np.mean(covers["beyond"])),
    }


def least(covers: Sequence[bool]) -> float:
    return float(np.array(covers, float).reshape(len(MODELS), -1).mean(axis=1).min())


def fitted(folder: Path) -> dict[str, float]:
    found = [row for name in MODELS for row in rows(folder / "xstest" / f"completions_{name}.csv")]
    labels = np.array([not row["final_label"].startswith("1") for row in found], float)
    return dict(zip(NAMES, fit_weights(signs([r["completion"] for r in found]), labels).tolist(), strict=True))


def cut_quality(folder: Path) -> tuple[float, float, int]:
    """Outputs of LLMBar, and each again cut at a random place: labels by construction."""
    random = np.random.default_rng(0)
    texts = [
        one[key]
        for path in sorted((folder / "llmbar").glob("*.json"))
        if "__" not in path.name
        for one in json.loads(path.read_text())
        for key in ("output_1", "output_2")
        if len(one[key]) >= 100
    ]
    halves = [text[: int(random.integers(50, len(text) - 10))] for text in texts]
    calls = [made_call("q", text) for text in [*texts, *halves]]
    return quality(cut.look(calls), [False] * len(texts) + [True] * len(halves))


def injections(folder: Path) -> list[dict[str, str]]:
    path = folder / "bastioncorpus" / "injections.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines() if line]


def injection_quality(folder: Path) -> dict[str, float]:
    own = injections(folder)
    precision, recall, n = quality(
        [injection.is_suspicious(one["text"]) for one in own], [one["label"] == "malicious" for one in own]
    )
    attacks = [t for group in json.loads((folder / "bipia/text_attack_test.json").read_text()).values() for t in group]
    mails = [json.loads(line)["context"] for line in (folder / "bipia/email_test.jsonl").read_text().splitlines()]
    benign = [row["text"] for row in rows(folder / "banking77" / "test.csv")]

    def rate(texts: Sequence[str]) -> float:
        return sum(map(injection.is_suspicious, texts)) / len(texts)

    return {
        "precision": precision,
        "recall": recall,
        "n": n,
        "recall on BIPIA": rate(attacks),
        "false on BIPIA mails": rate(mails),
        "false on Banking77": rate(benign),
    }


def language_quality(folder: Path) -> tuple[float, float, int]:
    """Pairs of texts of bastioncorpus, drawn at random; wrong is a pair of two languages."""
    texts = [one for one in injections(folder) if len(one["text"]) >= 40]
    random = np.random.default_rng(0)
    pairs = [random.choice(len(texts), 2, replace=False) for _ in range(1_000)]
    calls = [made_call(texts[one]["text"], texts[other]["text"]) for one, other in pairs]
    return quality(language.look(calls), [texts[one]["lang"] != texts[other]["lang"] for one, other in pairs])


def disagreement_quality(folder: Path) -> tuple[float, float, int]:
    """Two models' answers to each problem of GSM8K: does another last figure mean that the first is wrong?"""
    verdicts: list[bool | None] = []
    labels: list[bool] = []
    for line in (folder / "gsm8k" / "example_model_solutions.jsonl").read_text().splitlines():
        one = json.loads(line)
        first, second = (one[key]["solution"] for key in ("175b_verification", "175b_finetuning"))
        verdicts.append(hallucination.disagree(first, second))
        labels.append(not one["175b_verification"]["is_correct"])
    return quality(verdicts, labels)


def adjusted_mutual_information(one: Sequence[object], other: Sequence[object]) -> float:
    """AMI with the arithmetic mean (Vinh, Epps and Bailey 2010)."""
    first, second = (np.unique(np.asarray(x), return_inverse=True)[1] for x in (one, other))
    n = len(first)
    table = np.zeros((first.max() + 1, second.max() + 1))
    np.add.at(table, (first, second), 1)
    r, s = table.sum(1), table.sum(0)
    at = table > 0
    shared = float((table[at] / n * np.log(n * table[at] / np.outer(r, s)[at])).sum())
    log = np.array([lgamma(i + 1) for i in range(n + 1)])
    expected = 0.0
    for x in r.astype(int):
        for y in s.astype(int):
            k = np.arange(max(1, x + y - n), min(x, y) + 1)
            fixed = log[x] + log[y] + log[n - x] + log[n - y] - log[n]
            share = np.exp(fixed - log[k] - log[x - k] - log[y - k] - log[n - x - y + k])
            expected += float((k / n * np.log(n * k / (x * y)) * share).sum())
    return (shared - expected) / ((_entropy(r / n) + _entropy(s / n)) / 2 - expected)


def _entropy(shares: NDArray[np.float64]) -> float:
    return float(-(shares * np.log(shares)).sum())


def cluster_quality(folder: Path, seeds: int = 10) -> dict[str, float]:
    """AMI of clusters of the test questions of Banking77 with their 77 intents, and CPU seconds of one clustering."""
    found = rows(folder / "banking77" / "test.csv")
    vectors = embed([row["text"] for row in found])
    count, start = cluster_count(len(found)), process_time()
    runs = [cluster(vectors, count, seed).places.tolist() for seed in range(seeds)]
    seconds = (process_time() - start) / seeds
    values = [adjusted_mutual_information([row["category"] for row in found], run) for run in runs]
    return {"k": count, "AMI": float(np.mean(values)), "least": min(values), "CPU s": seconds}


def cpu_seconds(folder: Path, count: int = 20_000) -> dict[str, float]:
    """CPU seconds of each detector for 200,000 calls with real texts, from ``count`` of them."""
    texts = [(r["prompt"], r["completion"]) for m in MODELS for r in rows(folder / "xstest" / f"completions_{m}.csv")]
    calls = [made_call(*texts[at % len(texts)], latency_ms=900.0, prompt="support@1") for at in range(count)]
    found: dict[str, float] = {}
    for one in detectors():
        start = process_time()
        one.look(calls)
        found[one.name] = (process_time() - start) * 200_000 / count
    return found


def main() -> None:
    folder = Path(sys.argv[1])
    if "--fit" in sys.argv:
        print(json.dumps(fitted(folder), indent=1))
        return
    measures: dict[str, Callable[[Path], object]] = {
        "refusal": refusal, "cut": cut_quality, "injection": injection_quality, "language": language_quality,
        "hallucination": disagreement_quality, "clusters": cluster_quality, "CPU s for 200,000 calls": cpu_seconds,
    }  # fmt: skip
    for name, measure in measures.items():
        print(name, measure(folder))


if __name__ == "__main__":
    main()
