"""What rests on a model that no longer answers: measurements made with it, and decisions for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from advisor.facts import Measurement
from advisor.monitor.alarms import SERVED, Alarm
from advisor.probe.served_models import is_same_model


def with_evidence(
    alarms: Sequence[Alarm], measurements: Sequence[Measurement], decided: Mapping[str, Sequence[str]]
) -> tuple[Alarm, ...]:
    """Return the alarms with what rests on them.

    ``decided`` has for each workload of the decision the names of the model that serves it.
    """
    return tuple(one._replace(rests_on=tuple(_resting(one, measurements, decided))) for one in alarms)


def _resting(one: Alarm, measurements: Sequence[Measurement], decided: Mapping[str, Sequence[str]]) -> Iterator[str]:
    if one.detector == SERVED:
        old, names = one.cell.instead_of, (one.cell.asked, one.cell.instead_of)
        for found in measurements:
            if _rests_on(found, old):
                yield f"{found.quantity} of {found.subject}, measured on {found.measured_on}"
    else:
        names = (one.cell.model, None)
    for workload, known in decided.items():
        if any(name and is_same_model(name, known) for name in names):
            yield f"the decision for {workload}"


def _rests_on(found: Measurement, model: str | None) -> bool:
    served = [one for one in found.rests_on if one.kind == "served"]
    return bool(model) and any(is_same_model(model, one.version.split()) for one in served if one.version)
