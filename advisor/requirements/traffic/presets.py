"""Traffic to begin with where nobody has counted: assumptions, each with the sum behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class TrafficPreset(NamedTuple):
    """An assumption, not a measurement: ``basis`` says how it was reckoned."""

    key: str
    title: str
    basis: str
    requests_per_month: int
    input_tokens: int
    output_tokens: int

    @property
    def words(self) -> str:
        """What it stands for, with its figures."""
        figures = f"{self.requests_per_month:,} a month, {self.input_tokens:,} tokens in, {self.output_tokens:,} out"
        return f"{self.title}: {figures}"

    @property
    def replies(self) -> Mapping[str, int]:
        """The replies by question."""
        return {
            "requests": self.requests_per_month,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
        }


PRESETS = (
    TrafficPreset(
        "try", "Trying it out", "50 requests on each of 20 days, a page in, a page out", 1_000, 1_000, 500
    ),
    TrafficPreset(
        "bot", "A support bot for 1,000 users",
        "each writes 20 messages a month; instructions and the talk so far go in with each", 20_000, 1_800, 250,
    ),
    TrafficPreset(
        "code", "A code assistant for 20 developers",
        "each asks 40 times on each of 22 days, with the files at hand", 17_600, 6_000, 600,
    ),
    TrafficPreset(
        "documents", "1,000 documents a day", "30 days, some five pages in, a short record out", 30_000, 3_000, 300
    ),
    TrafficPreset(
        "agent", "An agent with 100 tasks a day", "30 days, 25 steps a task, all that happened goes in with each",
        75_000, 12_000, 400,
    ),
)  # fmt: skip
