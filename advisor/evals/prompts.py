"""A prompt is a file in git: front matter that says how to ask, then the text, with ``{{name}}`` for a case's parts.

``{{input}}`` is the case's input. A text without it is what the model is told beforehand: it becomes a system message
and the input follows as the user's. The version is git's hash of the content; what is not committed is dirty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from advisor.errors import EvaluationError
from advisor.evals import git
from advisor.evals.cases import Case
from advisor.evals.checks import Check, parse_checks
from advisor.files.yaml import parse_document, read_text
from advisor.probe.worker_protocol import Message, Params

INPUT = "input"
"""The variable that a case's input is."""

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
_FENCE = "---"


class _FrontMatter(BaseModel):
    """What may stand before the text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vars: dict[str, str | int | float | None] | list[str] = Field(default_factory=list)
    """Names of variables, or names with what is taken where a case has none."""
    params: dict[str, Any] = Field(default_factory=dict)
    system: str | None = None
    checks: list[Any] = Field(default_factory=list)
    """What every answer must meet, whatever the case."""


class Prompt(NamedTuple):
    """A prompt as it is sent; ``path`` is None for the case's input alone."""

    path: str | None
    version: str | None
    dirty: bool
    text: str
    system: str | None = None
    params: Params = Params()
    max_tokens: int | None = None
    defaults: Mapping[str, str] = {}
    """What a variable is where a case says nothing of it."""
    checks: tuple[Check, ...] = ()
    is_chain: bool = False
    """A command that asks in its own way; ``path`` is the command."""

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that the text and the system message name, each once."""
        return tuple(dict.fromkeys(_PLACEHOLDER.findall(f"{self.system or ''}\n{self.text}")))


BARE = Prompt(None, None, dirty=False, text="{{input}}")
"""No prompt: the case's input as it is."""


def load_prompt(path: Path) -> Prompt:
    """Return the prompt in a file. Raises EvaluationError with file and line."""
    text = read_text(path, error=EvaluationError)
    known = git.version(path, path.read_bytes())
    return parse_prompt(text, str(path), version=known.blob, dirty=known.dirty)


def parse_prompt(text: str, path: str, *, version: str, dirty: bool) -> Prompt:
    """Give the prompt that a text holds; ``path`` is what messages call it.

    Raises EvaluationError with file and line.
    """
    lines = text.split("\n")
    head, body, first = _FrontMatter(), text, 1
    if lines[0].strip() == _FENCE:
        end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == _FENCE), None)
        if end is None:
            raise EvaluationError(f"{path}:1: expected a second line {_FENCE} after the front matter, found none")
        head, body, first = _front_matter("\n".join(lines[1:end]), path), "\n".join(lines[end + 1 :]), end + 2
    if not body.strip():
        raise EvaluationError(f"{path}:{first}: expected the text of the prompt, found nothing", hint="{{input}}")
    stated = dict(head.params)
    max_tokens = stated.pop("max_tokens", None)
    if max_tokens is not None and not (isinstance(max_tokens, int) and 0 < max_tokens <= 1_000_000):  # noqa: PLR2004
        raise EvaluationError(f"{path}:1: params.max_tokens: expected a whole number above 0, found {max_tokens!r}")
    defaults = head.vars if isinstance(head.vars, dict) else {}
    prompt = Prompt(
        path,
        version,
        dirty,
        body.strip("\r\n"),
        head.system,
        _params(stated, path),
        max_tokens,
        {name: str(value) for name, value in defaults.items() if value is not None},
        parse_checks(head.checks, f"{path}:1"),
    )
    _require_declared(prompt, head, path)
    return prompt


def render(prompt: Prompt, case: Case) -> tuple[Message, ...]:
    """Return the messages that a case makes of a prompt. Raises EvaluationError for a variable that the case lacks."""
    turns, values = list(case.messages), {**prompt.defaults, **case.vars}
    asks = INPUT in prompt.variables
    if case.input is not None:
        values[INPUT] = case.input
    elif asks and turns:
        values[INPUT] = turns.pop().content
    missing = [name for name in prompt.variables if name not in values]
    if missing:
        raise EvaluationError(
            f"{case.place}: case {case.id}: expected a value for {', '.join(missing)}, which {prompt.path} asks for",
            hint=f'add "vars": {{"{missing[0]}": "..."}} to the case, or a default under vars in the prompt',
        )
    text = _filled(prompt.text, values)
    system = None if prompt.system is None else _filled(prompt.system, values)
    if case.input is None and not turns and not asks:
        return (*_system(system), Message(role="user", content=text))
    if not asks:
        said = "\n\n".join(part for part in (system, text) if part)
        last = [] if case.input is None else [Message(role="user", content=case.input)]
        return (*_system(said), *turns, *last)
    return (*_system(system), *turns, Message(role="user", content=text))


def _system(text: str | None) -> tuple[Message, ...]:
    return () if text is None else (Message(role="system", content=text),)


def _filled(text: str, values: Mapping[str, str]) -> str:
    """In one pass: a value that itself looks like a placeholder stays as it is."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)


def _front_matter(text: str, path: str) -> _FrontMatter:
    document = parse_document("\n" + text, path=path, error=EvaluationError)
    if document.content is None:
        return _FrontMatter()
    if not isinstance(document.content, dict):
        raise EvaluationError(f"{path}:2: expected names such as params and system in the front matter")
    try:
        return _FrontMatter.model_validate(document.content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        known = ", ".join(_FrontMatter.model_fields)
        hint = f"one of {known}" if first["type"] == "extra_forbidden" else None
        raise EvaluationError(f"{path}:{document.line(place)}: {place}: {first['msg']}", hint=hint) from None


def _params(stated: Mapping[str, Any], path: str) -> Params:
    try:
        return Params.model_validate(stated)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        known = ", ".join((*Params.model_fields, "max_tokens"))
        raise EvaluationError(f"{path}:1: params.{place}: {first['msg']}", hint=f"one of {known}") from None


def _require_declared(prompt: Prompt, head: _FrontMatter, path: str) -> None:
    """Where variables are declared, each one in the text must be among them."""
    declared = set(head.vars)
    strange = [name for name in prompt.variables if declared and name not in declared | {INPUT}]
    if strange:
        names = ", ".join(sorted(declared))
        raise EvaluationError(
            f"{path}:1: expected only declared variables in the text ({names}), found {strange[0]}",
            hint=f"add {strange[0]} to vars, or mend the name in the text",
        )
