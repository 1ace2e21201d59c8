"""The guide shows YAML that works, and names what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advisor.errors import RequirementsError
from advisor.files.yaml import parse_document
from advisor.requirements.diagnose import check
from advisor.requirements.fields import fields
from advisor.requirements.questionnaire.answers import draft
from advisor.requirements.questionnaire.answers_file import read_answers
from advisor.requirements.questionnaire.questions import load_questionnaire
from advisor.requirements.templates import templates

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "requirements.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE, flags=re.DOTALL)
REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "requirements.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("block", [block for block in BLOCKS if "# answers" not in block])
def test_what_the_guide_shows_is_right(block: str) -> None:
    content = parse_document(block, path="guide", error=RequirementsError).content
    assert check({"workloads": [{"name": "x"}], **content}).problems == ()


def test_the_answers_that_the_guide_shows_lead_to_requirements(tmp_path: Path) -> None:
    (block,) = [block for block in BLOCKS if "# answers" in block]
    path = tmp_path / "answers.yaml"
    path.write_text(block)
    requirements, _ = draft(load_questionnaire(), read_answers(load_questionnaire(), path))
    assert requirements is not None
    assert [workload.name for workload in requirements.workloads] == ["support-bot", "letters"]


def test_the_guide_names_every_template() -> None:
    assert set(re.findall(r"^\| `([a-z-]+)` \|", GUIDE, flags=re.MULTILINE)) == {entry.name for entry in templates()}


def test_links_inside_the_reference_lead_somewhere() -> None:
    headings = {re.sub(r"[^a-z_0-9-]", "", line[3:].lower()) for line in REFERENCE.splitlines() if line[:3] == "## "}
    assert set(re.findall(r"\(#([^)]+)\)", REFERENCE)) <= headings


def test_the_reference_has_a_row_for_every_key_that_a_record_has() -> None:
    rows = set(re.findall(r"^\| `([a-z_0-9]+)` \|", REFERENCE, flags=re.MULTILINE))
    assert {field.name for field in fields()} <= rows
