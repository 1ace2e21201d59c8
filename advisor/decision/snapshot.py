"""What a chosen candidate rested on, as the lock has it: figures, facts, price rows, terms and measurements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple

from advisor.catalog import Catalog
from advisor.decision.lock_schema import (
    LockedBasis,
    LockedCost,
    LockedFact,
    LockedLicense,
    LockedMeasurement,
    LockedPrice,
    LockedQuality,
    LockedSource,
)
from advisor.facts import Measurement, Source
from advisor.licenses.verdict import LicenseAnswer
from advisor.solver.standing import Standing


class CandidateSnapshot(NamedTuple):
    """The part of a locked record that is about one candidate."""

    model: str | None
    api_name: str | None
    cost: LockedCost | None
    quality: LockedQuality | None
    license: LockedLicense
    facts: tuple[LockedFact, ...] = ()
    prices: tuple[LockedPrice, ...] = ()
    measurements: tuple[LockedMeasurement, ...] = ()
    open_questions: tuple[str, ...] = ()


ABSENT = CandidateSnapshot(None, None, None, None, LockedLicense(verdict="unknown"))
"""Of what the catalog does not have, nothing is known."""


def rested(standing: Standing, catalog: Catalog, measurements: tuple[Measurement, ...]) -> CandidateSnapshot:
    """All that a candidate rested on."""
    offering = standing.candidate.offering
    return CandidateSnapshot(
        offering.model.id,
        offering.api_name,
        _cost(standing),
        _quality(standing),
        _license(standing.license, catalog),
        tuple(_facts(standing)),
        tuple(_prices(standing)),
        tuple(_measurements(standing, measurements)),
        tuple(cause.constraint for cause in standing.open_questions),
    )


def _cost(standing: Standing) -> LockedCost | None:
    """Return the cost as the lock has it."""
    cost = standing.cost
    if cost is None:
        return None
    return LockedCost(
        usd_per_month_now=cost.usd_per_month_now,
        usd_per_month_mean=cost.usd_per_month_mean,
        usd_per_month_peak=cost.usd_per_month_peak,
        usd_horizon=cost.usd_horizon,
    )


def _license(answer: LicenseAnswer, catalog: Catalog) -> LockedLicense:
    """Return the verdict with the hash of the record it was given from."""
    return LockedLicense(
        id=answer.license,
        verdict=answer.verdict,
        record_sha256=record_sha256(catalog, answer.license),
        source=_source(answer.source),
    )


def record_sha256(catalog: Catalog, license_id: str | None) -> str | None:
    """Return the hash of the catalog's record of a license; None where it has none."""
    record = catalog.licenses.get(license_id or "")
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, default=str) if record else None
    return sha256(text.encode()).hexdigest() if text else None


def _facts(standing: Standing) -> Iterator[LockedFact]:
    """Yield the facts that the tests rested on, by name."""
    for name, fact in sorted(standing.facts.items()):
        yield LockedFact(
            name=name, value=to_yaml(fact.value), unit=fact.unit, state=fact.state.value, source=_source(fact.source)
        )


def _prices(standing: Standing) -> Iterator[LockedPrice]:
    """Yield the price rows that the cost was made of."""
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


def to_yaml(value: Any) -> Any:
    """Return a fact's value as YAML has it."""
    if isinstance(value, tuple):
        return [to_yaml(part) for part in value]
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
                rests_on=tuple(LockedBasis(**basis._asdict()) for basis in one.rests_on),
            )


def _source(source: Source | None) -> LockedSource | None:
    return LockedSource(url=source.url, read_on=source.read_on) if source else None
