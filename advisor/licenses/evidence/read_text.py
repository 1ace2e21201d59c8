"""A text, or why there is none, from the bytes of a file: one way for files of the Hub and for files on disk."""

from __future__ import annotations

from hashlib import sha256

from advisor.licenses.evidence.model_card import clean
from advisor.licenses.evidence.pdf import LONGEST_S, read_pdf
from advisor.licenses.evidence.records import FetchOutcome, Role, Text, Unread

LARGEST_TEXT_BYTES = 1 << 20
"""A license text above this is not read."""

_DAMAGED = 0.05
"""The share of characters that may be undecodable in a text."""

_POINTER = b"version https://git-lfs.github.com/spec/"
_BEFORE_PDF = 1_024
"""Bytes that may stand before the mark of a PDF."""


def read_content(place: str, role: Role, content: bytes, *, seconds: float = LONGEST_S) -> Text | Unread:
    """Return the text that the bytes hold, or why none was read of them; a PDF takes at most ``seconds``."""
    if content.startswith(_POINTER):
        return Unread(place=place, role=role, outcome=FetchOutcome.POINTER, detail="git-lfs keeps the text elsewhere")
    if b"%PDF-" in content[:_BEFORE_PDF]:
        found, reason = read_pdf(content, seconds)
        if found is None:
            return Unread(place=place, role=role, outcome=FetchOutcome.BINARY, detail=f"a PDF: {reason}")
        digest = sha256(content).hexdigest()
        return Text(
            place=clean(place), role=role, sha256=digest, size_bytes=len(content), content=found, taken_from="pdf"
        )
    if content.startswith(b"{\\rtf"):
        detail = "a document that is not read here"
        return Unread(place=place, role=role, outcome=FetchOutcome.BINARY, detail=detail)
    if b"\0" in content or content.decode("utf-8", "replace").count("\ufffd") > len(content) * _DAMAGED:
        detail = f"{len(content):,} bytes of no text"
        return Unread(place=place, role=role, outcome=FetchOutcome.BINARY, detail=detail)
    return plain_text(place, role, content)


def plain_text(place: str, role: Role, content: bytes) -> Text:
    """Return bytes that are a text."""
    return Text(
        place=clean(place),
        role=role,
        sha256=sha256(content).hexdigest(),
        size_bytes=len(content),
        content=content.decode("utf-8-sig", "replace"),
    )
