"""What people call a model finds the version that they mean, and nothing that two models share."""

from __future__ import annotations

from datetime import date

import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.errors import UnknownName
from advisor.reports.catalog_entry import render


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return load_catalog(date(2026, 11, 29), overlay=False)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("gpt-4o", "gpt-4o-2024-08-06"),
        ("Claude Opus 5.5", "claude-opus-5-5"),
        ("claude-opus-5.5", "claude-opus-5-5"),
        ("CLAUDE_OPUS_5_5", "claude-opus-5-5"),
        ("GPT-6.2 Sol", "gpt-6.2-sol"),
        ("gemini 4 neon", "gemini-4-neon"),
        ("kimi-k3", "kimi-k3"),
    ],
)
def test_a_common_name_means_its_version(shipped: Catalog, name: str, model: str) -> None:
    assert shipped.find_model(name).id == model
    assert {one.offering.model.id for one in shipped.find_candidates(name)} == {model}


def test_a_channel_before_the_name_keeps_to_that_channel(shipped: Catalog) -> None:
    found = shipped.find_candidates("openrouter/Claude Opus 5.5")
    assert {(one.offering.channel.id, one.offering.model.id) for one in found} == {("openrouter", "claude-opus-5-5")}


def test_a_name_that_nothing_bears_is_still_unknown(shipped: Catalog) -> None:
    with pytest.raises(UnknownName, match="claude-opus-99"):
        shipped.find_model("claude-opus-99")


def test_show_gives_the_model_rather_than_the_license_of_that_name(shipped: Catalog) -> None:
    assert "kimi-k3" in shipped.licenses
    assert render("table", shipped, "kimi-k3", None).startswith("Kimi K3 (kimi-k3) of moonshot")
