"""Names by which APIs know models, among them those that ended before this catalog keeps offerings.

``catalog/api_names.csv``: one row a name and channel, with the address of the maker's page and the day it was read.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import NamedTuple

from advisor.errors import CatalogError
from advisor.facts import Source

_PACKAGE = Path(__file__).parent.parent


class ApiName(NamedTuple):
    """A name, and what its maker says of its end."""

    name: str
    channel: str
    state: str
    """active, deprecated (an end is announced) or retired, on the day it was read."""
    ends: date | None
    """The first day on which it does not answer; None: none is announced, or the day is not on record."""
    replacement: str | None
    source: Source


def load_api_names() -> tuple[ApiName, ...]:
    """Every name on record. Raises CatalogError if the file is not there or is no such table."""
    inside = _PACKAGE / "_catalog_files" / "api_names.csv"
    path = inside if inside.is_file() else _PACKAGE.parent / "catalog" / "api_names.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return tuple(_row(row) for row in csv.DictReader(file))
    except (OSError, KeyError, ValueError) as error:
        raise CatalogError(f"{path.name}: cannot be read: {error}", hint="install the package again") from None


def _row(row: dict[str, str]) -> ApiName:
    ends = date.fromisoformat(row["ends"]) if row["ends"] else None
    source = Source(row["source"], date.fromisoformat(row["read_on"]))
    return ApiName(row["name"], row["channel"], row["state"], ends, row["replacement"] or None, source)
