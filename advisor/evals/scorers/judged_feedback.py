"""Feedback of a person: the judge says whether it is heeded."""

from __future__ import annotations

from advisor.evals.cases import Case
from advisor.evals.judge_words import ask_yes_no, read_yes_no, words_version
from advisor.evals.scorers.base import Score, Step
from advisor.probe.worker_protocol import Content, Message

_QUESTION = "A person said this of an earlier answer to the same question. Does this answer heed it in every point?"


class Heeded:
    """1 where the judge says that the feedback is incorporated."""

    name = "judge-feedback"
    step = Step.FEEDBACK
    prompt_version = words_version(_QUESTION)

    def fits(self, case: Case) -> bool:
        """Return a case with feedback."""
        return case.feedback is not None

    def questions(self, case: Case, answer: Content) -> tuple[tuple[Message, ...], ...]:
        """One question."""
        parts = {"asked": case.question, "feedback": case.feedback or "", "answer": answer.text}
        return (ask_yes_no(_QUESTION, **parts),)

    def read(self, case: Case, replies: tuple[str, ...]) -> Score:  # noqa: ARG002 - the port's
        """1 or 0."""
        is_heeded = read_yes_no(replies[0])
        return Score(float(is_heeded), f"the judge says {'yes' if is_heeded else 'no'}", scorer=self.name)


SCORER = Heeded()
