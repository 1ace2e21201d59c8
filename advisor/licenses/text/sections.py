"""Where the sections of a license text stand, so that a clause can be quoted from the text that was found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST_QUOTE = 480
"""Characters of a passage that a report shows."""

_HEADING = re.compile(
    r"^[ \t>*_#\-]*(?:(?:section|article|clause|part)\s+)?"
    r"(?:(?P<number>\d{1,2}(?:\.\d{1,2})*)(?:[.):]|(?=\s))|\(?(?P<letter>[a-zA-Z]|[ivxIVX]{2,4})[.)])"
    r"[ \t]+(?=\S)",
    re.MULTILINE | re.IGNORECASE,
)
_ROMAN = re.compile(r"[ivx]+", re.IGNORECASE)
_PARTS = re.compile(r"[0-9]+|[A-Za-z]+")


class Section(NamedTuple):
    """A section: its path of numbers and letters, and where it stands."""

    path: tuple[str, ...]
    start: int
    end: int

    @property
    def label(self) -> str:
        """``1.b.iv``."""
        return ".".join(self.path)


class Quote(NamedTuple):
    """A passage of a text as found, with the place of its first character."""

    text: str
    start: int


def sections_of(text: str) -> list[Section]:
    """The numbered sections of a text in order; each ends where the next one of its level or above begins."""
    headings = list(_headings(text))
    sections = []
    for index, (path, start) in enumerate(headings):
        after = (later for other, later in headings[index + 1 :] if len(other) <= len(path))
        sections.append(Section(path, start, next(after, len(text))))
    return sections


def quote(text: str, sections: list[Section], section: str, figure: int | None = None) -> Quote | None:
    """The passage of a clause by its section's number; where several carry it, the one that names the figure.

    None where the text has no such section: a record may name a part that carries no number.
    """
    wanted = tuple(part.lower() for part in _PARTS.findall(section.partition(",")[0]))
    found = [part for part in sections if part.path == wanted]
    if figure is not None:
        found = [part for part in found if _names(text[part.start : part.end], figure)]
    if not found:
        return None
    first = found[0]
    passage = " ".join(text[first.start : first.end].split())
    if len(passage) > LONGEST_QUOTE:
        passage = passage[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " ..."
    return Quote(passage, first.start)


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


def _names(passage: str, figure: int) -> bool:
    """Whether a passage names a figure: 700 million, 100,000,000 or one unit less than an ``at or above``."""
    for value in (figure, figure + 1):
        forms = [f"{value:,}", str(value)]
        for size, word in ((10**9, "billion"), (10**6, "million")):
            if value % size == 0:
                forms.append(f"{value // size} {word}")
        if any(form in " ".join(passage.split()) for form in forms):
            return True
    return False
