"""Files of a sitting: what stands in the way of writing one, and reading and writing them whole or not at all."""

from __future__ import annotations

from pathlib import Path

from advisor.errors import RequirementsError, UsageError
from advisor.files.atomic import replace_text
from advisor.files.paths import REQUIREMENTS_FILE
from advisor.reports.recommendation.report import Recommendation, render
from advisor.requirements.file import read_file, save
from advisor.requirements.questionnaire.answers import from_requirements
from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers

DEFAULT_FILE = Path(REQUIREMENTS_FILE)

SUFFIXES = {"markdown": ".md", "html": ".html", "json": ".json", "table": ".txt"}
"""The ending of a report's file, by format."""


class Stamp:
    """What a file looked like when this sitting last read or wrote it."""

    def __init__(self) -> None:
        self._seen: dict[Path, tuple[int, int] | None] = {}

    def remember(self, path: Path) -> None:
        """Note how the file looks now."""
        self._seen[path.resolve()] = _look(path)

    def is_known(self, path: Path) -> bool:
        """Whether the file still looks as it did."""
        return self._seen.get(path.resolve()) == _look(path)


def open_file(session: Session, stamp: Stamp, path: Path) -> None:
    """Begin with the answers of a file. Raises RequirementsError, and then nothing has changed."""
    requirements = read_file(path).requirements
    session.begin(from_requirements(session.questionnaire, requirements), path)
    stamp.remember(path)


def doubts(session: Session, stamp: Stamp, solved: SolvedAnswers, path: Path) -> tuple[str, ...]:
    """Return what a person should know before the file is written; empty if nothing can get lost."""
    found = [f"not in the file yet: {point}" for point in solved.open_points]
    if path.is_file():
        if path != session.path:
            found.append(f"{path} exists and will be replaced")
        elif not stamp.is_known(path):
            found.append(f"{path} was changed by somebody else since it was read")
        if _comments(path):
            found.append(f"{path} has {_comments(path)} lines of comments, which will not be kept")
    return tuple(found)


def save_file(session: Session, stamp: Stamp, solved: SolvedAnswers, path: Path) -> None:
    """Write what stands to a file. Raises RequirementsError, and then the file is as it was."""
    if solved.requirements is None:
        points = "; ".join(str(point) for point in solved.open_points)
        raise RequirementsError(f"there is nothing to save yet: {points}", hint="answer that question first")
    save(path, solved.requirements)
    session.mark_saved(path)
    stamp.remember(path)


def export(solved: SolvedAnswers, name: str, form: str, path: Path) -> None:
    """Write a report. Raises UsageError if the file cannot be written."""
    if solved.requirements is None or solved.advice is None:
        raise UsageError("there is no answer to report yet", hint="answer what is still open first")
    text = render(form, Recommendation(solved.requirements, solved.advice, name))
    replace_text(path, text, error=UsageError)


def file_named(name: str) -> Path:
    """Return the path that a person means; ``~`` is the home folder."""
    return Path(name).expanduser()


def format_for_suffix(path: Path) -> str | None:
    """Return the format that a file's ending stands for; None for any other ending."""
    return next((form for form, suffix in SUFFIXES.items() if path.suffix == suffix), None)


def _look(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _comments(path: Path) -> int:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return 0
    return sum(line.lstrip().startswith("#") for line in lines)
