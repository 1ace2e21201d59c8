"""Requirements read back without checking answer as those that were checked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pydantic import BaseModel

from advisor.catalog import load_catalog
from advisor.reports.recommendation.report import Recommendation, render
from advisor.requirements import cache
from advisor.requirements.cache import load_cached, store
from advisor.requirements.file import parse_requirements
from advisor.requirements.schema import Requirements
from advisor.requirements.templates import templates
from advisor.solver import advise
from advisor.solver.explain.follow import edited

DAY = date(2026, 11, 23)
TEXTS = {template.name: template.path.read_text(encoding="utf-8") for template in templates()}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def both(text: str) -> tuple[Requirements, Requirements]:
    requirements = parse_requirements(text).requirements
    assert load_cached(text) is None
    store(text, requirements)
    kept = load_cached(text)
    assert kept is not None
    return requirements, kept


@pytest.mark.parametrize("name", TEXTS)
def test_the_answer_is_the_same(name: str) -> None:
    requirements, kept = both(TEXTS[name])
    catalog = load_catalog(DAY)
    again, first = (
        render("json", Recommendation(asked, advise(known, asked), name, everything=True))
        for asked, known in ((kept, catalog), (requirements, load_catalog(DAY)))
    )
    assert again == first


@pytest.mark.parametrize("name", TEXTS)
def test_every_field_reads_the_same(name: str) -> None:
    requirements, kept = both(TEXTS[name])

    def same(checked: object, back: object) -> None:
        if isinstance(checked, BaseModel):
            for field in type(checked).model_fields:
                same(getattr(checked, field), getattr(back, field))
        elif isinstance(checked, tuple):
            assert isinstance(back, tuple)
            for one, other in zip(checked, back, strict=True):
                same(one, other)
        else:
            assert (back, type(back)) == (checked, type(checked))

    same(requirements, kept)
    assert (kept.order, kept.alive_months) == (requirements.order, requirements.alive_months)


def test_changes_are_made_alike() -> None:
    requirements, kept = both(TEXTS["support-bot"])
    edits = {"data.regions": None, "workloads.support-bot.needs.tools": None, "deployment.alive_months": 0}
    changed, back = edited(requirements, edits), edited(kept, edits)
    for one in (changed, back):
        assert one.data.regions == ()
        assert one.workloads[0].needs.tools is False
        assert one.alive_months == 0
    assert requirements.data.regions == kept.data.regions == ("eu",)


def test_equal_records_are_equal_and_hash_alike() -> None:
    both(TEXTS["support-bot"])
    first, second = load_cached(TEXTS["support-bot"]), load_cached(TEXTS["support-bot"])
    assert first is not None
    assert first == second
    assert hash(first) == hash(second)
    with pytest.raises(AttributeError, match="never change"):
        first.horizon_months = 3  # type: ignore[misc]


def test_a_changed_text_is_checked_anew() -> None:
    both(TEXTS["support-bot"])
    assert load_cached(TEXTS["support-bot"] + "\n") is None


def test_a_damaged_copy_is_not_believed(tmp_path: Path) -> None:
    both(TEXTS["support-bot"])
    (kept,) = tmp_path.rglob("*.json")
    for damage in (b"", b"[]", b"\xff", b'{"stage": {"$Stage": "no such stage"}}', b'{"stage": {"$import": "os"}}'):
        kept.write_bytes(damage)
        assert load_cached(TEXTS["support-bot"]) is None


def test_an_edited_copy_is_not_believed(tmp_path: Path) -> None:
    both(TEXTS["support-bot"])
    (kept,) = tmp_path.rglob("*.json")
    text = kept.read_text(encoding="utf-8")
    assert '"900"' in text
    kept.write_text(text.replace('"900"', '"9"'), encoding="utf-8")
    assert load_cached(TEXTS["support-bot"]) is None


def test_a_copy_of_another_text_is_not_believed(tmp_path: Path) -> None:
    both(TEXTS["support-bot"])
    (first,) = tmp_path.rglob("*.json")
    whole = first.read_bytes()
    both(TEXTS["support-bot"] + "\n")
    (second,) = (path for path in tmp_path.rglob("*.json") if path != first)
    second.write_bytes(whole)
    assert load_cached(TEXTS["support-bot"] + "\n") is None


def test_another_version_or_reader_checks_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    both(TEXTS["support-bot"])
    with monkeypatch.context() as later:
        later.setattr(cache, "__version__", "0.0.0")
        assert load_cached(TEXTS["support-bot"]) is None
    with monkeypatch.context() as later:
        later.setattr(cache, "_READERS", cache._READERS[1:])
        assert load_cached(TEXTS["support-bot"]) is None
    assert load_cached(TEXTS["support-bot"]) is not None


def test_a_cache_folder_that_cannot_be_written_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    requirements = parse_requirements(TEXTS["support-bot"]).requirements
    store(TEXTS["support-bot"], requirements)
    assert (tmp_path / "file").read_text() == "not a folder"
