"""What of a chosen candidate's license and quality is another than the lock has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from advisor.catalog import Catalog
from advisor.catalog.records import Candidate
from advisor.decision.difference import Difference, Locked
from advisor.decision.lock_schema import LockedQuality
from advisor.decision.snapshot import record_sha256
from advisor.licenses.verdict import judge_offering

if TYPE_CHECKING:
    from advisor.requirements.schema import Requirements

_SHORT = 12
"""Digits of a hash that are told."""


def license_since(
    locked: Locked, candidate: Candidate, catalog: Catalog, requirements: Requirements
) -> Iterator[Difference]:
    """Yield the license, the verdict for the uses asked, and the record that it was given from."""
    old = locked.license
    if old.id is None and old.record_sha256 is None and old.verdict == "unknown":
        return
    new = judge_offering(catalog, candidate.offering, requirements.uses, requirements.organization)
    if new.license != old.id:
        yield Difference(candidate.id, "license", old.id or "none", new.license or "none", new.source)
    if new.verdict != old.verdict:
        yield Difference(candidate.id, "license.verdict", old.verdict, new.verdict, new.source)
    digest = record_sha256(catalog, new.license)
    if new.license == old.id and digest != old.record_sha256:
        was, now = (f"record {one[:_SHORT]}" if one else "no record" for one in (old.record_sha256, digest))
        yield Difference(candidate.id, "license.record", was, now, new.source)


def quality_since(locked: Locked, candidate: Candidate, catalog: Catalog) -> Iterator[Difference]:
    """Yield the estimate of the catalog, where it has left the interval that it had."""
    old = locked.quality
    if old is None or old.dimension not in catalog.dimensions:
        return
    new = catalog.quality(candidate.config, old.dimension)
    if new is not None and new.unit == old.unit and not is_inside(old, new.estimate):
        source = new.sources[0] if new.sources else None
        yield Difference(candidate.id, f"quality.{old.dimension}", _figure(old.estimate), _figure(new.estimate), source)


def is_inside(old: LockedQuality, estimate: float) -> bool:
    """Whether an estimate lies in the interval that the lock has: it moved by no more than was not known."""
    return old.low <= estimate <= old.high


def _figure(estimate: float) -> str:
    return f"{estimate:.1f}"
