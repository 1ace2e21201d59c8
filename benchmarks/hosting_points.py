"""Published measurements of open weights on known accelerators, each with where it was read and what it leaves open.

All read on 2026-11-23. Decoding is the speed of one request (1000 / time per output token in ms) among ``requests``;
prefill is prompt tokens over the time to the first token of a request that ran alone. Left out: runs with a draft
model, runs whose accelerator or precision is not said, and a prompt that was answered faster than a shorter one of
the same table, since part of it came from a cache (tt-inference-server, 4,096 tokens).
"""

from __future__ import annotations

from typing import NamedTuple


class Point(NamedTuple):
    """``tokens_per_s`` of one request; ``context_tokens`` in its cache half-way through the answer."""

    model: str
    precision: str
    gpu: str
    count: int
    requests: int
    context_tokens: float
    tokens_per_s: float
    source: str
    prompt_tokens: int | None = None
    """Set for a measurement of prefill."""


NIM = "https://docs.nvidia.com/nim/benchmarking/llm/1.0.0/performance"
FAST = "https://github.com/pytorch-labs/gpt-fast"
MIXTRAL = "https://geeksrepos.com/yanboliang/gpt-fast"
QWQ = "https://github.com/vllm-project/vllm/issues/18725"
TENSTORRENT = "https://github.com/tenstorrent/tt-inference-server/issues/340"
VULTR = "https://docs.vultr.com/inference-cookbook/cuda/optimization/concurrency-tuning"
BUILDKITE = "https://buildkite.com/vllm/performance-benchmark/builds/9515"
AWQ = "https://www.huggingface.co/QuixiAI/DeepSeek-V3-0324-AWQ"
SWEEP_A100 = "https://johnmusgrave.com/p/vllm-throughput-latency-sweep-on"
SWEEP_H100 = "https://yobitelcomm.github.io/bench/recipes/concurrency-sweep/"

LLAMA_8, LLAMA_70 = "llama-3.1-8b-instruct", "llama-3.3-70b-instruct"

DECODING = (
    Point("llama-2-70b-chat", "int8", "a100-80gb", 1, 1, 105, 19.13, FAST),
    Point("llama-2-70b-chat", "int4", "a100-80gb", 1, 1, 105, 25.25, FAST),
    Point("llama-2-70b-chat", "bf16", "a100-80gb", 2, 1, 105, 21.32, FAST),
    Point("llama-2-70b-chat", "bf16", "a100-80gb", 4, 1, 105, 38.01, FAST),
    Point("llama-2-70b-chat", "bf16", "a100-80gb", 8, 1, 105, 62.50, FAST),
    Point("llama-2-70b-chat", "int8", "a100-80gb", 8, 1, 105, 80.44, FAST),
    Point("llama-2-70b-chat", "int4", "a100-80gb", 8, 1, 105, 90.77, FAST),
    Point("mixtral-8x7b-instruct-v0.1", "bf16", "a100-80gb", 2, 1, 105, 96.67, MIXTRAL),
    Point("mixtral-8x7b-instruct-v0.1", "bf16", "a100-80gb", 8, 1, 105, 227.82, MIXTRAL),
    Point("mixtral-8x7b-instruct-v0.1", "int8", "a100-80gb", 1, 1, 105, 97.92, MIXTRAL),
    Point("mixtral-8x7b-instruct-v0.1", "int8", "a100-80gb", 8, 1, 105, 279.35, MIXTRAL),
    Point(LLAMA_70, "fp8", "h100-80gb", 2, 1, 5250, 1000 / 18.58, NIM),
    Point(LLAMA_70, "fp8", "h100-80gb", 2, 5, 5250, 1000 / 21.83, NIM),
    Point(LLAMA_70, "fp8", "h100-80gb", 2, 25, 5250, 1000 / 38.75, NIM),
    Point(LLAMA_70, "fp8", "h100-80gb", 2, 50, 5250, 1000 / 59.73, NIM),
    Point(LLAMA_70, "fp8", "h100-80gb", 2, 1, 1500, 1000 / 18.91, NIM),
    Point("llama-3-70b-instruct", "bf16", "h200-141gb", 4, 8, 96, 128_000 / 2077.53, BUILDKITE),
    Point(LLAMA_8, "bf16", "h200-141gb", 1, 8, 96, 128_000 / 833.421, BUILDKITE),
    Point("mixtral-8x7b-instruct-v0.1", "bf16", "h200-141gb", 2, 8, 96, 128_000 / 1917.44, BUILDKITE),
    Point("qwq-32b", "bf16", "h200-141gb", 8, 1, 270, 1000 / 6.49, QWQ),
    Point("qwen3-30b-a3b", "bf16", "a100-80gb", 1, 1, 192, 1000 / 9.6, TENSTORRENT),
    Point("qwen3-30b-a3b", "bf16", "a100-80gb", 1, 1, 2112, 1000 / 9.9, TENSTORRENT),
    Point("qwen3-30b-a3b", "bf16", "a100-80gb", 1, 1, 8256, 1000 / 10.6, TENSTORRENT),
    Point("nemotron-3-nano-30b-a3b", "fp8", "b200-192gb", 2, 1, 2304, 1000 / 2.91, VULTR),
    Point("nemotron-3-nano-30b-a3b", "fp8", "b200-192gb", 2, 8, 2304, 1000 / 3.96, VULTR),
    Point("nemotron-3-nano-30b-a3b", "fp8", "b200-192gb", 2, 128, 2304, 1000 / 8.91, VULTR),
    Point("deepseek-v3-0324", "int4", "a100-80gb", 8, 1, 1000, 45.5, AWQ),
    Point("deepseek-v3-0324", "int4", "a100-80gb", 8, 32, 4224, 11.9, AWQ),
    Point(LLAMA_8, "bf16", "a100-40gb", 1, 1, 1088, 75, SWEEP_A100),
    Point(LLAMA_8, "bf16", "h100-80gb", 1, 1, 320, 1000 / 6.48, SWEEP_H100),
    Point(LLAMA_8, "bf16", "h100-80gb", 1, 4, 320, 1000 / 6.59, SWEEP_H100),
    Point(LLAMA_8, "bf16", "h100-80gb", 1, 16, 320, 1000 / 10.94, SWEEP_H100),
)
"""gpt-fast: a prompt of 5 tokens and 200 of answer, A100 limited to 330 W. Buildkite: 32 in, 128 out, the prompt's time
included. QwQ: the mean of its ten prompts and answers. Nemotron: the page says Nano 30B. SWEEP_H100 gives no prompt
length: a short chat is assumed."""

PREFILL = (
    Point(LLAMA_70, "fp8", "h100-80gb", 2, 1, 0, 5000 / 0.40677, NIM, 5000),
    Point(LLAMA_70, "fp8", "h100-80gb", 2, 1, 0, 500 / 0.04777, NIM, 500),
    Point("qwen3-30b-a3b", "bf16", "a100-80gb", 1, 1, 0, 1024 / 0.0703, TENSTORRENT, 1024),
    Point("qwen3-30b-a3b", "bf16", "a100-80gb", 1, 1, 0, 3072 / 0.0902, TENSTORRENT, 3072),
    Point("qwen3-30b-a3b", "bf16", "a100-80gb", 1, 1, 0, 8192 / 0.227, TENSTORRENT, 8192),
    Point("deepseek-v3-0324", "int4", "a100-80gb", 8, 1, 0, 2435.5, AWQ, 63_000),
)
