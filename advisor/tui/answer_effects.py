"""What each answer did to the advice, as it was seen when it was given. Knows no screen."""

from __future__ import annotations

from typing import Any, NamedTuple

from advisor.requirements.questionnaire.answers import Answers
from advisor.requirements.questionnaire.questions import Question
from advisor.tui.reply_options import UNANSWERED, Effect, did_words, effect
from advisor.tui.session import Session
from advisor.tui.solve import SolvedAnswers


class _Waiting(NamedTuple):
    """An answer whose advice is still to come."""

    place: tuple[str, int]
    value: Any
    answers: Answers
    before: Effect


class _Seen(NamedTuple):
    """What an answer did."""

    value: Any
    before: Effect
    now: Effect


class AnswerEffects:
    """The effects by question and workload; one whose answer is another by now is not told."""

    def __init__(self) -> None:
        self._waiting: _Waiting | None = None
        self._seen: dict[tuple[str, int], _Seen] = {}

    def given(self, session: Session, name: str, before: SolvedAnswers | None) -> None:
        """Note that an answer was given; ``before`` is the advice without it, None if that was not known."""
        value = session.given(session.questionnaire.question(name)).get(name, UNANSWERED)
        self._waiting = None
        if before is not None:
            place = (name, session.workload)
            self._waiting = _Waiting(place, value, session.kept, effect(before, session.workload))

    def solved(self, found: SolvedAnswers) -> None:
        """Note the advice that an answer led to."""
        waiting = self._waiting
        if waiting is not None and found.answers == waiting.answers:
            self._seen[waiting.place] = _Seen(waiting.value, waiting.before, effect(found, waiting.place[1]))
            self._waiting = None

    def words(self, session: Session, question: Question) -> str:
        """Return what the answer to a question did; empty where nobody saw it."""
        seen = self._find(session, question)
        return did_words(seen.before, seen.now) if seen is not None else ""

    def led(self, session: Session) -> frozenset[str]:
        """Return the questions whose answer changed who is first."""
        return frozenset(
            question.id
            for question in session.visible()
            if (seen := self._find(session, question)) is not None and seen.before.recommended != seen.now.recommended
        )

    def _find(self, session: Session, question: Question) -> _Seen | None:
        seen = self._seen.get((question.id, session.workload))
        value = session.given(question).get(question.id, UNANSWERED)
        return seen if seen is not None and value is not UNANSWERED and seen.value == value else None
