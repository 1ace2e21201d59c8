"""A license text as the words that matter, each with its place in the text as found.

Wrapping, punctuation, quotation marks, markup, letter case and British spelling make no difference; lines that only
name who holds the copyright are left out. A line that says more than that stays in, whatever it begins with, and so
does whatever only looks like markup: a rider may stand in angle brackets. Signs of currencies are words.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b, sha256
from typing import NamedTuple

from advisor.licenses.text.restrictions import restricts

SHINGLE_WORDS = 5
"""How many words in a row make a shingle."""

_TAGS = (
    "html|head|body|div|span|p|br|hr|a|b|i|u|em|strong|small|sup|sub|ul|ol|li|dl|dt|dd|h[1-6]|table|thead|tbody|tr|td|th"
    "|pre|code|tt|font|center|blockquote|section|article|main|nav|header|footer|title|meta|link"
)
_ATTRIBUTE = r"\s+[a-z-]{1,20}=(?:\"[^\"<>\n]{0,200}\"|'[^'<>\n]{0,200}'|[^\s\"'<>=]{1,200})"
_MARKUP = rf"</?(?i:{_TAGS})(?i:{_ATTRIBUTE}){{0,12}}\s*/?>|(?i:<!DOCTYPE html>)"
_APOSTROPHE = r"(?:['\u2019\u02bc]|&(?:\#0?39|\#[xX]27|\#8217|apos|rsquo);)"
_ENTITY = (
    r"&(?:nbsp|quot|apos|[lr][sd]quo|[lr]aquo|[mn]dash|hellip|bull|middot|sect|para|copy|reg|trade|amp|lt|gt|shy"
    r"|\#(?:3[489]|039|160|167|169|8211|8212|8216|8217|8220|8221|8226|[xX](?:22|26|27|[aA]0|201[34]|20[12][89cCdD])));"
)
# Such as `license`, `don't`, `</b>` and `$`.
_WORD = re.compile(
    rf"(?P<skip>{_MARKUP}|\([cC]\)|{_ENTITY})"
    r"|(?P<sign>[$\u20ac\u00a3\u00a5\u20a9\u20b9%\uff04\uff05\uffe1\uffe5])"
    r"|(?P<cjk>[\u3400-\u9fff\uf900-\ufaff])"
    rf"|(?P<word>[^\W_\u3400-\u9fff\uf900-\ufaff]+(?:{_APOSTROPHE}[^\W_]+)*)"
)
_APOSTROPHES = re.compile(_APOSTROPHE)
_TAG = re.compile(_MARKUP)
# Such as `Copyright (c) 2024 Ann Lee` and `* © Acme GmbH`, not `The copyright holder grants`.
_COPYRIGHT = re.compile(
    rf"^(?:[^\w\n©<(]|\((?!c\))|{_MARKUP})*(?:copyright\b|©|\(c\))[^\n]{{0,160}}$", re.IGNORECASE | re.MULTILINE
)
# Such as `Copyright 2024 Acme. Not for sale`, not `Copyright 2024 Acme`.
_SAYS_MORE = re.compile(
    r"\b(?:not|no|only|except|unless|non\w*|commercial\w*|prohibit\w*|without|may|must|shall|subject|under|licen[cs]\w*"
    r"|permi\w*|use[ds]?"
    r"|research(?=\s+(?:only|use|purpose|and|or)\b)|(?<=for )research|grant\w*|restrict\w*|statement"
    r"|notice|interests?|law|claim\w*|infring\w*|evaluat\w*"
    r"|academ\w*|personal\w*|educat\w*|students?|internal\w*|pay\w*|fees?|purposes?|exclu\w*|outside|forbid\w*|until"
    r"|expire\w*|revok\w*|terminat\w*)\b",
    re.IGNORECASE,
)
# Such as `Ann Lee`, `2024` and `<holder>`, not `everything else`.
_NAMES_SOMEBODY = re.compile(r"[A-Z]\w*(?!\w)|\d{4}|©|<|\[|\{|\b(?:contributors|authors|developers)\b|[\u3400-\u9fff]")
# Such as `COPYRIGHT ACME INC` and `(C) ACME`, not `COPYRIGHT`.
_NAMES_SOMEBODY_IN_CAPITALS = re.compile(
    r"\d{4}|[©<\[{]|\(C\)|\bRESERVED\b|\b(?:INC|LTD|LLC|CORP|GMBH)\b|^\W*\w+(?:\W+\w+){1,4}\W*$"
)
_PLAIN = re.compile(r"(?<![\w@./-])[a-z]{2,}(?![\w@/-]|\.\w)")
# Such as `contributors` and `gmbh`, not `sell`.
_IN_NAMES = re.compile(
    r"copyright|the|of|and|by|for|in|at|de|la|le|du|van|von|der|den|et|al|inc|llc|ltd|co|corp|gmbh|all|rights|reserved"
    r"|present|to|see|files?|txt|individual|dev|respective|maintainers|community|members|others?|https?|www|com|org|net|io|github|its|affiliates|subsidiaries|authors?|contributors?|team|project|developers|years?|yyyy|name|holders?|owners?|fullname|organization"
)
_FOR_WHOM = re.compile(r"\b(?:for|to|in|at|with|within)\s+(?:the\s+|an?\s+)?([a-z]{3,})\b")
"""Whom or what something is for: no part of a name in small letters."""

_MOST_PLAIN = 1
"""Words in small letters in the name of a holder, besides those that are usual: a handle."""

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?\n)---[ \t]*\r?(?:\n|\Z)", re.DOTALL)
_KEY = re.compile(r"(?:[a-z_]{2,40}:|-)?(?:[ \t]+\S+){0,6}")
_ENTRY = re.compile(r"([A-Za-z][\w-]{1,39}):")
_USUAL_KEYS = frozenset(
    [
        "license",
        "license_name",
        "license_link",
        "language",
        "languages",
        "tags",
        "title",
        "library_name",
        "pipeline_tag",
        "base_model",
        "datasets",
        "metrics",
        "widget",
        "author",
        "authors",
        "date",
        "thumbnail",
        "inference",
        "model-index",
        "version",
        "layout",
        "permalink",
        "frameworks",
        "tasks",
        "domain",
        "name",
        "new_version",
        "co2_eq_emissions",
        "base_model_relation",
    ]
)
# Such as `license: cc-by-nc` and `commercial: false`, not `language: en`.
_RESTRICTS = re.compile(
    r"\b(?:not|only|non|noncommercial|nc|nd|prohibit\w*|must|may|shall|except|restrict\w*|purposes?|research|false"
    r"|academic|evaluation)\b",
    re.IGNORECASE,
)
# Such as `(c)`, `2019-2024` and `All rights reserved.`, not `Acme`.
_YEARS = re.compile(
    r"(?:\(c\)|\u00a9|&copy;|copyright|\d{4}(?:\s*[-\u2013,]\s*(?:\d{2,4}|present|now))*|all\s+rights\s+reserved\.?)",
    re.IGNORECASE,
)
# Such as `<ann@example.com>` and `(github.com/ann)`, not `(the holder)`.
_OWN_PLACE = re.compile(r"<[^<>]{0,80}>|\([^()]{0,80}[@/][^()]{0,80}\)|https?://\S+|\b\S+@\S+")
# Such as `Acme. Do it`, not `Acme 2.0`.
_ENDS = re.compile(
    r"(?P<before>[^\s.,;:!?]+)[.!?;:]+[\s\u2013\u2014-]+(?=(?P<after>[^\s.,;:!?]+))|[\u3002\uff0c\uff1b\uff01\uff1f\uff1a]"
)
# Such as `J` and `dr`, not `owl`.
_SHORT = re.compile(
    r"\w|co|dr|st|mr|ms|mrs|jr|sr|prof|no|bros|dept|univ|team|authors?|contributors|by|s\.a|b\.v", re.IGNORECASE
)
# Such as `GmbH` and `affiliates`, not `employees`.
_COMPANY = re.compile(
    r"inc|ltd|llc|co|corp|corporation|gmbh|ag|sa|bv|plc|pte|pty|kg|and|or|et|team|authors?|its|affiliates|to|present|[^\W\d_]*[0-9][^\W_]*",
    re.IGNORECASE,
)
# Such as `Acme, but ask us` and `nicht für Acme`, not `Ann Lee and Acme Inc`.
_NO_NAME = re.compile(
    r"\b(?:needs?|gets?|got|before|after|when|while|then|else|if|but|is|are|be|been|being|have|has|had|does|could"
    r"|would|should|who|whom|which|that|this|these|those|every\w*|anyone|anybody|anything|something|nothing|nobody"
    r"|someone|signed|agreements?|contracts?|companies|businesses|enterprises|hobbyists?|we|you|your|our|they|their|please"
    r"|contact|ask|also|here|there|than|against|during|because|since"
    r"|sell|buy|deploy\w*|production|employ\w*|govern\w*|military|weapons?|customers?|competitors?"
    r"|nur|kein\w*|nicht|ohne|f\u00fcr|ist|sind|seulement|pas|sans|avec|sont|s\u00f3lo|solo|apenas|senza"
    r"|niet|alleen|zonder|voor|ikke|kun|endast|ej|vain|tylko|bez|dla)\b",
    re.IGNORECASE,
)
_LONGEST_HOLDER = 14
"""Words of the longest name of a holder, with those that join several."""

_LONGEST_FOREIGN = 5
"""The same in a script other than Latin; in Chinese and Japanese four signs are a word."""
_LONGEST_NAME = 8
_SPELLINGS = {"licence": "license", "licences": "licenses", "licenced": "licensed", "sublicence": "sublicense"}


class Word(NamedTuple):
    """A normalized word and where it stands in the text: from ``start`` up to, not including, ``end``."""

    text: str
    start: int
    end: int


def split_words(text: str) -> list[Word]:
    """Return the words of a text, in order; bytes that are no text must have been decoded before."""
    # Why so little is left out: a license is identified by the hash of these words, so whatever a rule drops can be
    # added to any license without being seen. Each rule must therefore be one that cannot drop a limit on use. A
    # copyright line goes only if it is nothing but a name, because riders are put there ("Copyright Acme, for
    # research only"); a tag goes only if HTML knows it, because "<not for sale>" looks like one; a sign of currency
    # stays, because a threshold in dollars is not one in users. Nothing is stemmed and no small word is skipped:
    # "not", "may" and "only" decide. Chinese characters are a word each, since no spaces part them. Places are kept
    # because a finding quotes the text as it was found, not as it was compared.
    left_out = _copyright_lines(text)
    starts = [start for start, _ in left_out]
    found = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if match.lastgroup == "skip" or (starts and _inside(start, starts, left_out)):
            continue
        word = match.group()
        # Nearly every word is plain, and plain ones need no tables.
        word = word.lower() if word.isascii() and word.isalnum() else _folded(word)
        found.append(Word(_SPELLINGS.get(word, word), start, end))
    return _without_holder(found, text)


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", _APOSTROPHES.sub("", word)).casefold()


def _without_holder(words: list[Word], text: str) -> list[Word]:
    """Return the words with whoever stands in BSD's clause on endorsement replaced by one word.

    The name changes nothing.
    """
    texts = [word.text for word in words]
    for start in (i for i, word in enumerate(texts) if word == "neither"):
        if texts[start : start + 4] != ["neither", "the", "name", "of"]:
            continue
        for end in range(start + 5, min(start + 5 + _LONGEST_NAME, len(texts))):
            if texts[end : end + 4] in (["nor", "the", "names", "of"], ["nor", "the", "name", "of"]):
                if not is_short_name(text[words[start + 4].start : words[end - 1].end]):
                    return words
                holder = Word("holder", words[start + 4].start, words[end - 1].end)
                return [*words[: start + 4], holder, *words[end:]]
    return words


def without_front_matter(text: str) -> tuple[str, str | None]:
    """Return the text after a model card's front matter, and a remark if it had one.

    Front matter is keys with short values; one that says what may be done belongs to the text.
    """
    match = _FRONT_MATTER.match(text)
    if match is None or _RESTRICTS.search(match[1].replace("_", " ")) or not all(map(_is_usual, _lines(match[1]))):
        return text, None
    return text[match.end() :], "begins with the front matter of a model card"


def _is_usual(line: str) -> bool:
    """Whether a line of front matter is a usual key with a short value, or an item of its list."""
    key = _ENTRY.match(line)
    return _KEY.fullmatch(line) is not None and (key is None or key[1] in _USUAL_KEYS) and not restricts(line)


def located_words(text: str) -> list[Word]:
    """Return the words after the front matter of a model card, each with its place in the whole text."""
    body, _ = without_front_matter(text)
    offset = len(text) - len(body)
    return [Word(word.text, word.start + offset, word.end + offset) for word in split_words(body)]


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def digest(words: Sequence[Word]) -> str:
    """Return the sha256 of the words joined by single spaces: equal for texts that differ in nothing that matters."""
    return sha256(" ".join(word.text for word in words).encode()).hexdigest()


def shingles(words: Sequence[Word]) -> list[int]:
    """Return the hash (32 bits) of each run of five words; the run that begins at word ``i`` stands at index ``i``."""
    texts = [word.text for word in words]
    return [
        int.from_bytes(blake2b(" ".join(texts[i : i + SHINGLE_WORDS]).encode(), digest_size=4).digest(), "big")
        for i in range(len(texts) - SHINGLE_WORDS + 1)
    ]


def _copyright_lines(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _COPYRIGHT.finditer(text) if _is_a_name(match.group())]


def without_copyright_lines(text: str) -> str:
    """Return the text without lines that only name who holds the copyright."""
    return _COPYRIGHT.sub(lambda line: "" if _is_a_name(line.group()) else line.group(), text)


def _is_a_name(line: str) -> bool:
    """Whether a line that begins with a copyright sign or word only names somebody."""
    line = _TAG.sub("", line)
    if _SAYS_MORE.search(line) or not is_short_name(line):
        return False
    if line.upper() == line:
        return _NAMES_SOMEBODY_IN_CAPITALS.search(line) is not None
    rest = re.sub(r"^\W*copyright\b", "", line, flags=re.IGNORECASE)
    plain = [word for word in _PLAIN.findall(rest) if not _IN_NAMES.fullmatch(word)]
    if _is_for_somebody(rest):
        return False
    return len(plain) <= _MOST_PLAIN and _NAMES_SOMEBODY.search(rest) is not None


def _is_for_somebody(line: str) -> bool:
    """Whether a line says in small letters for whom or what something is."""
    return any(not _IN_NAMES.fullmatch(word) for word in _FOR_WHOM.findall(line))


def says_more_than_a_name(line: str, *, loosely: bool = False) -> bool:
    """Whether a line that names holders says anything else; loosely, it may be words in small letters."""
    if loosely:
        return _SAYS_MORE.search(line) is not None or _is_for_somebody(line)
    return not _is_a_name(line)


def is_short_name(line: str) -> bool:
    """Whether what a line says besides years and addresses is one phrase and no longer than a name, in any script."""
    rest = _YEARS.sub(" ", _OWN_PLACE.sub(" ", unicodedata.normalize("NFKC", line))).strip(
        " \t.,;:*#/-_>\"'\u201c\u201d"
    )
    if _NO_NAME.search(rest) or restricts(rest):
        return False
    for end in _ENDS.finditer(rest):
        before, after = end["before"], end["after"]
        if before is None or not (_SHORT.fullmatch(before) or _COMPANY.fullmatch(after)):
            return False
    letters = [sign for sign in rest if sign.isalpha()]
    foreign = sum(not unicodedata.name(sign, "").startswith("LATIN") for sign in letters)
    words = len(rest.split())
    if foreign > len(letters) / 4:
        return max(words, foreign / 4) <= _LONGEST_FOREIGN
    return words <= _LONGEST_HOLDER


def _inside(place: int, starts: Sequence[int], spans: Sequence[tuple[int, int]]) -> bool:
    index = bisect_right(starts, place) - 1
    return index >= 0 and place < spans[index][1]
