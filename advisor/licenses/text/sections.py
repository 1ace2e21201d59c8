"""Where the numbered sections of a license text stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# Such as `Section 2. Grant`, `  (b) You may` and `## 3.1 Terms`, not `2024-01-01 release`.
_HEADING = re.compile(
    r"^[ \t>*_#\-]*(?:(?:section|article|clause|part)\s+)?"
    r"(?:(?P<number>\d{1,2}(?:\.\d{1,2})*)(?:[.):]|(?=\s))|\(?(?P<letter>[a-zA-Z]|[ivxIVX]{2,4})[.)])"
    r"[ \t]+(?=\S)",
    re.MULTILINE | re.IGNORECASE,
)
_ROMAN = re.compile(r"[ivx]+", re.IGNORECASE)


class TextSection(NamedTuple):
    """A section: its path of numbers and letters, and where it stands."""

    path: tuple[str, ...]
    start: int
    end: int

    @property
    def label(self) -> str:
        """``1.b.iv``."""
        return ".".join(self.path)


def split_sections(text: str) -> list[TextSection]:
    """Return the numbered sections of a text in order; each ends where the next one of its level or above begins."""
    headings = list(_headings(text))
    sections = []
    for index, (path, start) in enumerate(headings):
        after = (later for other, later in headings[index + 1 :] if len(other) <= len(path))
        sections.append(TextSection(path, start, next(after, len(text))))
    return sections


def _headings(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Each heading's path: numbers stand above letters, and letters above Roman numbers."""
    number: tuple[str, ...] = ()
    letter = ""
    for match in _HEADING.finditer(text):
        if match["number"]:
            number, letter = tuple(match["number"].split(".")), ""
            yield number, match.start("number")
            continue
        sign = match["letter"].lower()
        roman = _ROMAN.fullmatch(sign) is not None and not (len(sign) == 1 and letter and _follows(letter, sign))
        if roman and letter:
            yield (*number, letter, sign), match.start("letter")
        elif roman and len(sign) > 1:
            yield (*number, sign), match.start("letter")
        else:
            letter = sign
            yield (*number, sign), match.start("letter")


def _follows(letter: str, sign: str) -> bool:
    return len(letter) == 1 and ord(sign) == ord(letter) + 1
