"""A fine-tune or private deployment of the user's own: what it inherits, what it does not, and that it can win."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.catalog.price_overlay import own_models_path
from advisor.catalog.source.own_model import OwnModel, added, kept_sheet, removed, rendered
from advisor.catalog.source.price_sheet import compile_sheet
from advisor.errors import CatalogError, UnknownName, UsageError
from advisor.facts import Measurement
from advisor.requirements.file import parse_requirements
from advisor.solver import advise

DAY = date(2026, 11, 29)
TUNE = "ft:gpt-4.1-mini-2025-04-14:acme::Ab12"
ID = f"openai/{TUNE}"


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return load_catalog(DAY, overlay=False)


def kept(*models: OwnModel, shipped: Catalog) -> Catalog:
    sheet = kept_sheet(own_models_path())
    for own in models:
        sheet = added(sheet, own, shipped, today=DAY)
    own_models_path().parent.mkdir(parents=True, exist_ok=True)
    own_models_path().write_text(rendered(sheet))
    return load_catalog(DAY)


def tune(**more: object) -> OwnModel:
    rates = {"input": "0.8", "output": "3.2"}
    return OwnModel(TUNE, "gpt-4.1-mini", "openai", rates=rates)._replace(**more)  # type: ignore[arg-type]


def test_license_end_terms_and_abilities_come_from_base_and_channel(shipped: Catalog) -> None:
    catalog = kept(tune(), shipped=shipped)
    own, base = catalog.offerings[ID], catalog.offerings["openai/gpt-4.1-mini"]
    for name in (
        "license",
        "retirement_date",
        "training_on_inputs",
        "retention_days",
        "tools",
        "context_window_tokens",
    ):
        assert own.fact(name, DAY).value == base.fact(name, DAY).value, name
    assert own.fact("retirement_date", DAY).value == date(2027, 1, 14)
    assert [(str(row.input), str(row.output)) for row in own.prices] == [("0.8", "3.2")]
    assert (own.api_name, own.model.id) == (TUNE, TUNE)
    assert catalog.version.startswith(f"{shipped.version}+own.")
    assert {one.id for one in catalog.find_candidates(TUNE)} == {ID}


def test_quality_is_never_the_bases(shipped: Catalog) -> None:
    catalog = kept(tune(), shipped=shipped)
    measured = [
        catalog.quality(one.config, name) for one in catalog.find_candidates(TUNE) for name in catalog.dimensions
    ]
    assert not any(measured)
    base = shipped.find_candidates("gpt-4.1-mini")[0].config
    assert any(shipped.quality(base, name) for name in shipped.dimensions)


def test_it_wins_by_the_users_own_cases_and_only_by_them(shipped: Catalog) -> None:
    catalog = kept(tune(), shipped=shipped)
    text = "workloads: [{name: triage, dimension: 'score:triage', quality: {within_points_of_best: 1}}]"
    requirements = parse_requirements(text).requirements

    def score(subject: str, value: float) -> Measurement:
        return Measurement(subject, "score:triage", value, value - 1, value + 1, 400, DAY, "eval")

    scores = (score(ID, 94), score("openai/gpt-6.1-sol~max", 85), score("openai/gpt-4.1-mini", 70))
    assert advise(catalog, requirements, measurements=scores).workloads[0].recommended == ID
    others = advise(catalog, requirements, measurements=scores[1:]).workloads[0]
    assert others.recommended != ID


def test_own_accelerators_serve_it_with_the_bases_size(shipped: Catalog) -> None:
    catalog = kept(OwnModel("support-7b", "qwen3-8b", "own-gpus"), shipped=shipped)
    offering = catalog.offerings["own-gpus/support-7b"]
    base = shipped.models["qwen3-8b"].facts.at("parameters_total", DAY).value
    assert offering.fact("parameters_total", DAY).value == base
    assert "hub_repo" not in offering.model.facts


def test_facts_of_its_own_win_and_it_can_be_taken_out_again(shipped: Catalog) -> None:
    facts = {"retention_days": "0", "processing_regions": "de", "tools": "no", "max_output_tokens": "4_096"}
    catalog = kept(tune(facts=facts, region="de"), shipped=shipped)
    own = catalog.offerings[f"{ID}@de"]
    assert [own.fact(name, DAY).value for name in facts] == [0, ("de",), False, 4_096]
    sheet = removed(kept_sheet(own_models_path()), TUNE)
    assert (sheet["models"], sheet["offerings"]) == ([], [])
    with pytest.raises(UsageError, match="no model 'nothing'"):
        removed(sheet, "nothing")


@pytest.mark.parametrize(
    ("own", "error", "match"),
    [
        (tune(base="gpt-99"), UnknownName, "gpt-99"),
        (tune(channel="nowhere"), UnknownName, "nowhere"),
        (tune(id="gpt-6-sol"), UsageError, "is a model of the catalog"),
        (tune(rates={"input": "cheap"}), UsageError, "input"),
        (tune(rates={"input": "0.0000008"}), CatalogError, "per million"),
        (tune(facts={"tools": "maybe"}), UsageError, "expected bool"),
    ],
)
def test_what_is_wrong_is_said(shipped: Catalog, own: OwnModel, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        added(kept_sheet(own_models_path()), own, shipped, today=DAY)


def test_a_sheet_describes_own_models_too(shipped: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"""
channel: {{id: our-cluster, name: Our cluster, kind: host}}
sources: {{contract: {{url: "advisor:own-price-sheet", read_on: 2026-11-01}}}}
models: [{{id: "{TUNE}", base: gpt-oss-20b}}]
offerings:
  - model: "{TUNE}"
    prices: [{{input: "0.05", output: "0.2", source: contract}}]
""")
    (own_models_path().parent).mkdir(parents=True)
    (own_models_path().parent / "overlay.json").write_bytes(compile_sheet(path, shipped, today=DAY))
    own = load_catalog(DAY).offerings[f"our-cluster/{TUNE}"]
    assert own.fact("license", DAY).value == shipped.models["gpt-oss-20b"].facts.at("license", DAY).value
    path.write_text(path.read_text().replace("base: gpt-oss-20b", "base: gpt-99"))
    with pytest.raises(UnknownName, match="gpt-99"):
        compile_sheet(path, shipped, today=DAY)


def test_the_command_adds_lists_and_removes() -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "advisor", "catalog", "add", *words]
        return subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)

    assert (
        run(TUNE, "--base", "GPT-4.1 mini", "--channel", "openai", "--input", "0.8", "--output", "3.2").returncode == 0
    )
    assert run("--list").stdout == f"{TUNE}  on gpt-4.1-mini\n"
    assert ID in load_catalog(DAY).offerings or date.today() > DAY  # noqa: DTZ011
    assert run("--remove", TUNE).returncode == 0
    assert run("--list").stdout == ""
    assert run(TUNE).returncode == 2


def test_without_a_price_the_channels_price_for_tuned_models_counts(shipped: Catalog) -> None:
    own = kept(tune(rates={}), shipped=shipped).offerings[ID]
    assert [(str(row.input), str(row.output)) for row in own.prices] == [("0.8", "3.2")]
    assert kept(tune(id="plain", rates={}), shipped=shipped).offerings["openai/plain"].prices == ()
