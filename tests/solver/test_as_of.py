"""An answer as of a day rests on nothing that became known only after it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from advisor.catalog import load_catalog
from advisor.catalog.records import PriceRow
from advisor.errors import UnknownName
from advisor.facts import Source, State
from advisor.requirements.templates import load_template
from advisor.solver import advise
from advisor.solver.cost import announced

DAY = date(2026, 6, 1)


def row(first: date | None, last: date | None, read_on: date, usd: str = "1") -> PriceRow:
    price, source = Decimal(usd), Source("https://example.com", read_on)
    return PriceRow("standard", first, last, 0, None, price, price, None, None, State.KNOWN, source, None, ())


def test_a_change_that_was_announced_by_then_counts() -> None:
    rise = date(2026, 9, 1)
    rows = [row(None, rise, DAY), row(rise, None, DAY, "2")]
    assert announced(rows, DAY) == rows


def test_a_change_that_was_read_of_later_does_not_and_the_price_before_it_goes_on() -> None:
    rise, later = date(2026, 9, 1), date(2026, 8, 1)
    rows = [row(None, rise, DAY), row(rise, None, later, "2")]
    assert announced(rows, DAY) == [row(None, None, DAY)]


def test_the_shipped_catalog_lends_no_later_price_to_an_earlier_day() -> None:
    catalog = load_catalog(DAY, overlay=False)
    requirements = load_template("proof-of-concept")
    (answer,) = advise(catalog, requirements).workloads
    used = [one for standing in answer.standings if standing.cost for one in standing.cost.rows]
    assert used
    assert [one for one in used if one.valid_from and one.valid_from > DAY and one.source.read_on > DAY] == []


def test_no_fact_behind_a_standing_begins_later() -> None:
    day = date(2026, 11, 12)
    catalog = load_catalog(day, overlay=False)
    answers = advise(catalog, load_template("code-assistant")).workloads
    facts = [fact for answer in answers for standing in answer.standings for fact in standing.facts.values()]
    assert facts
    assert [fact for fact in facts if not fact.holds_on(day)] == []


@pytest.mark.parametrize(("day", "words"), [(date(2026, 12, 20), "retired on 2026-12-11"), (date(2001, 1, 1), "none")])
def test_a_name_that_cannot_be_had_on_a_day_is_told_from_one_that_nobody_knows(day: date, words: str) -> None:
    with pytest.raises(UnknownName, match=words) as caught:
        load_catalog(day, overlay=False).find_candidates("openai/o3-pro")
    assert "advisor catalog show openai/o3-pro" in str(caught.value.hint)
