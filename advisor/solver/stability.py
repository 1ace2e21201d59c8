"""How stable an answer is: how often each candidate would be first if everything uncertain were measured again."""

from __future__ import annotations

from typing import NamedTuple

DRAWS = 2_000
SEED = 20261123
"""Fixed, so that the same question gives the same shares."""


class Acceptability(NamedTuple):
    """How often a candidate is first: the share of the draws, 0 to 1, with its 95 % interval."""

    candidate: str
    share: float
    low: float
    high: float


class Stability(NamedTuple):
    """How stable an answer is."""

    shares: tuple[Acceptability, ...]
    """Of those that are ever first, most often first; empty if nothing passes."""
    drawn: tuple[str, ...]
    """What was drawn: ``quality``, ``score``, ``latency``, ``worth of a point``."""
    contenders: int
    """How many candidates could have been first."""
    draws: int = DRAWS
    seed: int = SEED

    def of(self, candidate: str | None) -> Acceptability | None:
        """Return the share of a candidate; None if it is never first."""
        return next((one for one in self.shares if one.candidate == candidate), None)
