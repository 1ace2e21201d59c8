"""The answer itself, put together from the pieces that litellm hands on: in the worker process only."""

from __future__ import annotations

from typing import Any

from advisor.probe.redaction import Redactor
from advisor.probe.worker_protocol import Content, ToolCall

MOST_CHARACTERS = 1 << 20
"""What is kept of an answer, tool calls included; no model writes that much, but a server may send it."""


class ContentReader:
    """Collects text and tool calls; what comes after ``MOST_CHARACTERS`` is left out."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._calls: dict[int, list[str]] = {}
        self._left = MOST_CHARACTERS

    def add(self, part: Any) -> None:
        """Take what a chunk of litellm's holds."""
        for choice in part.choices or ():
            if choice.delta.content:
                self._texts.append(self._fitting(choice.delta.content))
            for call in choice.delta.tool_calls or ():
                named = self._calls.setdefault(call.index or 0, ["", ""])
                named[0] += self._fitting(call.function.name or "")
                named[1] += self._fitting(call.function.arguments or "")

    def content(self, redactor: Redactor) -> Content:
        """What came, without the values of secret variables."""
        calls = tuple(
            ToolCall(name=redactor.without_secrets(name), arguments=redactor.without_secrets(arguments))
            for _, (name, arguments) in sorted(self._calls.items())
        )
        return Content(text=redactor.without_secrets("".join(self._texts)), tool_calls=calls)

    def _fitting(self, text: Any) -> str:
        taken = text[: self._left] if isinstance(text, str) else ""
        self._left -= len(taken)
        return taken
