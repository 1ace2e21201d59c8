"""License reviews in every format: those that all reports have, and two bills of materials."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from advisor.licenses.review import Review
from advisor.reports import formats
from advisor.reports.formats import Report
from advisor.reports.header import header
from advisor.reports.licenses import cyclonedx, spdx
from advisor.reports.licenses.json import CheckRecord, result_record
from advisor.reports.licenses.placed import finding_log
from advisor.reports.licenses.sections import headline, sections
from advisor.reports.section import Page, Part, counted
from advisor.requirements.schema import Organization


class LicenseReport(NamedTuple):
    """What was reviewed, for whom, on the ground of which catalog."""

    reviews: tuple[Review, ...]
    uses: tuple[str, ...]
    organization: Organization
    as_of: date
    catalog_version: str
    catalog_sha256: str


def render(form: str, checked: LicenseReport) -> str:
    """Return the report in one of the formats."""
    made = Report(
        header(checked.as_of, checked.catalog_version, checked.catalog_sha256),
        lambda: _record(checked),
        lambda: _page(checked),
        findings=lambda: finding_log(checked.reviews, checked.uses, checked.as_of, checked.catalog_version),
        own={
            "cyclonedx": lambda: cyclonedx.render(checked.reviews),
            "spdx": lambda: spdx.render(checked.reviews),
        },
        numbered_sources=True,
    )
    return formats.render(form, made)


def _record(checked: LicenseReport) -> CheckRecord:
    organization = checked.organization.model_dump(mode="json", exclude_none=True)
    return CheckRecord(checked.uses, organization, tuple(result_record(review) for review in checked.reviews))


def _page(checked: LicenseReport) -> Page:
    return Page(
        f"License review of {counted(len(checked.reviews), 'target')}",
        f"as of {checked.as_of}, catalog {checked.catalog_version}",
        tuple(Part(headline(review), sections=sections(review), verdict=review.verdict) for review in checked.reviews),
        footer=f"Uses: {', '.join(checked.uses)}.",
        sha256=checked.catalog_sha256,
    )
