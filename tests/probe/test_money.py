"""Money holds whatever a server says that it counted, and each candidate has its share of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.probe.budget import Budget, CapReached, Caps
from advisor.probe.wire.counts import Counts, doubts_of
from advisor.probe.wire.stream import read_stream
from advisor.probe.wire.stream_content import Protocol
from tests.probe.test_stream import chat, sse

ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.decimals(-9, 9, places=3) | st.none()), max_size=60))
def test_no_sequence_of_bookings_goes_above_the_cap(bookings: list[tuple[str, Decimal | None]]) -> None:
    budget = Budget(Caps(Decimal(1), 1000, 60), lambda: 0.0, dict.fromkeys("abc", Decimal(2)))
    for number, (owner, booked) in enumerate(bookings):
        try:
            budget.reserve(number, Decimal("0.1"), owner)
        except CapReached:
            continue
        budget.settle(number, booked)
        assert 0 <= budget.committed_usd <= Decimal(1)


@given(ANYTHING, ANYTHING)
def test_a_count_is_a_whole_number_or_none_with_a_doubt(given_: Any, made: Any) -> None:
    counts = Counts()
    tokens = counts.tokens(input=given_, output=made)
    for claimed, taken in ((given_, tokens.input), (made, tokens.output)):
        assert taken is None or (taken == claimed and 0 <= taken <= 10**9)
        assert taken is not None or claimed is None or counts.doubts


@pytest.mark.parametrize("protocol", [Protocol.CHAT, Protocol.GEMINI])
@pytest.mark.parametrize("usage", [(-5, -7), (10**18, 8), ("11", "8"), (11, 8.5), (True, True), (0, 0), (11, 1)])
def test_what_cannot_be_is_doubted(protocol: Protocol, usage: tuple[Any, Any]) -> None:
    if protocol is Protocol.CHAT:
        told = {"choices": [], "usage": {"prompt_tokens": usage[0], "completion_tokens": usage[1]}}
        events = [*(chat({"content": f"t{number} "}) for number in range(8)), told]
    else:
        told = {"usageMetadata": {"promptTokenCount": usage[0], "candidatesTokenCount": usage[1]}}
        said = [{"candidates": [{"content": {"parts": [{"text": "t "}]}}]} for _ in range(8)]
        events = [*said, told]
    reading = read_stream([(1, sse(*events))], protocol)
    assert reading.tokens is not None
    found = doubts_of(reading.tokens, pieces=len(reading.pieces), most_input=500, most_output=64)
    assert reading.counts.doubts or found


def test_honest_counts_are_not_doubted() -> None:
    told = {"prompt_tokens": 11, "completion_tokens": 9, "completion_tokens_details": {"reasoning_tokens": 4}}
    reading = read_stream([(1, sse(chat({"content": "a"}), {"choices": [], "usage": told}))], Protocol.CHAT)
    assert reading.tokens is not None
    assert not reading.counts.doubts
    assert not doubts_of(reading.tokens, pieces=1, most_input=500, most_output=64)


def test_reasoning_counted_beside_the_completion_is_added_to_it() -> None:
    told = {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 34}
    told |= {"completion_tokens_details": {"reasoning_tokens": 20}}  # type: ignore[dict-item]
    reading = read_stream([(1, sse(chat({"content": "a"}), {"choices": [], "usage": told}))], Protocol.CHAT)
    assert reading.tokens is not None
    assert reading.tokens.output == 23


def test_nobody_gets_a_second_share_before_the_others_have_had_their_first() -> None:
    budget = Budget(Caps(Decimal(1), 1000, 60), lambda: 0.0, {"dear": Decimal(9), "cheap": Decimal(9)})
    spent = {"dear": 0, "cheap": 0}
    for number in range(5):
        budget.reserve(number, Decimal("0.1"), "dear")
        budget.settle(number, None)
        spent["dear"] += 1
    with pytest.raises(CapReached):
        budget.reserve(9, Decimal("0.1"), "dear")
    budget.reserve(10, Decimal("0.1"), "cheap")
    budget.settle(10, None)
    budget.leave("cheap")
    budget.reserve(11, Decimal("0.1"), "dear")


def test_redirects_are_requests() -> None:
    budget = Budget(Caps(Decimal(1), 100, 60), lambda: 0.0)
    assert budget.reserve(1, Decimal(0), hops=3) == 3
    budget.settle(1, Decimal(0), hops=2)
    assert budget.sent == 3
    tight = Budget(Caps(Decimal(1), 5, 60), lambda: 0.0)
    assert tight.reserve(1, Decimal(0), hops=3) == 0
