"""Make a decision out of an answer: the choice with all that it rested on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from advisor.catalog import Catalog
from advisor.decision.lock_schema import (
    Decision,
    LockedCatalog,
    LockedFlip,
    LockedRequirements,
    LockedRival,
    LockedWorkload,
)
from advisor.decision.snapshot import rested
from advisor.errors import DecisionError
from advisor.facts import Measurement
from advisor.solver.answer import Advice, WorkloadAdvice
from advisor.solver.standing import Standing
from advisor.version import __version__

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements

MOST_RIVALS = 8
"""Rivals that are written down, best first."""


def decide(
    advice: Advice,
    requirements: Requirements,
    catalog: Catalog,
    name: str,
    *,
    choices: Mapping[str, str] | None = None,
    measurements: Iterable[Measurement] = (),
) -> Decision:
    """Return the decision for every workload: who leads, or whom ``choices`` names by workload.

    Raises DecisionError if a workload has no answer, or if a choice does not pass.
    """
    chosen = dict(choices or {})
    taken = tuple(measurements)
    require_workloads(chosen, [answer.workload for answer in advice.workloads])
    return Decision(
        decided_on=advice.as_of,
        advisor_version=__version__,
        requirements=LockedRequirements(file=name, sha256=requirements_sha256(requirements)),
        catalog=LockedCatalog(version=advice.catalog_version, sha256=advice.catalog_sha256),
        workloads=tuple(_workload(answer, chosen.get(answer.workload), catalog, taken) for answer in advice.workloads),
    )


def require_workloads(chosen: Iterable[str], workloads: Sequence[str]) -> None:
    """Raise DecisionError if a choice is for a workload that there is not."""
    unknown = sorted(set(chosen) - set(workloads))
    if unknown:
        raise DecisionError(
            f"there is no workload {unknown[0]!r} to choose for", hint=f"the workloads are {', '.join(workloads)}"
        )


def requirements_sha256(requirements: Requirements) -> str:
    """Give the hash of what requirements say; what is left out or empty does not count, nor do layout and comments."""
    text = json.dumps(_said(requirements), sort_keys=True, ensure_ascii=False, default=str)
    return sha256(text.encode()).hexdigest()


def _said(value: Any) -> Any:
    """Plain content without what is empty; works on checked records and on those read back."""
    if isinstance(value, tuple):
        return [_said(part) for part in value]
    if hasattr(value, "model_copy"):
        fields = {name: _said(part) for name, part in vars(value).items()}
        return {name: part for name, part in fields.items() if part not in (None, [], {})}
    return value


def _workload(
    answer: WorkloadAdvice, wanted: str | None, catalog: Catalog, measurements: tuple[Measurement, ...]
) -> LockedWorkload:
    if answer.recommended is None:
        raise DecisionError(
            f"{answer.workload}: nothing passes, so there is nothing to decide",
            hint="`advisor recommend` shows the cheapest relaxations",
        )
    standing = answer.standing(wanted or answer.recommended)
    if standing is None:
        out = answer.excluded.find(wanted or "")
        because = f": it fails {', '.join(out.constraints)}" if out else ""
        raise DecisionError(
            f"{answer.workload}: {wanted} does not pass{because}", hint=f"`advisor explain {wanted}` says more"
        )
    return LockedWorkload(
        workload=answer.workload,
        status="undecided" if standing.open_questions else "tied" if len(answer.tied) > 1 else "decided",
        chosen=standing.id,
        leader=answer.recommended,
        why=answer.why if standing.id == answer.recommended else (),
        rivals=rivals(answer, standing.id),
        overturned_by=tuple(
            LockedFlip(kind=flip.kind, at=flip.at, to=flip.to, because=flip.because) for flip in answer.flips
        ),
        **rested(standing, catalog, measurements)._asdict(),
    )


def rivals(answer: WorkloadAdvice, chosen: str) -> tuple[LockedRival, ...]:
    """Return the best others that pass, with their figures."""
    return tuple(_rival(other) for other in answer.standings[: MOST_RIVALS + 1] if other.id != chosen)


def _rival(standing: Standing) -> LockedRival:
    return LockedRival(
        id=standing.id,
        usd_per_month_mean=standing.cost.usd_per_month_mean if standing.cost else None,
        estimate=standing.quality.estimate if standing.quality else None,
    )
