"""Validity intervals at their edges, and the fact of a timeline that holds on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from advisor.catalog.records import Pointer, PriceRow
from advisor.facts import UNKNOWN, Fact, Source, State, at, is_valid_on, today

FIRST, END = date(2026, 3, 1), date(2026, 6, 1)
READ = Source("https://example.com", FIRST)
DAY = timedelta(days=1)
EDGES = [
    (FIRST, END, FIRST - DAY, False),
    (FIRST, END, FIRST, True),
    (FIRST, END, END - DAY, True),
    (FIRST, END, END, False),
    (None, END, date.min, True),
    (FIRST, None, date.max, True),
    (None, None, FIRST, True),
    (FIRST, FIRST, FIRST, False),
]


@pytest.mark.parametrize(("first", "end", "day", "expected"), EDGES)
def test_an_interval_has_its_first_day_and_not_its_end(
    first: date | None, end: date | None, day: date, *, expected: bool
) -> None:
    assert is_valid_on(first, end, day) is expected
    assert Fact(1, valid_from=first, valid_to=end, state=State.KNOWN).holds_on(day) is expected
    assert Pointer("latest", "channel", "model", first, end, READ).holds_on(day) is expected


@pytest.mark.parametrize(("first", "end", "day", "expected"), [row for row in EDGES if row[0]])
def test_a_price_row_holds_as_its_interval_says(first: date, end: date | None, day: date, *, expected: bool) -> None:
    one = Decimal(1)
    row = PriceRow("standard", first, end, 0, None, one, one, None, None, State.KNOWN, READ)
    assert row.holds_on(day) is expected
    unstated = row._replace(valid_from=None, source=READ._replace(read_on=first))
    assert unstated.holds_on(day) is expected


def test_of_overlapping_facts_the_latest_to_begin_holds() -> None:
    earlier = Fact(1, valid_from=FIRST, state=State.KNOWN, source=READ)
    later = Fact(2, valid_from=FIRST + 10 * DAY, state=State.KNOWN, source=READ)
    for timeline in ([earlier, later], [later, earlier]):
        assert at(timeline, FIRST + 9 * DAY).value == 1
        assert at(timeline, FIRST + 10 * DAY).value == 2
        assert at(timeline, END).value == 2
    assert at([earlier, later], FIRST - DAY) is UNKNOWN


def test_the_day_is_that_of_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    before = datetime.now(UTC).date()
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert before <= today() <= datetime.now(UTC).date()
    monkeypatch.delenv("TZ")
    time.tzset()
