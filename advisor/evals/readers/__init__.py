"""Other tools' results: a file each, found by itself; see ``advisor.evals.readers.base`` for the port."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from advisor.errors import EvaluationError
from advisor.evals.readers.base import ForeignScore, Reader
from advisor.files.yaml import read_text

MAX_BYTES = 256 << 20
"""The largest log that is read."""


@lru_cache(maxsize=1)
def readers() -> tuple[Reader, ...]:
    """Every reader, by name; the plain table last, since it takes almost anything."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    every = [module.READER for module in modules if hasattr(module, "READER")]
    return tuple(sorted(every, key=lambda one: (one.name == "table", one.name)))


def read_scores(path: Path, form: str | None, candidate: str | None) -> tuple[ForeignScore, ...]:
    """Return the scores in a file; ``candidate`` names whose they are where the file does not say.

    Raises EvaluationError if no reader knows the file, or it holds no score.
    """
    content = _content(path)
    fitting = [one for one in readers() if (form is None or one.name == form) and one.fits(content)]
    if not fitting:
        known = ", ".join(one.name for one in readers())
        hint = f"--format-in one of {known}"
        raise EvaluationError(f"{path}: expected results of a known tool, found none", hint=hint)
    found = tuple(fitting[0].scores(content, candidate or path.stem))
    if not found:
        raise EvaluationError(f"{path}: expected at least one score, found none (read as {fitting[0].name})")
    wrong = next((one for one in found if not 0 <= one.value <= 1), None)
    if wrong is not None:
        raise EvaluationError(
            f"{path}: {wrong.case}: expected a score from 0 to 1, found {wrong.value:g}",
            hint="divide percentages by 100",
        )
    return found


def _content(path: Path) -> Any:
    """JSON, the objects of JSON lines, or the rows of a table."""
    text = read_text(path, error=EvaluationError, max_bytes=MAX_BYTES)
    if path.suffix.lower() == ".csv":
        return _rows(text, path)
    if path.suffix.lower() == ".eval":
        hint = "inspect log convert --to json, or log_format='json'"
        raise EvaluationError(f"{path}: expected JSON, found a packed inspect log", hint=hint)
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        pass
    lines: list[Any] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                lines.append(json.loads(line, parse_constant=_refuse))
            except (ValueError, RecursionError):
                raise EvaluationError(f"{path}:{number}: expected JSON") from None
    return lines


def _rows(text: str, path: Path) -> Sequence[dict[str, str]]:
    try:
        return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise EvaluationError(f"{path}: expected CSV: {error}") from None


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no number")
