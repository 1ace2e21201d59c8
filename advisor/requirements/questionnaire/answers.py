"""Answers to the questionnaire, and the way between them and requirements, in both directions.

Answers are a value: every function returns new ones, so a caller undoes a step by keeping the answers from before it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from types import MappingProxyType
from typing import Any, NamedTuple

from advisor.requirements.diagnose import RequirementsProblem, check
from advisor.requirements.file import to_document
from advisor.requirements.questionnaire.parse_reply import DONT_KNOW, understand
from advisor.requirements.questionnaire.questions import WORKLOAD, Question, Questionnaire
from advisor.requirements.schema import Requirements


class Answers(NamedTuple):
    """Plain values by question id: those about the whole file, and those about each workload.

    A question that is not in a mapping is unanswered; DONT_KNOW is an answer. ``unasked`` is what a file says that no
    question is about; it is carried through as it stands.
    """

    whole: Mapping[str, Any]
    workloads: tuple[Mapping[str, Any], ...] = ({},)
    unasked: Mapping[str, Any] = MappingProxyType({})

    def to(self, question: Question, workload: int = 0) -> Mapping[str, Any]:
        """Return the mapping in which the answer to that question stands."""
        return self.workloads[workload] if question.per_workload else self.whole


NO_ANSWERS = Answers({})


class Draft(NamedTuple):
    """What the answers come to so far.

    ``requirements`` is None while something is missing that they cannot do without; ``open_points`` says what is
    missing, or which block was left out because only a part of it is answered. Keys are dotted, as in a file.
    """

    requirements: Requirements | None
    open_points: tuple[RequirementsProblem, ...]

    def missing(self, questionnaire: Questionnaire) -> tuple[Question, ...]:
        """Return the questions whose answers the open points wait for."""
        open_keys = [re.sub(r"\.\d+(?=\.|$)", "", point.key) for point in self.open_points]
        return tuple(
            question
            for question in questionnaire.questions
            if any(question.key == key or question.key.startswith(f"{key}.") for key in open_keys)
        )


def visible(questionnaire: Questionnaire, answers: Answers, workload: int = 0) -> tuple[Question, ...]:
    """Give the questions to show: those whose condition is met, and those that have an answer, so none acts unseen."""
    return tuple(
        question
        for question in questionnaire.questions
        if question.id in answers.to(question, workload) or _asked(question, answers, workload)
    )


def answer(questionnaire: Questionnaire, answers: Answers, name: str, reply: Any, workload: int = 0) -> Answers:
    """Return new answers with this reply in them. Raises RequirementsError with what was expected."""
    question = questionnaire.question(name)
    kept = {key: value for key, value in answers.to(question, workload).items() if key not in question.clears}
    return _put(answers, question, {**kept, name: understand(question, reply)}, workload)


def withdraw(questionnaire: Questionnaire, answers: Answers, name: str, workload: int = 0) -> Answers:
    """Return new answers in which that question is unanswered."""
    question = questionnaire.question(name)
    kept = {key: value for key, value in answers.to(question, workload).items() if key != name}
    return _put(answers, question, kept, workload)


def add_workload(answers: Answers) -> Answers:
    """Return new answers with one more workload, of which nothing is answered yet."""
    return answers._replace(workloads=(*answers.workloads, {}))


def remove_workload(answers: Answers, workload: int) -> Answers:
    """Return new answers without that workload; the last one is emptied instead."""
    kept = tuple(given for index, given in enumerate(answers.workloads) if index != workload)
    return answers._replace(workloads=kept or ({},))


def draft(questionnaire: Questionnaire, answers: Answers) -> Draft:
    """Return what the answers come to: requirements, if they suffice, and what is still open."""
    document = to_plain(questionnaire, answers)
    requirements, problems, _ = check(document)
    unfinished = [problem for problem in problems if _drop_block(document, problem.key)]
    if not unfinished:
        return Draft(requirements, problems)
    requirements, rest, _ = check(document)
    return Draft(requirements, (*unfinished, *rest))


def to_plain(questionnaire: Questionnaire, answers: Answers) -> dict[str, Any]:
    """Return the plain content of the file that the answers come to, whole or not."""
    document: dict[str, Any] = deepcopy(dict(answers.unasked))
    for question, value in _given(questionnaire, answers.whole, per_workload=False):
        _set(document, question.key, value)
    document["workloads"] = []
    for number, given in enumerate(answers.workloads, start=1):
        workload: dict[str, Any] = {"name": f"workload-{number}"}
        for question, value in _given(questionnaire, given, per_workload=True):
            _set(workload, question.key.removeprefix(WORKLOAD), value)
        document["workloads"].append(workload)
    return document


def from_requirements(questionnaire: Questionnaire, requirements: Requirements) -> Answers:
    """Return the answers that lead to these requirements; what is not stated is unanswered."""
    document = to_document(requirements)
    whole = dict(_found(questionnaire, document, per_workload=False))
    workloads = tuple(dict(_found(questionnaire, workload, per_workload=True)) for workload in document["workloads"])
    keys = {question.key for question in questionnaire.questions}
    return Answers(whole, workloads, _without(document, {"schema_version", "workloads", *keys}))


def state(answers: Answers, key: str, value: Any) -> Answers:
    """Return new answers in which a key that no question is about has this value; None takes it out.

    ``portfolio.workloads.NAME.key`` is the key of the entry of that name.
    """
    unasked = deepcopy(dict(answers.unasked))
    *above, name = key.split(".")
    holder: Any = unasked
    for part in above:
        entries = holder if isinstance(holder, list) else ()
        holder = next(one for one in entries if one["name"] == part) if entries else holder.setdefault(part, {})
    if value is None:
        holder.pop(name, None)
    else:
        holder[name] = value
    return answers._replace(unasked=unasked)


def _without(document: Mapping[str, Any], keys: Collection[str], above: str = "") -> dict[str, Any]:
    """Return what is left of a document without these keys; blocks that have nothing else go with them."""
    left: dict[str, Any] = {}
    for name, value in document.items():
        key = f"{above}{name}"
        if key in keys:
            continue
        kept = _without(value, keys, f"{key}.") if isinstance(value, Mapping) else value
        if kept != {} or value == {}:
            left[name] = kept
    return left


def _asked(question: Question, answers: Answers, workload: int) -> bool:
    if question.several and len(answers.workloads) < 2:  # noqa: PLR2004 - one shares nothing
        return False
    if question.when_any and not any(
        name in given for given in _given_to(question, answers, workload) for name in question.when_any
    ):
        return False
    given = {**answers.whole, **answers.workloads[workload]}
    return all(
        given.get(name) is not DONT_KNOW and (not values or _is_one_of(given[name], values))
        for name, values in question.when.items()
    )


def _is_one_of(given: Any, values: Sequence[Any]) -> bool:
    """Whether an answer, or one of several that were chosen, is among the values."""
    return any(one in values for one in given) if isinstance(given, list) else given in values


def _given_to(question: Question, answers: Answers, workload: int) -> tuple[Mapping[str, Any], ...]:
    """Return what a condition is asked of: a question about the whole file looks at every workload."""
    return (answers.whole, *((answers.workloads[workload],) if question.per_workload else answers.workloads))


def _put(answers: Answers, question: Question, given: Mapping[str, Any], workload: int) -> Answers:
    if not question.per_workload:
        return answers._replace(whole=given)
    before, after = answers.workloads[:workload], answers.workloads[workload + 1 :]
    return answers._replace(workloads=(*before, given, *after))


def _given(
    questionnaire: Questionnaire, given: Mapping[str, Any], *, per_workload: bool
) -> Iterator[tuple[Question, Any]]:
    """Each answered question with the value that it puts into the file."""
    for question in questionnaire.questions:
        if question.per_workload is per_workload and question.id in given:
            value = given[question.id]
            if value is DONT_KNOW and question.assume is not None:
                value = list(question.assume)
            if value is not DONT_KNOW:
                yield question, value


def _found(
    questionnaire: Questionnaire, document: Mapping[str, Any], *, per_workload: bool
) -> Iterator[tuple[str, Any]]:
    """Yield the id of each question whose key a document states, with the value there."""
    for question in questionnaire.questions:
        if question.per_workload is not per_workload:
            continue
        value: Any = document
        for part in question.key.removeprefix(WORKLOAD).split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        if value is not None and not isinstance(value, Mapping):
            yield question.id, value


def _set(document: dict[str, Any], key: str, value: Any) -> None:
    *above, name = key.split(".")
    for part in above:
        document = document.setdefault(part, {})
    document[name] = value


_BLOCKS = ("deployment.own_gpus", "traffic", "quality.at_least")
"""Blocks that a file may do without and that are answered in several steps."""


def _drop_block(document: dict[str, Any], key: str) -> bool:
    """Leave out the unfinished block that a key lies in; whether there was one."""
    for block in _BLOCKS:
        parts = key.split(".")
        inside = parts[2:] if parts[0] == "workloads" else parts
        if inside[: block.count(".") + 1] != block.split("."):
            continue
        holder: Any = document["workloads"][int(parts[1])] if parts[0] == "workloads" else document
        *above, name = block.split(".")
        for part in above:
            holder = holder[part]
        holder.pop(name, None)
        return True
    return False
