"""A month of a workload's traffic in tokens, as its cost is computed from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from advisor.requirements.traffic.spread import LEAST
from advisor.solver.attachments import NOTHING, Attachments, attachments
from advisor.solver.task_cost import Growth, prompt_bands, task_growth

if TYPE_CHECKING:
    from advisor.requirements.traffic_schema import Traffic

WEEKEND = Decimal(2) / 7
"""The share of the week that Saturday and Sunday are."""


class Volume(NamedTuple):
    """A month of traffic, in tokens; hashable, so that its cost is computed once."""

    requests: Decimal
    fresh_input: Decimal
    cached_input: Decimal
    output: Decimal
    prompt_tokens: float
    """Tokens of one prompt, which choose the price tier by length."""
    batch_share: Decimal
    peak_hours_utc: tuple[str, ...]
    weekend_share: Decimal = WEEKEND
    """The share of the requests that come on Saturday and Sunday (UTC)."""
    attachments: Attachments = NOTHING
    """What a request carries besides these tokens; each model counts it by its own rule."""
    spread: tuple[float, float] = (1.0, 1.0)
    """How many times as many tokens another tokenizer than the one that counted may make: least and most."""
    task: Growth | None = None
    """How prompts grow, where the requests are the steps of tasks."""

    def times(self, factor: float) -> Volume:
        """Return the same texts in so many times as many tokens."""
        by = Decimal(str(factor))
        return self._replace(
            fresh_input=self.fresh_input * by,
            cached_input=self.cached_input * by,
            output=self.output * by,
            prompt_tokens=self.prompt_tokens * factor,
            task=self.task and self.task.times(factor),
        )

    def by_length(self, edges: Iterable[int]) -> Iterator[Volume]:
        """Yield the parts of it whose prompts lie between these lengths; all of it where prompts do not grow."""
        if self.task is None:
            yield self
            return
        for band in prompt_bands(self.task, edges):
            yield self._replace(
                requests=self.requests * band.requests,
                fresh_input=self.fresh_input * band.fresh_input,
                cached_input=self.cached_input * band.cached_input,
                output=self.output * band.requests,
                prompt_tokens=band.longest,
                task=None,
            )


NOMINAL = Volume(Decimal(1000), Decimal(1_000_000), Decimal(0), Decimal(250_000), 1000.0, Decimal(0), ())
"""What costs are compared on when no traffic is stated: a thousand requests of 1,000 tokens in and 250 out."""


def volume(traffic: Traffic) -> Volume:
    """Return a month's tokens from figures; a sample must have been counted before (``requirements.traffic``)."""
    requests = Decimal(traffic.requests_per_month)
    prompt = Decimal(str(traffic.input_tokens or 0))
    cached = Decimal(str(traffic.cached_input_share))
    return Volume(
        requests,
        requests * prompt * (1 - cached),
        requests * prompt * cached,
        requests * Decimal(str(traffic.output_tokens or 0)),
        float(prompt),
        Decimal(str(traffic.batch_share)),
        traffic.peak_hours_utc,
        _weekend_share(traffic),
        attachments(traffic),
        (LEAST, traffic.tokenizer_factor) if traffic.tokenizer_factor > 1 else (1.0, 1.0),
        task_growth(traffic.tasks) if traffic.tasks else None,
    )


def _weekend_share(traffic: Traffic) -> Decimal:
    """Return the share stated; else that of the week where the hours are left out too, and none where they are stated.

    Who states hours means working days until he says otherwise: what is not known does not make a price cheaper.
    """
    if traffic.weekend_share is not None:
        return Decimal(str(traffic.weekend_share))
    return Decimal(0) if traffic.peak_hours_utc else WEEKEND
