"""Each source package is read in its own layout; the rules of precedence decide, and nothing is merged silently."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.catalog.catalog import Catalog
from advisor.catalog.refresh.command import refresh
from advisor.catalog.refresh.model_names import Names, canonical
from advisor.catalog.refresh.observation import Attribution, Merged, Observation, Price, PriceKey, Rates
from advisor.catalog.refresh.readings import FILE, dated, load_readings, render_readings
from advisor.catalog.refresh.reconcile import merge
from advisor.catalog.refresh.sources import genai_prices as genai_prices_file
from advisor.catalog.refresh.sources import litellm as litellm_file
from advisor.catalog.refresh.sources import metergraph as metergraph_file
from advisor.catalog.refresh.sources import model_prices as model_prices_file
from advisor.catalog.source.build import build
from advisor.catalog.source.dedupe import shared
from advisor.catalog.source.schema import ModelEntry
from advisor.errors import SourceUnavailable
from tests.catalog_files import Files

TODAY = date(2026, 11, 23)
NAMES = Names([ModelEntry(id="owl-1", aliases=["owl-1-2026-01-01"]), ModelEntry(id="owl-2")])


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("us.anthropic.claude-opus-5-5", "claude-opus-5-5"),
        ("accounts/fireworks/models/kimi-k2p6", "kimi-k2.6"),
        ("meta-llama/Llama-3.3-70B-Instruct", "llama-3.3-70b-instruct"),
        ("meta.llama3-3-70b-instruct-v1:0", "llama-3.3-70b-instruct"),
        ("deepseek.v3.2", "deepseek-v3.2"),
        ("qwen-3-32b", "qwen3-32b"),
        ("FW-GLM-5.2", "glm-5.2"),
        ("claude-haiku-4-5@20251001", "claude-haiku-4-5"),
    ],
)
def test_spelling_is_undone(name: str, model: str) -> None:
    spelled = name.split(".", 1)[1] if name.startswith("us.") else name
    assert canonical(spelled) == canonical(model)


def test_versions_are_not_guessed() -> None:
    assert NAMES.find("owl-1-2026-01-01") == "owl-1"
    assert NAMES.find("owl-1-2026-02-02") is None
    assert NAMES.find("owl-latest") is None


def said(package: str) -> Attribution:
    return Attribution(package, f"https://example.com/{package}", date(2026, 11, 1))


def row(package: str, rate: str | None, *, output: str = "10", first: date | None = None, **more: Any) -> Observation:
    rates = Rates(Decimal(rate) if rate else None, Decimal(output))
    price = Price(PriceKey("standard"), rates, said(package), first, more.pop("last", None))
    return Observation("nest", "owl-1", None, "owl-1", said(package), (price, *more.pop("prices", ())), **more)


def merged(*seen: Observation) -> Merged:
    (one,) = merge(seen, NAMES, TODAY)
    return one


def test_the_better_package_wins_where_both_agree() -> None:
    (price,) = merged(row("litellm", "2.01"), row("metergraph-core", "2")).prices
    assert (price.price.rates.input, price.price.said.package, price.claims) == (Decimal(2), "metergraph-core", ())


def test_a_difference_is_disputed_and_the_dearer_counts() -> None:
    (price,) = merged(row("metergraph-core", "2", output="10"), row("litellm", "3", output="9")).prices
    assert (price.price.rates.input, price.price.rates.output) == (Decimal(3), Decimal(10))
    assert [(rates.input, side.package) for rates, side in price.claims] == [
        (Decimal(2), "metergraph-core"),
        (Decimal(3), "litellm"),
    ]


def test_what_one_leaves_out_comes_from_the_next() -> None:
    cached = Observation(
        "nest",
        "owl-1",
        None,
        "owl-1",
        said("litellm"),
        (Price(PriceKey("standard"), Rates(Decimal(2), Decimal(10), Decimal("0.2")), said("litellm")),),
    )
    (price,) = merged(row("genai-prices", "2"), cached).prices
    assert price.price.rates.cached_input == Decimal("0.2")


def test_an_announced_change_is_taken_from_the_package_that_has_it() -> None:
    later = Price(PriceKey("standard"), Rates(Decimal(4), Decimal(20)), said("genai-prices"), date(2026, 12, 1))
    now, then = merged(row("metergraph-core", "2"), row("genai-prices", "2", prices=(later,))).prices
    assert (now.price.valid_to, then.price.valid_from, then.price.rates.input) == (
        date(2026, 12, 1),
        date(2026, 12, 1),
        Decimal(4),
    )


def test_a_change_announced_beside_another_price_of_today_is_not_taken() -> None:
    later = Price(PriceKey("standard"), Rates(Decimal(4), Decimal(20)), said("genai-prices"), date(2026, 12, 1))
    (price,) = merged(row("metergraph-core", "3"), row("genai-prices", "2", prices=(later,))).prices
    assert price.claims


def test_an_output_as_long_as_the_window_was_copied() -> None:
    facts: dict[str, object] = {"max_input_tokens": 128_000, "max_output_tokens": 128_000}
    assert "max_output_tokens" not in merged(row("litellm", "2", facts=facts)).facts


def test_an_input_limit_above_the_window_is_disputed_and_the_smaller_counts() -> None:
    seen = merged(
        row("litellm", "2", facts={"max_input_tokens": 1_050_000}),
        row("genai-prices", "2", facts={"context_window_tokens": 1_000_000}),
    )
    assert seen.facts["max_input_tokens"].value == 1_000_000
    assert len(seen.facts["max_input_tokens"].claims) == 2


def test_a_rise_is_expected_for_rows_that_no_package_gives_it() -> None:
    later = Price(PriceKey("standard"), Rates(Decimal(4), Decimal(20)), said("genai-prices"), date(2026, 12, 1))
    batch = Price(PriceKey("batch"), Rates(Decimal(1), Decimal(5)), said("litellm"))
    rows = [
        row.price
        for row in merged(row("genai-prices", "2", prices=(later,)), row("litellm", "2", prices=(batch,))).prices
    ]
    found = [(one.key.tier, one.rates.input, one.valid_from, one.valid_to) for one in rows if one.key.tier == "batch"]
    assert found == [
        ("batch", Decimal(1), None, date(2026, 12, 1)),
        ("batch", Decimal(2), date(2026, 12, 1), None),
    ]


def test_a_rise_on_the_sellers_other_channel_is_expected_and_disputed() -> None:
    later = Price(PriceKey("standard"), Rates(Decimal(4), Decimal(20)), said("genai-prices"), date(2026, 12, 1))
    leading = replace(row("genai-prices", "2", prices=(later,)), channel="gemini")
    following = replace(row("litellm", "2"), channel="vertex")
    other = replace(row("litellm", "3"), channel="vertex", name="owl-2")
    vertex, alone = (one for one in merge([leading, following, other], NAMES, TODAY) if one.channel == "vertex")
    assert [(one.price.rates.input, len(one.claims)) for one in vertex.prices] == [(Decimal(2), 0), (Decimal(4), 2)]
    assert [one.price.rates.input for one in alone.prices] == [Decimal(3)]


def test_what_a_package_says_is_removed_is_left_out() -> None:
    assert merge([row("litellm", "2"), row("model-prices", "2", is_removed=True)], NAMES, TODAY) == []


LITELLM = {
    "owl-1": {
        "litellm_provider": "openai",
        "mode": "chat",
        "input_cost_per_token": 2e-06,
        "output_cost_per_token": 1e-05,
        "input_cost_per_token_batches": 1e-06,
        "output_cost_per_token_batches": 5e-06,
        "input_cost_per_token_above_272k_tokens": 4e-06,
        "output_cost_per_token_above_272k_tokens": 1.5e-05,
        "cache_read_input_token_cost": 0.0,
        "max_input_tokens": 922000,
        "max_output_tokens": 128000,
        "supports_function_calling": True,
        "supports_vision": True,
        "deprecation_date": "2027-04-01",
        "regional_processing_uplift_multiplier_eu": 1.1,
        "source": "https://example.com/pricing",
    },
    "owl-2": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 0, "output_cost_per_token": 0},
    "azure/eu/owl-1": {"litellm_provider": "azure", "mode": "chat", "input_cost_per_token": 2.2e-06},
    "ft:owl-1": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 9e-06},
    "paint-1": {"litellm_provider": "openai", "mode": "image_generation"},
}


def litellm(tmp_path: Path) -> list[Observation]:
    (tmp_path / litellm_file.FILE).write_text(json.dumps(LITELLM))
    return list(litellm_file.observations(tmp_path, "1.0", date(2026, 11, 1)))


def test_litellm_rows(tmp_path: Path) -> None:
    rows = litellm(tmp_path)
    (tuned,) = (one for one in rows if one.api_name == "ft:owl-1")
    assert (tuned.name, tuned.prices) == ("owl-1", ())
    assert tuned.facts == {"fine_tuned_input_usd_per_million_tokens": "9"}
    seen = {(one.channel, one.name, one.region): one for one in rows if one is not tuned}
    assert set(seen) == {
        ("openai", "owl-1", None),
        ("openai", "owl-1", "eu"),
        ("openai", "owl-2", None),
        ("azure", "owl-1", "eu"),
    }
    owl = seen["openai", "owl-1", None]
    rates = {price.key: price.rates for price in owl.prices}
    assert rates[PriceKey("standard")] == Rates(Decimal(2), Decimal(10), None, None)
    assert rates[PriceKey("batch")].input == Decimal(1)
    assert rates[PriceKey("standard", 272_000)].output == Decimal(15)
    assert owl.facts["input_modalities"] == ["image", "text"]
    assert owl.facts["retirement_date"] == date(2027, 4, 1)
    assert seen["openai", "owl-2", None].prices == ()


def test_a_region_follows_every_row_of_the_unbound_offering(tmp_path: Path) -> None:
    later = Price(PriceKey("standard"), Rates(Decimal(4), Decimal(20)), said("genai-prices"), date(2026, 12, 1))
    dated = row("genai-prices", "2", prices=(later,))
    seen = [*litellm(tmp_path), Observation("openai", "owl-1", None, "owl-1", dated.said, dated.prices)]
    eu = next(one for one in merge(seen, NAMES, TODAY) if (one.channel, one.region) == ("openai", "eu"))
    standard = [p.price for p in eu.prices if p.price.key == PriceKey("standard")]
    assert [price.rates.input for price in standard] == [Decimal("2.2"), Decimal("4.4")]
    assert standard[1].valid_from == date(2026, 12, 1)


def test_metergraph_rows(tmp_path: Path) -> None:
    document = {
        "pricing_verified_at": "2026-10-25",
        "models": [
            {
                "canonical_id": "owls/owl-1",
                "aliases": [
                    {
                        "provider": "owls",
                        "alias": "owl-latest",
                        "channel": "deepseek-api",
                        "effective_from": "2026-09-10",
                    }
                ],
                "prices": [
                    {
                        "channel": "deepseek-api",
                        "region": "global",
                        "effective_from": "2026-09-10T04:00:00+00:00",
                        "input_per_mtok": 0.3,
                        "output_per_mtok": 1.2,
                        "rules": {
                            "long_context": {"threshold": 100000, "input_multiplier": 5, "output_multiplier": 2},
                            "off_peak_discount": {"multiplier": 0.5, "peak_hours_utc": [[1, 4], [6, 10]]},
                        },
                        "source_url": "https://example.com/owl",
                    }
                ],
            }
        ],
    }
    path = tmp_path / metergraph_file.FILE
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(document))
    (seen,) = metergraph_file.observations(tmp_path, "1", date(2020, 1, 1))
    rates = {price.key: price.rates.input for price in seen.prices}
    off_peak = PriceKey("standard", 0, (("00:00", "01:00"), ("04:00", "06:00"), ("10:00", "24:00")))
    assert rates == {
        PriceKey("standard"): Decimal("0.3"),
        PriceKey("standard", 100_000): Decimal("1.5"),
        off_peak: Decimal("0.15"),
    }
    assert {price.key for price in seen.prices if price.on_weekends} == {off_peak}
    assert seen.prices[0].valid_from == date(2026, 9, 10)
    (pointing,) = metergraph_file.pointings(tmp_path, date(2020, 1, 1))
    assert (pointing.name, pointing.target, pointing.said.read_on) == ("owl-latest", "owl-1", date(2026, 10, 25))


GENAI = """
import datetime
from decimal import Decimal
from .types import *
raise SystemError('this must never run')
providers: list[Provider] = [Provider(id='openai', name='O', pricing_urls=['https://example.com/p'], models=[
    ModelInfo(id='owl-1', match=ClauseEquals(equals='owl-1'), context_window=1050000, prices=[
        ConditionalPrice(prices=ModelPrice(input_mtok=Decimal('2'), output_mtok=Decimal('10'))),
        ConditionalPrice(constraint=StartDateConstraint(start_date=datetime.date(2026, 12, 1)),
            prices=ModelPrice(
                input_mtok=TieredPrices(base=Decimal('4'), tiers=[Tier(start=200000, price=Decimal('8'))]),
                output_mtok=Decimal('20')))],
        price_variants=[PriceVariant(when={'processing': 'batch'}, constraint=None,
            prices=ModelPrice(input_mtok=Decimal('1'), output_mtok=Decimal('5')))])])]
