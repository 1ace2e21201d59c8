"""What it costs at most, that caps hold, and whom a name means."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalog import Catalog
from advisor.errors import ProbeError, UnknownName
from advisor.probe.budget import Budget, CapReached, Caps
from advisor.probe.candidates import find_probed, shown_address, split_bases
from advisor.probe.cost import most_input_tokens, most_usd, usd
from advisor.probe.plan import REASONING_TOKENS, ProbeSettings, make_plan, short_of_tokens
from advisor.probe.prompts import SIZES, built_in
from advisor.probe.run_file import Mode
from advisor.probe.worker_protocol import Message, Tokens
from tests.made_catalogs import AS_OF, catalog, document, model, offering, price

PRICES = (price("2", "10", "0.5"), price("4", "20", above=200_000))


def a_catalog() -> Catalog:
    models = [model("swift"), model("deep", efforts=("low", "high")), model("quiet")]
    offerings = [
        offering("swift", "host", prices=PRICES),
        offering("swift", "cloud", prices=[price("1", "5", tier="batch"), price("2", "8")]),
        offering("deep", "host", prices=PRICES),
        offering("quiet", "host"),
        offering("quiet", "own-gpus"),
    ]
    raw = document(models, offerings)
    for channel in raw["channels"]:
        channel["prefix"] = {"host": "host_ai", "own-gpus": "hosted_vllm"}.get(channel["id"])
    return catalog(raw)


def settings(**more: Any) -> ProbeSettings:
    caps = Caps(Decimal(1), 100, 60.0)
    return ProbeSettings(mode=Mode.ROUNDS, rounds=10, prompts=built_in("short"), max_tokens=100, caps=caps)._replace(
        **more
    )


def test_an_offering_is_called_by_its_channels_name() -> None:
    found = find_probed(a_catalog(), "host/swift")
    assert (found.target.model, found.subject) == ("host_ai/swift", "host/swift")


def test_an_effort_is_part_of_what_is_measured() -> None:
    assert find_probed(a_catalog(), "host/deep~high").target.effort == "high"
    with pytest.raises(ProbeError, match="expected one candidate, found 2"):
        find_probed(a_catalog(), "host/deep")


def test_an_effort_that_is_not_on_record_is_unknown_and_the_others_are_named() -> None:
    with pytest.raises(UnknownName, match="whether host/deep takes the effort 'minimal' is unknown") as caught:
        find_probed(a_catalog(), "host/deep~minimal")
    assert "host/deep~high" in (caught.value.hint or "")


def test_what_nobody_waits_for_is_not_probed() -> None:
    with pytest.raises(ProbeError, match="tier batch"):
        find_probed(a_catalog(), "cloud/swift:batch")


def test_a_channel_that_litellm_does_not_know_needs_an_address() -> None:
    with pytest.raises(ProbeError, match="litellm does not know Cloud"):
        find_probed(a_catalog(), "cloud/swift")
    assert find_probed(a_catalog(), "cloud/swift", api_base="https://cloud.example/v1").target.model == "openai/swift"


def test_own_hardware_needs_an_address_and_costs_nothing_a_token() -> None:
    with pytest.raises(ProbeError, match="own server"):
        find_probed(a_catalog(), "own-gpus/quiet")
    found = find_probed(a_catalog(), "own-gpus/quiet", api_base="http://gpu:8000/v1", api_name="served")
    assert found.own_server
    assert found.target.model == "hosted_vllm/served"


def test_other_names_are_litellms_and_typos_are_not() -> None:
    assert find_probed(a_catalog(), "openai/some-model").subject is None
    with pytest.raises(UnknownName):
        find_probed(a_catalog(), "swyft")


def test_addresses_by_name() -> None:
    names = ("a/x", "b/y")
    assert split_bases(("a/x=http://one/v1", "http://all/v1"), names) == {
        "a/x": "http://one/v1",
        "b/y": "http://all/v1",
    }
    with pytest.raises(ProbeError, match="not among"):
        split_bases(("c=http://one",), names)


def test_without_a_price_nothing_is_planned() -> None:
    with pytest.raises(ProbeError, match="no price is on record"):
        make_plan([find_probed(a_catalog(), "host/quiet")], settings(), AS_OF)


def test_a_plan_sums_what_it_can_cost_at_most() -> None:
    plan = make_plan([find_probed(a_catalog(), "host/swift")], settings(), AS_OF)
    bound = most_input_tokens(built_in("short").pick(0, "0" * 16), tools=False)
    assert plan.requests == 11  # ten and one to warm up
    assert plan.most_usd == 11 * (bound * Decimal(2) + 100 * Decimal(10)) / 1_000_000


def test_who_may_reason_all_its_tokens_away_is_named() -> None:
    probed = [find_probed(a_catalog(), name) for name in ("host/deep~high", "host/swift")]
    probed[0] = probed[0]._replace(own_server=True)
    assert short_of_tokens(make_plan(probed, settings(), AS_OF)) == ("host/deep~high",)
    assert short_of_tokens(make_plan(probed, settings(max_tokens=REASONING_TOKENS), AS_OF)) == ()


@given(st.text(min_size=1, max_size=200), st.integers(1, 500))
def test_a_request_never_costs_more_than_was_reserved(text: str, output: int) -> None:
    """Whatever a byte-level tokenizer makes of the text: at most one token a byte."""
    rows = find_probed(a_catalog(), "host/swift").prices
    bound = most_input_tokens([Message(role="user", content=text)], tools=False)
    reserved = most_usd(rows, "standard", AS_OF, bound, output)
    for given_tokens in (1, len(text.encode())):
        tokens = Tokens(input=given_tokens, output=output, source="server")
        spent = usd(rows, "standard", datetime(2026, 11, 23, 12, tzinfo=UTC), tokens)
        assert reserved is not None
        assert spent is not None
        assert spent <= reserved


def test_a_longer_prompt_is_priced_by_its_own_row_and_the_cache_by_its_own_rate() -> None:
    rows, at = find_probed(a_catalog(), "host/swift").prices, datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert usd(rows, "standard", at, Tokens(input=1_000_000, output=0)) == 4
    assert usd(rows, "standard", at, Tokens(input=100_000, cached=60_000, output=0)) == Decimal("0.11")
    assert usd(rows, "standard", at, Tokens(input=5)) is None
    written = Tokens(input=100_000, cache_written=100_000, output=0)
    dearer = [row._replace(cache_write=Decimal("12.5")) for row in rows]
    assert usd(dearer, "standard", at, written) == Decimal("1.25")
    assert usd(rows, "standard", at, written) == usd(rows, "standard", at, Tokens(input=100_000, output=0))


def test_what_is_reserved_counts_until_it_is_settled() -> None:
    budget = Budget(Caps(Decimal("1.00"), 10, 60), lambda: 0.0)
    budget.reserve(1, Decimal("0.60"))
    with pytest.raises(CapReached, match="could cost"):
        budget.reserve(2, Decimal("0.60"))
    budget.settle(1, Decimal("0.10"))
    budget.reserve(2, Decimal("0.60"))
    budget.settle(2, None)  # nobody counted: all of it is taken as spent
    assert budget.spent_usd == Decimal("0.70")


def test_caps_on_requests_and_time() -> None:
    now = [0.0]
    budget = Budget(Caps(Decimal(1), 1, 60), lambda: now[0])
    budget.reserve(1, Decimal(0))
    with pytest.raises(CapReached, match="1 requests"):
        budget.reserve(2, Decimal(0))
    now[0] = 61.0
    late = Budget(Caps(Decimal(1), 9, 0.0), lambda: now[0])
    with pytest.raises(CapReached, match="0 seconds"):
        late.reserve(1, Decimal(0))


@given(st.lists(st.tuples(st.decimals(0, 1, places=3), st.decimals(0, 1, places=3)), max_size=30))
def test_no_sequence_of_requests_breaks_the_cap_on_money(requests: list[tuple[Decimal, Decimal]]) -> None:
    budget = Budget(Caps(Decimal(2), 1000, 60), lambda: 0.0)
    for number, (most, share) in enumerate(requests):
        try:
            budget.reserve(number, most)
        except CapReached:
            continue
        budget.settle(number, most * share)
        assert budget.spent_usd <= 2


@pytest.mark.parametrize("size", SIZES)
def test_built_in_prompts_have_about_their_size_and_begin_with_the_nonce(size: str) -> None:
    (message,) = built_in(size).pick(3, "feedbeef")
    assert message.content.startswith("[feedbeef]")
    assert 0.7 <= len(message.content) / 4 / SIZES[size] <= 1.7


@pytest.mark.parametrize("path", ["sk-proj-Zq7WvR2mXb9KtLp4/v1", "v1/Zq7WvR2mXb9KtLp4NsYc"])
def test_a_key_in_the_path_of_an_address_is_refused(path: str) -> None:
    keys = {"MY_KEY": "Zq7WvR2mXb9KtLp4NsYc"}
    with pytest.raises(ProbeError, match="without a key in its path"):
        find_probed(a_catalog(), "openai/m", api_base=f"https://host.example/{path}", environment=keys)


def test_what_looks_like_a_key_in_an_address_is_not_shown() -> None:
    assert shown_address("https://host.example/Wl96Ulp3V3ZSMm1YYjlLdExwNA/v1") == "https://host.example/[hidden]/v1"


def test_an_ordinary_address_is_shown_as_it_is() -> None:
    for address in ("https://key-vault.example/v1/accounts/3f2a9c0b7d/ai", "http://localhost:8000/v1"):
        find_probed(a_catalog(), "openai/m", api_base=address, environment={"MY_KEY": "Zq7WvR2mXb9KtLp4NsYc"})
        assert shown_address(address) == address
