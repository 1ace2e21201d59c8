"""What a stream held: the pieces with tokens, and what its server said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from advisor.probe.worker_protocol import Tokens

Arrival = tuple[int, bytes]
"""Nanoseconds of the monotonic clock, and what arrived."""


class Protocol(StrEnum):
    """How a stream is written."""

    CHAT = "chat-completions"
    MESSAGES = "messages"
    RESPONSES = "responses"
    GEMINI = "generate-content"
    COHERE = "cohere-chat"
    OLLAMA = "ollama"
    CONVERSE = "bedrock-converse"
    BEDROCK_MESSAGES = "bedrock-messages"
    """Messages, each wrapped in a binary frame of Amazon's."""


class TokenKind(StrEnum):
    """What a token belongs to."""

    ANSWER = "answer"
    REASONING = "reasoning"
    TOOL = "tool"


class Piece(NamedTuple):
    """One event that held tokens."""

    at_ns: int
    kind: TokenKind
    characters: int


@dataclass(slots=True)
class StreamContent:
    """What a stream held."""

    pieces: list[Piece] = field(default_factory=list)
    tokens: Tokens | None = None
    finish_reason: str | None = None
    is_complete: bool = False
    """The protocol's own end was seen."""
    end_ns: int | None = None
    pings: int = 0
    malformed: int = 0
    error: str | None = None
    response_id: str | None = None
    model: str | None = None
    reasoning: int | None = None
    """Tokens of reasoning, where they are counted in another event than the rest."""

    @property
    def is_counted(self) -> bool:
        """Whether the server said how many tokens it made."""
        return self.tokens is not None and self.tokens.output is not None

    def add(self, at_ns: int, kind: TokenKind, text: Any) -> None:
        """Note a piece, if there is any text in it."""
        if isinstance(text, str) and text:
            self.pieces.append(Piece(at_ns, kind, len(text)))
