"""Read and write ``advisor.yaml``: all of its problems at once with their lines, and never half a file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from advisor.documents import Document, is_plain_text, parse_document, read_document, replace_text
from advisor.errors import InvalidRequirements, RequirementsError
from advisor.requirements.problems import check
from advisor.requirements.records import Requirements

WIDTH = 110
"""Where a written line is folded."""


class RequirementsFile(NamedTuple):
    """Requirements with the place they were read from; ``lines`` maps a dotted key to its line in the file."""

    requirements: Requirements
    path: str
    lines: Mapping[str, int]


def load_requirements(path: str | Path) -> Requirements:
    """The requirements in a file. Raises RequirementsError as :func:`read_file` does."""
    return read_file(path).requirements


def read_file(path: str | Path) -> RequirementsFile:
    """The requirements in a file, with the line of each key.

    Raises RequirementsError if there is no readable YAML (or JSON), and InvalidRequirements, which lists every
    problem with file, line, key, what was expected and what was found, if it does not state requirements.
    """
    try:
        return _checked(read_document(path, error=RequirementsError))
    except RequirementsError as error:
        if error.hint is None and not Path(path).exists():
            error.hint = "write one with `advisor ask`, or name another file"
        raise


def parse_requirements(text: str, *, name: str = "advisor.yaml") -> RequirementsFile:
    """The requirements in a text; ``name`` is what messages call it. Raises as :func:`read_file` does."""
    return _checked(parse_document(text, path=name, error=RequirementsError))


def dump(requirements: Requirements) -> str:
    """The requirements as YAML: what was stated and no more, so that reading it gives an equal record again."""
    import yaml

    stated = requirements.model_dump(exclude_unset=True)
    document = {"schema_version": requirements.schema_version, **stated}
    layout: dict[str, Any] = {"sort_keys": False, "default_flow_style": None, "allow_unicode": True, "width": WIDTH}
    return str(yaml.dump(document, Dumper=_dumper(), **layout))


def save(path: str | Path, requirements: Requirements) -> None:
    """Write the requirements to a file, whole or not at all; an existing file keeps its permissions.

    Raises RequirementsError if the file is read-only or cannot be written.
    """
    replace_text(path, dump(requirements), error=RequirementsError)


def _checked(document: Document) -> RequirementsFile:
    requirements, problems = check(document.content)
    if requirements is not None:
        return RequirementsFile(requirements, document.path, document.lines)
    problems = tuple(sorted(problems, key=lambda problem: document.line(problem.key)))
    lines = [f"{document.path}:{document.line(problem.key)}: {problem}" for problem in problems]
    if len(problems) == 1:
        raise InvalidRequirements(lines[0], problems, hint=problems[0].hint)
    inline = [
        f"{line}; {problem.hint}" if problem.hint else line for line, problem in zip(lines, problems, strict=True)
    ]
    raise InvalidRequirements("\n".join(inline), problems)


def _dumper() -> Any:
    """A dumper that keeps short lists and blocks on one line and quotes what would not be read as text again."""
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
        pass

    def text(dumper: Any, value: str) -> Any:
        plain = str(value)
        return dumper.represent_scalar("tag:yaml.org,2002:str", plain, style=None if is_plain_text(plain) else "'")

    def number(dumper: Any, value: float | Decimal) -> Any:
        plain = format(value, "f") if isinstance(value, Decimal) else repr(value)
        if value == int(value):
            return dumper.represent_int(int(value))
        if isinstance(value, Decimal) and (Decimal(repr(float(plain))) != value or is_plain_text(plain)):
            return dumper.represent_scalar("tag:yaml.org,2002:str", plain, style="'")
        return dumper.represent_float(float(value))

    Dumper.add_representer(str, text)
    Dumper.add_multi_representer(Enum, lambda dumper, value: text(dumper, value.value))
    Dumper.add_representer(float, number)
    Dumper.add_representer(Decimal, number)
    Dumper.add_representer(tuple, lambda dumper, value: dumper.represent_list(value))
    return Dumper
