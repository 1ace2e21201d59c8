"""Look-ups through time, the calendar, the age of facts, and the user's own prices on top."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalog import Catalog, load_catalog
from advisor.catalog.calendar import Change, ChangeKind, changes, to_calendar
from advisor.catalog.freshness import LIMIT_DAYS, notes, stale
from advisor.catalog.freshness import FactKind as Age
from advisor.catalog.price_overlay import OWN, apply, overlay_path
from advisor.catalog.source.build import build
from advisor.catalog.source.dedupe import shared
from advisor.catalog.source.price_sheet import compile_sheet
from advisor.errors import CatalogError
from advisor.facts import UNKNOWN, Fact, Source, State, at
from tests.catalog_files import Files

DAY = date(2026, 11, 23)
SOURCE = Source("https://example.com", date(2026, 1, 1))
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@st.composite
def timelines(draw: st.DrawFn) -> tuple[Fact, ...]:
    """Facts that follow one another, with or without gaps, the last perhaps without an end."""
    days = sorted(draw(st.lists(DAYS, min_size=2, max_size=12, unique=True)))
    spans = list(zip(days[::2], days[1::2], strict=False))
    open_end = draw(st.booleans())
    return tuple(
        Fact(index, None, State.KNOWN, SOURCE, first, None if open_end and index == len(spans) - 1 else last)
        for index, (first, last) in enumerate(spans)
    )


@given(timelines(), DAYS, st.randoms(use_true_random=False))
def test_a_look_up_gives_the_one_fact_that_holds(timeline: tuple[Fact, ...], day: date, random: object) -> None:
    found = at(timeline, day)
    holding = [fact for fact in timeline if fact.holds_on(day)]
    assert len(holding) <= 1
    assert found == (holding[0] if holding else UNKNOWN)
    assert at(tuple(reversed(timeline)), day) == found


@given(timelines(), DAYS)
def test_an_old_day_never_shows_a_later_fact(timeline: tuple[Fact, ...], day: date) -> None:
    found = at(timeline, day)
    if found is not UNKNOWN:
        assert found.valid_from is not None
        assert found.valid_from <= day
        later = tuple(fact for fact in timeline if fact.valid_from is None or fact.valid_from <= day)
        assert at(later, day) == found


@given(DAYS)
def test_a_fact_without_a_first_day_is_not_seen_before_it_was_read(day: date) -> None:
    fact = Fact(1, None, State.KNOWN, SOURCE)
    assert (at((fact,), day) == fact) == (day >= SOURCE.read_on)


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return load_catalog(DAY, overlay=False)


@pytest.mark.parametrize("day", [date(2023, 5, 9), date(2025, 6, 1), date(2026, 9, 15), DAY, date(2027, 6, 1)])
def test_every_price_of_a_day_is_one_row_per_condition(day: date) -> None:
    for offering in load_catalog(day, overlay=False).offerings.values():
        keys = [(row.tier, row.above_prompt_tokens, row.hours_utc) for row in offering.prices if row.holds_on(day)]
        assert len(keys) == len(set(keys)), offering.id


def test_announced_changes_are_in_the_calendar(shipped: Catalog) -> None:
    found = changes(shipped, DAY, date(2027, 1, 1), offerings={"gemini/gemini-4-argon"})
    standard = [one for one in found if one.what == "standard price"]
    assert [(one.day, one.before, one.after) for one in standard] == [
        (date(2026, 12, 1), "2 in, 10 out, cached 0.1", "4 in, 20 out, cached 0.2")
    ]


def test_a_change_that_was_not_announced_yet_is_not_shown() -> None:
    early = changes(load_catalog(date(2026, 10, 1), overlay=False), DAY, date(2027, 1, 1))
    assert not [one for one in early if one.source.read_on > date(2026, 10, 1)]


def test_the_calendar_stays_inside_its_days(shipped: Catalog) -> None:
    found = changes(shipped, date(2026, 12, 1), date(2026, 12, 31))
    assert found
    assert all(date(2026, 12, 1) <= one.day <= date(2026, 12, 31) for one in found)
    assert list(found) == sorted(found, key=lambda one: one.day)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=300))
def test_calendar_lines_fold_and_unfold(text: str) -> None:
    change = Change(DAY, ChangeKind.TERMS, text, "terms", None, None, SOURCE)
    lines = to_calendar([change], stamp=DAY).split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    unfolded = "\r\n".join(lines).replace("\r\n ", "")
    summary = next(line for line in unfolded.split("\r\n") if line.startswith("SUMMARY:"))
    plain = summary[8:].replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
    assert plain.removesuffix(": terms") == text or "\\" in text


def test_events_have_an_end_and_names_of_their_own(shipped: Catalog) -> None:
    found = changes(shipped, DAY, date(2027, 3, 1))
    text = to_calendar(found, stamp=DAY)
    names = [line for line in text.split("\r\n") if line.startswith("UID:")]
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == len(found) == len(set(names))
    assert text == to_calendar(found, stamp=DAY)


def test_facts_age_by_kind(files: Files) -> None:
    document = shared(json.loads(build(files.root)))
    read = date(2026, 11, 20)
    limit = LIMIT_DAYS[Age.PRICE] or 0
    fresh = Catalog(document, as_of=read + timedelta(days=limit), digest="")
    old = Catalog(document, as_of=read + timedelta(days=limit + 1), digest="")
    assert stale(fresh) == ()
    (one,) = stale(old)
    assert (one.subject, one.what, one.age_days) == ("nest/owl-1", "standard price", limit + 1)
    assert old.newest_read == read


def test_an_answer_says_that_it_rests_on_stale_facts() -> None:
    catalog = load_catalog(date(2027, 6, 1), overlay=False)
    said = notes(catalog, ["gemini/gemini-4-argon"])
    assert said[0].startswith("Rests on stale facts: ")
    assert said[-1].startswith(f"Models are known as of {catalog.newest_read}")
    assert notes(load_catalog(date(2026, 10, 30), overlay=False), []) == ()


def sheet(tmp_path: Path, text: str, name: str = "own.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_own_prices_replace_whole_tiers_and_are_named(shipped: Catalog, tmp_path: Path) -> None:
    path = sheet(tmp_path, "channel,model,input,output\nopenai,gpt-6-sol,1.25,6.5\n")
    content = compile_sheet(path, shipped, today=DAY)
    overlay_path().parent.mkdir(parents=True)
    overlay_path().write_bytes(content)
    catalog = load_catalog(DAY)
    offering = catalog.offerings["openai/gpt-6-sol"]
    standard = [row for row in offering.prices if row.tier == "standard"]
    assert [(row.input, row.output, row.source.url) for row in standard] == [(Decimal("1.25"), Decimal("6.5"), OWN)]
    assert [row for row in offering.prices if row.tier == "batch"]
    assert catalog.version.startswith(f"{shipped.version}+own.")
    assert catalog.sha256 != shipped.sha256
    assert load_catalog(DAY, overlay=False).sha256 == shipped.sha256


def test_a_private_deployment_is_a_channel_of_its_own(shipped: Catalog, tmp_path: Path) -> None:
    text = """
