"""The growing prompts of a task by their length, for prices that depend on it.

A price row may hold only above so many prompt tokens. A task whose last prompts are longer than that pays both rates,
so its steps are split where a row begins; how many there are follows from the length in closed form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from math import floor
from typing import NamedTuple

from advisor.requirements.tasks import TaskFigures, growth, prompt_tokens


class Growth(NamedTuple):
    """The prompts of a task: of the first step, what each further one adds, and how many there are."""

    first: float
    grows: float
    steps: int
    is_cached: bool

    def times(self, factor: float) -> Growth:
        """Return the same texts in so many times as many tokens."""
        return self._replace(first=self.first * factor, grows=self.grows * factor)


class PromptBand(NamedTuple):
    """Steps of a task that pay one rate, as shares of the whole task."""

    longest: float
    """Tokens of the longest prompt among them."""
    requests: Decimal
    fresh_input: Decimal
    cached_input: Decimal


def task_growth(tasks: TaskFigures) -> Growth:
    """Return the prompts of a task."""
    return Growth(tasks.input_tokens_first, growth(tasks), tasks.steps, tasks.cache)


def prompt_bands(task: Growth, edges: Iterable[int]) -> Iterator[PromptBand]:
    """Yield the steps between the lengths at which a rate begins, shortest prompts first."""
    done, before = 0, (Decimal(0), Decimal(0))
    whole = _sums(task, task.steps)
    for last in (*(_steps_within(task, edge) for edge in sorted(edges)), task.steps):
        if last > done:
            sums = _sums(task, last)
            fresh, cached = (_share(now - then, of) for now, then, of in zip(sums, before, whole, strict=True))
            longest = task.first + (last - 1) * task.grows
            yield PromptBand(longest, Decimal(last - done) / task.steps, fresh, cached)
            done, before = last, sums


def _steps_within(task: Growth, edge: int) -> int:
    """Return how many steps have a prompt of at most so many tokens."""
    if task.first > edge:
        return 0
    return task.steps if not task.grows else min(task.steps, floor((edge - task.first) / task.grows) + 1)


def _sums(task: Growth, steps: int) -> tuple[Decimal, Decimal]:
    """Return the fresh and the cached tokens of the first so many steps; without a cache both are all of them."""
    given = Decimal(str(prompt_tokens(task.first, task.grows, steps)))
    if not task.is_cached:
        return given, given
    cached = Decimal(str(prompt_tokens(task.first, task.grows, steps - 1)))
    return given - cached, cached


def _share(part: Decimal, whole: Decimal) -> Decimal:
    return part / whole if whole else Decimal(0)
