"""A reference answer: how far the words agree (token F1, as SQuAD has it)."""

from __future__ import annotations

from collections import Counter

from advisor.evals.cases import Case
from advisor.evals.scorers.base import Score, Step
from advisor.evals.scorers.exact import plain
from advisor.probe.worker_protocol import Content


class TokenF1:
    """The harmonic mean of precision and recall over words, each counted as often as it stands there."""

    name = "token-f1"
    step = Step.REFERENCE

    def fits(self, case: Case) -> bool:
        """Return a case with a reference."""
        return case.reference is not None

    def score(self, case: Case, answer: Content) -> Score:
        """From 0 to 1."""
        wanted, found = Counter(plain(case.reference or "").split()), Counter(plain(answer.text).split())
        shared = (wanted & found).total()
        total = wanted.total() + found.total()
        value = 2 * shared / total if total else 1.0
        return Score(value, f"{shared} words shared of {wanted.total()}", False, self.name)


SCORER = TokenF1()
