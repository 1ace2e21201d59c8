"""What the truth server says, and the protocols of OpenAI and Anthropic in which it says it."""

from __future__ import annotations

import json
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, NamedTuple

INPUT_TOKENS = 11


class Script(NamedTuple):
    """What one answer looks like; times in milliseconds."""

    ttft: float = 50.0
    itl: float = 10.0
    n: int = 16
    jitter: float = 0.0
    think: int = 0
    """How many of the tokens are reasoning."""
    chunk: int = 1
    """Tokens in one event."""
    ping: int = 0
    """Pings before the first token."""
    spread: float = 0.0
    """Standard deviation of the logarithm of the time to first token."""
    pause: float = 0.0
    """A wait before the token in the middle, beyond its own."""
    burst: int = 1
    """Tokens whose events go out together, at the moment of the last of them."""
    split: int = 0
    """Whether each event goes out in pieces that cut a character in two."""
    gzip: int = 0
    """Whether the answer is packed, though nobody asked for it."""
    fault: str = ""

    @classmethod
    def of(cls, model: str) -> Script:
        """The script in a model's name."""
        model, _, fault = model.partition("fault-")
        values = dict(re.findall(rf"\b({'|'.join(cls._fields)})(\d+(?:\.\d+)?)", model))
        script = cls(**{name: type(cls._field_defaults[name])(float(value)) for name, value in values.items()})
        return script._replace(fault=fault)


class Speaker(ABC):
    """One answer in one protocol; ``send`` puts bytes on the wire at once."""

    kind = "text/event-stream"

    def __init__(self, send: Callable[[bytes], None], record: dict[str, Any], script: Script) -> None:
        self.send, self.record, self.script = send, record, script

    def event(self, payload: Any, name: str | None = None) -> None:
        """One event, framed as the protocol frames it."""
        text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        self.send((f"event: {name}\n" if name else "").encode() + f"data: {text}\n\n".encode())

    def words(self, index: int) -> str:
        """The text up to that token since the event before; notes that its tokens go out now."""
        count = index % self.script.chunk + 1
        self.record["tokens_ns"].append(time.monotonic_ns())
        return " ".join(f"tök{index % 10}" for _ in range(count)) + " "

    def is_tool(self) -> bool:
        """Whether the answer is to be a tool call."""
        return self.script.fault == "tool"

    def begin(self) -> None:
        """What comes before the first token."""
        for _ in range(self.script.ping):
            self.ping()

    def ping(self) -> None:
        """A sign of life that is no token."""
        self.send(b": ping\n\n")

    def malformed(self) -> None:
        """An event that is torn in the middle."""
        self.send(b'data: {"choices": [{"delta": {"content": "half\n\n')

    def error(self, words: str) -> None:
        """An error after the stream has begun."""
        self.event({"error": {"message": words, "code": 500}})

    @abstractmethod
    def token(self, index: int) -> None:
        """The token of that index, with those before it that share its event."""

    @abstractmethod
    def finish(self, reason: str, *, usage: bool) -> None:
        """The end; ``reason`` is ``stop``, ``content_filter`` or ``length``."""


class Chat(Speaker):
    """Chat completions as OpenAI streams them, with the empty role chunk that is no token."""

    def chunk(self, delta: dict[str, Any], reason: str | None = None) -> None:
        """One chunk."""
        self.event(self.head() | {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})

    def head(self) -> dict[str, Any]:
        """What all chunks begin with."""
        return {"id": self.record["id"], "object": "chat.completion.chunk", "created": 1, "model": self.record["model"]}

    def begin(self) -> None:
        self.chunk({"role": "assistant", "content": ""})
        super().begin()

    def token(self, index: int) -> None:
        text = self.words(index)
        if self.is_tool():
            function = {"name": "look_up_order" if index == 0 else None, "arguments": "" if index == 0 else "1"}
            self.chunk({"tool_calls": [{"index": 0, "id": "call", "type": "function", "function": function}]})
        else:
            self.chunk({"reasoning_content" if index < self.script.think else "content": text})

    def finish(self, reason: str, *, usage: bool) -> None:
        self.chunk({}, reason)
        if usage:
            made, total = self.script.n, INPUT_TOKENS + self.script.n
            counted: dict[str, Any] = {"prompt_tokens": INPUT_TOKENS, "completion_tokens": made, "total_tokens": total}
            if self.script.think:
                counted["completion_tokens_details"] = {"reasoning_tokens": self.script.think}
            self.event(self.head() | {"choices": [], "usage": counted})
        self.event("[DONE]")


class Messages(Speaker):
    """Messages as Anthropic streams them."""

    block = -1
    open_kind = ""

    def say(self, kind: str, **more: Any) -> None:
        """One event, which states its type twice."""
        self.event({"type": kind} | more, kind)

    def begin(self) -> None:
        usage = {"input_tokens": INPUT_TOKENS, "output_tokens": 1}
        message = {
            "id": self.record["id"],
            "type": "message",
            "role": "assistant",
            "model": self.record["model"],
            "content": [],
        }
        self.say("message_start", message=message | {"stop_reason": None, "stop_sequence": None, "usage": usage})
        super().begin()

    def ping(self) -> None:
        self.say("ping")

    def error(self, words: str) -> None:
        self.say("error", error={"type": "overloaded_error", "message": words})

    def token(self, index: int) -> None:
        wanted = "tool_use" if self.is_tool() else "thinking" if index < self.script.think else "text"
        if wanted != self.open_kind:
            self.open(wanted)
        text = self.words(index)
        delta = {
            "text": {"type": "text_delta", "text": text},
            "thinking": {"type": "thinking_delta", "thinking": text},
            "tool_use": {"type": "input_json_delta", "partial_json": "{" if index == 0 else " "},
        }[wanted]
        self.say("content_block_delta", index=self.block, delta=delta)

    def open(self, kind: str) -> None:
        """Begin a block of another kind."""
        if self.open_kind:
            self.say("content_block_stop", index=self.block)
        self.block, self.open_kind = self.block + 1, kind
        empty: dict[str, dict[str, Any]] = {
            "text": {"text": ""},
            "thinking": {"thinking": ""},
            "tool_use": {"id": "t", "name": "look_up_order", "input": {}},
        }
        self.say("content_block_start", index=self.block, content_block={"type": kind} | empty[kind])

    def finish(self, reason: str, *, usage: bool) -> None:
        if self.open_kind:
            self.say("content_block_stop", index=self.block)
        named = {"stop": "end_turn", "content_filter": "refusal", "length": "max_tokens"}[reason]
        thought = {"output_tokens_details": {"thinking_tokens": self.script.think}} if self.script.think else {}
        counted = {"usage": {"output_tokens": self.script.n} | thought} if usage else {}
        self.say("message_delta", delta={"stop_reason": named, "stop_sequence": None}, **counted)
        self.say("message_stop")
