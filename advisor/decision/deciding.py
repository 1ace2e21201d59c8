"""Make a decision out of an answer: the choice with all that it rested on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from advisor import __version__
from advisor.catalog import Catalog
from advisor.decision.records import (
    Decision,
    LockedCatalog,
    LockedCost,
    LockedFact,
    LockedFlip,
    LockedLicense,
    LockedMeasurement,
    LockedPrice,
    LockedQuality,
    LockedRequirements,
    LockedRival,
    LockedSource,
    LockedWorkload,
)
from advisor.errors import DecisionError
from advisor.facts import Measurement, Source
from advisor.solver.advice import Advice, LicenseAnswer, Standing, WorkloadAdvice

if TYPE_CHECKING:
    from advisor.requirements.records import Requirements

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
    """The decision for every workload: who leads, or whom ``choices`` names by workload.

    Raises DecisionError if a workload has no answer, or if a choice does not pass.
    """
    chosen = dict(choices or {})
    taken = tuple(measurements)
    unknown = sorted(set(chosen) - {answer.workload for answer in advice.workloads})
    if unknown:
        names = ", ".join(answer.workload for answer in advice.workloads)
        raise DecisionError(f"there is no workload {unknown[0]!r} to choose for", hint=f"the workloads are {names}")
    return Decision(
        decided_on=advice.as_of,
        advisor_version=__version__,
        requirements=LockedRequirements(file=name, sha256=requirements_sha256(requirements)),
        catalog=LockedCatalog(version=advice.catalog_version, sha256=advice.catalog_sha256),
        workloads=tuple(_workload(answer, chosen.get(answer.workload), catalog, taken) for answer in advice.workloads),
    )


def requirements_sha256(requirements: Requirements) -> str:
    """The hash of what requirements say; what is left out or empty does not count, nor do layout and comments."""
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
            hint="`advisor recommend` shows the cheapest ways out",
        )
    standing = answer.standing(wanted or answer.recommended)
    if standing is None:
        out = answer.excluded.find(wanted or "")
        because = f": it fails {', '.join(out.constraints)}" if out else ""
        raise DecisionError(
            f"{answer.workload}: {wanted} does not pass{because}", hint=f"`advisor explain {wanted}` says more"
        )
    candidate = standing.candidate
    return LockedWorkload(
        workload=answer.workload,
        status="undecided" if standing.open_questions else "tied" if len(answer.tied) > 1 else "decided",
        chosen=standing.id,
        leader=answer.recommended,
        model=candidate.offering.model.id,
        api_name=candidate.offering.api_name,
        why=answer.why if standing.id == answer.recommended else (),
        cost=locked_cost(standing),
        quality=_quality(standing),
        license=locked_license(standing.license, catalog),
        facts=tuple(locked_facts(standing)),
        prices=tuple(locked_prices(standing)),
        measurements=tuple(_measurements(standing, measurements)),
        open_questions=tuple(cause.constraint for cause in standing.open_questions),
        rivals=tuple(_rival(other) for other in answer.standings[: MOST_RIVALS + 1] if other is not standing),
        overturned_by=tuple(
            LockedFlip(kind=flip.kind, at=flip.at, to=flip.to, because=flip.because) for flip in answer.flips
        ),
    )


def locked_cost(standing: Standing) -> LockedCost | None:
    """The cost as the lock has it."""
    cost = standing.cost
    if cost is None:
        return None
    return LockedCost(
        usd_per_month_now=cost.usd_per_month_now,
        usd_per_month_mean=cost.usd_per_month_mean,
        usd_per_month_peak=cost.usd_per_month_peak,
        usd_horizon=cost.usd_horizon,
    )


def locked_license(answer: LicenseAnswer, catalog: Catalog) -> LockedLicense:
    """The verdict with the hash of the record it was given from."""
    record = catalog.licenses.get(answer.license or "")
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, default=str) if record else None
    return LockedLicense(
        id=answer.license,
        verdict=answer.verdict,
        record_sha256=sha256(text.encode()).hexdigest() if text else None,
        source=_source(answer.source),
    )


def locked_facts(standing: Standing) -> Iterator[LockedFact]:
    """The facts that the tests rested on, by name."""
    for name, fact in sorted(standing.facts.items()):
        yield LockedFact(
            name=name, value=plain(fact.value), unit=fact.unit, state=fact.state.value, source=_source(fact.source)
        )


def locked_prices(standing: Standing) -> Iterator[LockedPrice]:
    """The price rows that the cost was made of."""
    for row in standing.cost.rows if standing.cost else ():
        yield LockedPrice(
            tier=row.tier,
            input=row.input,
            output=row.output,
            cached_input=row.cached_input,
            above_prompt_tokens=row.above_prompt_tokens,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            source=LockedSource(url=row.source.url, read_on=row.source.read_on),
        )


def plain(value: Any) -> Any:
    """A fact's value as YAML has it."""
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _quality(standing: Standing) -> LockedQuality | None:
    quality = standing.quality
    if quality is None:
        return None
    return LockedQuality(
        dimension=quality.dimension,
        estimate=quality.estimate,
        low=quality.low,
        high=quality.high,
        unit=quality.unit,
        sources=tuple(LockedSource(url=source.url, read_on=source.read_on) for source in quality.sources),
    )


def _rival(standing: Standing) -> LockedRival:
    return LockedRival(
        id=standing.id,
        usd_per_month_mean=standing.cost.usd_per_month_mean if standing.cost else None,
        estimate=standing.quality.estimate if standing.quality else None,
    )


def _measurements(standing: Standing, taken: tuple[Measurement, ...]) -> Iterator[LockedMeasurement]:
    for one in taken:
        if one.subject in (standing.id, standing.candidate.offering.id):
            yield LockedMeasurement(
                subject=one.subject,
                quantity=one.quantity,
                value=one.value,
                low=one.low,
                high=one.high,
                n=one.n,
                measured_on=one.measured_on,
            )


def _source(source: Source | None) -> LockedSource | None:
    return LockedSource(url=source.url, read_on=source.read_on) if source else None
