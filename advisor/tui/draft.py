"""A sitting that no file has yet, kept as a draft after each step, so that the end of a terminal loses no answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from advisor.errors import RequirementsError, UsageError
from advisor.files.atomic import replace_text
from advisor.files.paths import data_folder
from advisor.requirements.questionnaire import answers as replies
from advisor.requirements.questionnaire.answers import NO_ANSWERS, Answers
from advisor.requirements.questionnaire.questions import Questionnaire

_VERSION = 1


class AnswersDraft(NamedTuple):
    """Answers that were not saved, and when the last of them was given."""

    answers: Answers
    written_at: datetime

    @property
    def words(self) -> str:
        """How much it is, and of when, in local time."""
        count = answer_count(self.answers)
        when = self.written_at.astimezone().strftime("%Y-%m-%d %H:%M")
        return f"{count} {'answer' if count == 1 else 'answers'} of {when}, not saved"


def answer_count(answers: Answers) -> int:
    """Return how many questions have an answer."""
    return len(answers.whole) + sum(len(given) for given in answers.workloads)


def draft_path(target: Path) -> Path:
    """Where the draft of a file is kept: in the user's own data, so that no project gets a file unasked."""
    return data_folder("drafts", f"{sha256(str(target.absolute()).encode()).hexdigest()[:20]}.json")


def write_draft(path: Path, target: Path, answers: Answers) -> None:
    """Write a draft whole or not at all. Raises UsageError where that is impossible."""
    content = {
        "version": _VERSION,
        "file": str(target.absolute()),
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "whole": dict(answers.whole),
        "workloads": [dict(given) for given in answers.workloads],
        "unasked": dict(answers.unasked),
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{path.parent}: cannot be made: {error.strerror}") from None
    replace_text(path, json.dumps(content, default=str), error=UsageError)


def read_draft(path: Path, questionnaire: Questionnaire) -> AnswersDraft | None:
    """Return a draft; None if there is none, or none that can be read. An answer that no longer fits is left out."""
    try:
        content = json.loads(path.read_bytes())
        written = datetime.fromisoformat(content["written_at"])
        found = _replayed(questionnaire, content["whole"], content["workloads"])
        unasked = dict(content["unasked"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    if written.tzinfo is None or found == NO_ANSWERS:
        return None
    return AnswersDraft(found._replace(unasked=unasked), written)


def remove_draft(path: Path) -> None:
    """Remove a draft, if there is one; one that cannot be removed is offered again, which loses nothing."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def _replayed(questionnaire: Questionnaire, whole: Mapping[str, Any], workloads: list[Mapping[str, Any]]) -> Answers:
    """Answer anew: what stands in a file was not checked, and questions change between versions."""
    found = NO_ANSWERS._replace(workloads=tuple({} for _ in workloads) or ({},))
    for index, given in ((0, whole), *enumerate(workloads)):
        for name, reply in given.items():
            try:
                found = replies.answer(questionnaire, found, name, reply, index)
            except RequirementsError:
                continue
    return found
