"""What goes over the pipes between advisor and its worker process: one JSON document a line."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from advisor.probe.faults import Fault, Notice


class Line(BaseModel):
    """What all of these share: nothing unknown is accepted, nothing changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CallTarget(Line):
    """Whom the worker calls."""

    model: str
    """The name as litellm expects it, provider first."""
    api_base: str | None = None
    key_variable: str | None = None
    """The environment variable that holds the key, where it is another than litellm's own choice."""
    effort: str | None = None
    service_tier: str | None = None


class RequestLimits(Line):
    """How long to wait, in seconds."""

    connect_s: float = 10.0
    first_token_s: float = 60.0
    between_tokens_s: float = 30.0
    total_s: float = 120.0


class Message(Line):
    """One turn of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str
    images: tuple[str, ...] = ()
    """Pictures beside the text, as ``data:`` addresses."""


class Params(Line):
    """What a request states of how to answer; None leaves it to the provider."""

    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] | None = None
    response_format: dict[str, Any] | None = None
    """As the chat protocol has it; litellm translates it for the other protocols."""
    tools: tuple[dict[str, Any], ...] | None = None
    tool_choice: str | None = None


class KeyCheck(Line):
    """Ask which keys are missing from the environment."""

    op: Literal["check"] = "check"
    targets: tuple[CallTarget, ...]


class Send(Line):
    """Ask for one request."""

    op: Literal["send"] = "send"
    id: int
    target: CallTarget
    messages: tuple[Message, ...]
    max_tokens: int
    tools: bool = False
    """Offer a tool and ask for its call."""
    params: Params = Params()
    wants_content: bool = False
    """Hand the answer itself back, for those who score it."""
    limits: RequestLimits = RequestLimits()
    send_in_s: float | None = None
    """When the request's first byte is to leave, from now; as soon as it is ready if None."""
    is_forced: bool = False
    """Send every parameter, also one that litellm believes the model not to take."""
    most_input_tokens: int | None = None
    """What the prompt can hold at most; a count above it is doubted."""
    most_hops: int = 0
    """How many redirects may be followed, each of which is a request."""


class Cancel(Line):
    """Give up a request."""

    op: Literal["cancel"] = "cancel"
    id: int


class Tokens(Line):
    """What was counted, and by whom; None where nobody counted."""

    input: int | None = None
    cached: int | None = None
    cache_written: int | None = None
    """Part of the input that was written to the cache at a price of its own."""
    reasoning: int | None = None
    output: int | None = None
    """All that was generated, reasoning included."""
    source: Literal["server", "estimated", "unknown"] = "unknown"
    """``estimated``: the text was counted with a tokenizer that need not be the model's."""


class Timing(Line):
    """Milliseconds from the moment the request's first byte went out; None where it did not happen."""

    connect_ms: float | None = None
    """Name look-up and TCP, before the request; None if a kept connection was used."""
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    ttft_ms: float | None = None
    """First token of any kind: answer, reasoning or tool call."""
    answer_ttft_ms: float | None = None
    """First token of the answer itself."""
    itl_ms: float | None = None
    """Mean time a token between the first and the last."""
    longest_gap_ms: float | None = None
    """Longest wait between two pieces that held tokens."""
    e2e_ms: float | None = None
    """Until the last piece that held tokens: what whoever reads waits for."""
    stream_end_ms: float | None = None
    """Until the end of the stream, which counts that come late put off."""
    lag_ms: float | None = None
    """The longest that the client's own work may have put off a stamp meanwhile; None where it was not measured."""
    late_ms: float | None = None
    """How long after the intended moment the first byte left."""


class ToolCall(Line):
    """A call that the model asks for; ``arguments`` is the text that it wrote, JSON or not."""

    name: str
    arguments: str


class Content(Line):
    """What a model answered."""

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()


class CallAnswer(Line):
    """What became of one request."""

    event: Literal["done"] = "done"
    id: int
    fault: Fault | None = None
    status: int | None = None
    message: str | None = None
    """What the provider or client said of the fault, without secrets, shortened."""
    retry_after_s: float | None = None
    doubt: str | None = None
    """Why the server's own count of tokens is not believed."""
    requests: int = 1
    """How many went over the wire: one, and one more for each redirect."""
    notices: tuple[Notice, ...] = ()
    clock: Literal["wire", "application"] | None = None
    """Who saw the tokens arrive: the transport, or the program above litellm (later by its overhead)."""
    timing: Timing = Timing()
    tokens: Tokens = Tokens()
    finish_reason: str | None = None
    reused_connection: bool | None = None
    region: str | None = None
    """What a response header says of the place that answered."""
    response_id: str | None = None
    served_model: str | None = None
    content: Content | None = None
    """The answer, if it was asked for and came."""


class Ready(Line):
    """The worker has imported litellm."""

    event: Literal["ready"] = "ready"
    litellm: str
    after_s: float
    """Seconds since the worker began."""
    memory_mb: float


class Keys(Line):
    """For each target the variables that litellm misses; empty where nothing is missing."""

    event: Literal["keys"] = "keys"
    missing: tuple[tuple[str, ...], ...]
    found: tuple[tuple[str, ...], ...]
    """The variables that hold what the target needs; names only."""


Order = Annotated[KeyCheck | Send | Cancel, Field(discriminator="op")]
Report = Annotated[CallAnswer | Ready | Keys, Field(discriminator="event")]
