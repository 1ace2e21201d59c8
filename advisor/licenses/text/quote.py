"""Quote the passage of a clause from a text as found, with its place; where a clause stands is known in words.

A text that is exactly a known one has its words, so the index of a section's first word in the known text is its index
in the text as found, however that is wrapped, numbered or marked up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from advisor.licenses.text.fingerprints import Fingerprint
from advisor.licenses.text.normalize import Word

LONGEST_QUOTE = 480
"""Characters of a passage that a report shows."""

LEAST_WORDS = 8
"""A passage with fewer words is a heading: what follows belongs to it."""

_PART = re.compile(r"[0-9]+|[A-Za-z]+")
_ASIDE = re.compile(r"\([^()]{4,}\)")
_RANGE = re.compile(r"(?<=[0-9])\s*[-\u2013]\s*[0-9.]+")
_BREAK = re.compile(r"\n[^\S\n]*\n")
_SENTENCE = re.compile(r"(?<=[.;:])\s+(?=\S)")


class Quote(NamedTuple):
    """A passage of a text as found, with the place of its first character."""

    text: str
    start: int
    place: str = ""
    """The file or field that it stands in."""


class Quotable(NamedTuple):
    """A text that is exactly a known one."""

    text: str
    place: str
    words: Sequence[Word]
    known: Fingerprint


def quote(found: Quotable, section: str, figure: int | None = None, *, by_number: bool = True) -> Quote | None:
    """Return the passage of a clause by its section as the record names it.

    A clause with a figure is quoted where it stands.

    None where no passage of that name is known: a record may name a part that carries no number.
    """
    if len(found.words) != found.known.words:
        return None
    index = dict(found.known.passages).get(section)
    if index is not None:
        return _shown(found, index, section, figure, paragraph=True)
    if not by_number:
        return None
    labeled = [(label, first) for label, first in found.known.sections if _path(label) == _path(section)]
    if figure is not None:
        labeled = [one for one in labeled if _figure(_text(found, *one), figure) is not None]
    # A number that begins twice, as where lists are numbered anew, says nothing about which is meant.
    return _shown(found, labeled[0][1], labeled[0][0], figure) if len(labeled) == 1 else None


def _text(found: Quotable, label: str, first: int) -> str:
    start, end = _span(found, first, label)
    return found.text[start:end]


def _shown(found: Quotable, first: int, label: str, figure: int | None, *, paragraph: bool = False) -> Quote:
    start, end = _span(found, first, label)
    if paragraph:
        least = found.words[min(first + LEAST_WORDS, len(found.words)) - 1].end
        gap = _BREAK.search(found.text, least, end)
        end = gap.start() if gap else end
    place = _figure(found.text[start:end], figure) if figure is not None else None
    if place is not None and place > LONGEST_QUOTE * 2 // 3:
        start += max((one.end() for one in _SENTENCE.finditer(found.text[start : start + place])), default=0)
    passage = " ".join(found.text[start:end].split())
    if len(passage) > LONGEST_QUOTE:
        passage = passage[:LONGEST_QUOTE].rsplit(" ", 1)[0] + " ..."
    return Quote(passage, start, found.place)


def _span(found: Quotable, first: int, label: str) -> tuple[int, int]:
    """From a section's first character to where the next one of its level begins.

    A heading, and what ends with a colon, go on with what they introduce.
    """
    depth = len(_path(label))
    marks = sorted({(index, len(_path(name))) for name, index in (*found.known.sections, *found.known.passages)})
    start = end = found.words[first].start
    for index, level in (*marks, (found.known.words, 0)):
        if index <= first or (level > depth and end == start):
            continue
        end = found.words[index].start if index < len(found.words) else len(found.text)
        if index - first >= LEAST_WORDS and not found.text[start:end].rstrip().endswith((":", "\uff1a")):
            break
    return start, end


def _path(label: str) -> tuple[str, ...]:
    """``("2", "a", "1")`` of ``2(a)(1), 4``; of a range its first part, and no words in brackets."""
    first = re.split(r"[,;]", label)[0]
    return tuple(part.lower() for part in _PART.findall(_RANGE.sub("", _ASIDE.sub("", first))))


def _figure(passage: str, figure: int) -> int | None:
    """Where a passage names a figure: 700 million, 100,000,000 or one unit less than an ``at or above``."""
    for value in (figure, figure + 1):
        forms = [f"{value:,}", str(value)]
        for size, word in ((10**9, "billion"), (10**6, "million")):
            if value % size == 0:
                forms.append(f"{value // size} {word}")
        for form in forms:
            found = re.search(r"\s+".join(map(re.escape, form.split())), passage)
            if found:
                return found.start()
    return None
