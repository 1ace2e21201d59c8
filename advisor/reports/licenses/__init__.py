"""Report license reviews."""

from __future__ import annotations

from advisor.reports.formats import FINDINGS

FORMATS = (*FINDINGS, "cyclonedx", "spdx")
"""The formats of a review; CycloneDX 1.6 and SPDX 3.0.1 are bills of materials."""
