"""A candidate that passes, with what it offers and what stands behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from advisor.catalog.records import Candidate, Quality
from advisor.facts import Fact
from advisor.licenses.verdict import LicenseAnswer
from advisor.solver.answer_latency import AnswerLatency
from advisor.solver.answer_tokens import AnswerTokens
from advisor.solver.cause import Cause
from advisor.solver.makers import End
from advisor.solver.month_cost import Cost

_NEARNESS = ("lab", "cloud", "host", "router", "self-hosted")
"""Kinds of channel by how near they are to the maker."""


class CandidateEvidence(Protocol):
    """What stands behind a candidate that passes, found when it is asked for: thousands may pass, and few are read."""

    def open_questions(self) -> tuple[Cause, ...]:
        """Constraints whose answer is unknown and which were to be asked."""

    def accepted_unknowns(self) -> tuple[Cause, ...]:
        """Constraints whose answer is unknown and was accepted."""

    def facts(self) -> Mapping[str, Fact]:
        """Return the facts that the tests rested on, by name."""

    def end(self) -> End | None:
        """Return the first announced end, of the offering itself or by the maker of closed weights."""

    def to_do(self) -> tuple[str, ...]:
        """Return what must be done for the tests to hold: switches and approvals."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A candidate that passes, with what it offers."""

    candidate: Candidate
    quality: Quality | None
    cost: Cost | None
    license: LicenseAnswer
    is_open: bool
    """Whether something must be answered before it counts: it has open questions."""
    behind: CandidateEvidence = field(repr=False, compare=False)
    thinking: AnswerTokens | None = None
    """How many tokens it bills for an answer."""
    latency: AnswerLatency | None = None
    """How long an answer takes."""
    is_held: bool = False
    """Whether it may not lead while another passes: a preview, in production."""
    accepted: int = 0
    """How many unknowns of the kinds that can be looked up were accepted."""

    @property
    def level(self) -> int:
        """0: it may lead; 1: it is a preview; 2: it has open questions."""
        return 2 if self.is_open else int(self.is_held)

    @property
    def last_resort(self) -> tuple[int, int, str]:
        """What decides between equals: fewer unknowns accepted, the nearer seller, the name."""
        kind = self.candidate.offering.channel.kind
        return self.accepted, _NEARNESS.index(kind) if kind in _NEARNESS else len(_NEARNESS), self.id

    @property
    def id(self) -> str:
        """The candidate's id."""
        return self.candidate.id

    @property
    def open_questions(self) -> tuple[Cause, ...]:
        """Constraints whose answer is unknown and which were to be asked."""
        return self.behind.open_questions() if self.is_open else ()

    @property
    def accepted_unknowns(self) -> tuple[Cause, ...]:
        """Constraints whose answer is unknown and was accepted."""
        return self.behind.accepted_unknowns()

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The facts that the tests rested on, by name."""
        return self.behind.facts()

    @property
    def end(self) -> End | None:
        """The day from which it can no longer be counted on, and who names it; None if nobody announced one."""
        return self.behind.end()

    @property
    def obligations(self) -> tuple[str, ...]:
        """What must be done for it to hold, then what its license asks of this organization."""
        return (*self.behind.to_do(), *self.license.duties)
