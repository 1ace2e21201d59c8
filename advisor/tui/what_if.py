"""What-if for one question: the alternatives to its answer, and what each would change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from advisor.requirements.questionnaire.answers import Answers
from advisor.requirements.questionnaire.questions import Question
from advisor.tui.reply_options import UNANSWERED, Effect, alternatives, effect, effect_words
from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers


class WhatIf:
    """Alternatives that are solved one after another while a person looks at them."""

    def __init__(self, session: Session, question: Question, base: Effect) -> None:
        self.question = question
        self.base = base
        self._workload = session.workload
        given = session.kept.to(question, session.workload)
        self._answers = {
            option.key: with_reply(session, question.id, option.reply)
            for option in alternatives(question, given, session.catalog)
        }
        self._solved: dict[str, SolvedAnswers] = {}

    @property
    def effects(self) -> Mapping[str, str]:
        """What each alternative would change, in words, as far as it is known."""
        return {key: effect_words(effect(solved, self._workload), self.base) for key, solved in self._solved.items()}

    def next(self) -> tuple[str, Answers] | None:
        """Return the next alternative to solve; None when all are."""
        return next(((key, found) for key, found in self._answers.items() if key not in self._solved), None)

    def record(self, key: str, solved: SolvedAnswers) -> None:
        """Note what an alternative comes to."""
        self._solved[key] = solved

    def forget(self) -> None:
        """Solve all alternatives again: something besides the answers has changed."""
        self._solved.clear()

    def find(self, answers: Answers) -> SolvedAnswers | None:
        """Return what was found for these answers, if they were solved."""
        return next((solved for solved in self._solved.values() if solved.answers == answers), None)


def with_reply(session: Session, name: str, reply: Any) -> Answers:
    """Return what stands, with one answer changed or taken back. Raises RequirementsError with what was expected."""
    return session.without_reply(name) if reply is UNANSWERED else session.with_reply(name, reply)
