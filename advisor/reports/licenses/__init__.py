"""Reports on license reviews: one file a format, each a function from what was checked to text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from advisor.licenses.review import Review
    from advisor.requirements.schema import Organization


class LicenseReport(NamedTuple):
    """What was reviewed, for whom, on the ground of which catalogue."""

    reviews: tuple[Review, ...]
    uses: tuple[str, ...]
    organization: Organization
    as_of: date
    catalog_version: str
    catalog_sha256: str


FORMATS: Mapping[str, str] = {
    "table": "for a terminal",
    "json": "for programs",
    "markdown": "for a pull request",
    "html": "for a reader",
    "sarif": "for code scanning (SARIF 2.1.0)",
    "cyclonedx": "an ML bill of materials (CycloneDX 1.6)",
    "spdx": "an AI bill of materials (SPDX 3.0.1)",
}
"""Every format with what it is for."""


def render(form: str, checked: LicenseReport) -> str:
    """The report in one of the formats."""
    write: Callable[[LicenseReport], str] = import_module(f"{__name__}.{form}").render
    return write(checked)
