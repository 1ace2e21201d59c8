"""What every JSON report begins with, so that a script can tell which day, catalogue and program it speaks of."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from advisor import __version__

if TYPE_CHECKING:
    from advisor.catalog import Catalog
    from advisor.reports.recommendation.json_types import HeaderDocument

SCHEMA_VERSION = 1
"""Raised when a key of a report changes its meaning or goes."""


def heading(as_of: date, version: str, sha256: str) -> HeaderDocument:
    """The first four keys; ``version`` and ``sha256`` are the catalogue's."""
    return {
        "schema_version": SCHEMA_VERSION,
        "as_of": as_of.isoformat(),
        "catalog": {"version": version, "sha256": sha256},
        "advisor_version": __version__,
    }


def heading_of(catalog: Catalog) -> HeaderDocument:
    """The first four keys of a report on this catalogue."""
    return heading(catalog.as_of, catalog.version, catalog.sha256)
