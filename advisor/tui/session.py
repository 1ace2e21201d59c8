"""What a person has answered in this sitting: history, what-if, and the file it belongs to. Knows no screen."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from advisor.catalog import Catalog
from advisor.requirements.questionnaire import answers as replies
from advisor.requirements.questionnaire.answers import NO_ANSWERS, Answers
from advisor.requirements.questionnaire.questions import WORKLOAD, Question, Questionnaire
from advisor.self_hosting.detect import DetectedGpus
from advisor.tui.probe_session import ProbeMeasurements, read_measured
from advisor.tui.solve import SolvedAnswers, solve

SHARED = "portfolio."
"""Keys of what workloads share; some of them are stated without a question."""


class Session:
    """The answers with every step that led to them.

    ``path`` is the file that they were read from or saved to. ``measured`` is what probes said, None before the first
    answer. ``gpus`` are the accelerators of this machine, once they were looked for. While something is tried out,
    ``answers`` are those on trial and ``kept`` the ones that stand until the trial is kept.
    """

    def __init__(self, catalog: Catalog, questionnaire: Questionnaire) -> None:
        self.catalog = catalog
        self.questionnaire = questionnaire
        self.path: Path | None = None
        self.workload = 0
        self.measured: ProbeMeasurements | None = None
        self.gpus: tuple[DetectedGpus, ...] = ()
        self._steps: list[Answers] = [NO_ANSWERS]
        self._now = 0
        self._saved = NO_ANSWERS
        self._trial: Answers | None = None

    @property
    def answers(self) -> Answers:
        """The answers that the screen shows."""
        return self.kept if self._trial is None else self._trial

    @property
    def kept(self) -> Answers:
        """The answers without a trial."""
        return self._steps[self._now]

    @property
    def is_what_if(self) -> bool:
        """Whether answers are on trial."""
        return self._trial is not None

    @property
    def is_unsaved(self) -> bool:
        """Whether there is something that no file has."""
        return self.kept != self._saved

    @property
    def can_undo(self) -> bool:
        """Whether a step can be taken back."""
        return self._now > 0

    @property
    def can_redo(self) -> bool:
        """Whether a step that was taken back can be taken again."""
        return self._now + 1 < len(self._steps)

    @property
    def folder(self) -> Path:
        """Where paths in the answers start from."""
        return self.path.parent if self.path else Path()

    def visible(self) -> tuple[Question, ...]:
        """Return the questions to show."""
        return replies.visible(self.questionnaire, self.answers, self.workload)

    def given(self, question: Question) -> Mapping[str, Any]:
        """Return the mapping in which the answer to a question stands."""
        return self.answers.to(question, self.workload)

    def with_reply(self, name: str, reply: Any) -> Answers:
        """Return what stands, with one answer changed. Raises RequirementsError with what was expected."""
        return replies.answer(self.questionnaire, self.kept, name, reply, self.workload)

    def without_reply(self, name: str) -> Answers:
        """Return what stands, with one question unanswered."""
        return replies.withdraw(self.questionnaire, self.kept, name, self.workload)

    def with_edits(self, edits: Mapping[str, Any]) -> Answers:
        """Return what stands, with a relaxation's edits in it (values by dotted key, None takes the key out).

        Raises RequirementsError if a value is not one that its question takes.
        """
        found = self.kept
        for place, value in edits.items():
            workload, key = self._place(place)
            questions = [
                question
                for question in self.questionnaire.questions
                if question.key == key or question.key.startswith(f"{key}.")
            ]
            if not questions and key.startswith(SHARED):
                found = replies.state(found, key, value)
            for question in questions:
                if value is None:
                    found = replies.withdraw(self.questionnaire, found, question.id, workload)
                else:
                    found = replies.answer(self.questionnaire, found, question.id, _plain(value), workload)
        return found

    def step(self, answers: Answers) -> None:
        """Take a step that undo can take back; ends a trial."""
        self._trial = None
        if answers != self.kept:
            self._steps = [*self._steps[: self._now + 1], answers]
            self._now += 1
        self.workload = min(self.workload, len(self.kept.workloads) - 1)

    def undo(self) -> None:
        """Take the last step back."""
        self._move(-1 if self.can_undo else 0)

    def redo(self) -> None:
        """Take it again."""
        self._move(1 if self.can_redo else 0)

    def try_out(self, answers: Answers) -> None:
        """Show other answers without taking a step."""
        self._trial = answers

    def keep(self) -> None:
        """Make what is on trial a step."""
        self.step(self.answers)

    def drop(self) -> None:
        """End the trial without a trace."""
        self._trial = None

    def begin(self, answers: Answers, path: Path | None) -> None:
        """Begin anew with the content of a file."""
        self.path, self.workload, self._trial = path, 0, None
        self._steps, self._now, self._saved = [answers], 0, answers

    def mark_saved(self, path: Path) -> None:
        """Say that what stands is in that file."""
        self.path, self._saved = path, self.kept

    def solve(self, answers: Answers) -> SolvedAnswers:
        """Solve answers with this sitting's catalog and what was measured, which the first call reads."""
        if self.measured is None:
            self.measured = read_measured(self.catalog.as_of)
        return solve(self.catalog, self.questionnaire, answers, self.folder, self.measured)

    def _move(self, by: int) -> None:
        self._trial = None
        self._now += by
        self.workload = min(self.workload, len(self.kept.workloads) - 1)

    def _place(self, key: str) -> tuple[int, str]:
        """Return the workload that a key with a workload's name means, and the key as the questions have it."""
        if not key.startswith(WORKLOAD):
            return self.workload, key
        name, _, rest = key.removeprefix(WORKLOAD).partition(".")
        plain = replies.to_plain(self.questionnaire, self.kept)
        names = [workload["name"] for workload in plain["workloads"]]
        return names.index(name), f"{WORKLOAD}{rest}"


def _plain(value: Any) -> Any:
    """Return a value as an answer has it."""
    if isinstance(value, Decimal | float):
        return int(value) if value == int(value) else float(value)
    return value
