"""What a cost leaves out of what a job needs: input besides text that nobody stated, and a tuned model's own price."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from advisor.catalog.records import SELF_HOSTED, Candidate
from advisor.solver.month_cost import Cost

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

    def on(self, found: Cost | None, candidate: Candidate) -> Cost | None:
        """Return the cost with a word on what it leaves out; None where it is unknown."""
        if found is None or self.workload.traffic is None:
            return found
        more = (*self._inputs(), *self._tuning(candidate))
        return found._replace(notes=(*found.notes, *more)) if more else found

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
