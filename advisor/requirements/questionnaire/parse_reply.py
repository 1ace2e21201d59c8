"""Understand one reply to one question: typed text or a value from a file, in; a plain value, out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from advisor.errors import RequirementsError
from advisor.requirements.diagnose import check
from advisor.requirements.questionnaire.questions import WORKLOAD, Question

DONT_KNOW = None
"""The answer "I don't know": the question was put, and the file says nothing."""

_DONT_KNOW = frozenset(("?", "i don't know", "i dont know", "don't know", "dont know", "unknown"))
_YES = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_FIGURE = re.compile(r"([-+]?[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?)\s*([kKmM]?)")
_TIMES = {"": 1, "k": 1_000, "m": 1_000_000}


def understand(question: Question, reply: Any) -> Any:
    """Return the plain value that a reply stands for, checked against the record; DONT_KNOW for "I don't know".

    Choices may be given by value, label or number (from 1). Raises RequirementsError with what was expected.
    """
    if reply is None or (isinstance(reply, str) and reply.strip().lower() in _DONT_KNOW):
        return DONT_KNOW
    value = _READERS[question.kind](question, reply)
    _check(question, value)
    return value


def understand_yes_no(word: str) -> bool:
    """Yes or no to a question that is not of the questionnaire. Raises RequirementsError."""
    if word.strip().lower() not in _YES:
        raise RequirementsError(f"expected yes or no, found {word[:60]!r}")
    return _YES[word.strip().lower()]


def expected(question: Question) -> str:
    """Return what a reply must look like, in words."""
    values = ", ".join(choice.value for choice in question.choices)
    match question.kind:
        case "choice":
            return f"one of {values}" + (", or another name" if question.other else "")
        case "choices" | "order":
            order = " in the order of their weight" if question.kind == "order" else ""
            return f"some of {values}{order}, with commas between them" + (", or none" if order == "" else "")
        case "number":
            return f"a number of {question.unit}" if question.unit else "a number"
        case "yes-no":
            return "yes or no"
        case "names":
            return "names with commas between them, or none"
        case "text":
            return "text"


def form(question: Question) -> str:
    """How to reply when the choices are in view with their numbers."""
    other = ", or another name" if question.other else ""
    match question.kind:
        case "choice":
            return f"the number or name of one{other}"
        case "choices":
            return f"numbers or names with commas between them{other}, or none"
        case "order":
            return "numbers or names with commas between them, the weightiest first"
        case _:
            return expected(question)


def _wrong(question: Question, reply: Any, because: str | None = None) -> RequirementsError:
    found = repr(reply) if isinstance(reply, str) else str(reply)
    message = f"{question.id}: expected {because or expected(question)}, found {found[:60]}"
    return RequirementsError(message, hint="answer ? if you don't know")


def _choice(question: Question, reply: Any) -> str:
    word = str(reply).strip()
    for number, choice in enumerate(question.choices, start=1):
        if word.lower() in (choice.value, choice.label.lower(), str(number)):
            return choice.value
    if question.other and isinstance(reply, str) and word and not word.isdigit():
        return word
    raise _wrong(question, reply)


def _choices(question: Question, reply: Any) -> list[str]:
    return list(dict.fromkeys(_choice(question, part) for part in _list(question, reply)))


def _list(question: Question, reply: Any) -> Sequence[Any]:
    if isinstance(reply, (list, tuple)):
        return reply
    if not isinstance(reply, str):
        return [reply] if question.choices else _refuse(question, reply)
    if reply.strip().lower() in ("", "none"):
        return []
    return [part.strip() for part in reply.split(",")]


def _refuse(question: Question, reply: Any) -> Sequence[Any]:
    raise _wrong(question, reply)


def _names(question: Question, reply: Any) -> list[str]:
    names = _list(question, reply)
    if not all(isinstance(name, str) and name for name in names):
        raise _wrong(question, reply)
    return list(dict.fromkeys(names))


def _number(question: Question, reply: Any) -> int | float | str:
    if isinstance(reply, bool) or not isinstance(reply, (int, float, str)):
        raise _wrong(question, reply)
    if not isinstance(reply, str):
        return int(reply) if isinstance(reply, float) and reply.is_integer() else reply
    figure = _FIGURE.fullmatch(reply.strip())
    if figure is None:
        raise _wrong(question, reply, f"{expected(question)} such as 20000, 20_000 or 20k")
    digits, times = figure[1].replace("_", ""), _TIMES[figure[2].lower()]
    if "." not in digits:
        return int(digits) * times
    value = round(float(digits) * times, 6)
    return int(value) if value.is_integer() else value


def _text(question: Question, reply: Any) -> str:
    if not isinstance(reply, str) or not reply.strip():
        raise _wrong(question, reply)
    return reply.strip()


def _yes_no(question: Question, reply: Any) -> bool:
    if isinstance(reply, bool):
        return reply
    word = str(reply).strip().lower()
    if word not in _YES:
        raise _wrong(question, reply)
    return _YES[word]


_READERS = {
    "choice": _choice,
    "choices": _choices,
    "order": _choices,
    "names": _names,
    "number": _number,
    "text": _text,
    "yes-no": _yes_no,
}


def _check(question: Question, value: Any) -> None:
    """Hold a value against its field: only what is wrong at that very key counts."""
    path = question.key.removeprefix(WORKLOAD).split(".")
    block: Any = value
    for part in reversed(path):
        block = {part: block}
    document = {"workloads": [{"name": "workload-1", **block}]} if question.per_workload else block
    place = question.key.replace(WORKLOAD, f"{WORKLOAD}0.", 1)
    for problem in check(document).problems:
        if problem.key == place or problem.key.startswith(f"{place}."):
            raise _wrong(question, value, problem.expected)
