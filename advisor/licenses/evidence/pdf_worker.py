"""Read the PDF on standard input and write ``{"text": ..., "reason": ...}``; run by its path, in a bounded process."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any

MOST_PAGES = 80
"""Pages of the longest license that is read."""

MOST_CHARACTERS = 1 << 20
MEMORY_BYTES = 512 << 20
CPU_S = 10


class RefusedError(Exception):
    """A document of which not all can be read."""


def text_of(content: bytes) -> str:
    """Return the text of every page. Raises RefusedError where something of the document would stay unread."""
    from pypdf import PdfReader

    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise RefusedError("it asks for a password")
    if len(reader.pages) > MOST_PAGES:
        raise RefusedError(f"{len(reader.pages):,} pages, of which at most {MOST_PAGES} are read")
    if reader.attachments:
        raise RefusedError("it holds attachments")
    parts = []
    for number, page in enumerate(reader.pages, 1):
        if page.images.keys():
            raise RefusedError(f"page {number} holds a picture, which may hold words")
        words = page.extract_text()
        if not words.strip() and page.get_contents() is not None:
            raise RefusedError(f"page {number} holds no words")
        parts += [words, *_notes(page, number)]
        if sum(map(len, parts)) > MOST_CHARACTERS:
            raise RefusedError("more text than a license has")
    text = "\n".join(parts)
    if not text.strip():
        raise RefusedError("it holds no words")
    return text


def _notes(page: Any, number: int) -> Iterator[str]:
    """Yield what is written into comments and fields on a page; its links say nothing."""
    for one in page.get("/Annots") or ():
        note = one.get_object()
        if note.get("/Subtype") == "/Link":
            continue
        words = [str(note[key]) for key in ("/Contents", "/V") if note.get(key)]
        if not words and note.get("/Subtype") not in ("/Widget", "/Popup"):
            raise RefusedError(f"page {number} holds a mark that may hold words")
        yield from words


def _bound() -> None:
    try:
        import resource
    except ImportError:  # the time limit of the parent holds everywhere
        return
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(limit, (value, value))
        except (OSError, ValueError):
            continue


def main() -> None:
    """Read, and say what came of it; nothing that a document does ends otherwise."""
    _bound()
    answer: dict[str, str | None]
    try:
        answer = {"text": text_of(sys.stdin.buffer.read()), "reason": ""}
    except RefusedError as error:
        answer = {"text": None, "reason": str(error)}
    except MemoryError:
        answer = {"text": None, "reason": "it takes too much memory to read"}
    except Exception as error:  # noqa: BLE001 - whatever a broken document makes of the library
        answer = {"text": None, "reason": f"it cannot be read: {type(error).__name__}"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
