"""What the shipped catalog must know: abilities on the largest channels, makers' ends and rises for all who resell."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.catalog.records import Offering
from advisor.facts import State

DAY = date(2026, 11, 29)
ABILITIES = ("context_window_tokens", "max_input_tokens", "tools", "structured_output")
MAKERS = {"google": "gemini"}
"""The channel on which a lab announces first, where it does not have the lab's name."""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(DAY, overlay=False)


@pytest.fixture(scope="module")
def current(catalog: Catalog) -> tuple[Offering, ...]:
    return tuple({one.offering.id: one.offering for one in catalog.candidates}.values())


def makers_own(catalog: Catalog, offering: Offering) -> Offering | None:
    lab = offering.model.lab
    own = catalog.offerings.get(f"{MAKERS.get(lab, lab)}/{offering.model.id}")
    is_resold = offering.fact("weights", DAY).value == "closed" and offering.channel.id not in (lab, MAKERS.get(lab))
    return own if is_resold and not (lab == "google" and offering.channel.id == "vertex") else None


@pytest.mark.parametrize("ability", ABILITIES)
def test_the_largest_channels_say_what_their_models_can_do(current: tuple[Offering, ...], ability: str) -> None:
    sizes = Counter(one.channel.id for one in current)
    for channel, size in sizes.most_common(12):
        known = sum(one.fact(ability, DAY).is_usable for one in current if one.channel.id == channel)
        assert known >= 0.85 * size, channel


def test_no_reseller_of_closed_weights_outlives_its_maker_in_silence(
    catalog: Catalog, current: tuple[Offering, ...]
) -> None:
    rows = [(one, own) for one in current if (own := makers_own(catalog, one))]
    announced = [(one, own) for one, own in rows if own.fact("retirement_date", DAY).is_usable]
    assert len(announced) > 40
    assert [one.id for one, _ in announced if not one.fact("retirement_date", DAY).is_usable] == []


def test_an_announced_rise_is_on_record_for_every_reseller(catalog: Catalog, current: tuple[Offering, ...]) -> None:
    after = date(2026, 12, 1)
    argon = [one for one in current if one.model.id == "gemini-4-argon"]
    assert len(argon) > 5
    for one in argon:
        now = max(row.output for row in one.prices if row.tier == "standard" and row.holds_on(DAY) and row.output)
        then = max(row.output for row in one.prices if row.tier == "standard" and row.holds_on(after) and row.output)
        assert then >= 2 * now * 99 / 100, one.id


def test_no_price_begins_before_its_model(catalog: Catalog) -> None:
    for one in catalog.offerings.values():
        released = one.model.facts.at("released_date", DAY)
        if released.is_usable and one.id not in catalog._on_record:
            early = [row for row in one.prices if row.valid_from and row.valid_from < released.value]
            assert not early, one.id


def test_a_promotion_that_has_ended_is_not_the_price_of_today(catalog: Catalog) -> None:
    rows = [row for row in catalog.offerings["openai/gpt-5.6-sol"].prices if row.tier == "standard"]
    (today,) = (row for row in rows if row.holds_on(DAY) and not row.above_prompt_tokens)
    assert today.state is State.DISPUTED
    assert {str(side["input"]) for side in today.claims} == {"4", "5"}
