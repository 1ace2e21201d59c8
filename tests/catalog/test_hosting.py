"""Own accelerators: hand-checked figures, and laws of the bound."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalog.hosting import GIB, Hosting, Load, estimate
from advisor.catalog.records import Config, Facts, Gpu, Model
from advisor.facts import Source

DAY = date(2026, 11, 23)
SOURCE = Source("https://example.com", DAY)
GPU = Gpu("g", "G", 80.0, 2000.0, 1000.0, SOURCE)


def model(**facts: object) -> Model:
    rows = {name: [[value, None, 0]] for name, value in facts.items()}
    return Model("m", "M", "lab", (), (Config("m", "m", None),), Facts(rows, (SOURCE,), {}))


DENSE = model(parameters_total=10_000_000_000, native_precision="bf16", layers=40, kv_heads=8, head_dimension=128)


def of(which: Model, count: int = 1, load: Load | None = None, **more: object) -> Hosting:
    found = estimate(which, GPU, count, load or Load(1000, 0), DAY, **more)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_by_hand() -> None:
    found = of(DENSE, usd_per_gpu_hour=Decimal("2.50"))
    assert found.weights_gib == pytest.approx(20e9 / GIB)
    assert found.cache_gib == pytest.approx(2 * 40 * 8 * 128 * 2 * 1000 / GIB)
    assert found.usable_gib == pytest.approx(72)
    assert found.fits is True
    assert found.output_tokens_per_s == pytest.approx(2e12 / (20e9 + 163_840_000))
    assert found.prompt_tokens_per_s == pytest.approx(1e15 / 20e9)
    assert found.ttft_s == pytest.approx(0.02)
    assert found.usd_per_month == Decimal("1825.00")
    assert found.most_requests == int((72 * GIB - 20e9) // 163_840_000)
    assert found.assumptions == ("active parameters unknown: all are counted as active",)


def test_a_mixture_moves_its_active_parameters_and_holds_them_all() -> None:
    mixture = model(
        parameters_total=100_000_000_000,
        parameters_active=10_000_000_000,
        native_precision="fp8",
        kv_values_per_token=0,
    )
    found = of(mixture)
    assert found.weights_gib == pytest.approx(100e9 / GIB)
    assert found.fits is False
    assert found.output_tokens_per_s == pytest.approx(2e12 / 10e9)


def test_what_is_unknown_stays_unknown_or_is_said() -> None:
    assert estimate(model(layers=3), GPU, 1, Load(1, 1), DAY) is None
    bare = of(model(parameters_total=1_000_000_000))
    assert (bare.cache_gib, bare.output_tokens_per_s, bare.fits) == (None, None, None)
    assert len(bare.assumptions) == 3
    blind = estimate(DENSE, Gpu("x", "X", 80.0, None, None, SOURCE), 1, Load(1, 1), DAY)
    assert blind is not None
    assert (blind.output_tokens_per_s, blind.ttft_s) == (None, None)


@given(st.integers(1, 16), st.integers(1, 256), st.integers(1, 100_000))
def test_more_of_anything_asked_never_fits_better(count: int, requests: int, tokens: int) -> None:
    less, more = of(DENSE, count, Load(tokens, 0, requests)), of(DENSE, count, Load(tokens + 1000, 0, requests + 1))
    assert (more.cache_gib or 0) > (less.cache_gib or 0)
    assert not (more.fits and not less.fits)
    wider = of(DENSE, count + 1, Load(tokens, 0, requests))
    assert (wider.output_tokens_per_s or 0) > (less.output_tokens_per_s or 0)
    assert not (less.fits and not wider.fits)


@given(st.integers(1, 512))
def test_decoding_is_never_faster_than_the_arithmetic(requests: int) -> None:
    found = of(DENSE, 1, Load(100, 0, requests))
    assert (found.output_tokens_per_s or 0) <= 1e15 / (2 * 10e9) + 1e-6
