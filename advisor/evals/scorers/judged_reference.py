"""A reference answer: the judge says whether the answer agrees with it."""

from __future__ import annotations

from advisor.evals.cases import Case
from advisor.evals.judge_words import ask_yes_no, read_yes_no, words_version
from advisor.evals.scorers.base import Score, Step
from advisor.probe.worker_protocol import Content, Message

_QUESTION = (
    "Does the answer agree with the reference: does it say all that matters in it and nothing that contradicts it? "
    "Further claims that the reference neither states nor denies do not matter."
)


class Agreement:
    """1 where the judge says that the answer agrees with the reference."""

    name = "judge-reference"
    step = Step.REFERENCE
    prompt_version = words_version(_QUESTION)

    def fits(self, case: Case) -> bool:
        """Return a case with a reference."""
        return case.reference is not None

    def questions(self, case: Case, answer: Content) -> tuple[tuple[Message, ...], ...]:
        """One question."""
        parts = {"asked": case.question, "reference": case.reference or "", "answer": answer.text}
        return (ask_yes_no(_QUESTION, **parts),)

    def read(self, case: Case, replies: tuple[str, ...]) -> Score:  # noqa: ARG002 - the port's
        """1 or 0."""
        agrees = read_yes_no(replies[0])
        return Score(float(agrees), f"the judge says {'yes' if agrees else 'no'}", scorer=self.name)


SCORER = Agreement()
