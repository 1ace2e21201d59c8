from __future__ import annotations

from datetime import date

import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.errors import InvalidRequirements
from advisor.requirements.check_names import check_names, require_known_names
from advisor.requirements.file import parse_requirements
from advisor.requirements.questionnaire.questions import load_questionnaire
from advisor.requirements.templates import load_template, templates
from advisor.solver import advise


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(date(2026, 11, 23))


@pytest.mark.parametrize("name", [template.name for template in templates()])
def test_templates_use_names_of_the_catalog(catalog: Catalog, name: str) -> None:
    assert check_names(load_template(name), catalog) == ((), ())


@pytest.mark.parametrize(
    ("block", "key", "near"),
    [
        ("deployment: {channels: {deny: [opnai]}}", "deployment.channels.deny", "openai"),
        ("deployment: {channels: {allow: [azur]}}", "deployment.channels.allow", "azure"),
        ("deployment: {labs: {deny: [mistrl]}}", "deployment.labs.deny", "mistral"),
        ("deployment: {own_gpus: {model: h100, count: 1}}", "deployment.own_gpus.model", "h100-80gb"),
    ],
)
def test_a_name_that_means_nothing_is_a_problem(catalog: Catalog, block: str, key: str, near: str) -> None:
    requirements = parse_requirements(f"{block}\nworkloads: [{{name: x}}]").requirements
    (problem,) = check_names(requirements, catalog).problems
    assert problem.key == key
    assert near in (problem.hint or "")


def test_every_name_that_means_nothing_is_refused_at_once(catalog: Catalog) -> None:
    text = "deployment: {channels: {deny: [opnai]}, labs: {allow: [mistrl]}}\nworkloads: [{name: x}]"
    with pytest.raises(InvalidRequirements) as caught:
        require_known_names(parse_requirements(text).requirements, catalog, "a.yaml")
    assert caught.value.message.splitlines() == [
        (
            "a.yaml: deployment.channels.deny: expected a channel or the country of one, found 'opnai'; "
            "did you mean openai or zai or xai?"
        ),
        "a.yaml: deployment.labs.allow: expected a lab or the country of one, found 'mistrl'; did you mean mistral?",
    ]


def test_a_model_to_be_as_good_as_must_be_known(catalog: Catalog) -> None:
    requirements = parse_requirements("workloads: [{name: x, quality: {at_least: no-such-model}}]").requirements
    assert [problem.key for problem in check_names(requirements, catalog).problems] == ["workloads.0.quality.at_least"]
    known = next(iter(catalog.candidates)).offering.model.id
    requirements = parse_requirements(f"workloads: [{{name: x, quality: {{at_least: {known}}}}}]").requirements
    assert check_names(requirements, catalog).problems == ()


@pytest.mark.parametrize(
    ("text", "key", "near"),
    [
        ("workloads: [{name: x, dimension: codng}]", "workloads.0.dimension", "coding"),
        ("workloads: [{name: x, dimension: chatbot}]", "workloads.0.dimension", "multi-turn"),
        ("workloads: [{name: x, dimension: embeddings}]", "workloads.0.dimension", "not covered"),
        ("workloads: [{name: x, dimension: 'language:xx'}]", "workloads.0.dimension", "language:"),
        ("workloads: [{name: x, languages: [xx]}]", "workloads.0.languages", "ISO 639"),
        ("data: {regions: [europe]}\nworkloads: [{name: x}]", "data.regions", "eu"),
        ("data: {regions: [eu-west-1]}\nworkloads: [{name: x}]", "data.regions", "eu"),
        ("data: {regions: [mars]}\nworkloads: [{name: x}]", "data.regions", "us"),
        ("data: {certifications: [soc3]}\nworkloads: [{name: x}]", "data.certifications", "soc2"),
    ],
)
def test_a_wish_that_no_fact_can_speak_of_is_a_problem(catalog: Catalog, text: str, key: str, near: str) -> None:
    (problem,) = check_names(parse_requirements(text).requirements, catalog).problems
    assert problem.key == key
    assert near in (problem.hint or "")


@pytest.mark.parametrize("regions", ["[eu]", "[de, fr]", "[EU]", "[uk]", "[us, jp]"])
def test_countries_and_regions_of_channels_are_regions(catalog: Catalog, regions: str) -> None:
    text = f"data: {{regions: {regions}}}\nworkloads: [{{name: x}}]"
    assert check_names(parse_requirements(text).requirements, catalog) == ((), ())


def test_a_language_that_nobody_measures_is_a_note(catalog: Catalog) -> None:
    check = check_names(parse_requirements("workloads: [{name: x, dimension: 'language:pl'}]").requirements, catalog)
    assert check.problems == ()
    assert [note.key for note in check.notes] == ["workloads.0.dimension"]


def test_the_dimensions_to_choose_from_are_measured(catalog: Catalog) -> None:
    question = load_questionnaire().question("dimension")
    assert {choice.value for choice in question.choices} <= set(catalog.dimensions)


def test_a_country_stands_for_all_who_have_their_seat_there(catalog: Catalog) -> None:
    text = "deployment: {labs: {deny: [CN]}, channels: {allow: [FR]}}\nworkloads: [{name: x}]"
    requirements = parse_requirements(text).requirements
    assert check_names(requirements, catalog).problems == ()
    passing = [one.candidate.offering for one in advise(catalog, requirements).workloads[0].standings]
    assert passing
    assert {one.channel.country for one in passing} == {"FR"}
    assert "CN" not in {catalog.labs[one.model.lab].country for one in passing}


def test_a_country_of_nobody_is_a_problem(catalog: Catalog) -> None:
    text = "deployment: {labs: {deny: [XK]}}\nworkloads: [{name: x}]"
    requirements = parse_requirements(text).requirements
    assert [problem.key for problem in check_names(requirements, catalog).problems] == ["deployment.labs.deny"]
