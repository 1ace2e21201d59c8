"""The port of detectors: one file each in this folder, found by itself, with a ``DETECTOR``.

A detector looks at many calls at once and says of each whether it has the failure, does not have it, or could not be
judged. What it was measured to find, and how often it is right, is printed beside its figure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from advisor.monitor.call import Call


class Measured(NamedTuple):
    """How good a detector is, and where that was measured; None for what nobody has measured."""

    precision: float | None
    recall: float | None
    on: str | None
    """The labeled set."""
    n: int | None
    """Texts with labels."""


class Detector(NamedTuple):
    """Finds one failure mode."""

    name: str
    """As reports call it."""
    measured: Measured
    look: Callable[[Sequence[Call]], Sequence[bool | None]]
    """One verdict for each call, in their order; None for one that could not be judged."""
    scores: Callable[[Sequence[Call]], Sequence[float | None]] | None = None
    """How sure it is of each, from 0 to 1, for one whose rate labels of people correct."""
    reads_text: bool = True
    """Whether it needs inputs or outputs; those that do may look at a random sample of a long log."""
    least_score: float = 0.5
    """From this score on an answer has the failure."""
    condition: str | None = None
    """The same as SQL over the columns of a call, for one that reads no text: then every call is looked at."""
    is_verdict: bool = True
    """Whether its rate counts as a failure rate; a tripwire only proposes cases."""
