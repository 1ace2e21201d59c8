"""Estimates for own accelerators against measurements that others published: which part of the bound servers reach.

``python benchmarks/hosting_error.py``. All measured with vLLM, in 16 bits, on one GPU; decoding alone where the source
gives the time per output token, else the whole run with its prompts.
"""

from __future__ import annotations

import statistics
from datetime import date
from typing import NamedTuple

from advisor.catalog import load_catalog
from advisor.catalog.hosting import Load, estimate

DAY = date(2026, 11, 23)


class Measured(NamedTuple):
    """Output tokens a second of all requests together, as published."""

    model: str
    gpu: str
    load: Load
    output_tokens_per_s: float
    decoding_alone: bool
    source: str


SWEEP_A100 = "https://johnmusgrave.com/p/vllm-throughput-latency-sweep-on"
SWEEP_H100 = "https://yobitelcomm.github.io/bench/recipes/concurrency-sweep/"
SWEEP_4090 = "https://mushfiqrahman.dev/?p=1668"
LLAMA, MISTRAL = "llama-3.1-8b-instruct", "mistral-7b-instruct-v0.3"
MEASURED = (
    Measured(LLAMA, "a100-40gb", Load(1024, 128, 1), 75, True, SWEEP_A100),
    Measured(LLAMA, "a100-40gb", Load(1024, 128, 8), 75 * 6.6, False, SWEEP_A100),
    Measured(LLAMA, "h100-80gb", Load(256, 128, 1), 1 / 0.00648, True, SWEEP_H100),
    Measured(LLAMA, "h100-80gb", Load(256, 128, 4), 4 / 0.00659, True, SWEEP_H100),
    Measured(LLAMA, "h100-80gb", Load(256, 128, 16), 16 / 0.01094, True, SWEEP_H100),
    Measured(MISTRAL, "rtx4090-24gb", Load(256, 128, 4), 210, False, SWEEP_4090),
    Measured(MISTRAL, "rtx4090-24gb", Load(256, 128, 8), 377, False, SWEEP_4090),
    Measured(MISTRAL, "rtx4090-24gb", Load(256, 128, 16), 644, False, SWEEP_4090),
)
"""Read on 2026-11-23. The H100 source gives no prompt length; a short chat of 256 tokens is assumed for it."""


def main() -> None:
    catalog = load_catalog(DAY, overlay=False)
    shares: dict[bool, list[float]] = {True: [], False: []}
    print(f"{'model':26} {'gpu':13} {'requests':>8} {'measured':>9} {'bound':>7} {'share':>6}  source")
    for one in MEASURED:
        found = estimate(catalog.models[one.model], catalog.gpus[one.gpu], 1, one.load, DAY, precision="bf16")
        if found is None or found.output_tokens_per_s is None:
            print(f"{one.model:26} {one.gpu:13} no estimate: a fact is unknown")
            continue
        share = one.output_tokens_per_s / found.output_tokens_per_s
        shares[one.decoding_alone].append(share)
        print(
            f"{one.model:26} {one.gpu:13} {one.load.requests:8} {one.output_tokens_per_s:9.0f} "
            f"{found.output_tokens_per_s:7.0f} {share:6.0%}  {one.source}"
        )
    for is_alone, words in ((True, "decoding alone"), (False, "whole runs, prompts included")):
        if shares[is_alone]:
            low, high = min(shares[is_alone]), max(shares[is_alone])
            median = statistics.median(shares[is_alone])
            print(f"{words}: median {median:.0%} of the bound, from {low:.0%} to {high:.0%}")


if __name__ == "__main__":
    main()
