"""The files that follow from the records and the questionnaire; a test proves that the committed ones are fresh.

Write them with ``python -m advisor.requirements.codegen`` in a checkout.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from advisor.requirements.fields import field_docs, fields
from advisor.requirements.questionnaire.schema import QuestionnaireFile, compile_questionnaire
from advisor.requirements.reference import reference
from advisor.requirements.schema import Requirements

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def generated_files(root: Path) -> dict[Path, str]:
    """Return the text of every generated file by its path below ``root``, the folder of the checkout.

    Raises CatalogError if ``catalog/questionnaire.yaml`` is wrong.
    """
    return {
        Path("advisor/_questionnaire.json"): compile_questionnaire(root / "catalog" / "questionnaire.yaml"),
        Path("docs/reference/requirements.md"): reference(),
        Path("catalog/schema/requirements.json"): _text(requirements_schema()),
        Path("catalog/schema/questionnaire.json"): _text(_questionnaire_schema()),
    }


def requirements_schema() -> dict[str, Any]:
    """Return the JSON schema of ``advisor.yaml``, with the docstring of each field as its description."""
    schema = Requirements.model_json_schema()
    definitions = schema["$defs"]
    records: dict[type[BaseModel], None] = dict.fromkeys([Requirements, *_records()])
    for record in records:
        properties = (schema if record is Requirements else definitions[record.__name__])["properties"]
        for name, text in field_docs(record).items():
            properties[name]["description"] = text
    return {"$schema": _DIALECT, **schema, "title": "Requirements in advisor.yaml"}


def _questionnaire_schema() -> dict[str, Any]:
    return {"$schema": _DIALECT, **QuestionnaireFile.model_json_schema()}


def _records() -> Iterator[type[BaseModel]]:
    return (field.nested for field in fields() if field.nested is not None)


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def main(root: Path) -> None:
    """Write every generated file."""
    for path, text in generated_files(root).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(__file__).parents[2])
