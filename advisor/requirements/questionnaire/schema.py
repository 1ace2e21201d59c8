"""``catalog/questionnaire.yaml`` as people write it, and its way into the form that the program reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from advisor.errors import CatalogError
from advisor.files.yaml import Document, read_document
from advisor.requirements.fields import enum_in, fields
from advisor.requirements.questionnaire.questions import Kind, Suggest


class QuestionnaireRecord(BaseModel):
    """What every written record shares: unknown keys are mistakes, and a record never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SectionEntry(QuestionnaireRecord):
    """Questions that belong together."""

    id: str
    """Its name in this file."""
    title: str
    """Its heading."""


class ChoiceEntry(QuestionnaireRecord):
    """One of the answers to choose from."""

    value: str
    """What advisor.yaml gets."""
    label: str
    """What the person reads."""


class QuestionEntry(QuestionnaireRecord):
    """One question."""

    id: str
    """Its name, which an answers file uses as key."""
    section: str
    """The section it is asked in."""
    key: str
    """The dotted key of advisor.yaml that an answer sets; below `workloads` it is asked for each workload."""
    kind: Kind
    """How it is answered."""
    text: str
    """The question."""
    help: str
    """What an answer changes, and which constraint it sets."""
    unknown: str
    """What "I don't know" does."""
    choices: tuple[ChoiceEntry, ...] = ()
    """The answers to choose from."""
    other: bool = False
    """Whether an answer outside the choices is allowed."""
    suggest: Suggest | None = None
    """Names of the catalog to offer."""
    unit: str | None = None
    """What a number counts."""
    depth: str = "basic"
    """`more` for what most people can leave out."""
    when: dict[str, str | list[str | bool]] = {}
    """Shown only if these were answered: `answered`, or a list of answers."""
    when_any: tuple[str, ...] = ()
    """Shown only if one of these was answered, about any workload."""
    several: bool = False
    """Shown only where there are several workloads."""
    clears: tuple[str, ...] = ()
    """Answers that this one replaces."""
    assume: tuple[str, ...] | None = None
    """What "I don't know" puts into the file."""

    @model_validator(mode="after")
    def _known(self) -> QuestionEntry:
        field = {field.key: field for field in fields()}.get(self.key)
        if field is None or not field.is_leaf:
            raise ValueError(f"{self.id}: expected the key of a field of advisor.yaml, found {self.key!r}")
        enum = enum_in(field.annotation)
        values = [choice.value for choice in self.choices]
        if enum is not None and sorted(values) != sorted(member.value for member in enum):
            raise ValueError(f"{self.id}: expected the choices {', '.join(member.value for member in enum)}")
        if (self.kind in ("choice", "choices", "order")) is not bool(values):
            raise ValueError(f"{self.id}: expected choices for the kinds choice, choices and order, and for no other")
        if self.depth not in ("basic", "more"):
            raise ValueError(f"{self.id}: expected the depth basic or more, found {self.depth!r}")
        return self


class QuestionnaireFile(QuestionnaireRecord):
    """The whole file."""

    sections: tuple[SectionEntry, ...]
    """Sections in order."""
    questions: tuple[QuestionEntry, ...]
    """Questions in the order in which they are asked."""

    @model_validator(mode="after")
    def _whole(self) -> QuestionnaireFile:
        asked: list[str] = []
        names = {question.id for question in self.questions}
        for question in self.questions:
            if question.id in asked:
                raise ValueError(f"{question.id}: expected each id once")
            if question.section not in {section.id for section in self.sections}:
                raise ValueError(f"{question.id}: there is no section {question.section!r}")
            if missing := {*question.when, *question.when_any} - set(asked):
                raise ValueError(f"{question.id}: expected a condition on earlier questions, found {sorted(missing)}")
            if missing := set(question.clears) - names:
                raise ValueError(f"{question.id}: it clears what is not asked: {sorted(missing)}")
            asked.append(question.id)
        return self


def compile_questionnaire(path: Path) -> str:
    """Return the text of the compiled questionnaire: canonical JSON, one trailing newline.

    Raises CatalogError with file, line and key if the written form is wrong.
    """
    document = read_document(path, error=CatalogError)
    written = _validated(document)
    compiled = {
        "sections": [section.model_dump() for section in written.sections],
        "questions": [_compiled(question) for question in written.questions],
    }
    return json.dumps(compiled, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


def _validated(document: Document) -> QuestionnaireFile:
    try:
        return QuestionnaireFile.model_validate(document.content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise CatalogError(f"{document.path}:{document.line(key)}: {key}: {message}") from None


def _compiled(question: QuestionEntry) -> dict[str, Any]:
    entry = question.model_dump(exclude_defaults=True, mode="json")
    entry["when"] = {name: [] if values == "answered" else values for name, values in question.when.items()}
    entry["more"] = entry.pop("depth", None) == "more"
    return {name: value for name, value in entry.items() if value not in ({}, False, None)}
