"""Read and write ``advisor.yaml``: all of its problems at once with their lines, and never half a file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from advisor.errors import InvalidRequirements, RequirementsError
from advisor.files.atomic import replace_text
from advisor.files.paths import REQUIREMENTS_FILE
from advisor.files.yaml import Document, is_plain_text, line_for_key, parse_document, read_document
from advisor.requirements.diagnose import check
from advisor.requirements.schema import Requirements

WIDTH = 110
"""Where a written line is folded."""


class RequirementsFile(NamedTuple):
    """Requirements with the place they were read from; ``lines`` maps a dotted key to its line in the file."""

    requirements: Requirements
    path: str
    lines: Mapping[str, int]

    def line(self, key: str) -> int:
        """Return the line of a dotted key, or of the nearest block above it that stands in the file."""
        return line_for_key(self.lines, key)


def load_requirements(path: str | Path) -> Requirements:
    """Return the requirements in a file. Raises RequirementsError as :func:`read_file` does."""
    return read_file(path).requirements


def read_file(path: str | Path) -> RequirementsFile:
    """Return the requirements in a file, with the line of each key.

    Raises RequirementsError if there is no readable YAML (or JSON), and InvalidRequirements, which lists every
    problem with file, line, key, what was expected and what was found, if it does not state requirements.
    """
    try:
        return _checked(read_document(path, error=RequirementsError))
    except RequirementsError as error:
        if error.hint is None and not Path(path).exists():
            error.hint = "write one with `advisor ask`, or name another file"
        raise


def parse_requirements(text: str, *, name: str = REQUIREMENTS_FILE) -> RequirementsFile:
    """Return the requirements in a text; ``name`` is what messages call it. Raises as :func:`read_file` does."""
    return _checked(parse_document(text, path=name, error=RequirementsError))


def dump(requirements: Requirements) -> str:
    """Return the requirements as YAML: what was stated and no more, so that reading it gives an equal record again."""
    import yaml

    layout: dict[str, Any] = {"sort_keys": False, "default_flow_style": None, "allow_unicode": True, "width": WIDTH}
    return str(yaml.dump(to_document(requirements), Dumper=_dumper(), **layout))


def to_document(requirements: Requirements) -> dict[str, Any]:
    """Return what was stated, as plain content: the shape of the file, its lists and figures."""
    stated = requirements.model_dump(exclude_unset=True)
    return {"schema_version": requirements.schema_version, **_plain(stated)}


def save(path: str | Path, requirements: Requirements) -> None:
    """Write the requirements to a file, whole or not at all; an existing file keeps its permissions.

    Raises RequirementsError if the file is read-only or cannot be written.
    """
    replace_text(path, dump(requirements), error=RequirementsError)


def _checked(document: Document) -> RequirementsFile:
    requirements, problems, more = check(document.content)
    if requirements is not None:
        return RequirementsFile(requirements, document.path, document.lines)
    problems = tuple(sorted(problems, key=lambda problem: document.line(problem.key)))
    lines = [f"{document.path}:{document.line(problem.key)}: {problem}" for problem in problems]
    if len(problems) == 1:
        raise InvalidRequirements(lines[0], problems, hint=problems[0].hint)
    inline = [
        f"{line}; {problem.hint}" if problem.hint else line for line, problem in zip(lines, problems, strict=True)
    ]
    if more:
        inline.append(f"{document.path}: and {more:,} more problems")
    raise InvalidRequirements("\n".join(inline), problems)


def _plain(value: Any) -> Any:
    """Give a value as a file writes it. Money that no float holds exactly becomes text, which reads as money again."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (float, Decimal)) and value == int(value):
        return int(value)
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else format(value, "f")
    return value


def _dumper() -> Any:
    """Return a dumper that quotes whatever would not be read as text again."""
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
        pass

    def text(dumper: Any, value: str) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if is_plain_text(value) else "'")

    Dumper.add_representer(str, text)
    return Dumper
