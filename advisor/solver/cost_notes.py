"""What a cost leaves out of what a job needs: input besides text that nobody stated, and a tuned model's own price."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from advisor.catalog.records import SELF_HOSTED, Candidate
from advisor.solver.constraints import quality_floor
from advisor.solver.constraints.base import MeasurementIndex
from advisor.solver.month_cost import Cost, TaskUsd
from advisor.solver.quality import OWN_SCORES

if TYPE_CHECKING:
    from advisor.requirements.schema import Workload

_STATED_AS: dict[str, str | None] = {
    "image": "images_per_request",
    "pdf": "pdf_pages_per_request",
    "audio": "audio_seconds_per_request",
    "video": None,
}
"""Where the traffic states how much of a kind is sent."""

_PER_MILLION = "fine_tuned_{side}_usd_per_million_tokens"


@dataclass(frozen=True)
class CostNotes:
    """The notes on the cost of any candidate of a workload."""

    workload: Workload
    day: date
    measured: MeasurementIndex = field(default_factory=MeasurementIndex)

    def on(self, found: Cost | None, candidate: Candidate) -> Cost | None:
        """Return the cost with a word on what it leaves out; None where it is unknown."""
        if found is None or self.workload.traffic is None:
            return found
        tasks = self.workload.traffic.tasks
        found = found._replace(tasks_per_month=tasks.tasks_per_month) if tasks else found
        more = (*self._inputs(), *self._tuning(candidate), *self._task(found, candidate))
        return found._replace(notes=(*found.notes, *more)) if more else found

    def _task(self, found: Cost, candidate: Candidate) -> Iterator[str]:
        """Yield what a task costs, and a solved one where the workload's own cases measured how many are solved."""
        each, traffic = found.per_task, self.workload.traffic
        if each is None or traffic is None or traffic.tasks is None:
            return
        steps = traffic.tasks.steps
        yield f"a task of {steps:,} step{'s' * (steps > 1)} costs {_span(each)}{self._solved(each, candidate)}"

    def _solved(self, each: TaskUsd, candidate: Candidate) -> str:
        """Return what a solved task costs, from the share of the own cases that the quality floor names."""
        asked = quality_floor.AT_LEAST.own_figure(self.workload)
        share = self.measured.find(candidate, asked.quantity) if asked else None
        if asked is None or share is None or not share.value or not share.low or share.high is None:
            return ""
        of = Decimal(str(share.value)) / 100
        high = None if each.high is None else each.high / (Decimal(str(share.low)) / 100)
        solved = TaskUsd(each.usd / of, each.low / (Decimal(str(share.high)) / 100), high)
        words = (
            f"{share.value:.0f} [{share.low:.0f}, {share.high:.0f}] of 100 in {asked.quantity.removeprefix(OWN_SCORES)}"
        )
        return f", a solved one {_span(solved)} ({words})"

    def _inputs(self) -> Iterator[str]:
        traffic = self.workload.traffic
        asked = [kind for kind in _STATED_AS if kind in self.workload.needs.modalities]
        kinds = [kind for kind in asked if getattr(traffic, _STATED_AS[kind] or "", None) is None]
        if kinds:
            keys = [f"traffic.{key}" for kind in kinds if (key := _STATED_AS[kind])]
            more = f"; state {' and '.join(keys)} to have it counted by each maker's rule" if keys else ""
            words = " and ".join(kinds)
            yield (f"{words} input costs what the input_tokens that you state hold of it, and no more is counted{more}")

    def _tuning(self, candidate: Candidate) -> Iterator[str]:
        if not self.workload.needs.fine_tuning:
            return
        offering = candidate.offering
        if offering.channel.kind == SELF_HOSTED:
            yield "the training of the tuned model is not counted"
            return
        rates = [offering.fact(_PER_MILLION.format(side=side), self.day) for side in ("input", "output")]
        serving = offering.fact("fine_tuned_serving", self.day)
        if all(rate.is_usable for rate in rates):
            priced = f"tuned, it costs ${rates[0].value} in and ${rates[1].value} out a million tokens"
        elif serving.is_usable and serving.value == "dedicated-endpoint":
            priced = "tuned, it runs on a dedicated endpoint that is paid by the hour"
        else:
            priced = "what it costs once it is tuned is not on record"
        yield f"{priced}: the sum is that of the untuned model, and its training is not counted"


def _span(usd: TaskUsd) -> str:
    """``$0.41 ($0.30 to $0.88)``; the figure alone where there is no doubt."""
    if usd.low == usd.high:
        return _usd(usd.usd)
    return f"{_usd(usd.usd)} ({_usd(usd.low)} to {'any sum' if usd.high is None else _usd(usd.high)})"


def _usd(sum_: Decimal) -> str:
    """Return cents from ten cents on, below them two digits that count."""
    return f"${sum_:,.2f}" if sum_ >= _CENTS_FROM or not sum_ else f"${float(sum_):.2g}"


_CENTS_FROM = Decimal("0.1")
