"""Every way in which a probe's request can fail, each with a sentence that says what to do.

A fault is a request without a measurement; a notice is a measurement with something to know about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import NamedTuple


class Fault(StrEnum):
    """Why a request gave no measurement."""

    BAD_REQUEST = "bad-request"
    CONTEXT_OVERFLOW = "context-overflow"
    AUTHENTICATION = "authentication"
    QUOTA = "quota"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    REQUEST_TIMEOUT = "request-timeout"
    TOO_LARGE = "too-large"
    UNPROCESSABLE = "unprocessable"
    RATE_LIMITED = "rate-limited"
    RATE_LIMITED_NO_WAIT = "rate-limited-no-wait-stated"
    SERVER_ERROR = "server-error"
    OVERLOADED = "overloaded"
    OTHER_STATUS = "other-status"
    REFUSED = "connection-refused"
    DNS = "dns"
    TLS = "tls"
    UNREACHABLE = "unreachable"
    CONNECT_TIMEOUT = "connect-timeout"
    FIRST_BYTE_TIMEOUT = "first-byte-timeout"
    FIRST_TOKEN_TIMEOUT = "first-token-timeout"  # noqa: S105 - tokens of text
    TOKEN_TIMEOUT = "token-timeout"  # noqa: S105 - tokens of text
    STALL = "stall"
    TOTAL_TIMEOUT = "total-timeout"
    STALE_CONNECTION = "stale-connection"
    CONNECTION_RESET = "connection-reset"
    CUT = "cut-off"
    TRUNCATED = "truncated"
    ERROR_IN_STREAM = "error-in-stream"
    ERROR_EVENT = "error-event"
    ERROR_IN_CHOICE = "error-in-choice"
    FINISHED_IN_ERROR = "finished-in-error"
    ERROR_DOCUMENT = "error-with-status-200"
    HTML = "html-page"
    DOCUMENT = "unexpected-document"
    WHOLE_ANSWER = "whole-answer"
    NO_CONTENT = "no-content"
    EMPTY_BODY = "empty-body"
    REDIRECTED = "redirected"
    REDIRECT_LOOP = "redirect-loop"
    ENCODING = "unreadable-encoding"
    NOT_HTTP = "not-http"
    BROKEN_HTTP = "broken-http"
    TOO_MUCH = "too-many-bytes"
    EMPTY = "empty"
    USED_UP = "token-limit-used-up"
    MALFORMED = "malformed"
    CONTENT_FILTER = "content-filter"
    UNSUPPORTED = "unsupported-setting"
    MISSING_PACKAGE = "missing-package"
    NOT_SENT = "not-sent"
    UNREADABLE = "unreadable"
    WORKER_ENDED = "worker-ended"
    CAP = "stopped-by-cap"
    CAP_MONEY = "stopped-by-cap-on-money"
    INTERRUPTED = "interrupted"


class Notice(StrEnum):
    """What to know about a request that was measured."""

    DOUBTED_USAGE = "doubted-usage"
    """What the server says that it counted cannot be: the most that was reserved is booked, and its count not used."""
    NO_USAGE = "no-usage"
    """The server did not say how many tokens it counted."""
    TOOL_ONLY = "tool-only"
    """The answer was a tool call without text."""
    REASONING_ONLY = "reasoning-only"
    """The limit on tokens was reached before the answer began."""
    UNCOUNTED_REASONING = "uncounted-reasoning"
    """Reasoning came that the server may have shortened and did not count apart; so no time a token is given."""
    PINGS = "pings"
    """The server sent pings between tokens; they were not taken for tokens."""
    RESENT = "resent"
    """More than one request went over the wire for it, a redirect for instance."""
    CACHED = "cached"
    """The server took part of the prompt from its cache although it was new."""


class Ruling(NamedTuple):
    """What a fault means.

    ``advice`` is the sentence. ``ends_candidate``: every further request would fail the same way. ``is_service``: the
    service failed to answer in time, so that for a bound on latency the answer counts as never given.
    """

    advice: str
    ends_candidate: bool = False
    is_service: bool = False


RULINGS: Mapping[Fault, Ruling] = {
    Fault.BAD_REQUEST: Ruling("The provider refuses the request as written; see its message.", ends_candidate=True),
    Fault.CONTEXT_OVERFLOW: Ruling(
        "The prompt is longer than the model takes; use a smaller --prompt-size.", ends_candidate=True
    ),
    Fault.AUTHENTICATION: Ruling(
        "The key is missing or wrong; set the variable that the plan names and try again.", ends_candidate=True
    ),
    Fault.QUOTA: Ruling("The account has no credit or quota left; top it up at the provider.", ends_candidate=True),
    Fault.FORBIDDEN: Ruling(
        "The key may not use this model or region; ask the account's owner for access.", ends_candidate=True
    ),
    Fault.NOT_FOUND: Ruling(
        "The address has no such model; check the name, the region and --api-base.", ends_candidate=True
    ),
    Fault.REQUEST_TIMEOUT: Ruling("The server waited too long for the request; check your uplink.", is_service=True),
    Fault.TOO_LARGE: Ruling("The request is larger than the server takes; use a smaller prompt.", ends_candidate=True),
    Fault.UNPROCESSABLE: Ruling("The provider does not accept a setting; see its message.", ends_candidate=True),
    Fault.RATE_LIMITED: Ruling("The account's rate limit was reached; the stated wait is kept before the next one."),
    Fault.RATE_LIMITED_NO_WAIT: Ruling(
        "The account's rate limit was reached and no wait was stated; probe slower, or with fewer streams."
    ),
    Fault.SERVER_ERROR: Ruling("The provider failed; look at its status page if it happens often.", is_service=True),
    Fault.OVERLOADED: Ruling("The provider is overloaded; try again at another hour.", is_service=True),
    Fault.OTHER_STATUS: Ruling("The server answered with a status that says nothing about models; see its message."),
    Fault.REFUSED: Ruling("Nothing listens at the address; start the server or mend --api-base.", ends_candidate=True),
    Fault.DNS: Ruling("The host's name is not known; mend --api-base or the network's DNS.", ends_candidate=True),
    Fault.TLS: Ruling(
        "No secure connection: wrong protocol or a certificate that is not trusted; see SSL_CERT_FILE.",
        ends_candidate=True,
    ),
    Fault.UNREACHABLE: Ruling("The host cannot be reached; check network, proxy and firewall.", ends_candidate=True),
    Fault.CONNECT_TIMEOUT: Ruling("No connection in the stated time; check network and firewall.", is_service=True),
    Fault.FIRST_BYTE_TIMEOUT: Ruling(
        "Connected, but nothing came in the stated time; raise --first-token-timeout or take it as too slow.",
        is_service=True,
    ),
    Fault.FIRST_TOKEN_TIMEOUT: Ruling(
        "The answer began but no token came in the stated time; raise --first-token-timeout or take it as too slow.",
        is_service=True,
    ),
    Fault.TOKEN_TIMEOUT: Ruling("The stream fell silent between two tokens for the stated time.", is_service=True),
    Fault.STALL: Ruling(
        "The stream sent only pings for the stated time: the connection lives, the model does not.", is_service=True
    ),
    Fault.TOTAL_TIMEOUT: Ruling(
        "Not finished in the stated time; raise --total-timeout or lower --max-tokens.", is_service=True
    ),
    Fault.STALE_CONNECTION: Ruling(
        "The server had closed the connection that it had kept; each further request opens a new one. Production "
        "clients that keep connections will meet this too."
    ),
    Fault.CONNECTION_RESET: Ruling("The connection broke before an answer came.", is_service=True),
    Fault.CUT: Ruling("The connection broke in the middle of the answer.", is_service=True),
    Fault.TRUNCATED: Ruling(
        "The stream ended without saying that it was complete; the answer may be half of one.", is_service=True
    ),
    Fault.ERROR_IN_STREAM: Ruling(
        "The server said 200 and then an error; clients that look at the status alone count it as success.",
        is_service=True,
    ),
    Fault.ERROR_EVENT: Ruling(
        "The server said 200 and then sent an event named error; many clients drop it and see a short answer.",
        is_service=True,
    ),
    Fault.ERROR_IN_CHOICE: Ruling(
        "The server said 200 and then put an error into the answer's choice; the answer is a part of one.",
        is_service=True,
    ),
    Fault.FINISHED_IN_ERROR: Ruling(
        "The answer ended with the finish reason error: it is a part of one.", is_service=True
    ),
    Fault.ERROR_DOCUMENT: Ruling(
        "The server said 200 and sent an error in place of a stream; see its message.", is_service=True
    ),
    Fault.HTML: Ruling(
        "A web page came in place of a stream: a log-in, a proxy or a wrong path; mend --api-base.", ends_candidate=True
    ),
    Fault.DOCUMENT: Ruling(
        "Something came that is neither a stream nor an answer; check that --api-base is the address of the API."
    ),
    Fault.WHOLE_ANSWER: Ruling(
        "The answer came in one piece although a stream was asked for, so nothing can be timed but its end; the server "
        "or a proxy before it does not stream.",
        ends_candidate=True,
    ),
    Fault.NO_CONTENT: Ruling("The server answered that it has no content (204).", is_service=True),
    Fault.EMPTY_BODY: Ruling("The server answered 200 and sent nothing at all.", is_service=True),
    Fault.REDIRECTED: Ruling(
        "The address sends elsewhere, and keys and prompts are not sent after; name the final address with --api-base.",
        ends_candidate=True,
    ),
    Fault.REDIRECT_LOOP: Ruling("The address sends in a circle; mend --api-base.", ends_candidate=True),
    Fault.ENCODING: Ruling(
        "The answer is compressed in a way that was not asked for and is not read here; look at the proxy in between."
    ),
    Fault.NOT_HTTP: Ruling("What answers does not speak HTTP; check host and port of --api-base.", ends_candidate=True),
    Fault.BROKEN_HTTP: Ruling("The answer breaks the rules of HTTP; report it to the provider.", is_service=True),
    Fault.TOO_MUCH: Ruling(
        "The server sent more than an answer of that length can be; reading was stopped to save memory.",
        is_service=True,
    ),
    Fault.EMPTY: Ruling("The stream ended well but held no token.", is_service=True),
    Fault.USED_UP: Ruling(
        "Reasoning that is not shown used up the limit on tokens before the answer began; raise --max-tokens.",
        ends_candidate=True,
    ),
    Fault.MALFORMED: Ruling(
        "A piece of the stream is not what the protocol says; report it to the provider.", is_service=True
    ),
    Fault.CONTENT_FILTER: Ruling(
        "The provider's filter stopped prompt or answer; use other prompts (--prompt FILE).", ends_candidate=False
    ),
    Fault.UNSUPPORTED: Ruling(
        "litellm knows that the model does not take a setting, such as the effort; name another.", ends_candidate=True
    ),
    Fault.MISSING_PACKAGE: Ruling(
        "The provider needs a package that is not installed; see the message.", ends_candidate=True
    ),
    Fault.NOT_SENT: Ruling("litellm did not send the request; see its message.", ends_candidate=True),
    Fault.UNREADABLE: Ruling("The answer arrived, but litellm could not read it; see its message."),
    Fault.WORKER_ENDED: Ruling("The process that sends the requests ended; run the probe again.", ends_candidate=True),
    Fault.CAP: Ruling("The probe's own cap on time came first; raise --max-seconds."),
    Fault.CAP_MONEY: Ruling(
        "The candidate's share of the cap on money would not have held; raise --max-usd or lower --max-tokens.",
        ends_candidate=True,
    ),
    Fault.INTERRUPTED: Ruling("You stopped it while it ran."),
}
"""What each fault means."""

UNBILLED = frozenset(
    {
        *(Fault.REFUSED, Fault.DNS, Fault.TLS, Fault.UNREACHABLE, Fault.CONNECT_TIMEOUT),
        *(Fault.NOT_SENT, Fault.UNSUPPORTED, Fault.MISSING_PACKAGE, Fault.NOT_HTTP),
        *(Fault.AUTHENTICATION, Fault.QUOTA, Fault.FORBIDDEN, Fault.NOT_FOUND),
        *(Fault.RATE_LIMITED, Fault.RATE_LIMITED_NO_WAIT),
    }
)
"""Faults by which a request came to no model: it cost nothing. Any other is booked at the most it could cost."""

_BY_STATUS: Mapping[int, Fault] = {
    HTTPStatus.BAD_REQUEST: Fault.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED: Fault.AUTHENTICATION,
    HTTPStatus.PAYMENT_REQUIRED: Fault.QUOTA,
    HTTPStatus.FORBIDDEN: Fault.FORBIDDEN,
    HTTPStatus.NOT_FOUND: Fault.NOT_FOUND,
    HTTPStatus.REQUEST_TIMEOUT: Fault.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Fault.TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY: Fault.UNPROCESSABLE,
    HTTPStatus.SERVICE_UNAVAILABLE: Fault.OVERLOADED,
    529: Fault.OVERLOADED,
}

_QUOTA_WORDS = ("insufficient_quota", "billing", "credit balance", "exceeded your current quota", "payment")
_FILTER_WORDS = ("content_filter", "content policy", "content_policy", "responsibleaipolicy", "safety system")
_CONTEXT_WORDS = ("context_length", "context length", "context size", "exceed_context", "context window", "too long")


def by_status(status: int, body: str, retry_after_s: float | None) -> Fault:
    """Return the fault of an HTTP status, made finer by what the body says; ``status`` is 400 or more."""
    words = body.lower()
    if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY):
        if any(word in words for word in _FILTER_WORDS):
            return Fault.CONTENT_FILTER
        if any(word in words for word in _CONTEXT_WORDS):
            return Fault.CONTEXT_OVERFLOW
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        if any(word in words for word in _QUOTA_WORDS):
            return Fault.QUOTA
        return Fault.RATE_LIMITED if retry_after_s is not None else Fault.RATE_LIMITED_NO_WAIT
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return Fault.SERVER_ERROR if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Fault.OTHER_STATUS