channel: {id: our-cluster, name: Our cluster, kind: host}
sources: {contract: {url: "advisor:own-price-sheet", read_on: 2026-11-01}}
offerings:
  - model: gpt-oss-120b
    facts: {context_window_tokens: {value: 131072, source: contract}}
    prices: [{input: "0.05", output: "0.2", source: contract}]
"""
    content = compile_sheet(sheet(tmp_path, text, "own.yaml"), shipped, today=DAY)
    document = shared(json.loads((Path(__file__).parents[2] / "advisor" / "_catalog.json").read_bytes()))
    catalog = Catalog(apply(document, content), as_of=DAY, digest="")
    candidates = [one for one in catalog.candidates if one.offering.channel.id == "our-cluster"]
    assert {one.offering.model.id for one in candidates} == {"gpt-oss-120b"}
    assert (
        candidates[0].offering.fact("license", DAY).value
        == shipped.models["gpt-oss-120b"].facts.at("license", DAY).value
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("channel,model,input\nopenai,gpt-99,1\n", "no model 'gpt-99'"),
        ("channel,model,input\nnowhere,gpt-6-sol,1\n", r"own\.csv:2: channel: no channel named 'nowhere'"),
        ("channel,model,input\nopenai,gpt-6-sol,cheap\n", r"own\.csv:2: input"),
        ("channel,model,input\nopenai,gpt-6-sol,-1\n", r"own\.csv:2: input"),
        ("channel,model,price\nopenai,gpt-6-sol,1\n", r"own\.csv:1: columns"),
        ("channel,model,input,output\nopenai,gpt-6-sol,0,0\n", "set free: true"),
    ],
)
def test_a_wrong_sheet_is_refused(shipped: Catalog, tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(CatalogError, match=expected):
        compile_sheet(sheet(tmp_path, text), shipped, today=DAY)
    assert not overlay_path().exists()


def test_a_spoiled_overlay_says_how_to_mend_it(tmp_path: Path) -> None:
    overlay_path().parent.mkdir(parents=True)
    overlay_path().write_text("{")
    with pytest.raises(CatalogError) as error:
        load_catalog(DAY)
    assert "refresh --drop" in (error.value.hint or "")


def test_what_nobody_asked_about_is_no_reason_to_call_an_answer_stale() -> None:
    catalog = load_catalog(date(2027, 6, 1), overlay=False)
    names = ["gemini/gemini-4-argon"]
    every, prices = notes(catalog, names), notes(catalog, names, frozenset())
    assert "stale" in every[0]
    assert "price of gemini/gemini-4-argon" in prices[0] or "stale" not in prices[0]
