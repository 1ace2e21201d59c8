"""The forms of a text that say the same: numbers of clauses, a title, "all rights reserved", the word for a holder.

Free licenses are carried with such differences, and registers of licenses count the forms as one license. Each change
here leaves out or replaces words that grant and forbid nothing; what is changed otherwise stays another text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from advisor.licenses.text.normalize import Word, is_short_name
from advisor.licenses.text.preamble import begins_with, says_nothing, without_preamble

Change = Callable[[str, Sequence[Word]], list[Word]]
"""The words of a text with one kind of difference taken out; the same words where there is none."""

_RESERVED = ("all", "rights", "reserved")
_MARK = re.compile(r"\d{1,2}|[a-z]|[ivx]{2,4}")
_BEFORE_MARK = re.compile(r"(?:^|\n)[\s>*#(_\-]*$")
_LONGEST_HOLDER = 8
_BOILERPLATE = (
    "licensed under the apache license version 2 0 the license you may not use this file except in compliance"
)
_BOILERPLATE_END = "governing permissions and limitations under the license"
# Such as `the mit license` and `bsd 3 clause license`, not `mit license with a rider`.
_FAMILY_TITLE = re.compile(
    r"(?:the )?(?P<kind>(?:new |revised |modified |simplified |original )?bsd|mit|isc|zlib|apache|expat)"
    r"(?: (?:software|2|3|2 0|clause|new|revised|simplified|version))*(?: licen[cs]e)"
    r"(?: (?:mit|isc|expat|bsd|version|2 0))*"
)
_BEGINNINGS = (
    "redistribution and use in source",
    "permission is hereby granted free of charge",
    "permission to use copy modify and",
    "this software is provided as is",
)
_LONGEST_TITLE = 8


def equal_forms(text: str, words: Sequence[Word]) -> Iterator[list[Word]]:
    """Yield the words in every form that says the same, besides that in which they stand."""
    active = [change for change in _CHANGES if _texts(change(text, words)) != _texts(words)]
    for count in range(1, len(active) + 1):
        for chosen in combinations(active, count):
            form = list(words)
            for change in chosen:
                form = change(text, form)
            yield form


def _texts(words: Sequence[Word]) -> list[str]:
    return [word.text for word in words]


def _without_reservation(_: str, words: Sequence[Word]) -> list[Word]:
    kept: list[Word] = []
    for word in words:
        kept.append(word)
        if tuple(one.text for one in kept[-3:]) == _RESERVED:
            del kept[-3:]
    return kept


def _without_numbers(text: str, words: Sequence[Word]) -> list[Word]:
    """Without the numbers and letters at the beginning of lines that only count clauses."""
    return [word for word in words if not _is_number_of_clause(text, word)]


def _is_number_of_clause(text: str, word: Word) -> bool:
    if not _MARK.fullmatch(word.text) or text[word.end : word.end + 1] not in (".", ")"):
        return False
    return _BEFORE_MARK.search(text, max(0, word.start - 12), word.start) is not None


def _with_one_holder(text: str, words: Sequence[Word]) -> list[Word]:
    """With whoever disclaims and is not liable under one name: holders, owners, authors, or a name."""
    found = list(words)
    for before, after, holder in _HOLDERS:
        found = _renamed(text, found, before.split(), after.split(), holder.split())
    return found


_HOLDERS = (
    ("provided by", "as is", "the copyright holders and contributors"),
    ("in no event shall", "be liable", "the copyright holder or contributors"),
)


def _renamed(
    text: str, words: list[Word], before: Sequence[str], after: Sequence[str], holder: Sequence[str]
) -> list[Word]:
    texts = _texts(words)
    for start in range(len(texts) - len(before)):
        if texts[start : start + len(before)] != before:
            continue
        first = start + len(before)
        for end in range(first + 1, min(first + _LONGEST_HOLDER + 2, len(texts))):
            if texts[end : end + len(after)] == after:
                name = text[words[first].start : words[end - 1].end]
                if not is_short_name(name):
                    return words
                place = (words[first].start, words[end - 1].end)
                return [*words[:first], *(Word(one, *place) for one in holder), *words[end:]]
    return words


def _with_its_contributors(_: str, words: Sequence[Word]) -> list[Word]:
    """Read ``the names of any contributors`` as ``the names of its contributors``."""
    texts = _texts(words)
    found = list(words)
    for index in range(2, len(texts) - 1):
        if texts[index] in ("any", "the", "other") and texts[index + 1] == "contributors" and texts[index - 1] == "of":
            found[index] = words[index]._replace(text="its")
    return found


def _without_title(_: str, words: Sequence[Word]) -> list[Word]:
    for start in range(1, min(_LONGEST_TITLE, len(words)) + 1):
        rest = " ".join(_texts(words[start : start + 8]))
        if rest.startswith(_BEGINNINGS) and _FAMILY_TITLE.fullmatch(" ".join(_texts(words[:start]))):
            title = " ".join(_texts(words[:start]))
            return list(words[start:]) if _is_of(title, rest) else list(words)
    return list(words)


def _is_of(title: str, rest: str) -> bool:
    """Whether a title is one of the license that begins so; a modified MIT license is none."""
    kind = "bsd" if "bsd" in title else "isc" if "isc" in title else "zlib" if "zlib" in title else "mit"
    begins = {"bsd": _BEGINNINGS[0], "mit": _BEGINNINGS[1], "isc": _BEGINNINGS[2], "zlib": _BEGINNINGS[3]}
    return rest.startswith(begins[kind])


def _without_boilerplate(_: str, words: Sequence[Word]) -> list[Word]:
    """Without the notice that files under Apache 2.0 carry, where it follows the license in place of its appendix."""
    whole = " ".join(_texts(words))
    place = whole.rfind(_BOILERPLATE)
    if place < 0 or not whole.endswith(_BOILERPLATE_END):
        return list(words)
    return list(words[: len(whole[:place].split())])


def _with_plain_addresses(_: str, words: Sequence[Word]) -> list[Word]:
    return [word._replace(text="http") if word.text == "https" else word for word in words]


def _as_registers_count(text: str, words: Sequence[Word]) -> list[Word]:
    """Without a preamble, and with the words that registers of licenses count as the same."""
    found = without_preamble(text, words)
    for before, after in _SAME:
        found = _replaced(found, before.split(), after.split())
    return _once(text, _with_the_usual_endorsement(text, found))


def _once(text: str, words: list[Word]) -> list[Word]:
    """Return the words of a license that stands there twice, for one holder and for another, once."""
    texts = _texts(words)
    start = texts[:_SAME_BEGINNING]
    again = next((i for i in range(1, len(texts)) if texts[i : i + len(start)] == start), 0)
    size = len(texts) - again
    if not again or size > again or texts[:size] != texts[again:]:
        return words
    family = begins_with(words)
    between = text[words[size - 1].end : words[again].start]
    return words[:size] if family and says_nothing(between, family) else words


_SAME_BEGINNING = 8
_SAME = (
    ("this permission notice including the next paragraph shall", "this permission notice shall"),
    ("purpose and non infringement", "purpose and noninfringement"),
    ("use copy modify and distribute this software for any", "use copy modify and or distribute this software for any"),
)
_ENDORSES = (
    "be used to endorse or promote products derived from this software without specific prior written permission"
)
_USUAL = "neither the name of holder nor the names of its contributors may"
_LONGEST_CLAUSE = 24
"""Words from the first of the clause to what may not be done."""


def _with_the_usual_endorsement(text: str, words: list[Word]) -> list[Word]:
    """With the clause on endorsement that says no less, in the place of one that names the author alone."""
    texts = _texts(words)
    tail = _ENDORSES.split()
    end = next((i for i in range(len(texts)) if texts[i : i + len(tail)] == tail), 0)
    for start in range(max(0, end - _LONGEST_CLAUSE), end - 4):
        if texts[start : start + 3] not in (["the", "name", "of"], ["the", "names", "of"]):
            continue
        is_neither = start > 0 and texts[start - 1] == "neither"
        ending = ["nor", "those", "of", "its", "contributors", "may"] if is_neither else ["may", "not"]
        last = end - len(ending)
        if texts[last:end] != ending or "nor" in texts[start:last] or last <= start + 3:
            return words
        if not is_short_name(text[words[start + 3].start : words[last - 1].end]):
            return words
        first = start - 1 if is_neither else start
        place = (words[first].start, words[end - 1].end)
        return [*words[:first], *(Word(one, *place) for one in _USUAL.split()), *words[end:]]
    return words


def _replaced(words: list[Word], before: Sequence[str], after: Sequence[str]) -> list[Word]:
    texts = _texts(words)
    start = next((i for i in range(len(texts)) if texts[i : i + len(before)] == before), None)
    if start is None:
        return words
    place = (words[start].start, words[start + len(before) - 1].end)
    return [*words[:start], *(Word(one, *place) for one in after), *words[start + len(before) :]]


_CHANGES: tuple[Change, ...] = (
    _without_numbers,
    _without_reservation,
    _without_title,
    _with_one_holder,
    _with_its_contributors,
    _without_boilerplate,
    _with_plain_addresses,
    _as_registers_count,
)
