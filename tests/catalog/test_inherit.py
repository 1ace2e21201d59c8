"""What an offering has from its model's maker: abilities, endings, announced rises; and what no price may claim."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from advisor.catalog import Catalog
from advisor.catalog.source.build import build
from advisor.catalog.source.dedupe import shared
from advisor.facts import State
from tests.catalog_files import SOURCES, Files

DAY = date(2026, 11, 23)
LATER = {"later": {"url": "https://example.com/later", "read_on": "2027-02-01"}}
HUT = {"id": "hut", "name": "Hut", "kind": "router"}


def fact(value: Any, **more: Any) -> dict[str, Any]:
    return {"value": value, "source": "page", **more}


def resold(files: Files, *, weights: str = "closed", maker: dict[str, Any], reseller: dict[str, Any]) -> Catalog:
    """The owl of the nest, also sold by a router, the hut."""
    files.put("models/owls.yaml", "lab", "channels", value=["nest"])
    files.put("models/owls.yaml", "models", 0, "facts", "weights", "value", value=weights)
    price = [{"valid_from": "2026-01-01", "input": "2", "output": "10", "source": "page"}]
    for name, channel, offering in (
        ("nest", {"id": "nest", "name": "Nest", "kind": "lab"}, {"prices": price, **maker}),
        ("hut", HUT, {"prices": price, **reseller}),
    ):
        rows = [{"model": "owl-1", **offering}]
        sources = {**SOURCES, **LATER}
        files.write(f"prices/{name}.yaml", {"channel": channel, "sources": sources, "offerings": rows})
    return Catalog(shared(json.loads(build(files.root))), as_of=DAY, digest="")


RISE = [
    {"valid_from": "2026-01-01", "valid_to": "2027-01-01", "input": "2", "output": "10", "source": "page"},
    {"valid_from": "2027-01-01", "input": "4", "output": "15", "source": "page"},
]


def rates(catalog: Catalog, day: date) -> list[tuple[Decimal | None, Decimal | None]]:
    return [(row.input, row.output) for row in catalog.offerings["hut/owl-1"].prices if row.holds_on(day)]


def test_abilities_come_from_the_maker_with_that_state_and_their_source(files: Files) -> None:
    known = {"tools": fact(True), "context_window_tokens": fact(128_000), "max_input_tokens": fact(100_000)}
    offering = resold(files, maker={"facts": known}, reseller={}).offerings["hut/owl-1"]
    for name, value in (("tools", True), ("context_window_tokens", 128_000), ("max_input_tokens", 100_000)):
        found = offering.fact(name, DAY)
        assert (found.value, found.state, found.is_usable) == (value, State.INHERITED, True)
        assert found.source is not None
        assert found.source.url == "https://example.com/models"
        assert "nest" in str(found.note)
    assert not offering.fact("structured_output", DAY).is_usable


def test_what_the_channel_says_itself_wins_over_the_maker(files: Files) -> None:
    known = {"tools": fact(True), "context_window_tokens": fact(128_000), "max_input_tokens": fact(100_000)}
    own = {"tools": fact(False), "context_window_tokens": fact(32_000)}
    offering = resold(files, maker={"facts": known}, reseller={"facts": own}).offerings["hut/owl-1"]
    assert (offering.fact("tools", DAY).value, offering.fact("tools", DAY).state) == (False, State.KNOWN)
    assert offering.fact("context_window_tokens", DAY).value == 32_000
    assert not offering.fact("max_input_tokens", DAY).is_usable, "no more than the channel's own window"


def test_the_makers_last_day_is_the_latest_for_closed_weights(files: Files) -> None:
    ends = {"facts": {"retirement_date": fact(date(2026, 12, 11))}}
    ending = resold(files, maker=ends, reseller={}).offerings["hut/owl-1"].fact("retirement_date", DAY)
    assert (ending.value, ending.state) == (date(2026, 12, 11), State.INHERITED)
    assert "maker" in str(ending.note)
    opened = resold(files, weights="open", maker=ends, reseller={}).offerings["hut/owl-1"]
    assert not opened.fact("retirement_date", DAY).is_usable
    own = {"facts": {"retirement_date": fact(date(2027, 4, 14))}}
    assert resold(files, maker=ends, reseller=own).offerings["hut/owl-1"].fact("retirement_date", DAY).value == date(
        2027, 4, 14
    )


def test_an_announced_rise_reaches_who_resells_and_deleting_their_own_row_changes_nothing(files: Files) -> None:
    after = date(2027, 1, 1)
    silent = resold(files, maker={"prices": RISE}, reseller={})
    assert rates(silent, DAY) == [(Decimal(2), Decimal(10))]
    assert rates(silent, after) == [(Decimal(4), Decimal(15))]
    (row,) = (row for row in silent.offerings["hut/owl-1"].prices if row.holds_on(after))
    assert (row.state, len(row.claims)) == (State.DISPUTED, 2)
    own = resold(files, maker={"prices": RISE}, reseller={"prices": RISE})
    assert rates(own, after) == rates(silent, after)


def test_a_price_of_its_own_that_was_read_after_the_rise_stands(files: Files) -> None:
    late = [{"valid_from": "2026-01-01", "input": "2", "output": "10", "source": "later"}]
    assert rates(resold(files, maker={"prices": RISE}, reseller={"prices": late}), date(2027, 1, 1)) == [
        (Decimal(2), Decimal(10))
    ]


def test_a_cut_is_not_passed_on(files: Files) -> None:
    cut = [RISE[0], {**RISE[1], "input": "1", "output": "5"}]
    assert rates(resold(files, maker={"prices": cut}, reseller={}), date(2027, 1, 1)) == [(Decimal(2), Decimal(10))]


def test_after_a_promotion_the_price_is_disputed_at_the_side_of_before(files: Files) -> None:
    rows = [
        {"valid_from": "2026-01-01", "valid_to": "2026-08-01", "input": "5", "output": "30", "source": "page"},
        {"valid_from": "2026-08-01", "input": "4", "output": "20", "source": "page"},
    ]
    promotion = {"model": "owl-1", "last_day": date(2026, 12, 21), "source": "page"}
    files.put("channels/nest.yaml", "promotions", value=[promotion])
    nest = resold(files, maker={"prices": rows}, reseller={}).offerings["nest/owl-1"]
    during = [row for row in nest.prices if row.holds_on(date(2026, 12, 21))]
    after = [row for row in nest.prices if row.holds_on(date(2026, 12, 22))]
    assert [(row.input, row.state) for row in during] == [(Decimal(4), State.KNOWN)]
    assert [(row.input, row.output, row.state) for row in after] == [(Decimal(5), Decimal(30), State.DISPUTED)]


@pytest.mark.parametrize("released", [date(2026, 3, 1), None])
def test_no_price_begins_before_its_model(files: Files, released: date | None) -> None:
    if released:
        files.put("models/owls.yaml", "models", 0, "facts", "released_date", value=fact(released))
    rows = [
        {"tier": "batch", "valid_from": "2024-04-15", "input": "1", "output": "5", "source": "page"},
        {"valid_from": "2026-03-01", "input": "2", "output": "10", "source": "page"},
    ]
    nest = resold(files, maker={"prices": rows}, reseller={}).offerings["nest/owl-1"]
    assert {row.valid_from for row in nest.prices} == {date(2026, 3, 1)}


def test_a_regional_address_is_an_offering_at_its_factor(files: Files) -> None:
    region = {"region": "eu", "processing": ["eu"], "factor": "1.1", "source": "page"}
    unpriced = {"region": "us", "processing": ["us"], "models": ["owl-1"], "source": "page"}
    other = {"region": "jp", "processing": ["jp"], "models": ["owl-2"], "source": "page"}
    some = {"region": "sg", "processing": ["sg"], "is_for_some": True, "source": "page"}
    files.put("channels/nest.yaml", "regions", value=[region, unpriced, other, some])
    known = {"max_output_tokens": fact(8_000), "context_window_tokens": fact(64_000)}
    catalog = resold(files, maker={"facts": known}, reseller={})
    eu, us = catalog.offerings["nest/owl-1@eu"], catalog.offerings["nest/owl-1@us"]
    assert [(row.input, row.output) for row in eu.prices] == [(Decimal("2.2"), Decimal(11))]
    assert (eu.fact("processing_regions", DAY).value, us.prices) == (("eu",), ())
    assert eu.fact("context_window_tokens", DAY).value == 64_000
    assert not any(name.endswith("@jp") for name in catalog.offerings)
    assert not catalog.offerings["nest/owl-1@sg"].fact("processing_regions", DAY).is_usable
