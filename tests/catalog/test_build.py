"""What is compiled: the same files give the same bytes, joined and generated parts are where they belong."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.catalog.compiled_file import COMPILED
from advisor.catalog.source.build import build, check
from advisor.catalog.source.dedupe import shared
from advisor.catalog.source.json_schemas import schemas
from advisor.errors import CatalogError
from tests.catalog_files import SOURCES, Files

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 23)


def compiled(files: Files, day: date = DAY) -> Catalog:
    return Catalog(shared(json.loads(build(files.root))), as_of=day, digest="")


def test_the_committed_catalog_is_what_its_files_give() -> None:
    assert build(ROOT / "catalog") == COMPILED.read_bytes(), "run `advisor catalog build`"


def test_the_committed_catalog_breaks_no_rule() -> None:
    assert [str(problem) for problem in check(ROOT / "catalog")] == []


def test_every_file_names_its_schema() -> None:
    known = {*schemas(), "license.json"}
    for path in (ROOT / "catalog").rglob("*.yaml"):
        first = path.read_text(encoding="utf-8").split("\n", 1)[0]
        if path.parent.name == "policies" or path.name in ("questionnaire.yaml", "disputes.yaml"):
            continue
        assert first.startswith("# yaml-language-server: $schema="), path
        assert first.rsplit("/", 1)[-1] in known, path


def test_an_offering_with_price_and_quality(files: Files) -> None:
    catalog = compiled(files)
    (candidate,) = [one for one in catalog.candidates if one.offering.channel.id == "nest"]
    assert candidate.id == "nest/owl-1~high"
    assert [str(row.input) for row in candidate.offering.prices] == ["1.5"]
    assert candidate.offering.fact("retention_days", DAY).value == 30
    assert candidate.offering.fact("license", DAY).value == "apache-2.0"
    quality = catalog.quality(candidate.config, "general")
    assert quality is not None
    assert (quality.estimate, quality.low, quality.high, quality.unit) == (80.0, 75.0, 85.0, "percent")


def test_open_weights_are_offered_on_own_gpus(files: Files) -> None:
    own = compiled(files).offerings["own-gpus/owl-1"]
    assert own.prices == ()
    window = own.fact("context_window_tokens", DAY)
    assert window.value == 128_000
    assert "at least" in (window.note or "")


def test_closed_weights_or_unknown_size_are_not(files: Files) -> None:
    files.put(
        "models/owls.yaml", "models", 0, "facts", "parameters_total", value={"source": "page", "state": "unknown"}
    )
    assert "own-gpus/owl-1" not in compiled(files).offerings


def test_a_curated_fact_wins_over_a_generated_one(files: Files) -> None:
    offering = {"model": "owl-1", "facts": {"context_window_tokens": {"value": 64000, "source": "page"}}}
    files.put("channels/nest.yaml", "offerings", value=[offering])
    found = compiled(files).offerings["nest/owl-1"]
    assert found.fact("context_window_tokens", DAY).value == 64_000
    assert found.fact("max_output_tokens", DAY).value == 8_000
    assert found.prices


def test_a_model_in_two_files_is_joined_and_a_contradiction_refused(files: Files) -> None:
    more = {
        "lab": {"id": "owls", "name": "Owls", "country": "SE"},
        "sources": SOURCES,
        "models": [{"id": "owl-1", "facts": {"layers": {"value": 32, "source": "page"}}}],
    }
    files.write("models/owls-sizes.yaml", more)
    assert compiled(files).models["owl-1"].facts.at("layers", DAY).value == 32
    files.put("models/owls-sizes.yaml", "models", 0, "facts", "weights", value={"value": "closed", "source": "page"})
    with pytest.raises(CatalogError, match="fact weights of owl-1"):
        build(files.root)


def test_the_past_is_seen_only_on_its_days(files: Files) -> None:
    past = {
        "sources": SOURCES,
        "models": [{"id": "egg-1", "lab": "owls"}],
        "offerings": [
            {
                "model": "egg-1",
                "channel": "nest",
                "on_record_from": "2023-05-09",
                "on_record_to": "2024-01-01",
                "facts": {"launch_date": {"value": _DAYS[1], "source": "page", "valid_from": _DAYS[1]}},
            }
        ],
    }
    files.write("history/2023-05.yaml", past)
    seen = {day: {one.offering.model.id for one in compiled(files, day).candidates} for day in _DAYS}
    assert seen == {_DAYS[0]: set(), _DAYS[1]: {"egg-1"}, _DAYS[2]: set(), _DAYS[3]: {"owl-1"}}


_DAYS = (date(2023, 5, 8), date(2023, 5, 9), date(2024, 1, 1), DAY)


def test_the_lectures_models_and_nothing_else_in_may_2023() -> None:
    catalog = load_catalog(date(2023, 5, 9))
    models = {candidate.offering.model.id for candidate in catalog.candidates}
    assert {"gpt-4", "gpt-3.5-turbo", "claude", "claude-instant", "command-xlarge", "command-medium"} <= models
    assert {"flan-t5", "t5", "pythia", "dolly-2.0", "stablelm", "llama", "alpaca", "opt", "bloom", "glm"} <= models
    assert len(models) == 20
    stars = {c.offering.model.id: q.estimate for c in catalog.candidates if (q := catalog.quality(c.config, "general"))}
    assert max(stars, key=lambda name: stars[name]) == "gpt-4"
    today = {candidate.offering.model.id for candidate in load_catalog(DAY).candidates}
    assert not models & today


def test_todays_catalog_is_wide_enough() -> None:
    catalog = load_catalog(DAY)
    offerings = {candidate.offering.id: candidate.offering for candidate in catalog.candidates}
    models = {offering.model.id for offering in offerings.values()}
    assert len(models) >= 250
    assert len({catalog.models[model].lab for model in models}) >= 25
    assert len(offerings) >= 1_000
    assert len({offering.channel.id for offering in offerings.values()}) >= 25


def test_an_announced_price_is_on_record_with_its_day() -> None:
    rows = load_catalog(DAY).offerings["gemini/gemini-4-argon"].prices
    standard = [row for row in rows if row.tier == "standard"]
    now = [row for row in standard if row.holds_on(DAY)]
    then = [row for row in standard if row.holds_on(date(2026, 12, 1))]
    assert [str(row.input) for row in now] == ["2"]
    assert [str(row.input) for row in then] == ["4"]


def test_a_new_fact_changes_its_own_lines_of_the_compiled_file_alone(files: Files) -> None:
    before = build(files.root).decode().splitlines()
    cutoff = {"value": date(2026, 1, 1), "source": "page"}
    files.put("models/owls.yaml", "models", 0, "facts", "knowledge_cutoff_date", value=cutoff)
    after = build(files.root).decode().splitlines()
    changed = {line.rstrip(",") for line in after} - {line.rstrip(",") for line in before}
    assert len(changed) == 2, "the model's line, and the timeline of the new fact"
    assert all(isinstance(json.loads("{" + line + "}" if line.startswith('"') else line), dict) for line in changed)
