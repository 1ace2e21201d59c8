"""The port of scorers: one file each in this folder, found by itself, with a ``SCORER`` that says which cases it fits.

The lecture's tree decides, from the top: a right answer, a reference, a previous answer, feedback. Checks come before
all of them and a case that carries nothing else is scored by its checks alone. A scorer that needs a judge says what to
ask it, and reads what it replied.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple, Protocol, runtime_checkable

from advisor.evals.cases import Case
from advisor.probe.worker_protocol import Content, Message


class Step(IntEnum):
    """Where in the tree a scorer stands; the first that fits a case scores it."""

    ANSWER = 1
    REFERENCE = 2
    PREVIOUS = 3
    FEEDBACK = 4
    STATIC = 5


class Score(NamedTuple):
    """How good an answer is, from 0 to 1, and why."""

    value: float
    because: str
    is_binary: bool = True
    """Whether it can only be 0 or 1."""
    scorer: str = ""


class Scorer(Protocol):
    """Scores an answer by what the case carries."""

    @property
    def name(self) -> str:
        """As reports call it."""

    @property
    def step(self) -> Step:
        """Its place in the tree."""

    def fits(self, case: Case) -> bool:
        """Whether the case carries what this one compares with."""

    def score(self, case: Case, answer: Content) -> Score:
        """Return the score of an answer."""


@runtime_checkable
class JudgedScorer(Protocol):
    """Scores an answer by asking another model."""

    @property
    def name(self) -> str:
        """As reports call it."""

    @property
    def step(self) -> Step:
        """Its place in the tree."""

    @property
    def prompt_version(self) -> str:
        """Of the words in which it asks; labels and kept judgments hold for one version."""

    def fits(self, case: Case) -> bool:
        """Whether the case carries what the judge is asked about."""

    def questions(self, case: Case, answer: Content) -> tuple[tuple[Message, ...], ...]:
        """Return what to ask the judge, one request each."""

    def read(self, case: Case, replies: tuple[str, ...]) -> Score:
        """Return the score that the replies mean. Raises ValueError for a reply that is no verdict."""
