"""The rules catch the mistakes that public price lists really carry, and say where and what was expected."""

from __future__ import annotations

import pytest

from advisor.catalog.source.build import build, check
from advisor.errors import CatalogError
from tests.catalog_files import Files

OFFERING = ("prices/nest.yaml", "offerings", 0)
MODEL = ("models/owls.yaml", "models", 0)


def messages(files: Files) -> list[str]:
    return [str(problem) for problem in check(files.root) if problem.place != "generated"]


def test_the_small_catalog_is_right(files: Files) -> None:
    assert messages(files) == []


def fact(value: object, **more: object) -> dict[str, object]:
    return {"value": value, "source": "page", **more}


SPOILED = [
    # max_output copied from a larger window, as in 101 first-party rows of a public price map
    ((*OFFERING, "facts", "max_output_tokens"), fact(200_000), "more than the context window of 128,000"),
    # an input limit above the window
    ((*OFFERING, "facts", "max_input_tokens"), fact(922_000), "more than the context window of 128,000"),
    # command-a-plus at 0 USD
    ((*OFFERING, "prices"), [{"input": "0", "output": "0", "source": "page"}], "set free: true"),
    # a rate per token in a field per million
    ((*OFFERING, "prices", 0, "input"), "0.0000015", "per million, not per token"),
    # a rate in cents, or per billion
    ((*OFFERING, "prices", 0, "output"), "6000", "per million, not per token"),
    ((*OFFERING, "prices", 0, "cached_input"), "2", "cached_input 2 is more expensive than input 1.5"),
    ((*OFFERING, "prices", 0, "source"), "nowhere", "no source named 'nowhere'"),
    ((*OFFERING, "model"), "owl-2", "no model 'owl-2'"),
    ((*MODEL, "id"), "owl-latest", "an alias is no key"),
    ((*MODEL, "facts", "license"), fact("mit"), "no file licenses/mit.yaml"),
    ((*MODEL, "facts", "weights"), fact("ajar"), "expected open or closed"),
    ((*MODEL, "facts", "parameters_active"), fact(8_000_000_000), "no more active than there are"),
    ((*MODEL, "facts", "parameters_total"), fact("7B"), "expected int, found '7B'"),
    ((*MODEL, "facts", "released_date"), fact("soon"), "expected date, found 'soon'"),
    ((*MODEL, "facts", "tools"), fact("yes please"), "expected bool"),
    ((*MODEL, "evidence"), {"quiz": "owl nine"}, "no result named 'owl nine'"),
    ((*MODEL, "evidence"), {"exam": "owl one"}, "expected a suite of benchmarks/, found 'exam'"),
]


@pytest.mark.parametrize(("place", "value", "expected"), SPOILED, ids=[case[2][:40] for case in SPOILED])
def test_one_mistake_is_found_with_its_file_and_place(
    files: Files, place: tuple[str | int, ...], value: object, expected: str
) -> None:
    files.put(str(place[0]), *place[1:], value=value)
    found = messages(files)
    assert any(expected in message for message in found), found
    assert any(str(place[0]) in message for message in found)
    with pytest.raises(CatalogError):
        build(files.root)


def test_free_is_allowed_when_the_source_says_so(files: Files) -> None:
    files.put(*OFFERING, "prices", value=[{"input": "0", "output": "0", "free": True, "source": "page"}])
    assert messages(files) == []


def test_two_prices_on_one_day_overlap(files: Files) -> None:
    rows = [
        {"valid_from": "2026-01-01", "input": "1", "output": "2", "source": "page"},
        {"valid_from": "2026-06-01", "input": "2", "output": "4", "source": "page"},
    ]
    files.put(*OFFERING, "prices", value=rows)
    assert any("two values hold on 2026-06-01" in message for message in messages(files))
    rows[0]["valid_to"] = "2026-06-01"
    files.put(*OFFERING, "prices", value=rows)
    assert messages(files) == []


def test_prices_under_different_conditions_do_not_overlap(files: Files) -> None:
    rows: list[dict[str, object]] = [
        {"input": "1", "output": "2", "source": "page"},
        {"above_prompt_tokens": 100_000, "input": "5", "output": "10", "source": "page"},
        {"hours_utc": [["00:00", "06:00"]], "input": "0.5", "output": "1", "source": "page"},
        {"tier": "batch", "input": "0.5", "output": "1", "source": "page"},
    ]
    files.put(*OFFERING, "prices", value=rows)
    assert messages(files) == []


def test_one_name_cannot_mean_two_models(files: Files) -> None:
    second = {"id": "owl-2", "aliases": ["owl-1-2026-01-01"]}
    files.put("models/owls.yaml", "models", value=[{"id": "owl-1", "aliases": ["owl-1-2026-01-01"]}, second])
    assert any("already names owl-1" in message for message in messages(files))


def test_every_rule_is_run_by_the_build(files: Files) -> None:
    files.put(*MODEL, "facts", "license", value=fact("mit"))
    with pytest.raises(CatalogError, match=r"licenses/mit\.yaml") as error:
        build(files.root)
    assert error.value.hint is not None
