from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from advisor.errors import RequirementsError
from advisor.files.yaml import read_document
from advisor.requirements.templates import find_template, read_template, templates

ROOT = Path(__file__).parents[2]
NAMES = [template.name for template in templates()]


def test_the_promised_templates_are_there() -> None:
    assert {"support-bot", "contract-analysis", "code-assistant", "proof-of-concept", "document-batch"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_states_requirements_and_says_what_it_is_for(name: str) -> None:
    template = find_template(name)
    assert read_template(name).requirements.workloads
    assert template.title.endswith(".")


def test_templates_differ() -> None:
    assert len({read_template(name).requirements.model_dump_json() for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_editor_that_knows_the_published_schema_accepts_a_template(name: str) -> None:
    path = find_template(name).path
    first = path.read_text(encoding="utf-8").splitlines()[0]
    schema_path = path.parent / first.removeprefix("# yaml-language-server: $schema=")
    schema = json.loads(schema_path.read_text(encoding="utf-8"))
    document = read_document(path, error=RequirementsError).content
    assert list(Draft202012Validator(schema).iter_errors(document)) == []


def test_the_template_without_constraints_has_none() -> None:
    requirements = read_template("proof-of-concept").requirements
    assert requirements.uses == ()
    assert requirements.workloads[0].budget_usd_per_month is None


@pytest.mark.parametrize(("name", "near"), [("suport-bot", "support-bot"), ("zzz", "the templates are")])
def test_an_unknown_name_is_answered_with_near_ones(name: str, near: str) -> None:
    with pytest.raises(RequirementsError, match="no template named") as caught:
        find_template(name)
    assert near in (caught.value.hint or "")
