"""Own accelerators: hand-checked figures, laws of the bounds, and what others measured."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalog import load_catalog
from advisor.catalog.records import Config, Facts, Gpu, Model, Rent
from advisor.facts import Source, Ternary
from advisor.self_hosting.capacity import (
    OVERHEAD_BYTES,
    READ_SHARE,
    Architecture,
    Load,
    Range,
    architecture,
    busy_share,
    decode_tokens_per_s,
    fits,
    in_flight,
    kv_cache_bytes_per_token,
    prefill_tokens_per_s,
    rig,
    weights_bytes,
)
from advisor.self_hosting.estimate import HostingEstimate, estimate

DAY = date(2026, 11, 23)
SOURCE = Source("https://example.com", DAY)
GIB = 2**30
GPU = Gpu("g", "G", 80.0, 2000.0, 1000.0, SOURCE)
ROOT = Path(__file__).parents[2]


def model(**facts: object) -> Model:
    rows = {name: [[value, None, 0]] for name, value in facts.items()}
    return Model("m", "M", "lab", (), (Config("m", "m", None),), Facts(rows, {0: SOURCE}, {}))


TEN_BILLION = {"parameters_total": 10_000_000_000, "parameters_active": 10_000_000_000, "native_precision": "bf16"}
DENSE = model(**TEN_BILLION, kv_values_per_token=81_920)


def shape(which: Model) -> Architecture:
    found = architecture(which.facts.at, DAY)
    assert found is not None
    return found


def of(which: Model, gpu: Gpu = GPU, **more: Any) -> HostingEstimate:
    load = Load(1000, 1000, 1000, 0, concurrency=1)
    found = estimate(which, gpu, 1, load, DAY, **more)
    assert found is not None
    return found


def test_by_hand() -> None:
    ten, on = shape(DENSE), rig(GPU, 2)
    assert weights_bytes(ten) == (20e9, 20e9)
    assert kv_cache_bytes_per_token(ten) == (81_920, 163_840)
    prefill = prefill_tokens_per_s(ten, on)
    assert prefill is not None
    assert prefill.low == pytest.approx(0.15 * 2e15 / 20e9)
    assert prefill.high == pytest.approx(2e15 / (20e9 * READ_SHARE))
    speed = decode_tokens_per_s(ten, on, Load(1000, 1000), Range(4, 4))
    assert speed is not None
    assert speed.high == pytest.approx(4e12 / (20e9 * READ_SHARE + 4 * 1000 * 81_920))
    assert speed.low == pytest.approx(0.15 * 4e12 / (20e9 + 4 * 1000 * 163_840))


def test_layers_and_heads_give_the_most_that_the_cache_can_be() -> None:
    spelled = shape(model(**TEN_BILLION, layers=40, kv_heads=8, head_dimension=128))
    assert kv_cache_bytes_per_token(spelled) == (0, 163_840)


def test_a_mixture_moves_its_active_parameters_and_holds_them_all() -> None:
    facts = {"parameters_total": 100_000_000_000, "parameters_active": 10_000_000_000, "native_precision": "fp8"}
    mixture, on = shape(model(**facts, kv_values_per_token=0)), rig(GPU, 1)
    assert fits(mixture, on, Load(concurrency=1)).state is Ternary.VIOLATED
    speed = decode_tokens_per_s(mixture, on, Load(), Range(1, 1))
    assert speed is not None
    assert speed.low == pytest.approx(0.15 * 2e12 / 100e9)
    assert speed.high == pytest.approx(2e12 / (10e9 * READ_SHARE))


def test_it_fits_for_sure_only_beside_what_engines_take_for_themselves() -> None:
    tight = (72 * GIB - OVERHEAD_BYTES) / 2
    for parameters, state in ((tight, "satisfied"), (tight * 1.01, "unknown"), (40 * GIB * 1.01, "violated")):
        one = shape(model(parameters_total=int(parameters), native_precision="bf16", kv_values_per_token=0))
        assert fits(one, rig(GPU, 1), Load(concurrency=1)).state.value == state


def test_what_is_unknown_is_a_range_or_nothing() -> None:
    assert architecture(model(layers=3).facts.at, DAY) is None
    bare = shape(model(parameters_total=30_000_000_000))
    assert weights_bytes(bare) == (15e9, 60e9)
    assert fits(bare, rig(GPU, 1), Load(1)).state is Ternary.UNKNOWN
    assert decode_tokens_per_s(bare, rig(GPU, 1), Load(1), Range(1, 1)) is None
    assert prefill_tokens_per_s(bare, rig(GPU, 1)) is None
    blind = rig(Gpu("x", "X", 80.0, None, None, SOURCE), 1)
    assert decode_tokens_per_s(shape(DENSE), blind, Load(1), Range(1, 1)) is None


def test_requests_in_flight_follow_arrivals_and_time() -> None:
    ten, on = shape(DENSE), rig(GPU, 1)
    assert in_flight(ten, on, Load(concurrency=7, requests_per_s=Range(1, 1))) == (7, 7)
    assert in_flight(ten, on, Load()) == (1, 1)
    found = in_flight(ten, on, Load(0, 0, 100, 1000, Range(1, 1)))
    assert found.low == pytest.approx(1000 / (2e12 / (20e9 * READ_SHARE)))
    assert found.high == pytest.approx(1000 / (0.15 * 2e12 / 20e9))
    assert in_flight(ten, on, Load(0, 10_000, 100, 1000, Range(9, 9))).high == float("inf")


def test_traffic_beyond_the_arithmetic_is_told() -> None:
    share = busy_share(shape(DENSE), rig(GPU, 1), Load(0, 0, 5000, 500, Range(100, 100)))
    assert share == pytest.approx(100 * 5500 * 20e9 * READ_SHARE / 1e15)


@given(st.integers(1, 16), st.integers(1, 256), st.integers(1, 100_000))
def test_more_of_anything_asked_never_fits_better(count: int, requests: int, tokens: int) -> None:
    order = [Ternary.VIOLATED, Ternary.UNKNOWN, Ternary.SATISFIED]

    def rank(count: int, requests: int, tokens: int) -> int:
        return order.index(fits(shape(DENSE), rig(GPU, count), Load(tokens, concurrency=requests)).state)

    here = rank(count, requests, tokens)
    assert rank(count, requests + 1, tokens) <= here
    assert rank(count, requests, tokens + 1000) <= here
    assert rank(count + 1, requests, tokens) >= here


@given(st.integers(1, 512), st.integers(0, 100_000))
def test_decoding_is_never_faster_than_the_arithmetic(requests: int, tokens: int) -> None:
    ten, on = shape(DENSE), rig(GPU, 1)
    speed, computed = (
        decode_tokens_per_s(ten, on, Load(tokens, tokens), Range(requests, requests)),
        prefill_tokens_per_s(ten, on),
    )
    assert speed is not None
    assert computed is not None
    assert speed.low <= speed.high <= computed.high / requests


def test_the_price_is_the_stated_one_else_the_middle_of_those_on_record() -> None:
    later = Source("https://example.com/later", date(2026, 12, 1))
    rents = tuple(
        Rent(name, Decimal(usd), source)
        for name, usd, source in (("a", "3", SOURCE), ("b", "1", SOURCE), ("c", "2", SOURCE), ("d", "9", later))
    )
    assert of(DENSE).usd_per_month is None
    assert of(DENSE, usd_per_gpu_hour=Decimal("2.50")).usd_per_month == Decimal("1825.00")
    estimated = of(DENSE, GPU._replace(rents=rents))
    assert estimated.usd_per_month == Decimal(1460)
    assert "the middle of 3 prices from $1 to $3" in estimated.assumptions[-1]


def test_no_published_measurement_is_above_the_bound() -> None:
    accuracy = _benchmark()
    rows = list(accuracy.rows(load_catalog(DAY, overlay=False), (*accuracy.DECODING, *accuracy.PREFILL)))
    assert len(rows) > 30
    assert [row.point for row in rows if row.share > 1] == []
    decoding = [row for row in rows if row.point.prompt_tokens is None]
    assert all(row.bound.low <= row.point.tokens_per_s for row in decoding)


def _benchmark() -> Any:
    path = ROOT / "benchmarks" / "hosting_accuracy.py"
    spec = spec_from_file_location("hosting_accuracy", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
