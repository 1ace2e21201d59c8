"""What was read of a repository: each fact with the field or file it came from, and each failure as what it was.

These records are saved to and replayed from folders, so they are pydantic models; nothing here reaches the network.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

MOST_CHARS = 2_000
"""Characters kept of a field of a model card; a longer one is cut and said to be."""

A_FILE = "a file"
"""The endpoint of a text that stood on disk by itself."""


Role = Literal["license", "notice", "use-policy", "gate", "statement", "readme", "lineage"]
"""What a text is in a repository.

A file of that kind, a question to those who ask for access, another field of the card that speaks of rights, the
README, or a file that names what the model derives from.
"""

Derivation = Literal["adapter", "quantized", "merge", "finetune"]
"""What of another model a repository holds."""


class FetchOutcome(StrEnum):
    """How an attempt to read something ended."""

    READ = "read"
    NOT_FOUND = "not-found"
    """No repository or file of that name, or a private one."""
    GATED = "gated"
    """It exists; without accepted terms and a token it cannot be read."""
    REVISION_MISSING = "revision-missing"
    DISABLED = "disabled"
    """Taken down by the Hub."""
    DENIED = "denied"
    """The token is missing, wrong or without the right."""
    RATE_LIMITED = "rate-limited"
    OFFLINE = "offline"
    """The network is switched off, or the host cannot be reached."""
    UNTRUSTED = "untrusted"
    """The host could not prove that it is the one asked for (TLS): nothing older stands in for its answer."""
    SERVER_DOWN = "server-down"
    """The server answers with an error of its own, or not in time."""
    MALFORMED = "malformed"
    """The answer or the card cannot be understood."""
    TOO_LARGE = "too-large"
    BINARY = "binary"
    """No text."""
    ELSEWHERE = "elsewhere"
    """A link to another host, which is not followed unless asked."""
    NO_REPOSITORY = "no-repository"
    """A model of which no weights on the Hub are on record; the catalog's record alone was judged."""
    ON_RECORD = "on-record"
    """A model that another derives from, as the catalog's record says; nothing was read of it."""
    POINTER = "pointer"
    """A pointer to a file that is kept elsewhere (git-lfs), in place of the text."""
    TOO_MANY = "too-many"
    """Beyond the number of files that are read of one repository."""
    NOT_SAVED = "not-saved"
    """The saved evidence does not hold it."""


# Such as `qwen2_vl` and `llava_next`, not `vllm`.
_SEES = re.compile(
    r"mllama|llava|vision|visual|multi-?modal|idefics|paligemma|pixtral|internvl|minicpm-?v|molmo|fuyu|florence|(?:^|[\W_\d])vlm?(?:$|[\W_\d])",
    re.IGNORECASE,
)
"""Kinds of models that take images, whatever task they are listed under."""

UNREACHABLE = frozenset(
    (
        FetchOutcome.DENIED,
        FetchOutcome.RATE_LIMITED,
        FetchOutcome.OFFLINE,
        FetchOutcome.UNTRUSTED,
        FetchOutcome.SERVER_DOWN,
        FetchOutcome.GATED,
        FetchOutcome.MALFORMED,
    )
)
"""Outcomes after which another attempt, a token or a network may help."""


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Kept):
    """A text that was read: where it stands, what it holds, its sha256."""

    place: str
    """The file's path in the repository, or the field of the card."""
    role: Role
    sha256: str
    """Of the bytes as received."""
    size_bytes: int
    content: str
    taken_from: Literal["pdf"] | None = None
    """What the words were taken out of, so that they are not the bytes; None: they are."""


class Unread(_Kept):
    """A text that should be there and was not read, and why."""

    place: str
    role: Role
    outcome: FetchOutcome
    detail: str = ""
    retry_after_s: float | None = None
    """The wait that a rate limit asks for."""


class Parent(_Kept):
    """A model that this one says it derives from."""

    id: str
    relation: Literal["finetune", "adapter", "merge", "quantized", "unknown"] = "unknown"
    named_by: str | None = None
    """The file, the field or the odd form from which the name was made out; None: the card names it as the Hub does."""


class Evidence(_Kept):
    """What the Hub says of one repository at one commit, or how the attempt to read it failed."""

    repository: str
    """As asked for: ``org/name``."""
    id: str | None = None
    """As the Hub names it today; another name where the repository moved."""
    requested_revision: str | None = None
    commit: str | None = None
    endpoint: str
    read_at: datetime
    outcome: FetchOutcome = FetchOutcome.READ
    detail: str = ""
    """What the server said, or what could not be understood."""
    retry_after_s: float | None = None
    """The wait that a rate limit asks for."""
    licenses: tuple[str, ...] = ()
    """The card's ``license``: usually one, sometimes a list."""
    license_tags: tuple[str, ...] = ()
    """The ``license:`` tags; they may differ from the card."""
    license_name: str | None = None
    license_link: str | None = None
    disabled: bool = False
    """Taken down by the Hub, though it still answers."""
    gated: Literal["auto", "manual"] | None = None
    """How access is granted, if it is asked for; gating alone restricts no use."""
    eu_disallowed: bool = False
    """The card bars users in the European Union from access."""
    parents: tuple[Parent, ...] = ()
    datasets: tuple[str, ...] = ()
    pipeline: str | None = None
    """The task that the Hub lists it under."""
    architectures: tuple[str, ...] = ()
    """What its tags and its configuration call the kind of model."""
    derived_as: Derivation | None = None
    """What of another model its files and tags show it to hold."""
    texts: tuple[Text, ...] = ()
    unread: tuple[Unread, ...] = ()
    remarks: tuple[str, ...] = ()
    """What was odd about the card."""

    @property
    def is_repository(self) -> bool:
        """Whether it is about a repository of the Hub; else about a text on disk or a record of the catalog."""
        return self.outcome not in (FetchOutcome.NO_REPOSITORY, FetchOutcome.ON_RECORD) and self.endpoint != A_FILE

    @property
    def multimodal(self) -> bool | None:
        """Whether the model takes more than text, by the task it is listed under; None if that says nothing."""
        if any(_SEES.search(name) for name in self.architectures):
            return True
        if self.pipeline is None:
            return None
        if self.pipeline in ("text-generation", "text2text-generation", "fill-mask", "feature-extraction"):
            return False
        return True if any(word in self.pipeline for word in ("image", "video", "audio", "any-to-any")) else None


class EvidenceSource(Protocol):
    """Where evidence comes from: the Hub, a folder, a cache in front of either."""

    def evidence(self, repository: str, revision: str | None = None) -> Evidence:
        """Return the evidence on a repository; a failure is an outcome in it, never an exception."""
        ...
