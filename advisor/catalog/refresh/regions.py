"""Where requests of a regional offering are processed, as the channel's own documentation promises it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Promise(NamedTuple):
    """The regions to which processing is confined, and the page that says so."""

    regions: tuple[str, ...]
    url: str
    read_on: date


_READ = date(2026, 11, 23)
_PAGES = {
    "bedrock": "https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html",
    "azure": "https://learn.microsoft.com/en-us/azure/foundry-classic/foundry-models/concepts/deployment-types",
    "openai": "https://developers.openai.com/api/docs/guides/data-residency",
    "anthropic": "https://platform.claude.com/docs/en/manage-claude/data-residency",
    "vertex": "https://docs.cloud.google.com/gemini-enterprise-agent-platform/resources/data-residency",
}
_AWS = {
    "eu-west-2": "uk",
    "eu-central-2": "ch",
    "us-": "us",
    "eu-central-1": "de",
    "eu-west-1": "ie",
    "eu-west-3": "fr",
    "eu-north-1": "se",
    "eu-south-1": "it",
    "eu-south-2": "es",
    "eu-": "eu",
    "ap-northeast-1": "jp",
    "ap-northeast-2": "kr",
    "ap-northeast-3": "jp",
    "ap-southeast-1": "sg",
    "ap-southeast-2": "au",
    "ap-south-": "in",
    "ca-": "ca",
    "sa-east-1": "br",
}
_GEOGRAPHIES = ("us", "eu", "jp", "au", "ca", "in", "global")


def promise(channel: str, region: str | None) -> Promise | None:
    """Return what the channel says about that region; None where we found no page that says it."""
    page = _PAGES.get(channel)
    if region is None or page is None:
        return None
    code = region if region in _GEOGRAPHIES else None
    if code is None and channel == "bedrock":
        code = next((found for prefix, found in _AWS.items() if region.startswith(prefix)), None)
    return Promise((code,), page, _READ) if code else None
