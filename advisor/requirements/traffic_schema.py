"""What a workload sends and gets back: single requests, or tasks of several steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator

from advisor.requirements.tasks import request_figures
from advisor.requirements.types import Count, Hours, Name, Record, Share

Tokens = Annotated[float, Field(ge=0, le=10**9)]


class ReasoningTokens(Record):
    """Mean hidden reasoning tokens before an answer, by reasoning effort."""

    none: Tokens | None = None
    """Where it is asked not to think."""
    minimal: Tokens | None = None
    """At effort minimal."""
    low: Tokens | None = None
    """At effort low."""
    medium: Tokens | None = None
    """At effort medium."""
    high: Tokens | None = None
    """At effort high."""
    xhigh: Tokens | None = None
    """At effort xhigh."""
    max: Tokens | None = None
    """At effort max."""
    thinking: Tokens | None = None
    """With thinking switched on, without a degree."""
    default: Tokens | None = None
    """Where no effort is named."""

    def at(self, effort: str | None) -> float | None:
        """Return the figure for an effort; None if it is not stated."""
        found: float | None = getattr(self, effort or "default", None)
        return found


class TaskTraffic(Record):
    """The traffic of an agent: tasks of several steps, each of which sends all that came before again."""

    tasks_per_month: Count
    """Tasks a month."""
    steps: Annotated[int, Field(ge=1, le=10_000)]
    """Calls of the model in a task. Where tasks differ much, the long ones cost more than this mean says."""
    input_tokens_first: Tokens
    """Tokens of the first prompt: instructions, tools, the task."""
    tokens_added_per_step: Tokens
    """Tokens that come to the prompt from step to step beside the answer: what tools give back, what people say."""
    output_tokens_per_step: Tokens
    """Mean tokens of a step's answer, without hidden reasoning; it stays in the prompt of the steps after it."""
    cache: bool = False
    """Whether each step reads the prompt before it from a cache, and writes what is new to it."""


class Traffic(Record):
    """What the workload sends and gets back."""

    tasks: TaskTraffic | None = None
    """Tasks of several steps instead of single requests; requests, tokens and the cached share follow from it."""
    requests_per_month: Count = 0
    """Requests a month; required unless ``tasks`` are stated."""
    input_tokens: Annotated[float, Field(ge=0, le=10**9)] | None = None
    """Mean tokens of a prompt, cached part included."""
    output_tokens: Annotated[float, Field(ge=0, le=10**9)] | None = None
    """Mean tokens of an answer, without hidden reasoning."""
    reasoning_tokens: Tokens | ReasoningTokens | None = None
    """Mean hidden reasoning tokens before an answer, for models that think first; they are billed as output.

    One figure, or one for each effort (``{low: 300, high: 2_000}``); what is left out is estimated."""
    cached_input_share: Share = 0.0
    """The share of prompt tokens that a prompt cache can serve, 0 to 1."""
    sample: Name | None = None
    """A JSONL file of real prompts (``{"prompt": ..., "answer": ...}`` a line) to count instead of stating tokens."""
    batch_share: Share = 0.0
    """The share of requests that may wait a day and so take a batch price, 0 to 1."""
    peak_hours_utc: tuple[Hours, ...] = ()
    """Hours in UTC in which all requests come, as ``HH:MM-HH:MM``; none: evenly through the day."""
    weekend_share: Share | None = None
    """The share of requests that come on Saturday and Sunday (UTC); left out: 2 of 7, none if hours are stated."""
    busiest_minute_requests: Annotated[float, Field(gt=0, le=10**9)] | None = None
    """Requests in the busiest minute; if given, it is held against the rate limits of each channel's usage tiers."""
    images_per_request: Annotated[float, Field(ge=0, le=10_000)] | None = None
    """Images of a request that ``input_tokens`` do not hold; each model counts them by its maker's rule. 0: none."""
    image_size: Annotated[str, Field(pattern=r"^[1-9]\d{0,4}x[1-9]\d{0,4}$")] = "1024x1024"
    """Width and height of an image in pixels."""
    pdf_pages_per_request: Annotated[float, Field(ge=0, le=10_000)] | None = None
    """Pages of PDF of a request that ``input_tokens`` do not hold. 0: none."""
    audio_seconds_per_request: Annotated[float, Field(ge=0, le=100_000)] | None = None
    """Seconds of audio of a request that ``input_tokens`` do not hold. 0: none."""
    tokenizer_factor: Annotated[float, Field(ge=1, le=10)] = 1.0
    """Up to how many times as many tokens other tokenizers may make of the texts; a counted sample sets it.

    OpenAI's own models are not in doubt: samples are counted as they count."""

    @model_validator(mode="after")
    def _requests_and_tokens(self) -> Traffic:
        if self.tasks is not None:
            self._put_in(request_figures(self.tasks))
        elif "requests_per_month" not in self.model_fields_set:
            raise ValueError("expected requests_per_month, or tasks")
        stated = self.input_tokens is not None and self.output_tokens is not None
        if not stated and self.sample is None:
            raise ValueError("expected input_tokens and output_tokens, or a sample file")
        return self

    def _put_in(self, figures: Mapping[str, float]) -> None:
        """Put in what follows from tasks; a figure of its own for it contradicts them."""
        stated = self.model_fields_set
        wrong = [name for name, value in figures.items() if name in stated and getattr(self, name) != value]
        wrong += [name for name in _NOT_WITH_TASKS if getattr(self, name)]
        if wrong:
            raise ValueError(f"expected no {' and no '.join(wrong)} beside tasks")
        self.__dict__.update(figures)  # frozen, but nobody has seen it yet


_NOT_WITH_TASKS = ("sample", "images_per_request", "pdf_pages_per_request", "audio_seconds_per_request")
"""What is counted by the request; in a task it stays in the prompts after it, so its tokens are stated there."""
