"""A license text as the words that matter, each with its place in the text as found.

Wrapping, punctuation, quotation marks, markup, letter case and British spelling make no difference; lines that only
name who holds the copyright are left out. A line that says more than that stays in, whatever it begins with.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b, sha256
from typing import NamedTuple

SHINGLE_WORDS = 5
"""How many words in a row make a shingle."""

_WORD = re.compile(
    r"(?P<skip></?[a-zA-Z][^<>\n]{0,80}>|\([cC]\)|&[a-z]{2,6};)"
    r"|(?P<cjk>[\u3400-\u9fff\uf900-\ufaff])"
    r"|(?P<word>[^\W_\u3400-\u9fff\uf900-\ufaff]+(?:['\u2019\u02bc][^\W_]+)*)"
)
_COPYRIGHT = re.compile(r"^[^\w\n©]*(?:copyright\b|©|\(c\))[^\n]{0,160}$", re.IGNORECASE | re.MULTILINE)
_SAYS_MORE = re.compile(
    r"\b(?:not|no|only|except|unless|non\w*|commercial\w*|prohibit\w*|without|may|must|shall|subject|under|licen[cs]\w*"
    r"|permi\w*|use[ds]?|research|grant\w*|restrict\w*|statement|notice|interest|law|claim\w*|infring\w*)\b",
    re.IGNORECASE,
)
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_LONGEST_NAME = 8
_SPELLINGS = {"licence": "license", "licences": "licenses", "licenced": "licensed", "sublicence": "sublicense"}


class Word(NamedTuple):
    """A normalised word and where it stands in the text: from ``start`` up to, not including, ``end``."""

    text: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The words of a text, in order; bytes that are no text must have been decoded before."""
    left_out = _copyright_lines(text)
    starts = [start for start, _ in left_out]
    found = []
    for match in _WORD.finditer(text):
        if match.lastgroup == "skip" or _inside(match.start(), starts, left_out):
            continue
        word = unicodedata.normalize("NFKC", match.group()).casefold().replace("\u2019", "").replace("'", "")
        found.append(Word(_SPELLINGS.get(word, word), match.start(), match.end()))
    return _without_holder(found)


def _without_holder(words: list[Word]) -> list[Word]:
    """The words with whoever stands in BSD's clause on endorsement replaced by one word: the name changes nothing."""
    texts = [word.text for word in words]
    for start in (i for i, text in enumerate(texts) if text == "neither"):
        if texts[start : start + 4] != ["neither", "the", "name", "of"]:
            continue
        for end in range(start + 5, min(start + 5 + _LONGEST_NAME, len(texts))):
            if texts[end : end + 4] in (["nor", "the", "names", "of"], ["nor", "the", "name", "of"]):
                holder = Word("holder", words[start + 4].start, words[end - 1].end)
                return [*words[: start + 4], holder, *words[end:]]
    return words


def without_front_matter(text: str) -> tuple[str, str | None]:
    """The text after a model card's front matter, and a remark if it had one."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return text, None
    return text[match.end() :], "begins with the front matter of a model card"


def located_words(text: str) -> list[Word]:
    """The words after the front matter of a model card, each with its place in the whole text."""
    body, _ = without_front_matter(text)
    offset = len(text) - len(body)
    return [Word(word.text, word.start + offset, word.end + offset) for word in words_of(body)]


def digest(words: Sequence[Word]) -> str:
    """The sha256 of the words joined by single spaces: equal for texts that differ in nothing that matters."""
    return sha256(" ".join(word.text for word in words).encode()).hexdigest()


def shingles(words: Sequence[Word]) -> list[int]:
    """The hash (32 bits) of each run of five words; the run that begins at word ``i`` stands at index ``i``."""
    texts = [word.text for word in words]
    return [
        int.from_bytes(blake2b(" ".join(texts[i : i + SHINGLE_WORDS]).encode(), digest_size=4).digest(), "big")
        for i in range(len(texts) - SHINGLE_WORDS + 1)
    ]


def _copyright_lines(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _COPYRIGHT.finditer(text) if not _SAYS_MORE.search(match.group())]


def _inside(place: int, starts: Sequence[int], spans: Sequence[tuple[int, int]]) -> bool:
    index = bisect_right(starts, place) - 1
    return index >= 0 and place < spans[index][1]
