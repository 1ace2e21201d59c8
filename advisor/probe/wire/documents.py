"""Bodies that came with a good status but are no stream: pages, errors, whole answers, nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from advisor.probe.faults import Fault
from advisor.probe.wire.stream import error_words, is_error

# Such as `<p class=x>` and `<script>x()</script>`, not `1 < 2`.
_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_ERROR_KEYS = ("message", "msg", "detail", "details", "errors", "error_message", "error_code")
_BAD = ("error", "fail", "failed", "failure")
_WORDS = 2_000


def document_fault(body: bytes) -> tuple[Fault, str] | None:
    """Return what a body without a single event is, with its first words; None if it may be a stream that broke off."""
    text = body[:65_536].decode(errors="replace").removeprefix("\ufeff").strip()
    if not text:
        return Fault.EMPTY_BODY, "nothing came"
    if text.startswith("<"):
        return Fault.HTML, page_words(text)
    if text.startswith(("data:", "event:", ":", "id:", "retry:")):
        return None
    if text[0] not in "[{":
        return Fault.DOCUMENT, text[:_WORDS]
    try:
        found = json.loads(body.decode(errors="replace").removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return _of_json(found, text)


def page_words(text: str) -> str:
    """Return the words of an HTML page."""
    return " ".join(unescape(_TAG.sub(" ", text[:_WORDS])).split()) or "a page without words"


def _of_json(found: Any, text: str) -> tuple[Fault, str]:
    document = found[0] if isinstance(found, list) and found else found
    if not isinstance(document, Mapping):
        return Fault.DOCUMENT, text[:_WORDS]
    if is_error(document):
        return Fault.ERROR_DOCUMENT, error_words(document)
    if _is_answer(document):
        return Fault.WHOLE_ANSWER, "the whole answer came at once"
    says_bad = str(document.get("status", "")).lower() in _BAD or document.get("success") is False
    if says_bad or any(key in document for key in _ERROR_KEYS):
        return Fault.ERROR_DOCUMENT, error_words(document)
    return Fault.DOCUMENT, text[:_WORDS]


def _is_answer(document: Mapping[str, Any]) -> bool:
    """Whether a document is an answer in one piece, in any of the protocols."""
    choices, message = document.get("choices"), document.get("message")
    if isinstance(choices, list) and choices and isinstance(choices[0], Mapping):
        return "message" in choices[0] or "text" in choices[0]
    if isinstance(message, Mapping):
        return "content" in message
    if isinstance(document.get("content"), list):
        return document.get("type") == "message" or "role" in document
    output = document.get("output")
    return "candidates" in document or isinstance(output, list) or (isinstance(output, Mapping) and "message" in output)
