"""One walk over records: what it writes, and that the schema made from the same records says the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from math import inf, nan
from typing import Any, NamedTuple

import jsonschema
import pytest

from advisor.facts import Source
from advisor.reports.header import header
from advisor.reports.json_schema import json_schema
from advisor.reports.json_writer import Sources, render, text, to_json

PLACE = Source("https://maker.example/prices", date(2026, 11, 23))
OTHER = Source("https://maker.example/terms", date(2026, 11, 1))


class Color(StrEnum):
    """Something with few values."""

    RED = "red"


@dataclass(frozen=True)
class Inner:
    """A dataclass with a source that may be missing."""

    name: str
    source: Source | None


class Outer(NamedTuple):
    """One of everything."""

    class_: str
    price: Decimal
    share: float | None
    day: date
    at: datetime
    color: Color
    by: Mapping[str, int]
    inner: tuple[Inner, ...]
    sources: tuple[Source, ...]
    pair: tuple[str, int]
    edits: Mapping[str, Any]
    source: Source


OUTER = Outer(
    "restricted",
    Decimal("0.1"),
    0.1 + 0.2,
    date(2026, 11, 23),
    datetime(2026, 11, 23, 8, tzinfo=UTC),
    Color.RED,
    {"a": 1},
    (Inner("x", PLACE), Inner("y", None)),
    (PLACE, OTHER),
    ("a", 2),
    {"budget": Decimal(900), "gone": None},
    OTHER,
)
HEAD = header(date(2026, 11, 23), "2026.11.23", "0" * 64)


def test_a_record_has_its_fields_as_keys_and_a_source_in_place() -> None:
    found = to_json(OUTER)
    assert found["class"] == "restricted"
    assert (found["price"], found["share"], found["color"], found["pair"]) == (0.1, 0.3, "red", ["a", 2])
    assert (found["source"], found["read_on"]) == (OTHER.url, "2026-11-01")
    assert found["inner"][1] == {"name": "y", "source": None, "read_on": None}
    assert found["sources"][0] == {"url": PLACE.url, "read_on": "2026-11-23"}
    assert found["edits"] == {"budget": 900.0, "gone": None}


def test_each_source_is_told_once_where_it_is_numbered() -> None:
    found = json.loads(render(HEAD, OUTER, sources=Sources()))
    assert [one["url"] for one in found["sources"]] == [PLACE.url, OTHER.url]
    assert found["source"] == 2
    assert [one["source"] for one in found["inner"]] == [1, None]


@pytest.mark.parametrize("numbered", [True, False])
def test_the_schema_accepts_what_is_written_and_nothing_less(numbered: bool) -> None:
    record = OUTER if not numbered else OUTER._replace(sources=())
    found = json.loads(render(HEAD, record, sources=Sources() if numbered else None))
    schema = json_schema(Outer, "outer", numbered_sources=numbered)
    check = jsonschema.Draft202012Validator(schema)
    check.validate(found)
    assert list(found)[:4] == ["schema_version", "as_of", "catalog", "advisor_version"]
    assert set(found) == set(schema["properties"])
    for key in found:
        assert not check.is_valid({name: value for name, value in found.items() if name != key})
    assert not check.is_valid(found | {"color": "green"})
    assert not check.is_valid(found | {"price": "0.1"})


@pytest.mark.parametrize("value", [nan, inf, -inf, Decimal("NaN")])
def test_what_is_no_number_is_null(value: object) -> None:
    assert to_json(value) is None


def test_what_is_no_value_does_not_go_into_a_report_silently() -> None:
    with pytest.raises(TypeError, match="function"):
        to_json({"a": lambda: 1})


def test_a_program_gets_no_blanks_and_a_person_lines() -> None:
    assert text({"a": [1, "é"]}, indented=False) == '{"a":[1,"é"]}\n'
    assert text({"a": 1}, indented=True) == '{\n  "a": 1\n}\n'
