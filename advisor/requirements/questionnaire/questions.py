"""The questions that lead to ``advisor.yaml``: what is asked, when, and which key an answer sets.

People edit ``catalog/questionnaire.yaml``; what is read here is its compiled form, which travels in the package.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from advisor.errors import RequirementsError

COMPILED = Path(__file__).parents[2] / "_questionnaire.json"
"""The compiled questions that travel inside the package."""

WORKLOAD = "workloads."
"""Keys that begin so are asked for each workload."""

Kind = Literal["choice", "choices", "order", "number", "text", "names", "yes-no"]
Suggest = Literal["labs", "channels", "gpus", "models", "dimensions"]


class QuestionSection(NamedTuple):
    """Questions that belong together."""

    id: str
    title: str


class AnswerChoice(NamedTuple):
    """One of the answers to choose from; ``value`` is what the file gets."""

    value: str
    label: str


class Question(NamedTuple):
    """One question. ``key`` is the dotted place in the file that an answer sets, without a workload's index.

    ``kind``: ``choice`` one of ``choices``, ``choices`` any of them, ``order`` some of them by weight, ``names`` a
    list of free names. ``other``: an answer outside ``choices`` is allowed. ``suggest``: the catalog's names that
    a front end may offer. ``when``: each question named there must have been answered, with one of the values if
    values are given. ``when_any``: one of these must have been answered, about any workload. ``several``: asked only
    where there are several workloads. ``clears``: answers that this one replaces. ``assume``: what "I don't know"
    puts into the file; None leaves the key out. ``unknown``: what "I don't know" does, in words.
    """

    id: str
    section: str
    key: str
    kind: Kind
    text: str
    help: str
    unknown: str
    choices: tuple[AnswerChoice, ...] = ()
    other: bool = False
    suggest: Suggest | None = None
    unit: str | None = None
    more: bool = False
    when: Mapping[str, tuple[Any, ...]] = {}
    when_any: tuple[str, ...] = ()
    several: bool = False
    clears: tuple[str, ...] = ()
    assume: tuple[str, ...] | None = None

    @property
    def per_workload(self) -> bool:
        """Whether it is asked for each workload."""
        return self.key.startswith(WORKLOAD)


class Questionnaire(NamedTuple):
    """All the questions, in the order in which they are asked."""

    sections: tuple[QuestionSection, ...]
    questions: tuple[Question, ...]

    def question(self, name: str) -> Question:
        """Return the question of that id. Raises RequirementsError with the nearest ids."""
        for question in self.questions:
            if question.id == name:
                return question
        from difflib import get_close_matches

        near = get_close_matches(name, [question.id for question in self.questions], n=2, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "`advisor ask --list` shows all questions"
        raise RequirementsError(f"there is no question {name!r}", hint=hint)

    def title(self, section: str) -> str:
        """Return the title of a section."""
        return next(entry.title for entry in self.sections if entry.id == section)


@cache
def load_questionnaire(path: Path = COMPILED) -> Questionnaire:
    """Return the questions that travel inside the package. Raises RequirementsError if they are missing or damaged."""
    try:
        document = json.loads(path.read_bytes())
        return decode(document)
    except (OSError, ValueError, KeyError, TypeError) as error:
        hint = "install the package again; in a checkout, `python -m advisor.requirements.codegen` writes it"
        raise RequirementsError(f"{path}: cannot read the compiled questions: {error}", hint=hint) from None


def decode(document: Mapping[str, Any]) -> Questionnaire:
    """Return the questionnaire in its compiled form; ValueError, KeyError or TypeError if it is not one."""
    return Questionnaire(
        tuple(QuestionSection(**section) for section in document["sections"]),
        tuple(_question(raw) for raw in document["questions"]),
    )


def _question(raw: Mapping[str, Any]) -> Question:
    fields = dict(raw)
    fields["choices"] = tuple(AnswerChoice(**choice) for choice in raw.get("choices", ()))
    fields["when"] = {name: tuple(values) for name, values in raw.get("when", {}).items()}
    fields["when_any"] = tuple(raw.get("when_any", ()))
    fields["clears"] = tuple(raw.get("clears", ()))
    fields["assume"] = tuple(raw["assume"]) if "assume" in raw else None
    return Question(**fields)
