"""Count a sample of real traffic, so that figures need not be guessed.

The count is that of one tokenizer, tiktoken's o200k_base. Models with another tokenizer read the same text as more or
fewer tokens, so a count comes with a spread. Its upper end is what the sample itself takes more in tiktoken's older
encoding, times 1.47, the most that was measured for a current tokenizer against the one before it (technical
documentation, Claude 4.7; its lab states up to 1.35). Its lower end is 0.97, the least that was found when seventeen
corpora in fourteen languages and code were counted here with o200k_base, cl100k_base and the tokenizer of Claude 2.
Scripts that a tokenizer hardly knows can go beyond the spread: Thai took 3.0 times as many tokens in the last of these.
"""

from __future__ import annotations

from math import ceil, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from advisor.errors import RequirementsError
from advisor.requirements.schema import Requirements, Workload
from advisor.requirements.traffic.samples import read_exchanges
from advisor.requirements.traffic.spread import LEAST, MOST
from advisor.requirements.traffic.tokenizers import DEFAULT, Encoding, load_encoding

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements

_OLDER = "cl100k_base"


class Figures(NamedTuple):
    """Tokens of the prompts, or of the answers, of a sample."""

    n: int
    mean: float
    standard_deviation: float
    p50: int
    p95: int
    longest: int

    @property
    def standard_error(self) -> float:
        """Of the mean; infinite for a single request, of which nothing can be said."""
        return self.standard_deviation / sqrt(self.n) if self.n > 1 else float("inf")


class SampleCount(NamedTuple):
    """A counted sample.

    ``low`` and ``high`` are factors: what another tokenizer may make of the count. ``other_parts`` are images and
    the like, which are not counted.
    """

    path: Path
    encoding: str
    prompts: Figures
    answers: Figures | None
    low: float
    high: float
    other_parts: int

    @property
    def context_tokens(self) -> int:
        """What the longest prompt may take in any tokenizer: the context to ask for."""
        return ceil(self.prompts.longest * self.high)

    @property
    def sentence(self) -> str:
        """What was counted, how sure it is, and what it asks of the context."""
        prompts, answers = self.prompts, self.answers
        words = f"{self.path.name} has {prompts.n:,} prompts of {_spelled(prompts)}"
        words += f" and {answers.n:,} answers of {_spelled(answers)}" if answers else " and no answers"
        words += (
            f", counted with {self.encoding}; other tokenizers make {self.low:.2f} to {self.high:.2f} times as many"
        )
        words += (
            f". The longest prompt asks for a context of {self.context_tokens:,} tokens to be safe with any of them"
        )
        if self.other_parts:
            words += f"; {self.other_parts:,} parts that are no text were not counted"
        return f"{words}."


class CountedTraffic(NamedTuple):
    """Requirements with figures in the place of samples, and the samples behind them by the workload's name."""

    requirements: Requirements
    samples: dict[str, SampleCount]


def resolve_traffic(requirements: Requirements, base_dir: Path) -> Requirements:
    """Give the requirements with tokens that are not stated counted in the samples. Raises as :func:`count_traffic`."""
    return count_traffic(requirements, base_dir).requirements


def count_traffic(requirements: Requirements, base_dir: Path) -> CountedTraffic:
    """Count every sample, and take its means for the tokens that are not stated.

    Paths of samples are relative to ``base_dir``. Raises RequirementsError with file and line if a sample cannot be
    read, has no answers although output_tokens is not stated, or if there is no tokenizer on this machine.
    """
    samples: dict[str, SampleCount] = {}
    workloads = []
    for number, workload in enumerate(requirements.workloads):
        if workload.traffic is not None and workload.traffic.sample is not None:
            count = count_sample(base_dir / workload.traffic.sample)
            samples[workload.name] = count
            workloads.append(_with_figures(workload, count, f"workloads.{number}.traffic"))
        else:
            workloads.append(workload)
    if not samples:
        return CountedTraffic(requirements, {})
    return CountedTraffic(requirements.model_copy(update={"workloads": tuple(workloads)}), samples)


def count_sample(path: Path) -> SampleCount:
    """Count one sample. Raises RequirementsError as :func:`count_traffic` does."""
    encoding, older = load_encoding(DEFAULT), load_encoding(_OLDER)
    prompts, answers, in_older, other_parts = [], [], 0, 0
    for exchange in read_exchanges(path):
        prompts.append(_tokens(encoding, exchange.prompt) + exchange.framing_tokens)
        in_older += _tokens(older, exchange.prompt)
        if exchange.answer is not None:
            answers.append(_tokens(encoding, exchange.answer))
            in_older += _tokens(older, exchange.answer)
        in_older += exchange.framing_tokens
        other_parts += exchange.other_parts
    if not prompts:
        raise RequirementsError(f"{path}: expected at least one prompt, found an empty sample")
    ratio = in_older / max(1, sum(prompts) + sum(answers))
    return SampleCount(
        path,
        DEFAULT,
        _figures(prompts),
        _figures(answers) if answers else None,
        LEAST * min(1.0, ratio),
        MOST * max(1.0, ratio),
        other_parts,
    )


def _with_figures(workload: Workload, count: SampleCount, place: str) -> Workload:
    traffic = workload.traffic
    if traffic is None or (traffic.input_tokens is not None and traffic.output_tokens is not None):
        return workload
    prompt, answer = traffic.input_tokens, traffic.output_tokens
    if answer is None:
        if count.answers is None:
            message = f"{count.path}: {place}: expected answers in the sample, or output_tokens beside it"
            raise RequirementsError(message, hint="add output_tokens, the mean tokens of an answer, to traffic")
        answer = count.answers.mean
    prompt = count.prompts.mean if prompt is None else prompt
    figures = {"input_tokens": prompt, "output_tokens": answer, "tokenizer_factor": count.high}
    return workload.model_copy(update={"traffic": traffic.model_copy(update=figures)})


def _spelled(figures: Figures) -> str:
    return (
        f"{figures.mean:,.0f} tokens on average (standard deviation {figures.standard_deviation:,.0f}, "
        f"half within {figures.p50:,}, 95 % within {figures.p95:,}, longest {figures.longest:,})"
    )


def _tokens(encoding: Encoding, texts: tuple[str, ...]) -> int:
    return sum(len(encoding.encode_ordinary(text)) for text in texts)


def _figures(counts: list[int]) -> Figures:
    ordered = sorted(counts)
    n = len(ordered)
    mean = sum(ordered) / n
    deviation = sqrt(sum((count - mean) ** 2 for count in ordered) / (n - 1)) if n > 1 else 0.0
    p50, p95 = (ordered[ceil(share * n) - 1] for share in (0.5, 0.95))
    return Figures(n, mean, deviation, p50, p95, ordered[-1])
