"""What is known of the time that an answer takes."""

from __future__ import annotations

from typing import NamedTuple

from advisor.catalog.records import Estimate


class FirstToken(NamedTuple):
    """A lower bound on the first token of an answer, in seconds, and what comes before that token."""

    low: float
    basis: str


class OutputSpeed(NamedTuple):
    """Tokens a second; ``basis``: ``guaranteed`` or ``claimed`` by its maker, or this user's ``probe``."""

    value: float
    basis: str


class AnswerLatency(NamedTuple):
    """What is known of the time that an answer of a workload takes."""

    first_answer_token_s: FirstToken | None
    answer_s: Estimate | None
    """Seconds for the whole answer, 95 %."""
    output_tokens_per_s: OutputSpeed | None

    @property
    def ranked_s(self) -> float | None:
        """The seconds to compare on: as expected where measured, else the upper end of 80 %."""
        found = self.answer_s
        return None if found is None else found.estimate if found.basis == "probe" else found.high_80
