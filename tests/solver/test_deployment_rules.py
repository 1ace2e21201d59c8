"""Who made a model and what it was trained on, as rules: known, violated, and unknown where it was said of another."""

from __future__ import annotations

from datetime import date

import pytest

from advisor.catalog import Catalog, load_catalog
from advisor.requirements.file import parse_requirements
from advisor.solver import advise

DAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(DAY, overlay=False)


def passing(catalog: Catalog, rule: str) -> set[str]:
    requirements = parse_requirements(f"deployment: {{{rule}}}\nworkloads: [{{name: x}}]").requirements
    return {one.candidate.offering.model.id for one in advise(catalog, requirements).workloads[0].standings}


def test_only_makers_that_signed_the_whole_code(catalog: Catalog) -> None:
    found = passing(catalog, "gpai_code: true")
    labs = {catalog.models[name].lab for name in found}
    assert {"openai", "anthropic", "google", "mistral"} <= labs
    assert labs.isdisjoint({"xai", "meta", "alibaba", "deepseek"}), "a chapter alone, declined, not on the list"
    assert "nvidia" not in labs, "nothing is on record, so it is unknown and does not pass"


def test_what_was_said_of_another_model_settles_nothing(catalog: Catalog) -> None:
    found = passing(catalog, "not_trained_on: [product-data]")
    assert "inkling" in found, "its own summary says no user data"
    assert "gpt-5.5" not in found, "its own summary says so"
    assert "gpt-6.2-sol" not in found, "only another model's summary is known"


def test_an_offering_that_may_have_ended_does_not_pass(catalog: Catalog) -> None:
    requirements = parse_requirements("workloads: [{name: x}]").requirements
    workload = advise(catalog, requirements).workloads[0]
    ids = {one.candidate.offering.id for one in workload.standings}
    reported = {one.id for one in catalog.offerings.values() if "reported_end_date" in one.facts}
    assert reported
    assert ids.isdisjoint(reported - {name for name in reported if _lives_on(catalog, name)})
    accepted = parse_requirements("unknown: {deployment: accept}\nworkloads: [{name: x}]").requirements
    again = {one.candidate.offering.id for one in advise(catalog, accepted).workloads[0].standings}
    assert not again.isdisjoint(reported), "only the user's own word lets it pass"


def _lives_on(catalog: Catalog, name: str) -> bool:
    facts = (catalog.offerings[name].fact(one, DAY) for one in ("retirement_date", "retirement_not_before_date"))
    return any(fact.is_usable and fact.value > DAY for fact in facts)
