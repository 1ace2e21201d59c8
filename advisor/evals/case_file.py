"""Changes to a file of cases that leave every line as it was but the one that is meant."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from advisor.errors import EvaluationError
from advisor.evals.cases import parse_case, read_lines
from advisor.files.atomic import replace_text
from advisor.files.tables import MAX_BYTES
from advisor.files.yaml import read_text


def proposed_cases(path: Path) -> tuple[tuple[str, str], ...]:
    """Return the cases that wait for a person: each with its id and what is asked. Raises EvaluationError."""
    wrong, found = list[str](), list[tuple[str, str]]()
    for line, content in read_lines(path, wrong):
        if content.get("state") == "proposed":
            case = parse_case(content, f"{path}:{line}")
            expected = content.get("answer", content.get("reference"))
            words = case.question if expected is None else f"{case.question}\nexpected: {expected}"
            found.append((case.id, words))
    return tuple(found)


def accept_cases(path: Path, verdicts: Mapping[str, bool]) -> None:
    """Accept the proposed cases of these ids, or take them out; no other line is touched. Raises EvaluationError."""
    lines = []
    for line in read_text(path, error=EvaluationError, max_bytes=MAX_BYTES).split("\n"):
        content = _object(line)
        verdict = verdicts.get(str(content.get("id"))) if content and content.get("state") == "proposed" else None
        if content is None or verdict is None:
            lines.append(line)
        elif verdict:
            lines.append(json.dumps({**content, "state": "accepted"}, ensure_ascii=False))
    replace_text(path, "\n".join(lines), error=EvaluationError)


def append_cases(path: Path, cases: Iterable[Mapping[str, Any]]) -> int:
    """Add cases at the end of a file, which is made if it is not there; how many. Raises EvaluationError."""
    added = [json.dumps(case, ensure_ascii=False) for case in cases]
    before = read_text(path, error=EvaluationError, max_bytes=MAX_BYTES) if path.exists() else ""
    if not added:
        return 0
    _make_folder(path)
    start = before if not before or before.endswith("\n") else before + "\n"
    replace_text(path, start + "\n".join(added) + "\n", error=EvaluationError)
    return len(added)


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EvaluationError(f"{path.parent}: cannot be made: {error.strerror}") from None


def _object(line: str) -> dict[str, Any] | None:
    try:
        content = json.loads(line)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
