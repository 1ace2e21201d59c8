"""Cases: one JSON object a line, each with what is asked and what an answer to it is held against.

A case's version is the hash of what it asks and expects, and a set's the hash of its cases': adding a case voids no
result of the others. Unknown keys are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from advisor.errors import EvaluationError
from advisor.evals.checks import Check, parse_checks
from advisor.files.tables import MAX_BYTES, read_rows
from advisor.files.yaml import read_text
from advisor.probe.worker_protocol import Message

Split = Literal["dev", "held"]
Origin = Literal["seed", "failure", "uncovered", "generated", "feedback"]
State = Literal["proposed", "accepted"]

MOST_CASES = 100_000

_EXAMPLE = '{"id": "order-1", "input": "Where is my order 4711?", "checks": [{"contains": "4711"}]}'


class Case(NamedTuple):
    """One case."""

    id: str
    place: str
    """File and line, for messages."""
    input: str | None
    messages: tuple[Message, ...]
    """Turns of a conversation; empty for a case with an input."""
    vars: Mapping[str, str]
    answer: Any
    reference: str | None
    previous: str | None
    feedback: str | None
    choices: tuple[str, ...]
    """The options that the answer is one of, where they are stated."""
    checks: tuple[Check, ...]
    split: Split
    origin: Origin
    source: str | None
    state: State
    weight: float
    request_hash: str
    """Of what is asked; answers are kept by it."""
    hash: str
    """Of what is asked and expected."""

    @property
    def question(self) -> str:
        """What is asked, for a person to read."""
        if self.input is not None:
            return self.input
        return self.messages[-1].content if self.messages else ", ".join(f"{k}: {v}" for k, v in self.vars.items())


class CaseSet(NamedTuple):
    """The cases of a file; ``accepted`` are those that are run."""

    name: str
    path: str
    cases: tuple[Case, ...]
    skipped: tuple[str, ...] = ()
    """Dead lines that were left out on request, each with its place and why."""

    @property
    def accepted(self) -> tuple[Case, ...]:
        """The cases that a person has accepted."""
        return tuple(case for case in self.cases if case.state == "accepted")

    @property
    def version(self) -> str:
        """The hash of the accepted cases, whatever their order."""
        return _digest(sorted(case.hash for case in self.accepted))

    @property
    def held_version(self) -> str:
        """The same of the cases that are held back; of all of them where none is."""
        held = [case.hash for case in self.accepted if case.split == "held"]
        return _digest(sorted(held)) if held else self.version


class _Fields(BaseModel):
    """What a line holds."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)

    id: str = Field(min_length=1, max_length=200)
    input: str | None = None
    messages: list[dict[str, Any]] | None = None
    vars: dict[str, str | int | float] = Field(default_factory=dict)
    answer: Any = None
    reference: str | None = None
    previous: str | None = None
    feedback: str | None = None
    choices: list[str] = Field(default_factory=list)
    checks: list[Any] = Field(default_factory=list)
    split: Split = "dev"
    origin: Origin = "seed"
    source: str | None = None
    state: State = "accepted"
    weight: float = Field(default=1.0, gt=0, le=1e6, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _numbers(cls, values: Any) -> Any:
        """Take a number as the name of a case, and a whole one as a weight."""
        if isinstance(values, dict):
            number = values.get("id")
            if isinstance(number, int) and not isinstance(number, bool):
                values = {**values, "id": str(number)}
        return values

    @model_validator(mode="after")
    def _one_of_each(self) -> _Fields:
        if self.answer is not None and self.reference is not None:
            raise ValueError("answer and reference both: expected the right answer or one to compare with, not two")
        if self.input is not None and self.messages is not None:
            raise ValueError("input and messages both: expected one of them")
        if self.input is None and self.messages is None and not self.vars:
            raise ValueError("expected input, messages or vars")
        if self.input is not None and not self.input.strip():
            raise ValueError("input: expected a text, found none")
        return self


def load_cases(path: Path, *, skip_bad: bool = False, needs_accepted: bool = True) -> CaseSet:
    """Return the set in a file. Raises EvaluationError that names every dead line, unless those are to be skipped.

    Raises it too for two cases of one id, a question both in dev and held, and a set without an accepted case unless
    it needs none.
    """
    cases, wrong = list[Case](), list[str]()
    for line, content in _entries(path, wrong):
        place = f"{path}:{line}"
        try:
            cases.append(parse_case(content, place))
        except EvaluationError as error:
            wrong.append(error.message)
    wrong += _conflicts(cases)
    if wrong and not skip_bad:
        raise _dead(wrong)
    seen = set[str]()
    kept = [case for case in cases if not (case.id in seen or seen.add(case.id))]  # type: ignore[func-returns-value]
    found = CaseSet(path.stem, str(path), tuple(kept), tuple(wrong))
    if len(kept) > MOST_CASES:
        raise EvaluationError(f"{path}: expected at most {MOST_CASES:,} cases, found {len(kept):,}")
    if needs_accepted and not found.accepted:
        hint = f"read them with `advisor eval review {path}`" if kept else f"a line such as {_EXAMPLE}"
        raise EvaluationError(f"{path}: expected at least one accepted case, found {len(kept)} proposed", hint=hint)
    return found


def parse_case(content: Mapping[str, Any], place: str) -> Case:
    """Return a case from what its line holds. Raises EvaluationError that names the place."""
    try:
        fields = _Fields.model_validate(dict(content))
        messages = _turns(fields.messages)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        words = first["msg"].removeprefix("Value error, ")
        raise EvaluationError(f"{place}: {where}: {words}" if where else f"{place}: {words}") from None
    except ValueError as error:
        raise EvaluationError(f"{place}: messages: {error}") from None
    checks = parse_checks(fields.checks, place)
    asked = {"input": fields.input, "messages": fields.messages, "vars": fields.vars}
    expected = {name: getattr(fields, name) for name in ("answer", "reference", "previous", "feedback", "choices")}
    return Case(
        fields.id,
        place,
        fields.input,
        messages,
        {name: str(value) for name, value in fields.vars.items()},
        fields.answer,
        fields.reference,
        fields.previous,
        fields.feedback,
        tuple(fields.choices),
        checks,
        fields.split,
        fields.origin,
        fields.source,
        fields.state,
        fields.weight,
        _digest(asked),
        _digest([fields.id, asked, expected, fields.checks, fields.weight]),
    )


def read_lines(path: Path, wrong: list[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the objects of a JSONL file with their lines; what is none is added to ``wrong`` with its place."""
    text = read_text(path, error=EvaluationError, max_bytes=MAX_BYTES)
    for number, line in enumerate(text.split("\n"), 1):  # not splitlines(): JSON allows U+2028 inside a string
        if not line.strip():
            continue
        try:
            content = _object(json.loads(line, parse_constant=_refuse))
        except json.JSONDecodeError as error:
            wrong.append(f"{path}:{number}: expected JSON: {error.msg} at column {error.colno}")
        except (ValueError, RecursionError) as error:
            words = "expected JSON of ordinary depth" if isinstance(error, RecursionError) else str(error)
            wrong.append(f"{path}:{number}: {words}")
        else:
            yield number, content


def _entries(path: Path, wrong: list[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if path.suffix.lower() in (".csv", ".json", ".yaml", ".yml"):
        for row in read_rows(path, error=EvaluationError):
            yield row.line, {key: value for key, value in row.content.items() if value not in (None, "")}
    else:
        yield from read_lines(path, wrong)


def _dead(wrong: Sequence[str]) -> EvaluationError:
    shown = "\n".join(wrong[:20])
    more = f"\nand {len(wrong) - 20} more" if len(wrong) > 20 else ""  # noqa: PLR2004 - as many fit a screen
    return EvaluationError(
        f"{shown}{more}", hint="mend these lines; --skip-bad scores the rest. A line is an object such as " + _EXAMPLE
    )


def _conflicts(cases: Sequence[Case]) -> Iterable[str]:
    """Two cases of one id, and questions that are both in dev and held."""
    ids: dict[str, Case] = {}
    splits: dict[str, Case] = {}
    for case in cases:
        first = ids.setdefault(case.id, case)
        if first is not case:
            yield f"{case.place}: id {case.id}: expected each id once, found it also on line {_line(first)}"
        same = splits.setdefault(case.request_hash, case)
        if same.split != case.split:
            yield (
                f"{case.place}: case {case.id} is in {case.split} and asks the same as {same.id} on line {_line(same)} "
                f"in {same.split}: a case that tunes must not be held back too"
            )


def _line(case: Case) -> str:
    return case.place.rpartition(":")[2]


def _turns(messages: Sequence[Mapping[str, Any]] | None) -> tuple[Message, ...]:
    if messages is None:
        return ()
    turns = []
    for turn in messages:
        role = "system" if turn.get("role") == "developer" else turn.get("role")
        content = turn.get("content")
        if role not in ("system", "user", "assistant") or not isinstance(content, str):
            raise ValueError("expected turns of role system, user or assistant with a text as content")
        turns.append(Message(role=role, content=content))
    if not turns or turns[-1].role != "user":
        raise ValueError("expected the last turn to be the user's")
    return tuple(turns)


def _object(content: Any) -> dict[str, Any]:
    """Raise ValueError for what is no object, or holds a number that is none."""
    if not isinstance(content, dict):
        raise ValueError(f"expected an object, found {type(content).__name__}")  # noqa: TRY004 - one kind for a line
    _require_finite(content)
    return content


def _refuse(name: str) -> Any:
    raise ValueError(f"expected a number, found {name}, which is none")


def _require_finite(content: Any) -> None:
    """Raise ValueError for a number that overflows: 1e999 is read as infinity."""
    if isinstance(content, float) and not isfinite(content):
        raise ValueError("expected a number that a computer can hold, found one too large")
    if isinstance(content, dict):
        for value in content.values():
            _require_finite(value)
    elif isinstance(content, list):
        for value in content:
            _require_finite(value)


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
