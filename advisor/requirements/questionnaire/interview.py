"""The questionnaire as a conversation: which question comes next, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from advisor.requirements.questionnaire.answers import NO_ANSWERS, Answers, add_workload, answer, visible
from advisor.requirements.questionnaire.questions import Question, Questionnaire


class Turn(NamedTuple):
    """What is asked next; without a question it asks whether there is another job."""

    question: Question | None
    workload: int


class Interview(NamedTuple):
    """A conversation at some point: every step gives a new one, and ``earlier`` is the one before it."""

    questionnaire: Questionnaire
    answers: Answers = NO_ANSWERS
    everything: bool = False
    asked: tuple[Turn, ...] = ()
    earlier: Interview | None = None

    @property
    def turn(self) -> Turn | None:
        """What to ask now; None at the end."""
        return next((turn for turn in self.turns() if turn not in self.asked), None)

    def reply(self, reply: Any) -> Interview:
        """Return the interview after a reply to :attr:`turn`. Raises RequirementsError with what was expected."""
        turn = self.turn
        if turn is None:
            return self
        if turn.question is None:
            answers = add_workload(self.answers) if reply else self.answers
        else:
            answers = answer(self.questionnaire, self.answers, turn.question.id, reply, turn.workload)
        return self._replace(answers=answers, asked=(*self.asked, turn), earlier=self)

    def skip(self) -> Interview:
        """Return the interview after a question that was passed over; what was answered before stands."""
        turn = self.turn
        return self if turn is None else self._replace(asked=(*self.asked, turn), earlier=self)

    def back(self) -> Interview:
        """Return the interview before the last step; the same one at the beginning."""
        return self.earlier or self

    def again(self, ids: frozenset[str]) -> Interview:
        """Return the interview in which only these questions are still to be asked."""
        whole = self._replace(everything=True, earlier=None)
        asked = (turn for turn in whole.turns() if turn.question is None or turn.question.id not in ids)
        return whole._replace(asked=tuple(asked))

    def current(self, turn: Turn) -> Any:
        """Return the answer that a question has already, if any."""
        return self.answers.to(turn.question, turn.workload).get(turn.question.id) if turn.question else None

    def turns(self) -> Iterator[Turn]:
        """Every turn in order, as the answers stand."""
        questions = self.questionnaire.questions
        first = next(number for number, question in enumerate(questions) if question.per_workload)
        yield from self._shown(0, [question for question in questions[:first] if not question.per_workload])
        for workload in range(len(self.answers.workloads)):
            yield from self._shown(workload, [question for question in questions if question.per_workload])
            if workload == len(self.answers.workloads) - 1:
                yield Turn(None, workload)
        yield from self._shown(0, [question for question in questions[first:] if not question.per_workload])

    def _shown(self, workload: int, questions: list[Question]) -> Iterator[Turn]:
        shown = visible(self.questionnaire, self.answers, workload)
        for question in questions:
            known = question.id in self.answers.to(question, workload)
            if question in shown and (self.everything or known or not question.more):
                yield Turn(question, workload)
