"""What a stream held: the pieces with tokens, and what its server said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from advisor.probe.faults import Fault
from advisor.probe.wire.counts import Counts
from advisor.probe.worker_protocol import Tokens

Arrival = tuple[int, bytes]
"""Nanoseconds of the monotonic clock, and what arrived."""


_MOST_MODELS = 4
"""Names of models that are kept of one stream."""


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
    error_kind: Fault | None = None
    """In which way the error was told."""
    response_id: str | None = None
    models: list[str] = field(default_factory=list)
    """What the server calls the model that answers; more than one if it changed its word."""
    reasoning: int | None = None
    """Tokens of reasoning, where they are counted in another event than the rest."""
    counts: Counts = field(default_factory=Counts)
    texts: dict[TokenKind, list[str]] = field(default_factory=dict)
    calls: dict[int, list[str]] = field(default_factory=dict)
    """Of each tool call its name and its arguments, by its place in the answer."""

    @property
    def is_counted(self) -> bool:
        """Whether the server said how many tokens it made."""
        return self.tokens is not None and self.tokens.output is not None

    def add(self, at_ns: int, kind: TokenKind, text: Any) -> None:
        """Note a piece, if there is any text in it."""
        if isinstance(text, str) and text:
            self.pieces.append(Piece(at_ns, kind, len(text)))
            self.texts.setdefault(kind, []).append(text)

    def name(self, model: Any) -> None:
        """Note what the server calls the model; a list or an object is no name."""
        said = "" if model is None or isinstance(model, (bool, list, dict)) else str(model)
        if said.strip() and said not in self.models and len(self.models) < _MOST_MODELS:
            self.models.append(said)

    def call(self, at_ns: int, index: Any, name: Any, arguments: Any) -> None:
        """Note a piece of a tool call."""
        named = name if isinstance(name, str) else ""
        given = arguments if isinstance(arguments, str) else ""
        self.add(at_ns, TokenKind.TOOL, named + given)
        parts = self.calls.setdefault(index if isinstance(index, int) else 0, ["", ""])
        parts[0] += named
        parts[1] += given

    def fail(self, kind: Fault, words: Any) -> None:
        """Note an error; the first one counts."""
        if self.error is None:
            self.error, self.error_kind = str(words), kind

    def text(self, *kinds: TokenKind) -> str:
        """All text of these kinds; of every kind if none is named."""
        return "".join(part for kind in kinds or tuple(TokenKind) for part in self.texts.get(kind, ()))
