"""What every JSON report begins with, so that a script can tell which day, catalog and program it speaks of."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from advisor.version import __version__

if TYPE_CHECKING:
    from advisor.catalog import Catalog

SCHEMA_VERSION = 2
"""Raised when a key of a report changes its meaning or goes; docs/reference/json.md lists what changed."""


class CatalogStamp(NamedTuple):
    """Which catalog an answer rests on; nulls where none was asked."""

    version: str | None
    sha256: str | None


class Header(NamedTuple):
    """The first four keys of every JSON report."""

    schema_version: int
    as_of: date
    catalog: CatalogStamp
    advisor_version: str


def header(as_of: date, version: str | None, sha256: str | None) -> Header:
    """Return the header of a report; ``version`` and ``sha256`` are the catalog's."""
    return Header(SCHEMA_VERSION, as_of, CatalogStamp(version, sha256), __version__)


def catalog_header(catalog: Catalog) -> Header:
    """Return the header of a report on this catalog."""
    return header(catalog.as_of, catalog.version, catalog.sha256)
