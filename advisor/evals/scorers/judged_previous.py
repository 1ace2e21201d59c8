"""A previous answer: the judge says which is better, asked in both orders; one that changes its mind makes a tie."""

from __future__ import annotations

from advisor.evals.cases import Case
from advisor.evals.judge_words import ask_which, read_which, words_version
from advisor.evals.scorers.base import Score, Step
from advisor.probe.worker_protocol import Content, Message

_QUESTION = "Which answer serves the person who asked better: is right, and does what was asked?"
_OTHER_ORDER = {"A": "B", "B": "A", "tie": "tie"}
_VALUES = {"A": 1.0, "tie": 0.5, "B": 0.0}


class BetterThanPrevious:
    """1 where the answer is better than the previous one, 0 where it is worse, one half for a tie."""

    name = "judge-previous"
    step = Step.PREVIOUS
    prompt_version = words_version(_QUESTION)

    def fits(self, case: Case) -> bool:
        """Return a case with a previous answer."""
        return case.previous is not None

    def questions(self, case: Case, answer: Content) -> tuple[tuple[Message, ...], ...]:
        """Return the answer as A, then as B."""
        previous = case.previous or ""
        return (
            ask_which(_QUESTION, asked=case.question, answer_A=answer.text, answer_B=previous),
            ask_which(_QUESTION, asked=case.question, answer_A=previous, answer_B=answer.text),
        )

    def read(self, case: Case, replies: tuple[str, ...]) -> Score:  # noqa: ARG002 - the port's
        """From both orders."""
        first, second = read_which(replies[0]), _OTHER_ORDER[read_which(replies[1])]
        verdict = first if first == second else "tie"
        words = f"the judge says {first} and, the other way round, {second}"
        return Score(_VALUES[verdict], words, is_binary=False, scorer=self.name)


SCORER = BetterThanPrevious()