"""


def test_genai_prices_rows_without_running_the_module(tmp_path: Path) -> None:
    (tmp_path / genai_prices_file.FILE).write_text(GENAI)
    (seen,) = genai_prices_file.observations(tmp_path, "1", date(2026, 11, 9))
    found = [
        (price.key.tier, price.key.above_prompt_tokens, price.rates.input, price.valid_from) for price in seen.prices
    ]
    assert found == [
        ("standard", 0, Decimal(2), None),
        ("standard", 0, Decimal(4), date(2026, 12, 1)),
        ("standard", 200_000, Decimal(8), date(2026, 12, 1)),
        ("batch", 0, Decimal(1), None),
    ]
    assert seen.prices[0].valid_to == date(2026, 12, 1)
    assert seen.facts == {"context_window_tokens": 1_050_000}


def test_model_prices_rows(tmp_path: Path) -> None:
    def entry(start: str | None, first: str, amount: float) -> dict[str, Any]:
        rates = {"input": amount, "output": 5 * amount, "source": "https://example.com/c", "valid_from": first}
        return {"start": start, "rates": rates}

    timeline = [
        entry(None, "2026-01-01T10:00:00Z", 3.0),
        entry("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", 3.0),
        entry("2026-06-01T00:00:00Z", "2026-06-01T00:00:00Z", 2.0),
    ]
    snapshot = {
        "updated_at": "2026-10-26T00:00:00Z",
        "schedules": {"schedule": []},
        "status": {"openai": {"owl-2": "removed"}},
        "prices": {"openai": {"owl-1": {"standard": timeline}, "owl-2": {"standard": timeline}}},
    }
    (tmp_path / model_prices_file.FILE).write_text(json.dumps(snapshot))
    owl, gone = model_prices_file.observations(tmp_path, "1", date(2020, 1, 1))
    found = [(price.valid_from, price.valid_to, price.rates.input) for price in owl.prices]
    assert found == [
        (date(2026, 1, 1), date(2026, 6, 1), Decimal("3.0")),
        (date(2026, 6, 1), None, Decimal("2.0")),
    ]
    assert (owl.is_removed, gone.is_removed) == (False, True)


def test_a_missing_package_is_said_and_nothing_is_written(files: Files, tmp_path: Path) -> None:
    before = (files.root / "prices" / "nest.yaml").read_bytes()
    with pytest.raises(SourceUnavailable, match="expected a wheel of litellm"):
        refresh(files.root, tmp_path, today=TODAY)
    assert (files.root / "prices" / "nest.yaml").read_bytes() == before


def test_a_moving_name_is_looked_up_as_of_a_day(files: Files) -> None:
    pointers = [
        {
            "name": "owl-latest",
            "model": "owl-1",
            "valid_from": "2026-01-01",
            "valid_to": "2026-06-01",
            "source": "page",
        },
        {"name": "owl-latest", "model": "owl-2", "valid_from": "2026-06-01", "source": "page"},
    ]
    files.put("models/owls.yaml", "models", value=[{"id": "owl-1"}, {"id": "owl-2"}])
    files.put("channels/nest.yaml", "pointers", value=pointers)
    document = shared(json.loads(build(files.root)))
    meant = {day: Catalog(document, as_of=day, digest="").find_model("nest/owl-latest").id for day in _DAYS}
    assert meant == {_DAYS[0]: "owl-1", _DAYS[1]: "owl-2"}


_DAYS = (date(2026, 5, 31), date(2026, 6, 1))


def test_the_committed_rows_are_what_the_pinned_wheels_give(tmp_path: Path) -> None:
    """Runs where the wheels of requirements/sources.txt lie in .sources: rows are reproducible to the byte."""
    wheels = Path(__file__).parents[2] / ".sources"
    if not wheels.is_dir():
        pytest.skip("the wheels of the source packages are not in .sources")
    root = Path(__file__).parents[2] / "catalog"
    copy = tmp_path / "catalog"
    for folder in ("models", "channels"):
        shutil.copytree(root / folder, copy / folder)
    (copy / FILE.parent).mkdir()
    shutil.copy(root / FILE, copy / FILE)
    refresh(copy, wheels, today=date(2026, 11, 29))
    assert {path.name: path.read_bytes() for path in (copy / "prices").iterdir()} == {
        path.name: path.read_bytes() for path in (root / "prices").iterdir()
    }


def test_a_newer_reading_is_a_change_and_holds_from_its_day() -> None:
    older = said("metergraph-core")._replace(read_on=date(2026, 10, 1))
    earlier = Observation(
        "nest", "owl-1", None, "owl-1", older, (Price(PriceKey("standard"), Rates(Decimal(4), Decimal(20)), older),)
    )
    past, now = (one.price for one in merged(earlier, row("litellm", "2")).prices)
    assert (past.rates.input, past.valid_from, past.valid_to) == (Decimal(4), date(2026, 10, 1), date(2026, 11, 1))
    assert (now.rates.input, now.said.package, now.valid_to) == (Decimal(2), "litellm", None)
    assert not any(one.claims for one in merged(earlier, row("litellm", "2")).prices)


def test_a_figure_repeated_in_a_new_release_was_not_read_again(tmp_path: Path) -> None:
    carried = row("litellm", "2")
    first = replace(carried, prices=(replace(carried.prices[0], since=date(2026, 1, 1)),))
    (tmp_path / FILE.parent).mkdir()
    (tmp_path / FILE).write_text(render_readings([first], {(carried.channel, carried.name)}))
    before = load_readings(tmp_path)
    (again,) = dated([carried], before)
    (changed,) = dated([row("litellm", "3")], before)
    assert (again.prices[0].since, changed.prices[0].since) == (date(2026, 1, 1), date(2026, 11, 1))
    middle = said("genai-prices")._replace(read_on=date(2026, 6, 1))
    other = Observation(
        "nest", "owl-1", None, "owl-1", middle, (Price(PriceKey("standard"), Rates(Decimal(5), Decimal(10)), middle),)
    )
    assert [one.price.rates.input for one in merged(again, other).prices][-1] == Decimal(5)
    assert [one.price.rates.input for one in merged(changed, other).prices][-1] == Decimal(3)


@pytest.mark.parametrize("is_listed", [True, False])
def test_an_end_in_the_past_is_a_report_and_an_end_only_where_nobody_lists_it(is_listed: bool) -> None:
    gone = row("litellm", "2", facts={"retirement_date": date(2026, 10, 1)})
    found = merged(gone, *([row("genai-prices", "2")] if is_listed else [])).facts
    assert found["reported_end_date"].value == date(2026, 10, 1)
    assert ("retirement_date" in found) is not is_listed
    assert len(found["reported_end_date"].claims) == (2 if is_listed else 0)


def test_an_end_to_come_stays_what_it_is() -> None:
    found = merged(row("litellm", "2", facts={"retirement_date": date(2027, 1, 1)}), row("genai-prices", "2")).facts
    assert found["retirement_date"].value == date(2027, 1, 1)
    assert "reported_end_date" not in found
