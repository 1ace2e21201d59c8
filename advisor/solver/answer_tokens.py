"""How many tokens an answer of a workload takes."""

from __future__ import annotations

from typing import NamedTuple

from advisor.catalog.records import Estimate
from advisor.facts import Source


class AnswerTokens(NamedTuple):
    """Tokens of one answer of a workload."""

    mode: str
    """``always``, ``optional``, ``none`` or ``unknown``."""
    effort: str | None
    visible: float
    """What is read, as the workload states it."""
    hidden: Estimate
    """What is thought before it and billed like it."""
    sources: tuple[Source, ...] = ()

    @property
    def whole(self) -> Estimate:
        """All output that is billed for the answer."""
        hidden = self.hidden
        return Estimate(
            self.visible + hidden.estimate, self.visible + hidden.low, self.visible + hidden.high, hidden.basis
        )

    @property
    def is_exact(self) -> bool:
        """Whether there is one figure and no interval."""
        return self.hidden.low == self.hidden.high

    @property
    def ranked(self) -> float:
        """The hidden tokens to compare on: as expected where they are its own, else the upper end of 80 %."""
        return self.hidden.estimate if self.hidden.is_own else self.hidden.high_80
