from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from advisor.errors import CatalogError
from advisor.requirements.codegen import generated_files, requirements_schema
from advisor.requirements.diagnose import check
from advisor.requirements.fields import fields
from advisor.requirements.questionnaire.schema import compile_questionnaire

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", sorted(generated_files(ROOT)), ids=str)
def test_committed_files_follow_from_their_sources(path: Path) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == generated_files(ROOT)[path], (
        "write them with `python -m advisor.requirements.codegen`"
    )


def test_every_field_is_documented_in_the_schema() -> None:
    schema = requirements_schema()
    blocks = [schema, *schema["$defs"].values()]
    described = [field for block in blocks for field in block.get("properties", {}).values()]
    assert len(described) >= len({(field.record, field.name) for field in fields()})
    assert all(field.get("description") for field in described)


@pytest.mark.parametrize(
    "document",
    [
        {"workloads": [{"name": "x"}]},
        {"workloads": []},
        {"workloads": [{"name": "X"}]},
        {"workloads": [{"name": "x"}], "uses": "commercial"},
        {"workloads": [{"name": "x"}], "horizon_months": "12"},
        {"workloads": [{"name": "x"}], "horizon_months": 0},
        {"workloads": [{"name": "x"}], "more": 1},
        {"workloads": [{"name": "x", "budget_usd_per_month": 9.5, "quality": {"at_least": "m"}}]},
        {"workloads": [{"name": "x", "quality": {"at_least": {"score": 1}}}]},
    ],
)
def test_schema_and_records_agree(document: dict[str, Any]) -> None:
    accepted = Draft202012Validator(requirements_schema()).is_valid(document)
    assert accepted is (check(document).requirements is not None)


QUESTION = "- {id: a, section: s, key: stage, kind: choice, text: t, help: h, unknown: u, choices: [%s]}"
STAGES = "{value: proof-of-concept, label: x}, {value: production, label: y}"


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (QUESTION % STAGES.replace("production", "later"), "a: expected the choices proof-of-concept, production"),
        ((QUESTION % STAGES).replace("key: stage", "key: stages"), "expected the key of a field"),
        ((QUESTION % STAGES).replace("section: s", "section: z"), "there is no section 'z'"),
        ((QUESTION % STAGES).replace("unknown: u", "unknown: u, when: {b: answered}"), "earlier questions"),
        ((QUESTION % STAGES).replace("unknown: u", "unknown: u, clears: [b]"), "clears what is not asked"),
        ((QUESTION % STAGES) + "\n" + (QUESTION % STAGES), "expected each id once"),
        ((QUESTION % STAGES).replace("kind: choice", "kind: text"), "expected choices for the kinds"),
    ],
)
def test_a_wrong_question_is_refused(tmp_path: Path, question: str, message: str) -> None:
    path = tmp_path / "questionnaire.yaml"
    path.write_text(f"sections: [{{id: s, title: S}}]\nquestions:\n{question}\n")
    with pytest.raises(CatalogError, match=message):
        compile_questionnaire(path)
