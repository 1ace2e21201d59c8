"""What stands before a free license and around its copyright lines and says nothing of rights.

Packages carry a license below the name of the project, a sentence that names the license which follows, and lines on
who wrote which part. A line is left out only if it is of one of these few forms and holds no word that could limit
anything or name another license; one line that is not keeps all of them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from advisor.licenses.text.normalize import Word, is_short_name, says_more_than_a_name
from advisor.licenses.text.restrictions import is_foreign, restricts

MOST_LINES = 12
"""Lines before a license; what is longer is a text of its own."""

LONGEST = 2_000
"""Characters that may stand there besides the lines on holders."""

MOST_HEADINGS = 2
"""The name of something, and what it is."""

_LONGEST_HEADING = 8
_MARKS = re.compile(r"^[\s>*#=_~`\-\u2022|/]+|[\s*#=_~`\-|/]+$")
_PROJECT = r"[\w.`'\"()+-]{1,40}(?:[ \t]+[\w.`'\"()+-]{1,40}){0,4}"
# Such as `The MIT License (MIT)`, `BSD 3-Clause License` and `Apache License, Version 2.0`.
_FAMILY = {
    "mit": re.compile(r"(?:the )?(?:mit|expat)(?:/x11)? licen[cs]e(?: \(mit\))?", re.IGNORECASE),
    "bsd": re.compile(
        r"(?:the )?(?:new |revised |modified |simplified )?(?:bsd|[23][- ]clause bsd|bsd[- ][23][- ]clause)"
        r"(?: [23][- ]clause)? licen[cs]e(?: \((?:new|revised|modified|simplified)\))?",
        re.IGNORECASE,
    ),
    "isc": re.compile(r"(?:the )?isc licen[cs]e(?: \(iscl?\))?", re.IGNORECASE),
    "apache": re.compile(r"(?:the )?apache (?:software )?licen[cs]e,? (?:version )?2(?:\.0)?", re.IGNORECASE),
}
_BEGINS = (
    ("mit", "permission is hereby granted free of charge"),
    ("bsd", "redistribution and use in source"),
    ("isc", "permission to use copy modify and"),
    ("apache", "apache license version 2 0 january 2004"),
    ("apache", "licensed under the apache license version 2 0 the license you may not use"),
)
_THIS = r"(?:this|the) (?:software|project|package|library|work|code|module|file)"
# Such as `This project is licensed under the MIT license, reproduced below:`, not `This project is licensed to Acme`.
_NAMED = re.compile(
    rf"(?:{_THIS}|{_PROJECT}) (?:is|are) (?:licensed|released|distributed|provided|made available)"
    r" under (?:the terms of )?(?P<license>.{3,60}?)"
    r"(?:,? (?:reproduced|included|given|shown)? ?(?:below|as follows|here))?[:.]?",
    re.IGNORECASE,
)
# Such as `This code is adapted from owl-tools by Ann Lee`, not `This code is owned by Acme`.
_ORIGIN = re.compile(
    rf"(?:(?:{_THIS}|{_PROJECT}) (?:is|was|are|were) )?"
    r"(?:(?:adapted|extracted|derived|forked|ported|taken) from|based (?:up)?on(?: (?:work|research) by)?)"
    rf" (?:an? |the )?{_PROJECT}"
    r"(?:,? (?:package|project|library|module|implementation|code|by|(?:developed|written) by|of|and)"
    rf" ?{_PROJECT}(?:, (?:Inc|Ltd|LLC|GmbH))?){{0,3}}[.:]?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[\w./#?=&%~+-]{3,200}")
# Such as `GPL` and `terms`, not `owl tools`.
_OTHERS = re.compile(
    r"\b(?:[al]?gpl\w*|gnu|apache|mozilla|mpl|epl|creative|commons|cc|cc0|by-\w+|nc|nd|sa|\w*rail|llama|gemma|qwen"
    r"|bsl|busl|sspl|mit|bsd|isc|zlib|expat|psf|unlicense|elastic|polyform|eula|proprietary|confidential|secret|trial|beta|draft|private"
    r"|preview|edition|dual\w*|addendum|amendment|exception|rider|note|notice|warning|important|attention|disclaimer"
    r"|copyleft|patents?|trademarks?|policy|terms|conditions|agreement|rights?)\b",
    re.IGNORECASE,
)
# Such as `GPL`, `Sample code` and `© Acme`, not `owl tools`.
_NO_HEADING = re.compile(
    rf"{_OTHERS.pattern}|\b(?:code|sources?|scripts?|samples?|examples?|docs?|documentation|data(?:sets?)?|parts?|some|copyright)\b|\(c\)|©|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_WHOSE = (
    r"(?:portions|parts|(?:some )?contributions|(?:\w+ )?modifications(?: \(\w+\))?|original (?:code|work|version))"
)
# Such as `Portions copyright (c) 2024 Ann Lee,\n  Acme Inc`, not `See the copyright of Acme`.
_COPYRIGHT = re.compile(
    rf"^[^\S\n]*(?:[>*#-][^\S\n]*)*(?:(?i:{_WHOSE}):?[^\S\n]+)?(?i:copyright\b|\(c\)|©)[^\n]{{1,200}}"
    r"(?:(?<=,)\n[^\n]{1,160}){0,4}$",
    re.MULTILINE,
)
"""A line on copyright with those that follow a comma at its end."""

_LONGEST_LIST = 80
"""Words of a list of holders; each of them is short."""

# Such as `Grant Lee` and `Ann May`, not `Grant of license`.
_SURNAMES = re.compile(r"\b(?:Grant|May|Law|Will)(?= [A-Z][a-z]+)|(?<=[a-z] )(?:Grant|May|Law)(?=\s*(?:$|[,<(]))")
"""Names of people that are words of licenses otherwise, beside another name."""
# Such as `, see AUTHORS file`, `(version 1.2 to 1.4)`, `(original author)` and `Portions` before `copyright`.
_BESIDE = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        r",? see (?:the )?AUTHORS(?:\.\w+)?(?: file)?(?: for (?:more information|details|a full list))?",
        r"\((?:v|version)\.? ?[\d.]+\w?(?: ?(?:-|to|and) ?(?:later|earlier|[\d.]+\w?))?\)",
        r"\((?:the )?(?:original|initial|first|current) (?:version|author|port|code|implementation)\)",
        rf"^\W*(?:{_WHOSE}):?(?=\s+(?:copyright|\(c\)|©))",
    )
)
"""What a line on copyright says besides names: of which part, of which version, and where the other names stand."""


def without_preamble(text: str, words: Sequence[Word]) -> list[Word]:
    """Return the words without what stands before the license, and without more lines that only name holders."""
    spans = _holder_lines(text)
    starts = [first for first, _ in spans]
    kept = [word for word in words if not _lies_in(word, starts, spans)]
    begin = _begin(kept)
    if begin is None:
        return kept
    family, index = begin
    if index == 0 or not says_nothing(text[: kept[index].start], family):
        return kept
    return kept[index:]


def _lies_in(word: Word, starts: Sequence[int], spans: Sequence[tuple[int, int]]) -> bool:
    index = bisect_right(starts, word.start) - 1
    return index >= 0 and word.end <= spans[index][1]


@lru_cache(maxsize=16)
def _holder_lines(text: str) -> tuple[tuple[int, int], ...]:
    """Where lines stand that only say who holds the copyright of which part; asked of a text in each of its forms."""
    return tuple(match.span() for match in _COPYRIGHT.finditer(text) if _names_holders(match.group()))


def _names_holders(line: str) -> bool:
    for pattern in _BESIDE:
        line = pattern.sub("", line)
    plain = _SURNAMES.sub("Owl", re.sub(r";(?= (?:and )?[A-Z])", ",", line))
    if _OTHERS.search(re.sub(r"(?i)all rights reserved", "", plain)) is not None:
        return False
    parts = re.split(r",\s*(?:>\s*)?(?:and )?|\s+and\s+", re.sub(r"\s*\n[ \t>*#]*", " ", plain))
    if len(parts) == 1 or len(plain.split()) > _LONGEST_LIST:
        return not says_more_than_a_name(plain)
    if not says_more_than_a_name(plain):
        return True
    holders = [part if number == 0 else f"Copyright {part}" for number, part in enumerate(parts) if part.strip(" .")]
    return "\n" in line and not any(says_more_than_a_name(one) for one in holders)


def _begin(words: Sequence[Word]) -> tuple[str, int] | None:
    """Return the family of the license and the word with which it begins."""
    texts = [word.text for word in words[:400]]
    found = []
    for family, beginning in _BEGINS:
        own = beginning.split()
        place = next((i for i in range(len(texts)) if texts[i : i + len(own)] == own), None)
        if place is not None:
            found.append((place, family))
    return (min(found)[1], min(found)[0]) if found else None


def begins_with(words: Sequence[Word]) -> str | None:
    """Return the family of the license that the words begin with."""
    begin = _begin(words)
    return begin[0] if begin is not None and begin[1] == 0 else None


def says_nothing(text: str, family: str) -> bool:
    """Whether each line beside a license is a heading, names it, tells where it is from or names a holder."""
    for first, last in reversed(_holder_lines(text)):
        text = text[:first] + "\n\n" + text[last:]
    if len(text.strip()) > LONGEST:
        return False
    lines = []
    for part in re.split(r"\n[ \t>\r]*\n", text):
        single = [line for raw in part.splitlines() if re.search(r"\w", line := _MARKS.sub("", raw).strip())]
        if not _is_understood(" ".join(single), family):
            lines += single
    headings = [line for line in lines if not _is_understood(line, family)]
    return len(lines) <= MOST_LINES and len(headings) <= MOST_HEADINGS and all(map(_is_heading, headings))


def _is_understood(line: str, family: str) -> bool:
    title = _FAMILY[family]
    if title.fullmatch(line.strip(" .:")) or _ADDRESS.fullmatch(line):
        return True
    if re.fullmatch(r"(?i)licen[cs]e|all rights reserved\.?", line):
        return True
    named = _NAMED.fullmatch(line)
    if named is not None:
        return title.fullmatch(named["license"].strip(" .:")) is not None
    return _ORIGIN.fullmatch(line) is not None and not restricts(line) and _OTHERS.search(line) is None


def _is_heading(line: str) -> bool:
    """Whether a line is the name of something, or says in a few words what it is."""
    plain = re.sub(r"\s+-{1,2}\s+|:\s+", " ", line).rstrip(".")
    if len(plain.split()) > _LONGEST_HEADING or restricts(plain) or is_foreign(plain) or _NO_HEADING.search(plain):
        return False
    if not re.search(r"[A-Z0-9]", plain):
        return False  # the end of a line that was broken, or of a sentence
    return is_short_name(plain) and not says_more_than_a_name(f"Copyright {plain}", loosely=True)
