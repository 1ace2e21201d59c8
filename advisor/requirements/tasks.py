"""Tasks of several steps as requests: an agent sends with each step all that came before.

The prompt of step k is that of the first, and for each step before it what was added and what was answered. Hidden
reasoning is taken to be left out of the prompts after it, as it is by default where it is hidden.
"""

from __future__ import annotations

from typing import Protocol


class TaskFigures(Protocol):
    """Tasks as requirements state them."""

    @property
    def tasks_per_month(self) -> int:
        """Tasks a month."""

    @property
    def steps(self) -> int:
        """Calls of the model in a task."""

    @property
    def input_tokens_first(self) -> float:
        """Tokens of the first prompt."""

    @property
    def tokens_added_per_step(self) -> float:
        """Tokens that come to the prompt from step to step beside the answer."""

    @property
    def output_tokens_per_step(self) -> float:
        """Tokens of a step's answer."""

    @property
    def cache(self) -> bool:
        """Whether each step reads the prompt before it from a cache."""


def growth(tasks: TaskFigures) -> float:
    """Return by how many tokens the prompt grows from step to step."""
    return tasks.tokens_added_per_step + tasks.output_tokens_per_step


def longest_prompt(tasks: TaskFigures) -> float:
    """Return the tokens of the last step's prompt."""
    return tasks.input_tokens_first + (tasks.steps - 1) * growth(tasks)


def prompt_tokens(first: float, grows: float, steps: int) -> float:
    """Return the tokens of the prompts of the first so many steps together."""
    return steps * first + grows * steps * (steps - 1) / 2


def request_figures(tasks: TaskFigures) -> dict[str, float]:
    """Return the same traffic as requests: how many, their mean tokens, and the share that a cache serves.

    With a cache each step reads the whole prompt before it, so that all but the last prompt is read again once.
    """
    given = prompt_tokens(tasks.input_tokens_first, growth(tasks), tasks.steps)
    read_again = prompt_tokens(tasks.input_tokens_first, growth(tasks), tasks.steps - 1)
    return {
        "requests_per_month": tasks.tasks_per_month * tasks.steps,
        "input_tokens": given / tasks.steps,
        "output_tokens": tasks.output_tokens_per_step,
        "cached_input_share": read_again / given if tasks.cache and given else 0.0,
    }
