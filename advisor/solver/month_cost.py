"""What a workload's traffic costs with one candidate, month by month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from advisor.catalog.records import Estimate, PriceRow


class MonthCost(NamedTuple):
    """What one month of the horizon costs."""

    month: date
    """Its first day."""
    usd: Decimal | None
    """None if no price is on record for a day of it."""


class TaskUsd(NamedTuple):
    """What a task costs, with its 95 % interval; ``high`` None where nothing bounds it."""

    usd: Decimal
    low: Decimal
    high: Decimal | None


class Cost(NamedTuple):
    """What a workload's traffic costs with one candidate, in whole cents."""

    usd_per_month_now: Decimal
    """A month at the prices of ``as_of``."""
    usd_horizon: Decimal
    """The sum over the horizon, with announced price changes; after a retirement nothing is added."""
    usd_per_month_mean: Decimal
    """The mean month of those in which it can be had and has a price; what candidates are compared on."""
    usd_per_month_peak: Decimal
    """The most expensive month of the horizon."""
    first_days: tuple[date, ...]
    """The first day of each month."""
    usd_by_month: tuple[Decimal | None, ...]
    """What each month costs: for its days on offer where it ends, None where no price is on record for a day of it."""
    rows: tuple[PriceRow, ...]
    """The price rows that were used."""
    notes: tuple[str, ...] = ()
    """What the figure leaves out or takes from the safe side."""
    ends: date | None = None
    """The day inside the horizon on which it can no longer be had; None if it outlives the horizon."""
    low: Decimal | None = None
    """Lower end of the mean month (95 %), where it is not known how long an answer is thought over; else None."""
    high: Decimal | None = None
    """Upper end of the mean month; None where it has none or there is no interval."""
    peak_low: Decimal | None = None
    """Lower end of the most expensive month."""
    peak_high: Decimal | None = None
    """Upper end of the most expensive month; None where there is no interval."""
    usd_per_month_ranked: Decimal | None = None
    """What it is compared on where that is not the mean month: the upper end of the 80 % interval."""
    hidden: Estimate | None = None
    """The hidden tokens an answer that make the interval."""
    thinking: str = ""
    """How much is thought before an answer, in words."""
    is_unbounded: bool = False
    """Whether nothing bounds the upper end: nobody knows how long it thinks, and no maximum output is on record."""
    peak_without_hidden: Decimal | None = None
    """The most expensive month without hidden tokens, at the upper end of what else is not sure."""
    peak_per_hidden_token: Decimal | None = None
    """What each hidden token an answer adds to it."""
    tasks_per_month: int | None = None
    """How many tasks it is for, where the requests are their steps."""
    left_out: tuple[str, ...] = ()
    """What requests carry and no rule on record counts: ``3 images a request``."""

    @property
    def ranked(self) -> tuple[int, Decimal]:
        """What costs are ordered by: those that are known for every month before those that are not."""
        return int(not self.is_whole), self.ranked_usd

    @property
    def ranked_usd(self) -> Decimal:
        """The month that it is compared on: the upper end (80 %) of the mean one where its tokens are estimated."""
        return self.usd_per_month_mean if self.usd_per_month_ranked is None else self.usd_per_month_ranked

    def at(self, usd: Decimal) -> Cost:
        """Return the same, compared on another sum a month."""
        return self._replace(usd_per_month_mean=usd, usd_per_month_ranked=None)

    @property
    def per_task(self) -> TaskUsd | None:
        """What a task costs in the mean month; None where the traffic is not stated by the task."""
        if not self.tasks_per_month:
            return None
        low, high = (end / self.tasks_per_month for end in self.span)
        return TaskUsd(self.usd_per_month_mean / self.tasks_per_month, low, None if self.is_unbounded else high)

    @property
    def is_whole(self) -> bool:
        """Whether a price is on record for every month in which it can be had, and for all that is sent."""
        return None not in self.usd_by_month and not self.left_out

    @property
    def unpriced(self) -> tuple[date, ...]:
        """The first days of the months for which no price is on record."""
        return tuple(day for day, usd in zip(self.first_days, self.usd_by_month, strict=True) if usd is None)

    @property
    def months_priced(self) -> int:
        """How many months of the horizon have a price and something to be had."""
        return sum(
            1
            for day, usd in zip(self.first_days, self.usd_by_month, strict=True)
            if usd is not None and (self.ends is None or day < self.ends)
        )

    def hidden_tokens_within(self, most: Decimal) -> float | None:
        """Up to how many hidden tokens an answer the most expensive month stays within a budget.

        None without an interval.
        """
        if self.peak_without_hidden is None or not self.peak_per_hidden_token:
            return None
        return float((most - self.peak_without_hidden) / self.peak_per_hidden_token)

    @property
    def span(self) -> tuple[Decimal, Decimal]:
        """The 95 % interval of the mean month; the mean alone where there is no doubt."""
        mean = self.usd_per_month_mean
        return (mean if self.low is None else self.low), (mean if self.high is None else self.high)

    @property
    def months(self) -> tuple[MonthCost, ...]:
        """The months of the horizon, in order."""
        return tuple(map(MonthCost, self.first_days, self.usd_by_month))
