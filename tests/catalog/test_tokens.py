"""How long models think: predicted where it was hidden, calibrated, the same every time, and by the rules of modes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from advisor.catalog import load_catalog
from advisor.catalog.source.read import TOKEN_ESTIMATES
from advisor.catalog.source.schema import FactEntry, ModelEntry, SourceEntry
from advisor.catalog.source.thinking import Run, completed, config_efforts
from advisor.catalog.source.token_schema import TokenRow, TokenSuite
from advisor.catalog.tokens.calibration import logs, one_effort_hidden, suite_hidden
from advisor.catalog.tokens.command import Material, parameters_on_file, read_material, render, widening_on_file
from advisor.catalog.tokens.mixed_model import fit, solve
from advisor.catalog.tokens.shapes import LENGTH
from advisor.facts import State

ROOT = Path(__file__).parents[2] / "catalog"
SUITE = TokenSuite(
    id="asked",
    name="Asked",
    date=date(2026, 9, 1),
    license="MIT",
    source="https://example.org/asked",
    credit="Asked",
    task="chat",
)
SOURCES = {"page": SourceEntry(url="https://example.org/page", read_on=date(2026, 9, 1))}


@pytest.fixture(scope="module")
def material() -> Material:
    return read_material(ROOT)


def run(effort: str, hidden: float) -> Run:
    row = TokenRow(name="m", model="m", lab="lab", effort=effort, output_tokens=500, hidden_tokens=hidden)
    return Run(SUITE, row)


@pytest.mark.parametrize(
    ("runs", "mode", "efforts"),
    [
        ([run("low", 120), run("max", 900)], "always", ["low", "max"]),
        ([run("none", 0), run("high", 700)], "optional", ["none", "high"]),
        ([run("none", 640), run("xhigh", 730)], "always", None),
        ([run("default", 0)], "none", None),
        ([run("default", 300)], "always", None),
    ],
)
def test_what_was_measured_says_whether_a_model_thinks(runs: list[Run], mode: str, efforts: list[str] | None) -> None:
    facts, sources = completed({}, SOURCES, runs, is_historic=False)
    assert facts["reasoning"][0].value == mode
    assert sources[facts["reasoning"][0].source].url == SUITE.source
    assert (facts["efforts"][0].value if "efforts" in facts else None) == efforts


def test_what_a_maker_says_is_kept() -> None:
    said = {"reasoning": [FactEntry(value="optional", source="page")]}
    facts, _ = completed(said, SOURCES, [run("low", 120)], is_historic=False)
    assert facts["reasoning"][0].value == "optional"


def test_a_flag_that_a_model_can_think_is_settled_by_a_measurement_alone() -> None:
    flag = {"reasoning": [FactEntry(source="page", state=State.UNKNOWN)]}
    unsettled, _ = completed(flag, SOURCES, [], is_historic=False)
    settled, _ = completed(flag, SOURCES, [run("low", 120)], is_historic=False)
    assert unsettled["reasoning"][0].state is State.UNKNOWN
    assert settled["reasoning"][0].value == "always"


@pytest.mark.parametrize(("day", "mode"), [(date(2024, 9, 11), "none"), (date(2024, 9, 12), None)])
def test_a_model_of_before_the_first_thinker_does_not_think(day: date, mode: str | None) -> None:
    facts, _ = completed({"released_date": [FactEntry(value=day, source="page")]}, SOURCES, [], is_historic=False)
    assert (facts["reasoning"][0].value if "reasoning" in facts else None) == mode


def test_the_default_effort_is_no_config_of_its_own_where_none_is_asked() -> None:
    facts = {
        "efforts": [FactEntry(value=["none", "low", "high"], source="page")],
        "default_effort": [FactEntry(value="none", source="page")],
    }
    assert config_efforts(ModelEntry(id="m"), facts) == (None, "low", "high")
    at_high = ModelEntry(id="m", evidence={"arena": ["m~high"]})
    assert config_efforts(at_high, facts) == ("high", "none", "low")


def test_known_effects_of_effort_are_recovered(material: Material) -> None:
    random = np.random.default_rng(5)
    rows = material.lengths
    parameters = parameters_on_file(ROOT).length
    covariance = LENGTH.covariance(rows, rows, parameters) + LENGTH.noise(parameters) * np.eye(len(rows))
    truth = np.array([6.0, 6.1, 10.0, 7.0, 0.2, 0.6, 0.9, 1.1, 1.8])
    y = LENGTH.design(rows, parameters) @ truth + np.linalg.cholesky(covariance) @ random.normal(size=len(rows))
    found = solve(LENGTH, rows, y, parameters)
    error = np.sqrt(np.diag(found.normal_inverse))
    assert (np.abs(found.coefficients - truth) < 4 * error).all()


def test_a_hidden_block_is_predicted_as_if_it_had_never_been_there(material: Material) -> None:
    rows, parameters = material.lengths[:120], parameters_on_file(ROOT).length
    hidden = [3, 40, 41]
    errors, spread = solve(LENGTH, rows, logs(rows), parameters).without(hidden)
    rest = [row for place, row in enumerate(rows) if place not in hidden]
    mean, covariance = solve(LENGTH, rest, logs(rest), parameters).predict([rows[place] for place in hidden])
    assert errors == pytest.approx(logs([rows[place] for place in hidden]) - mean, abs=1e-3)
    assert spread == pytest.approx(covariance, rel=1e-3)


def test_a_fit_finds_the_likelihood_that_its_start_lacks(material: Material) -> None:
    rows = material.lengths[::4]
    found = fit(LENGTH, rows, logs(rows))
    assert not np.allclose(found, LENGTH.start)


def test_a_hidden_effort_is_predicted_within_the_goal(material: Material) -> None:
    length = solve(LENGTH, material.lengths, logs(material.lengths), parameters_on_file(ROOT).length)
    held = one_effort_hidden(length, every=2)
    assert len(held.errors) > 60
    assert held.factor <= 1.75
    assert 0.92 <= held.coverage <= 0.98


@pytest.mark.parametrize("suite", ["deepswe", "aider"])
def test_steps_between_efforts_carry_over_to_a_suite_that_was_left_out(material: Material, suite: str) -> None:
    held = suite_hidden(material.lengths, parameters_on_file(ROOT).length, suite)
    assert held.factor <= 1.6


def test_the_committed_estimates_follow_from_the_committed_evidence(material: Material) -> None:
    rendered = render(material, parameters_on_file(ROOT), widening_on_file(ROOT))
    assert rendered == (ROOT / TOKEN_ESTIMATES).read_bytes(), "run `python -m advisor.catalog.tokens`"


def test_who_was_measured_thinking_at_its_lowest_effort_is_never_without_hidden_tokens() -> None:
    catalog = load_catalog(overlay=False)
    for model in ("deepseek-r1", "claude-opus-5-5", "gemini-3.1-pro-preview", "minimax-m2.7", "o3", "grok-4.6"):
        assert catalog.mode(model) == "always"
        for config in catalog.models[model].configs:
            found = catalog.thinking(config, "chat")
            assert found is not None
            assert found.hidden.low > 0
            assert found.tokens.low < found.tokens.estimate < found.tokens.high


def test_a_model_that_does_not_think_hides_nothing_and_an_unknown_one_may() -> None:
    catalog = load_catalog(overlay=False)
    plain = catalog.thinking(catalog.models["gpt-4.1"].configs[0], "chat")
    assert plain is not None
    assert (plain.mode, plain.hidden.high) == ("none", 0)
    models = catalog.models.values()
    open_ones = [m for m in models if catalog.mode(m.id) == "unknown" and m.configs[0].effort is None]
    assert open_ones
    for model in open_ones:
        found = catalog.thinking(model.configs[0], "chat")
        assert found is not None
        assert found.hidden.low == 0 < found.hidden.high
