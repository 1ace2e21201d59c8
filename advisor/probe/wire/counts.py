"""What a server says that it counted, taken for no more than that: a claim of somebody who is paid by it."""

from __future__ import annotations

from typing import Any

from advisor.probe.worker_protocol import Tokens

_MOST = 10**9
"""More tokens than any request has: beyond it a count is not even worth storing."""


class Counts:
    """The counts of one stream, and what is wrong with them."""

    def __init__(self) -> None:
        self.doubts: list[str] = []

    def tokens(self, **claimed: Any) -> Tokens:
        """Return counts by name; one that is no whole number of zero or more is None and leaves a doubt."""
        return Tokens(**{name: self.whole(name, value) for name, value in claimed.items()}, source="server")

    def whole(self, name: str, value: Any) -> int | None:
        """Return the count, if it is a possible one."""
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            words = f"is {str(value)[:24]!r}, no whole number"
        elif value < 0:
            words = "is negative"
        elif value > _MOST:
            words = f"is above {_MOST:,}"
        else:
            return value
        doubt = f"the count of {name} tokens {words}"
        if doubt not in self.doubts:
            self.doubts.append(doubt)
        return None


def doubts_of(tokens: Tokens, *, pieces: int, most_input: int | None, most_output: int) -> list[str]:
    """Return what is impossible about counts, given the pieces that came and the most that was asked for."""
    found = []
    if tokens.output is not None and tokens.output < pieces:
        found.append(f"counted {tokens.output} tokens out, but {pieces} pieces with tokens came")
    if tokens.output is not None and tokens.output > most_output:
        found.append(f"counted {tokens.output:,} tokens out, at most {most_output:,} were asked for")
    if tokens.input == 0:
        found.append("counted no token of the prompt")
    if most_input is not None and tokens.input is not None and tokens.input > most_input:
        found.append(f"counted {tokens.input:,} tokens in, more than the {most_input:,} that the prompt can hold")
    parts = (tokens.cached or 0) + (tokens.cache_written or 0)
    if tokens.input is not None and parts > tokens.input:
        found.append(f"counted {parts:,} tokens of the cache in a prompt of {tokens.input:,}")
    if tokens.output is not None and (tokens.reasoning or 0) > tokens.output:
        found.append(f"counted {tokens.reasoning:,} tokens of reasoning in an output of {tokens.output:,}")
    return found
